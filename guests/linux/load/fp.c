/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All FP registers and fcsr hold what this thread has put there, however often
 * others, who have put other things there, run in between.
 */

#include <string.h>

#include "load.h"

#define REGISTERS 32
/* Long enough for a timer tick to fall in, now and then */
#define SPINS 100000UL
/* Rounding mode 2 (down) and two of the flags */
#define FCSR_BASE 0x42UL

/* Fill the registers from @in, spin, store them to @out; fcsr afterwards. */
static unsigned long hold(const double *in, double *out, unsigned long fcsr)
{
	unsigned long spins = SPINS, before;

	__asm__ __volatile__(
		"	fscsr	%[before], %[fcsr]\n"
		"	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,"
		" 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,"
		" 27, 28, 29, 30, 31\n"
		"	fld	f\\n, 8 * \\n(%[in])\n"
		"	.endr\n"
		"1:	addi	%[spins], %[spins], -1\n"
		"	bnez	%[spins], 1b\n"
		"	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,"
		" 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,"
		" 27, 28, 29, 30, 31\n"
		"	fsd	f\\n, 8 * \\n(%[out])\n"
		"	.endr\n"
		"	fscsr	%[fcsr], %[before]\n"
		:
		[fcsr] "+&r"(fcsr), [before] "=&r"(before), [spins] "+&r"(spins)
		: [in] "r"(in), [out] "r"(out)
		: "memory", "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6",
		  "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
		  "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8",
		  "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11");
	return fcsr;
}

/* A sum whose every bit depends on all the steps before. */
static double sum(double x)
{
	float single = 1.0f;
	int i;

	for (i = 1; i <= 2000; i++) {
		x = x * 1.0000001 + 1.0 / (double)i;
		single = single * 1.001f + 0.3f;
	}
	return x + (double)single;
}

const char *fp_pass(struct seat *s)
{
	static double expected[MAX_THREADS];
	double in[REGISTERS], out[REGISTERS];
	unsigned long fcsr = FCSR_BASE | (s->index & 1);
	double x = sum(s->index);
	unsigned int i;

	for (i = 0; i < REGISTERS; i++)
		in[i] = (double)(s->pass << 16 | s->index << 8 | i);
	if (hold(in, out, fcsr) != fcsr)
		return "fcsr has changed";
	if (memcmp(in, out, sizeof(in)))
		return "an FP register has changed";
	if (!s->pass)
		expected[s->index] = x;
	else if (x != expected[s->index])
		return "another sum than the first time";
	return NULL;
}
