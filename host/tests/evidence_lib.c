/* SPDX-License-Identifier: BSD-2-Clause */
/* What evidence takes, put into a guest word by word. */

#include <string.h>
#include <guest/cose_key.h>
#include "evidence.h"

#define WORDS (EVIDENCE_OUT_PAGES * PAGE_SIZE / 8)

_Static_assert(sizeof(cose_key) == EVIDENCE_KEY_LEN, "COSE_Key");

static unsigned long page_of(const struct puppet *p, unsigned long vcpu,
			     unsigned long page)
{
	/* The first data pages are for other purposes of the tests */
	return p->data + (16 + vcpu * EVIDENCE_PAGES + page) * PAGE_SIZE;
}

unsigned long evidence_key(const struct puppet *p, unsigned long vcpu)
{
	return page_of(p, vcpu, 0);
}

unsigned long evidence_challenge(const struct puppet *p, unsigned long vcpu)
{
	return page_of(p, vcpu, 1);
}

unsigned long evidence_out(const struct puppet *p, unsigned long vcpu)
{
	return page_of(p, vcpu, 2);
}

void evidence_ready(struct puppet *p, unsigned long vcpu,
		    unsigned long challenge)
{
	uint64_t words[ALIGN_UP(sizeof(cose_key), 8) / 8] = { 0 };
	unsigned long i;

	memcpy(words, cose_key, sizeof(cose_key));
	for (i = 0; i < ARRAY_SIZE(words); i++)
		puppet_store(p, evidence_key(p, vcpu) + 8 * i, words[i]);
	for (i = 0; i < 8; i++)
		puppet_store(p, evidence_challenge(p, vcpu) + 8 * i,
			     challenge + i);
	for (i = 0; i < EVIDENCE_OUT_PAGES; i++)
		puppet_store(p, evidence_out(p, vcpu) + i * PAGE_SIZE, 0);
}

void evidence_ask(struct puppet *p, unsigned long vcpu, unsigned long format)
{
	puppet_post(p, vcpu, PUPPET_ECALL, COVH_EID_COVG, COVG_GET_EVIDENCE,
		    evidence_key(p, vcpu), EVIDENCE_KEY_LEN,
		    evidence_challenge(p, vcpu), format, evidence_out(p, vcpu),
		    EVIDENCE_OUT_PAGES * PAGE_SIZE);
}

unsigned long evidence_finish(struct puppet *p, unsigned long vcpu,
			      unsigned long format)
{
	unsigned long len, first;

	CHECK_EQ(puppet_finish(p, vcpu), 0);
	len = puppet_ret(p, vcpu, 1);
	CHECK(len > 1000 && len <= EVIDENCE_OUT_PAGES * PAGE_SIZE);
	first = puppet_load(p, evidence_out(p, vcpu)) & 0xffff;
	/* COSE_Sign1 with its tag; a SEQUENCE of more than 255 bytes */
	CHECK_EQ(first, format == COVG_CERT_CBOR ? 0x84d2 : 0x8230);
	return len;
}

unsigned long evidence_sum(struct puppet *p, unsigned long vcpu)
{
	unsigned long sum = 0, i;

	for (i = 0; i < WORDS; i++)
		sum = sum * 31 + puppet_load(p, evidence_out(p, vcpu) + 8 * i);
	return sum;
}
