/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the benchmark runs. Argument 0: one forwarded call after the other,
 * for ever. Argument N: N calls that the trampoline answers, timed from
 * inside, next to an empty loop.
 */

#include <guest/guest.h>

static unsigned long now(void)
{
	unsigned long t;

	__asm__ __volatile__("rdtime %0" : "=r"(t) : : "memory");
	return t;
}

static inline void probe(void)
{
	register unsigned long a0 __asm__("a0") = SBI_EID_BASE;
	register unsigned long a1 __asm__("a1");
	register unsigned long a6 __asm__("a6") = 3;
	register unsigned long a7 __asm__("a7") = SBI_EID_BASE;

	__asm__ __volatile__("ecall"
			     : "+r"(a0), "=r"(a1)
			     : "r"(a6), "r"(a7)
			     : "memory");
}

static inline void set_timer(void)
{
	register unsigned long a0 __asm__("a0") = -1UL;
	register unsigned long a1 __asm__("a1");
	register unsigned long a6 __asm__("a6") = 0;
	register unsigned long a7 __asm__("a7") = SBI_EID_TIME;

	__asm__ __volatile__("ecall"
			     : "+r"(a0), "=r"(a1)
			     : "r"(a6), "r"(a7)
			     : "memory");
}

int main(unsigned long vcpu_id, unsigned long n)
{
	unsigned long i, t0, t1, t2;

	(void)vcpu_id;
	while (!n)
		sbi_call(SBI_EID_DBCN, 2, 0);

	t0 = now();
	for (i = 0; i < n; i++)
		probe();
	t1 = now();
	for (i = 0; i < n; i++)
		set_timer();
	t2 = now();
	printf("base=%lu\ntime=%lu\n", t1 - t0, t2 - t1);
	return 0;
}
