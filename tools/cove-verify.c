/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * cove-verify: check the evidence of a confidential VM. cove-verify.1.
 */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "verify/cove_verify.h"

struct options {
	enum cove_format format;
	const char *evidence;
	const char *nonce;
	const char *nonce_file;
	const char *policy;
	const char *guest_key;
	const char *out_key;
	bool der;
	bool json;
	bool verbose;
};

static const char usage[] =
	"usage: cove-verify --evidence FILE (--nonce HEX | --nonce-file FILE)\n"
	"                   --policy FILE [--format auto|cbor|x509] [--json]\n"
	"                   [--verbose] [--guest-key FILE]\n"
	"                   [--out-key FILE [--out-form pem|der]]\n";

static void die(const char *what, const char *why)
{
	fprintf(stderr, "cove-verify: %s: %s\n", what, why);
	exit(COVE_ERROR);
}

static void bad_usage(const char *why)
{
	fprintf(stderr, "cove-verify: %s\n%s", why, usage);
	exit(COVE_ERROR);
}

static enum cove_format parse_format(const char *s)
{
	if (!strcmp(s, "auto"))
		return COVE_FORMAT_AUTO;
	if (!strcmp(s, "cbor"))
		return COVE_FORMAT_CBOR;
	if (strcmp(s, "x509") != 0)
		bad_usage("--format: auto, cbor or x509");
	return COVE_FORMAT_X509;
}

static bool parse_form(const char *s)
{
	if (strcmp(s, "pem") != 0 && strcmp(s, "der") != 0)
		bad_usage("--out-form: pem or der");
	return !strcmp(s, "der");
}

static void check_options(const struct options *o)
{
	if (!o->evidence)
		bad_usage("--evidence is missing");
	if (!o->policy)
		bad_usage("--policy is missing");
	if (!o->nonce == !o->nonce_file)
		bad_usage("--nonce or --nonce-file has to be there, not both");
}

static void parse_options(struct options *o, int argc, char **argv)
{
	static const struct option list[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "evidence", required_argument, NULL, 'e' },
		{ "nonce", required_argument, NULL, 'n' },
		{ "nonce-file", required_argument, NULL, 'N' },
		{ "policy", required_argument, NULL, 'p' },
		{ "guest-key", required_argument, NULL, 'g' },
		{ "out-key", required_argument, NULL, 'o' },
		{ "out-form", required_argument, NULL, 'F' },
		{ "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "hv", list, NULL)) != -1) {
		switch (c) {
		case 'f':
			o->format = parse_format(optarg);
			break;
		case 'e':
			o->evidence = optarg;
			break;
		case 'n':
			o->nonce = optarg;
			break;
		case 'N':
			o->nonce_file = optarg;
			break;
		case 'p':
			o->policy = optarg;
			break;
		case 'g':
			o->guest_key = optarg;
			break;
		case 'o':
			o->out_key = optarg;
			break;
		case 'F':
			o->der = parse_form(optarg);
			break;
		case 'j':
			o->json = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			fputs(usage, stderr);
			exit(COVE_ERROR);
		}
	}
	if (optind != argc)
		bad_usage("there are only options");
	check_options(o);
}

/* At most @max bytes and one more, which says that there are more */
static size_t read_file(const char *path, uint8_t *buf, size_t max)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *f = is_stdin ? stdin : fopen(path, "rb");
	size_t n;

	if (!f)
		die(path, strerror(errno));
	n = fread(buf, 1, max + 1, f);
	if (ferror(f))
		die(path, "cannot be read");
	if (!is_stdin)
		fclose(f);
	return n;
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)((p - digits) % 16) : -1;
}

static void read_nonce(const struct options *o,
		       uint8_t nonce[COVH_CHALLENGE_SIZE + 1])
{
	size_t i;

	if (o->nonce_file) {
		if (read_file(o->nonce_file, nonce, COVH_CHALLENGE_SIZE) !=
		    COVH_CHALLENGE_SIZE)
			die(o->nonce_file, "not 64 bytes");
		return;
	}
	if (strlen(o->nonce) != 2 * COVH_CHALLENGE_SIZE)
		die("--nonce", "not 64 bytes in hexadecimal digits");
	for (i = 0; i < COVH_CHALLENGE_SIZE; i++) {
		int hi = digit(o->nonce[2 * i]),
		    lo = digit(o->nonce[2 * i + 1]);

		if (hi < 0 || lo < 0)
			die("--nonce", "not 64 bytes in hexadecimal digits");
		nonce[i] = (uint8_t)(hi << 4 | lo);
	}
}

static void check_guest_key(const struct options *o, struct cove_report *r)
{
	uint8_t key[COVH_POINT_SIZE + 1024];
	size_t n = read_file(o->guest_key, key, sizeof(key) - 1);

	if (cove_verify_guest_key(r, key, n) == COVE_ERROR)
		die(o->guest_key, "is no COSE_Key on P-384");
}

static void write_key(const struct options *o, const struct cove_report *r)
{
	FILE *f = fopen(o->out_key, "wb");
	bool ok;

	if (!f)
		die(o->out_key, strerror(errno));
	ok = cove_write_key(r->guest_point, !o->der, f);
	if (fclose(f) || !ok)
		die(o->out_key, "cannot be written");
}

int main(int argc, char **argv)
{
	static uint8_t evidence[COVE_EVIDENCE_MAX + 1];
	uint8_t nonce[COVH_CHALLENGE_SIZE + 1];
	struct options o = { .format = COVE_FORMAT_AUTO };
	struct cove_policy *policy;
	struct cove_report report;
	char why[COVE_DETAIL_SIZE + 64];
	size_t len;

	parse_options(&o, argc, argv);
	read_nonce(&o, nonce);
	if (cove_policy_load(&policy, o.policy, why, sizeof(why)))
		die(o.policy, why);
	len = read_file(o.evidence, evidence, COVE_EVIDENCE_MAX);
	cove_verify(evidence, len, o.format, nonce, policy, &report);
	cove_policy_free(policy);
	if (o.guest_key)
		check_guest_key(&o, &report);
	if (o.out_key && report.verdict == COVE_ACCEPTED)
		write_key(&o, &report);
	if (o.json)
		cove_report_json(&report, stdout);
	else
		cove_report_print(&report, o.verbose, stdout);
	if (fflush(stdout) || ferror(stdout))
		die("standard output", "cannot be written");
	return (int)report.verdict;
}
