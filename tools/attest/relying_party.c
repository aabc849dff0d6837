/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Somebody who has a secret for a confidential VM, and gives it to no other:
 * sends a challenge, has the evidence checked against a policy, and encrypts
 * the secret to the key that the evidence names. What is between, the machine
 * and its owner, is believed nothing.
 */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "channel.h"
#include "cove_verify.h"
#include "envelope.h"

enum end { END_PROVED = 0, END_REFUSED = 1, END_ERROR = 2 };

static struct {
	const char *policy, *secret, *save, *log;
	enum cove_format format;
	int seconds;
} opt = { .format = COVE_FORMAT_CBOR, .seconds = 60 };

static struct channel channel;
static struct cove_report report;
static struct {
	/* One more, to see that a file has too many */
	uint8_t bytes[SECRET_MAX + 1];
	size_t len;
} secret;
static uint8_t challenge[COVH_CHALLENGE_SIZE];
static uint8_t evidence[COVE_EVIDENCE_MAX];

#define say(...)                                       \
	do {                                           \
		printf("relying party: " __VA_ARGS__); \
		printf("\n");                          \
		fflush(stdout);                        \
	} while (0)

static enum end lost(const char *what)
{
	say("%s: %s", what, channel.why);
	return END_ERROR;
}

static const char *format_word(void)
{
	return opt.format == COVE_FORMAT_X509 ? "x509" : "cbor";
}

/* A fresh challenge, to the VM once it is ready for it */
static bool ask(void)
{
	char digits[2 * COVH_CHALLENGE_SIZE + 1];

	if (!channel_await(&channel, "ready"))
		return false;
	if (RAND_bytes(challenge, sizeof(challenge)) <= 0) {
		snprintf(channel.why, sizeof(channel.why), "no random numbers");
		return false;
	}
	hex_write(challenge, sizeof(challenge), digits);
	if (!channel_send(&channel, "nonce %s %s\n", digits, format_word()))
		return false;
	say("the VM is there; a challenge for it, %zu random bytes: %.24s...",
	    sizeof(challenge), digits);
	return true;
}

