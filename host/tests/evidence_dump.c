/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evidence in hexadecimal, for those who look at what it says. Boot arguments:
 * challenge=N, its first word; identity=N, all words of the TVM's identity;
 * extend=N, the register that is extended, by the challenge's 48 first bytes;
 * handover=ADDRESS, where something was handed over; find0=WORD, find1=WORD...:
 * inverted, each is looked for in all RAM.
 */

#include <string.h>
#include <sbi_covh/handover.h>
#include <sbi_covh/test.h>
#include "evidence.h"

#define BYTES_PER_LINE 32
#define MAX_FIND       16

static struct puppet p;

static uint64_t identity[COVH_IDENTITY_SIZE / 8] __attribute__((aligned(64)));

static void make(void)
{
	unsigned long id = bootarg_ulong("identity", 0);
	unsigned long reg = bootarg_ulong("extend", 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(identity); i++)
		identity[i] = id;
	puppet_plan(&p, 1);
	p.t->cfg.identity = id ? identity : NULL;
	puppet_begin(&p);
	evidence_ready(&p, 0, bootarg_ulong("challenge", 1));
	if (reg)
		CHECK_EQ(puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
				COVG_EXTEND_MEASUREMENT,
				evidence_challenge(&p, 0), COVH_DIGEST_SIZE,
				reg),
			 0);
}

static void dump(const char *name, unsigned long gpa, unsigned long len)
{
	char line[2 * BYTES_PER_LINE + 1];
	unsigned long i, j, word = 0;

	for (i = 0; i < len; i += j) {
		for (j = 0; j < BYTES_PER_LINE && i + j < len; j++) {
			if (!((i + j) & 7))
				word = puppet_load(&p, gpa + i + j);
			snprintf(line + 2 * j, 3, "%02x",
				 (unsigned int)(word & 0xff));
			word >>= 8;
		}
		NOTE("%s %s", name, line);
	}
}

static void certificate(const char *name, unsigned long format)
{
	unsigned long len;

	evidence_ask(&p, 0, format);
	len = evidence_finish(&p, 0, format);
	dump(name, evidence_out(&p, 0), len);
}

static void evidence(void)
{
	make();
	certificate("cbor", COVG_CERT_CBOR);
	certificate("x509", COVG_CERT_X509);
}

static void registers(void)
{
	unsigned long gpa, i;
	char name[16];

	make();
	gpa = evidence_out(&p, 0);
	for (i = 0; i < COVH_MSMT_COUNT; i++) {
		CHECK_EQ(puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
				COVG_READ_MEASUREMENT, gpa, 48, i),
			 0);
		snprintf(name, sizeof(name), "register.%lu", i);
		dump(name, gpa, COVH_DIGEST_SIZE);
	}
}

/* What the stage before had left is gone */
static void wiped(void)
{
	unsigned long at = bootarg_ulong("handover", 0), i;

	if (!at)
		SKIP("nothing was handed over");
	for (i = 0; i < sizeof(struct covh_handover); i += 8)
		CHECK_EQ(*(volatile uint64_t *)(at + i), 0);
}

static void secrets(void)
{
	char name[8];
	struct sbiret r;
	unsigned long word, i;

	if (!bootarg_ulong("find0", 0))
		SKIP("nothing to look for");
	need_debug();
	make();
	evidence_ask(&p, 0, COVG_CERT_CBOR);
	evidence_finish(&p, 0, COVG_CERT_CBOR);
	for (i = 0; i < MAX_FIND; i++) {
		snprintf(name, sizeof(name), "find%lu", i);
		word = bootarg_ulong(name, 0);
		if (!word)
			break;
		r = sbi_call(COVH_TEST_EID, COVH_TEST_FIND, word);
		CHECK_EQ(r.error, 0);
		NOTE("%s %ld", name, r.value);
	}
}

TEST_GROUP(evidence_dump, { "evidence", evidence }, { "registers", registers },
	   { "the handover is gone", wiped }, { "secrets in RAM", secrets });
