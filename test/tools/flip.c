/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * flip EVIDENCE NONCE POLICY: no byte of evidence can be another (T-47). The
 * evidence is accepted as it is, and refused with any byte changed, with any
 * byte missing, cut anywhere, and with a byte behind it.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "verify/cove_verify.h"

static uint8_t evidence[COVE_EVIDENCE_MAX], nonce[COVH_CHALLENGE_SIZE + 1];
static size_t len;
static struct cove_policy *policy;
static struct cove_report report;
static unsigned long tried;

static size_t read_file(const char *path, uint8_t *buf, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f) {
		perror(path);
		exit(2);
	}
	n = fread(buf, 1, size, f);
	fclose(f);
	return n;
}

/* A copy of just that length, for the sanitizer to guard */
static enum cove_verdict verify(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	enum cove_verdict v;

	memcpy(copy, p, n);
	v = cove_verify(copy, n, COVE_FORMAT_AUTO, nonce, policy, &report);
	free(copy);
	tried++;
	return v;
}

static void refuse(const uint8_t *p, size_t n, const char *what, size_t at)
{
	size_t i;

	if (verify(p, n) == COVE_REFUSED && !report.guest_point[0])
		return;
	printf("not refused: %s %zu\n", what, at);
	for (i = 0; i < report.nchecks; i++)
		printf("# %s %d\n", report.check[i].name,
		       report.check[i].result);
	exit(1);
}

/* The lowest bit, and the highest */
static void change_byte(size_t at)
{
	static const uint8_t bits[] = { 1, 0x80 };
	uint8_t old = evidence[at];
	size_t i;

	for (i = 0; i < sizeof(bits); i++) {
		evidence[at] = old ^ bits[i];
		refuse(evidence, len, "changed byte", at);
	}
	evidence[at] = old;
}

static void remove_byte(size_t at)
{
	uint8_t without[COVE_EVIDENCE_MAX];

	memcpy(without, evidence, at);
	memcpy(without + at, evidence + at + 1, len - at - 1);
	refuse(without, len - 1, "without byte", at);
}

int main(int argc, char **argv)
{
	char why[COVE_DETAIL_SIZE];
	size_t i;

	if (argc != 4)
		return 2;
	len = read_file(argv[1], evidence, sizeof(evidence) - 1);
	if (read_file(argv[2], nonce, sizeof(nonce)) != COVH_CHALLENGE_SIZE ||
	    cove_policy_load(&policy, argv[3], why, sizeof(why)))
		return 2;
	if (verify(evidence, len) != COVE_ACCEPTED) {
		cove_report_print(&report, true, stdout);
		return 1;
	}
	for (i = 0; i < len; i++) {
		change_byte(i);
		remove_byte(i);
		refuse(evidence, i, "cut at", i);
	}
	evidence[len] = 0;
	refuse(evidence, len + 1, "a byte more", len);
	cove_policy_free(policy);
	printf("%zu bytes, %lu changes refused\n", len, tried - 1);
	return 0;
}
