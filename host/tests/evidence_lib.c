/* SPDX-License-Identifier: BSD-2-Clause */
/* What evidence takes, put into a guest word by word. */

#include <string.h>
#include "evidence.h"

#define WORDS (EVIDENCE_OUT_PAGES * PAGE_SIZE / 8)

/* The generator of P-384 as a COSE_Key: a public key whose private one is 1 */
static const uint8_t key[] = {
	0xa4, 0x01, 0x02, 0x20, 0x02, 0x21, 0x58, 0x30, 0xaa, 0x87, 0xca, 0x22,
	0xbe, 0x8b, 0x05, 0x37, 0x8e, 0xb1, 0xc7, 0x1e, 0xf3, 0x20, 0xad, 0x74,
	0x6e, 0x1d, 0x3b, 0x62, 0x8b, 0xa7, 0x9b, 0x98, 0x59, 0xf7, 0x41, 0xe0,
	0x82, 0x54, 0x2a, 0x38, 0x55, 0x02, 0xf2, 0x5d, 0xbf, 0x55, 0x29, 0x6c,
	0x3a, 0x54, 0x5e, 0x38, 0x72, 0x76, 0x0a, 0xb7, 0x22, 0x58, 0x30, 0x36,
	0x17, 0xde, 0x4a, 0x96, 0x26, 0x2c, 0x6f, 0x5d, 0x9e, 0x98, 0xbf, 0x92,
	0x92, 0xdc, 0x29, 0xf8, 0xf4, 0x1d, 0xbd, 0x28, 0x9a, 0x14, 0x7c, 0xe9,
	0xda, 0x31, 0x13, 0xb5, 0xf0, 0xb8, 0xc0, 0x0a, 0x60, 0xb1, 0xce, 0x1d,
	0x7e, 0x81, 0x9d, 0x7a, 0x43, 0x1d, 0x7c, 0x90, 0xea, 0x0e, 0x5f,
};

_Static_assert(sizeof(key) == EVIDENCE_KEY_LEN, "COSE_Key");

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
	uint64_t words[ALIGN_UP(sizeof(key), 8) / 8] = { 0 };
	unsigned long i;

	memcpy(words, key, sizeof(key));
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
