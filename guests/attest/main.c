/* SPDX-License-Identifier: BSD-2-Clause */
/* The exchange, from the guest's side. */

#include "attest.h"

static uint8_t challenge[COVH_CHALLENGE_SIZE];
static uint8_t secret[SECRET_MAX];
static struct envelope envelope;

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	puts("attest: FAILED: ");
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	guest_exit(0, 1);
}

static bool same(const char *a, const char *b)
{
	for (; *a == *b; a++, b++) {
		if (!*a)
			return true;
	}
	return false;
}

/* "nonce HEX FORMAT": a challenge, and what kind of certificate is liked */
static unsigned long read_challenge(void)
{
	char *line = read_line(), *format;

	if (!same(next_word(&line), "nonce") ||
	    parse_hex(next_word(&line), challenge, sizeof(challenge)) !=
		    sizeof(challenge))
		die("the relying party's first line is no challenge");
	format = next_word(&line);
	if (same(format, "x509"))
		return COVG_CERT_X509;
	if (!same(format, "cbor"))
		die("unknown format: %s", format);
	return COVG_CERT_CBOR;
}

static void field(char **line, uint8_t *out, size_t size)
{
	if (parse_hex(next_word(line), out, size) != (long)size)
		die("the relying party's answer is not complete");
}

/* "secret POINT IV TAG TEXT", or "refused WHY" */
static bool read_envelope(void)
{
	char *line = read_line(), *word = next_word(&line);
	long n;

	if (same(word, "refused")) {
		printf("attest: no secret for me: %s\n", line);
		return false;
	}
	if (!same(word, "secret"))
		die("the relying party's answer is unknown: %s", word);
	field(&line, envelope.point, sizeof(envelope.point));
	field(&line, envelope.iv, sizeof(envelope.iv));
	field(&line, envelope.tag, sizeof(envelope.tag));
	n = parse_hex(next_word(&line), envelope.text, sizeof(envelope.text));
	if (n <= 0)
		die("the relying party's answer is not complete");
	envelope.len = (size_t)n;
	return true;
}

/*
 * Evidence from here on says in a register that this VM has the secret. What
 * goes out, through the host, says nothing of a secret that cannot be guessed.
 */
static void use_secret(void)
{
	uint8_t value[COVH_DIGEST_SIZE];

	prove(secret, envelope.len, challenge, value);
	send("proof", value, sizeof(value));
	digest(secret, envelope.len, value);
	extend(COVH_MSMT_RUNTIME_FIRST, value);
	send("register6", read_register(COVH_MSMT_RUNTIME_FIRST),
	     COVH_DIGEST_SIZE);
	printf("attest: the secret is here, %lu bytes\n",
	       (unsigned long)envelope.len);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	const uint8_t *evidence;
	unsigned long format;
	size_t len;

	(void)vcpu_id;
	(void)arg;
	puts("attest: hello from a VM that wants a secret\n");
	show_capabilities();
	if (!seed_there())
		die("this hart has no entropy source (extension Zkr)");
	heap_init();
	key_make();
	puts("attest: a key of P-384 has been made from the hart's entropy\n");
	send("ready", NULL, 0);
	format = read_challenge();
	len = get_evidence(challenge, format, &evidence);
	send_evidence(evidence, len);
	if (!read_envelope())
		return 0;
	if (!envelope_open(&envelope, challenge, secret))
		die("the secret does not open: not for this key and challenge, "
		    "or changed on its way");
	use_secret();
	return 0;
}
