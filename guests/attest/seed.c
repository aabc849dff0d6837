/* SPDX-License-Identifier: BSD-2-Clause */
/* Entropy: the seed CSR of Zkr, conditioned. */

#include <mbedtls/sha512.h>
#include "attest.h"

/* QEMU extends the 32 bits by their sign */
#define OPST(x) ((x) >> 30 & 3)
#define ES16	2
#define DEAD	3
/* So often in a row the source may have nothing yet */
#define PATIENCE 1000000
/*
 * Zkr promises 128 bits of entropy in each 256 that come: SHA-384 of four times
 * as many bits as it has itself leaves a margin of two.
 */
#define SAMPLES (4 * COVH_DIGEST_SIZE / 2)

static bool missing;

unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval)
{
	/* QEMU 7.2 says 1 for 2 */
	if (cause == 1 || cause == 2 || cause == 22) {
		missing = true;
		return 4;
	}
	die("trap: scause 0x%lx, sepc 0x%lx, stval 0x%lx", cause, pc, tval);
}

static unsigned long poll(void)
{
	unsigned long x = 0;

	__asm__ __volatile__("csrrw %0, 0x015, x0" : "+r"(x) : : "memory");
	return x;
}

bool seed_there(void)
{
	missing = false;
	poll();
	return !missing;
}

/* 16 bits, or -1 */
static int sample(void)
{
	unsigned long x, i;

	for (i = 0; i < PATIENCE; i++) {
		x = poll();
		if (OPST(x) == ES16)
			return (int)(x & 0xffff);
		if (OPST(x) == DEAD)
			break;
	}
	return -1;
}

static bool block(unsigned char *out)
{
	uint16_t raw[SAMPLES];
	bool good = true;
	int i, s;

	for (i = 0; i < SAMPLES; i++) {
		s = sample();
		good &= s >= 0;
		raw[i] = (uint16_t)s;
	}
	digest(raw, sizeof(raw), out);
	memset(raw, 0, sizeof(raw));
	return good;
}

int seed_entropy(void *unused, unsigned char *buf, size_t len)
{
	unsigned char out[COVH_DIGEST_SIZE];
	size_t n;

	(void)unused;
	for (; len; buf += n, len -= n) {
		n = len < sizeof(out) ? len : sizeof(out);
		if (!block(out))
			return -1;
		memcpy(buf, out, n);
	}
	memset(out, 0, sizeof(out));
	return 0;
}