/* Bytes of the evidence, 0: it did not come */
static size_t receive(void)
{
	const char *line = channel_await(&channel, "evidence");
	size_t len, have = 0;
	long n;

	if (!line)
		return 0;
	len = strtoul(line, NULL, 10);
	while (len <= sizeof(evidence) && have < len) {
		line = channel_await(&channel, "|");
		if (!line)
			return 0;
		n = hex_read(line, evidence + have, len - have);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	if (!len || have != len) {
		snprintf(channel.why, sizeof(channel.why), "garbled");
		return 0;
	}
	return len;
}

static void save(const char *name, const uint8_t *bytes, size_t len)
{
	FILE *f = fopen(name, "wb");
	bool good = f && fwrite(bytes, 1, len, f) == len;

	if (!f || fclose(f) || !good)
		say("%s: cannot be written", name);
}

/* What somebody needs who checks the same evidence once more */
static void save_all(size_t len)
{
	char name[FILENAME_MAX];

	save(opt.save, evidence, len);
	snprintf(name, sizeof(name), "%s.nonce", opt.save);
	save(name, challenge, sizeof(challenge));
}

/* All checks of good evidence; of other evidence what speaks against it */
static void show_checks(void)
{
	static const char *const word[] = { "ok      ", "FAILED  ",
					    "        " };
	const struct cove_check *c;

	for (c = report.check; c < report.check + report.nchecks; c++) {
		if (report.verdict != COVE_ACCEPTED && c->result != COVE_FAIL)
			continue;
		printf("    %s%s%s%s\n", word[c->result], c->name,
		       c->detail[0] ? ": " : "", c->detail);
	}
	if (report.warning[0])
		say("WARNING: %s", report.warning);
}

/* Why: the first check that fails */
static enum end refuse(void)
{
	const struct cove_check *c = report.check;
	const struct cove_check *end = c + report.nchecks;

	while (c < end && c->result != COVE_FAIL)
		c++;
	if (c == end) {
		say("the evidence cannot be checked");
		channel_send(&channel, "refused the evidence is not good\n");
		return END_ERROR;
	}
	say("REFUSED, no secret: %s: %s", c->name, c->detail);
	/* Through the host: no more than it knows */
	channel_send(&channel, "refused the evidence is not good: %s\n",
		     c->name);
	return END_REFUSED;
}

static bool release(void)
{
	char point[2 * COVH_POINT_SIZE + 1], iv[2 * GCM_IV + 1];
	char tag[2 * GCM_TAG + 1], text[2 * SECRET_MAX + 1];
	struct envelope e;

	if (!envelope_close(&e, secret.bytes, secret.len, report.guest_point,
			    challenge)) {
		snprintf(channel.why, sizeof(channel.why), "OpenSSL fails");
		return false;
	}
	hex_write(e.point, sizeof(e.point), point);
	hex_write(e.iv, sizeof(e.iv), iv);
	hex_write(e.tag, sizeof(e.tag), tag);
	hex_write(e.text, e.len, text);
	if (!channel_send(&channel, "secret %s %s %s %s\n", point, iv, tag,
			  text))
		return false;
	say("ACCEPTED. The secret, %zu bytes, goes out, encrypted to the key in "
	    "the evidence",
	    secret.len);
	return true;
}

/* Does a line of the VM's have just these bytes? */
static bool says(const char *name, const uint8_t *want)
{
	const char *line = channel_await(&channel, name);
	uint8_t got[COVH_DIGEST_SIZE];

	if (!line)
		return false;
	if (hex_read(line, got, sizeof(got)) == sizeof(got) &&
	    !CRYPTO_memcmp(got, want, sizeof(got)))
		return true;
	snprintf(channel.why, sizeof(channel.why), "wrong: %s", name);
	return false;
}

static enum end prove(void)
{
	const uint8_t *before = report.reg[COVH_MSMT_RUNTIME_FIRST].value;
	uint8_t after[COVH_DIGEST_SIZE], proof[COVH_DIGEST_SIZE];

	if (!expected_proof(secret.bytes, secret.len, challenge, proof) ||
	    !says("proof", proof))
		return lost("no proof that the VM has the secret");
	expected_register(before, secret.bytes, secret.len, after);
	if (!says("register6", after))
		return lost("the VM's register 6 does not say so");
	say("the VM has proved that it has the secret; its runtime register 6 "
	    "says so, too");
	return END_PROVED;
}

static enum end exchange(const struct cove_policy *policy)
{
	size_t len;

	if (!ask())
		return lost("no VM asks for the secret");
	len = receive();
	if (!len)
		return lost("no evidence");
	if (opt.save)
		save_all(len);
	say("evidence, %zu bytes, %s:", len,
	    opt.format == COVE_FORMAT_X509 ? "X.509" : "CBOR");
	cove_verify(evidence, len, opt.format, challenge, policy, &report);
	show_checks();
	if (report.verdict != COVE_ACCEPTED)
		return refuse();
	if (!release())
		return lost("the secret cannot be sent");
	return prove();
}

/* From a file, or a key that nobody can guess */
static bool read_secret(void)
{
	FILE *f;

	secret.len = 32;
	if (!opt.secret)
		return RAND_bytes(secret.bytes, (int)secret.len) > 0;
	f = fopen(opt.secret, "rb");
	if (!f)
		return false;
	secret.len = fread(secret.bytes, 1, sizeof(secret.bytes), f);
	return !fclose(f) && secret.len && secret.len <= SECRET_MAX;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: cove-relying-party --policy FILE [OPTION...] -- "
		"COMMAND...\n"
		"\n"
		"Give a secret to the VM on the console of what COMMAND runs, "
		"if its evidence is\n"
		"as the policy wants it. Exit status: 0 the VM has it, 1 "
		"refused, 2 anything else.\n"
		"\n"
		"  --policy FILE   what to accept, as for cove-verify\n"
		"  --format WORD   of the evidence: cbor (default) or x509\n"
		"  --secret FILE   at most %d bytes, hard to guess (default: "
		"32 random ones)\n"
		"  --save FILE     write the evidence there, and the challenge "
		"to FILE.nonce\n"
		"  --log FILE      write all of the console there\n"
		"  --seconds N     how long to wait for the VM (60)\n",
		SECRET_MAX);
	return END_ERROR;
}

static bool read_options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ "format", required_argument, NULL, 'f' },
		{ "secret", required_argument, NULL, 's' },
		{ "save", required_argument, NULL, 'o' },
		{ "log", required_argument, NULL, 'l' },
		{ "seconds", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "+", known, NULL)) != -1) {
		switch (c) {
		case 'p':
			opt.policy = optarg;
			break;
		case 'f':
			if (!strcmp(optarg, "x509"))
				opt.format = COVE_FORMAT_X509;
			else if (strcmp(optarg, "cbor"))
				return false;
			break;
		case 's':
			opt.secret = optarg;
			break;
		case 'o':
			opt.save = optarg;
			break;
		case 'l':
			opt.log = optarg;
			break;
		case 't':
			opt.seconds = atoi(optarg);
			break;
		default:
			return false;
		}
	}
	return opt.policy && opt.seconds > 0 && optind < argc;
}

int main(int argc, char **argv)
{
	struct cove_policy *policy;
	char err[256];
	enum end end;

	if (!read_options(argc, argv))
		return usage();
	if (cove_policy_load(&policy, opt.policy, err, sizeof(err))) {
		say("%s", err);
		return END_ERROR;
	}
	if (!read_secret()) {
		say("%s: not 1 to %d bytes", opt.secret ? opt.secret : "random",
		    SECRET_MAX);
		return END_ERROR;
	}
	if (!channel_open(&channel, argv + optind, opt.log, opt.seconds)) {
		say("%s: cannot be started", argv[optind]);
		return END_ERROR;
	}
	end = exchange(policy);
	channel_close(&channel);
	OPENSSL_cleanse(&secret, sizeof(secret));
	cove_policy_free(policy);
	return end;
}
