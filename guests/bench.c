/* SPDX-License-Identifier: BSD-2-Clause */
/* What the benchmark runs; guest/bench.h has the arguments. */

#include <stdbool.h>
#include <guest/bench.h>
#include <guest/guest.h>

static inline void call(unsigned long eid, unsigned long fid, unsigned long arg)
{
	register unsigned long a0 __asm__("a0") = arg;
	register unsigned long a1 __asm__("a1");
	register unsigned long a6 __asm__("a6") = fid;
	register unsigned long a7 __asm__("a7") = eid;

	__asm__ __volatile__("ecall"
			     : "+r"(a0), "=r"(a1)
			     : "r"(a6), "r"(a7)
			     : "memory");
}

static inline void no_call(unsigned long eid, unsigned long fid,
			   unsigned long arg)
{
	register unsigned long a0 __asm__("a0") = arg;
	register unsigned long a6 __asm__("a6") = fid;
	register unsigned long a7 __asm__("a7") = eid;

	__asm__ __volatile__("" : "+r"(a0) : "r"(a6), "r"(a7) : "memory");
}

static void forward(bool fp)
{
	for (;;) {
		if (fp)
			__asm__ __volatile__("fadd.d fa0, fa0, fa0" ::: "fa0");
		call(SBI_EID_DBCN, 2, 0);
	}
}

static void touch(void)
{
	volatile unsigned long *p = (volatile unsigned long *)BENCH_GPA;

	for (;; p += PAGE_SIZE / sizeof(*p))
		*p = 1;
}

static void share(void)
{
	sbi_call(COVH_EID_COVG, COVG_SHARE_MEMORY_REGION, BENCH_GPA, BENCH_LEN);
	call(SBI_EID_DBCN, 2, 0);
	sbi_call(COVH_EID_COVG, COVG_UNSHARE_MEMORY_REGION, BENCH_GPA,
		 BENCH_LEN);
}

static void functions(void)
{
	unsigned long fid, none = -1UL, n = 0;

	for (fid = 0; fid < BENCH_COVG_FUNCTIONS; fid++)
		n += sbi_call(COVH_EID_COVG, fid, none, none, none, none)
			     .error != COVH_ERR_NOT_SUPPORTED;
	printf("functions=%lu\n", n);
}

#define TIMED(n, what)                                 \
	({                                             \
		unsigned long i__, t__ = guest_time(); \
                                                       \
		for (i__ = 0; i__ < (n); i__++)        \
			what;                          \
		guest_time() - t__;                    \
	})

int main(unsigned long vcpu_id, unsigned long n)
{
	unsigned long none, base, time;

	(void)vcpu_id;
	switch (n) {
	case BENCH_FORWARD:
	case BENCH_FORWARD_FP:
		forward(n == BENCH_FORWARD_FP);
		break;
	case BENCH_TOUCH:
		touch();
		break;
	case BENCH_SHARE:
		share();
		forward(false);
		break;
	case BENCH_FUNCTIONS:
		functions();
		return 0;
	}
	none = TIMED(n, no_call(SBI_EID_BASE, 3, SBI_EID_BASE));
	base = TIMED(n, call(SBI_EID_BASE, 3, SBI_EID_BASE));
	time = TIMED(n, call(SBI_EID_TIME, 0, -1UL));
	printf("base=%lu\ntime=%lu\n", base - none, time - none);
	return 0;
}
