/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timer interrupts: set through SBI TIME, then through stimecmp; waiting
 * with WFI, then without.
 */

#include <guest/guest.h>

#define STIE	  (1UL << 5)
#define SIE	  (1UL << 1)
#define IRQ_TIMER ((1UL << 63) | 5)

static volatile unsigned long ticks;
static volatile unsigned long others;

unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval)
{
	(void)pc;
	(void)tval;
	if (cause == IRQ_TIMER)
		ticks++;
	else
		others++;
	csr_write(CSR_STIMECMP, -1UL);
	/* An exception would come again and again */
	if (!(cause >> 63)) {
		printf("trap=0x%lx\n", cause);
		guest_exit(0, 1);
	}
	return 0;
}

static void set_by_sbi(unsigned long when)
{
	sbi_call(SBI_EID_TIME, 0, when);
}

static void set_by_csr(unsigned long when)
{
	csr_write(CSR_STIMECMP, when);
}

static int wait(const char *name, void (*set)(unsigned long), int sleep)
{
	/* Long enough to be asleep when it comes, on a busy machine too */
	const unsigned long delay = sleep ? 500000 : 50000;
	unsigned long start = guest_time(), before = ticks, end;

	set(start + delay);
	while (ticks == before) {
		if (!sleep)
			continue;
		/* One that came just before the WFI would be slept through */
		csr_clear(sstatus, SIE);
		if (ticks == before)
			__asm__ __volatile__("wfi");
		csr_set(sstatus, SIE);
	}
	end = guest_time();
	printf("%s=%d\n%s.ticks=%lu\n", name, end - start >= delay, name,
	       end - start);
	return end - start < delay;
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	int bad = 0;

	(void)vcpu_id;
	(void)arg;
	printf("start=%lu\n", guest_time());
	csr_write(CSR_STIMECMP, -1UL);
	csr_set(sie, STIE);
	csr_set(sstatus, SIE);
	bad |= wait("sbi.wfi", set_by_sbi, 1);
	bad |= wait("csr.wfi", set_by_csr, 1);
	bad |= wait("sbi.busy", set_by_sbi, 0);
	bad |= wait("csr.busy", set_by_csr, 0);
	printf("interrupts=%lu\nothers=%lu\n", ticks, others);
	return bad;
}
