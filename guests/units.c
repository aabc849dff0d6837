/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each vCPU fills its F and V registers, leaves in one way or another, and
 * looks what came back. The argument: vCPUs | rounds << 8. Prints "initial=",
 * what vCPUs found in registers when they started for the first or second
 * time, "kept=", what had changed, "vlenb=", 0 without V, "off=", the cause of
 * instructions whose unit is off, summed.
 */

#include <guest/smp.h>
#include <guest/units.h>

#define MAX_VCPUS 8
#define PAGES	  64
#define WAYS	  7
#define IRQ_TIMER (1UL << 5)

/* First touched by a round that wants a page fault */
static uint64_t fresh[PAGES][PAGE_SIZE / 8] __attribute__((aligned(PAGE_SIZE)));
static struct units made[MAX_VCPUS], found[MAX_VCPUS];
static unsigned long nr, rounds, pages, initial, kept, over;
static volatile unsigned long traps, cause_sum;
static bool has_v;

#define ADD(x, v) __atomic_fetch_add(&(x), v, __ATOMIC_SEQ_CST)
#define OR(x, v)  __atomic_fetch_or(&(x), v, __ATOMIC_SEQ_CST)

/* Every instruction that may trap here has 4 bytes */
unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval)
{
	(void)pc;
	(void)tval;
	traps++;
	/* QEMU 7.2 says 1 for 2: see guest illegal */
	cause_sum += cause == 1 ? 2 : cause;
	return 4;
}

static void wait_until(unsigned long when, bool wfi)
{
	csr_write(CSR_STIMECMP, wfi ? when : -1UL);
	csr_write(sie, IRQ_TIMER);
	do {
		if (wfi)
			__asm__ __volatile__("wfi");
	} while (guest_time() < when);
	csr_write(CSR_STIMECMP, -1UL);
	csr_write(sie, 0);
}

static void leave(unsigned long way)
{
	switch (way) {
	case 0:
		putchar('.');
		break;
	case 1:
		fresh[ADD(pages, 1) % PAGES][0] = 1;
		break;
	case 2:
		wait_until(guest_time() + 10000, true);
		break;
	case 3:
		wait_until(guest_time() + 4000, false);
		break;
	case 4:
		sbi_call(SBI_EID_BASE, 0, 0);
		break;
	case 5:
		guest_ipi(1, -1UL);
		csr_clear(sip, IRQ_SOFT);
		break;
	}
}

static void look_first(unsigned long id)
{
	static const struct units zero = { .vtype = 1UL << 63 };

	if (has_v)
		csr_set(sstatus, UNITS_VS);
	units_store(&found[id], has_v);
	OR(initial, units_differ(&zero, &found[id], has_v));
}

static void work(unsigned long id)
{
	unsigned long i, bad;

	look_first(id);
	for (i = 0; i < rounds; i++) {
		units_make(&made[id], id * 1000 + i, has_v);
		units_load(&made[id], has_v);
		leave(i % WAYS);
		units_store(&found[id], has_v);
		bad = units_differ(&made[id], &found[id], has_v);
		if (bad && !kept)
			printf("\nvCPU %lu, round %lu: 0x%lx\n", id, i, bad);
		OR(kept, bad);
	}
	ADD(over, 1);
}

static void first_life(unsigned long id, unsigned long arg)
{
	(void)arg;
	work(id);
}

static void second_life(unsigned long id, unsigned long arg)
{
	(void)arg;
	look_first(id);
	ADD(over, 1);
}

static void wait_for(unsigned long n)
{
	unsigned long i;

	while (__atomic_load_n(&over, __ATOMIC_SEQ_CST) < n)
		;
	for (i = 1; i < nr; i++)
		while (guest_status(i) != HSM_STOPPED)
			;
}

/* Live registers change nothing about what is off */
static void units_off(void)
{
	cause_sum = 0;
	csr_clear(sstatus, UNITS_VS);
	/* vsetvli zero, zero, e8; vfmv.f.s f0, v0, which needs both */
	__asm__ __volatile__(".word 0x00007057\n.word 0x42001057");
	csr_set(sstatus, UNITS_VS);
	csr_clear(sstatus, UNITS_FS);
	__asm__ __volatile__("fmv.d.x f0, zero\n.word 0x42001057");
	csr_set(sstatus, UNITS_FS);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long i, vlenb = 0;

	nr = arg & 0xff;
	rounds = arg >> 8;
	csr_set(sstatus, UNITS_VS);
	__asm__ __volatile__("csrr %0, 0xc22" : "+r"(vlenb));
	has_v = !traps;
	for (i = 1; i < nr; i++)
		guest_start(i, first_life, 0);
	work(vcpu_id);
	wait_for(nr);
	for (i = 1; i < nr; i++)
		guest_start(i, second_life, 0);
	wait_for(2 * nr - 1);
	units_off();
	printf("\ninitial=%lu\nkept=%lu\nvlenb=%lu\noff=%lu\n", initial, kept,
	       vlenb, cause_sum);
	return 0;
}
