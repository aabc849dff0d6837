/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entropy of the seed CSR, in two vCPUs. Prints "writes=", the sum of the
 * causes of the six instructions that may read it, "reads=" of two that may
 * not, "user=" the cause in VU-mode, "odd=" values that seed cannot have,
 * "alike=" values that both vCPUs have, or one has twice, of SAMPLES each.
 */

#include <guest/smp.h>

#define SAMPLES 16
#define SPP	(1UL << 8)
/* QEMU extends the 32 bits by their sign */
#define OPST(x) ((x) >> 30 & 3)
#define ES16	2
#define DEAD	3

static volatile unsigned long causes;
static unsigned long got[2][SAMPLES], odd, over;

unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval)
{
	(void)pc;
	(void)tval;
	/* QEMU 7.2 says 1 for 2: see guest illegal */
	causes += cause == 1 ? 2 : cause;
	return 4;
}

static unsigned long trapped(void)
{
	unsigned long sum = causes;

	causes = 0;
	return sum;
}

static unsigned long from_user(void)
{
	unsigned long cause, old, tmp;

	__asm__ __volatile__("csrr	%1, stvec\n"
			     "lla	%2, 2f\n"
			     "csrw	stvec, %2\n"
			     "lla	%2, 1f\n"
			     "csrw	sepc, %2\n"
			     "li	%2, %3\n"
			     "csrc	sstatus, %2\n"
			     "sret\n"
			     "1: csrrw	%2, 0x015, x0\n"
			     "ecall\n"
			     ".balign	4\n"
			     "2: csrr	%0, scause\n"
			     "csrw	stvec, %1\n"
			     : "=&r"(cause), "=&r"(old), "=&r"(tmp)
			     : "i"(SPP)
			     : "memory");
	return cause == 1 ? 2 : cause;
}

/* Samples of 16 bits; until there are as many, a call may bring nothing */
static void collect(unsigned long id, unsigned long arg)
{
	unsigned long i = 0, x;

	(void)arg;
	while (i < SAMPLES) {
		__asm__ __volatile__("csrrwi %0, 0x015, 0" : "=r"(x));
		odd += OPST(x) == DEAD || (OPST(x) != ES16 && (x & 0xffff));
		if (OPST(x) == ES16)
			got[id][i++] = x & 0xffff;
	}
	__atomic_fetch_add(&over, 1, __ATOMIC_SEQ_CST);
}

static unsigned long alike(void)
{
	unsigned long *all = got[0], i, j, n = 0;

	for (i = 0; i < 2 * SAMPLES; i++)
		for (j = 0; j < i; j++)
			n += all[i] == all[j];
	return n;
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long bad;

	(void)arg;
	__asm__ __volatile__("csrrw zero, 0x015, zero\n"
			     "csrrwi t0, 0x015, 0\n"
			     "csrrs t0, 0x015, sp\n"
			     "csrrc t0, 0x015, sp\n"
			     "csrrsi t0, 0x015, 1\n"
			     "csrrci t0, 0x015, 1\n" ::
				     : "t0");
	bad = trapped();
	printf("writes=%lu\n", bad);
	__asm__ __volatile__("csrrs t0, 0x015, x0\n"
			     "csrrci t0, 0x015, 0\n" ::
				     : "t0");
	printf("reads=%lu\nuser=%lu\n", trapped(), from_user());
	if (bad)
		return 0;
	guest_start(1, collect, 0);
	collect(vcpu_id, 0);
	while (__atomic_load_n(&over, __ATOMIC_SEQ_CST) < 2)
		;
	printf("odd=%lu\nalike=%lu\n", odd, alike());
	return 0;
}
