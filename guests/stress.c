/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does what guests do, in an order that depends on the argument: prints,
 * computes, touches memory, shares pages and takes them back, starts,
 * interrupts and fences other vCPUs, waits, stops. Meanwhile it looks whether
 * anything has been changed that only it may change, and shuts down if so.
 */

#include <stdbool.h>
#include <guest/smp.h>
#include <guest/stress.h>

#define PAGES	  12 /* of each vCPU */
#define STEPS	  4000
#define IRQ_TIMER (1UL << 5)

enum kind {
	FRESH, /* reads as zero */
	OWN,   /* holds its tag */
	LOST,  /* a share was refused: its tag, or zero */
	SHARED /* the host's */
};

static uint64_t area[STRESS_VCPUS][PAGES][PAGE_SIZE / 8]
	__attribute__((aligned(PAGE_SIZE)));

static struct vcpu {
	uint64_t random;
	uint64_t tag[PAGES];
	enum kind kind[PAGES];
} vcpus[STRESS_VCPUS];

static uint64_t next(struct vcpu *v)
{
	v->random ^= v->random << 13;
	v->random ^= v->random >> 7;
	v->random ^= v->random << 17;
	return v->random;
}

static void wrong(const char *what, unsigned long id)
{
	printf("stress: vCPU %lu: %s\n", id, what);
	sbi_call(SBI_EID_SRST, 0, 0, STRESS_WRONG);
	for (;;)
		;
}

/* Interrupts are all that may come */
unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval)
{
	(void)pc;
	(void)tval;
	if (cause == (CAUSE_IRQ | 1))
		csr_clear(sip, IRQ_SOFT);
	else if (cause == (CAUSE_IRQ | 5))
		csr_write(CSR_STIMECMP, -1UL);
	else
		wrong("trap", guest_vcpu_id());
	return 0;
}

static volatile uint64_t *word(unsigned long id, unsigned long page)
{
	return &area[id][page][page * 8];
}

static void touch(struct vcpu *v, unsigned long id, unsigned long page)
{
	uint64_t seen = *word(id, page);
	enum kind kind = v->kind[page];

	if ((kind == FRESH && seen) || (kind == OWN && seen != v->tag[page]) ||
	    (kind == LOST && seen && seen != v->tag[page]))
		wrong("memory", id);
	if (kind == SHARED)
		return;
	v->tag[page] = next(v) | 1;
	*word(id, page) = v->tag[page];
	v->kind[page] = OWN;
}

/* Content is lost if this succeeds, and may be if it does not */
static void share(struct vcpu *v, unsigned long id, unsigned long page)
{
	bool back = v->kind[page] == SHARED;
	long err = sbi_call(COVH_EID_COVG,
			    back ? COVG_UNSHARE_MEMORY_REGION
				 : COVG_SHARE_MEMORY_REGION,
			    (unsigned long)area[id][page], PAGE_SIZE)
			   .error;

	if (!err)
		v->kind[page] = back ? FRESH : SHARED;
	else if (!back && v->kind[page] == OWN)
		v->kind[page] = LOST;
}

/* Registers must survive what happens in between */
static void compute(struct vcpu *v, unsigned long id)
{
	double x = (double)(next(v) & 0xffff), y = x;
	uint64_t n = next(v) & 0x3ff, a = n, i;

	for (i = 0; i < n; i++) {
		a = a * 3 + 1;
		y = y * 2 + 1;
		y = (y - 1) / 2;
		__asm__ __volatile__("" : "+r"(a), "+f"(y));
		a = (a - 1) * 0xaaaaaaaaaaaaaaab;
	}
	if (a != n || y != x)
		wrong("registers", id);
}

static void wait(struct vcpu *v)
{
	csr_write(CSR_STIMECMP, guest_time() + (next(v) & 0xfff));
	__asm__ __volatile__("wfi");
	csr_write(CSR_STIMECMP, -1UL);
}

static void live(unsigned long id, unsigned long seed);

static void others(struct vcpu *v, unsigned long id)
{
	unsigned long target = next(v) % STRESS_VCPUS;

	switch (next(v) % 4) {
	case 0:
		/* Those that exist may be started by anybody */
		if (target != id && guest_status(target) == HSM_STOPPED &&
		    target && !id)
			guest_start(target, live, v->random | 1);
		break;
	case 1:
		guest_ipi(next(v) % (1 << STRESS_VCPUS), 0);
		break;
	case 2:
		guest_rfence(next(v) % 3, 0, -1UL);
		break;
	default:
		guest_rfence(next(v) % 3, next(v) % 64, next(v) % 4);
	}
}

static bool step(struct vcpu *v, unsigned long id)
{
	unsigned long page = next(v) % PAGES;

	switch (next(v) % 16) {
	case 0:
		putchar('a' + (char)id);
		break;
	case 1:
	case 2:
		compute(v, id);
		break;
	case 3:
	case 4:
		share(v, id, page);
		break;
	case 5:
	case 6:
		others(v, id);
		break;
	case 7:
		wait(v);
		break;
	case 8:
		return !id || next(v) % 8;
	default:
		touch(v, id, page);
	}
	return true;
}

static void live(unsigned long id, unsigned long seed)
{
	struct vcpu *v = &vcpus[id];
	unsigned long i;

	v->random = seed;
	csr_write(CSR_STIMECMP, -1UL);
	csr_set(sie, IRQ_SOFT | IRQ_TIMER);
	csr_set(sstatus, SSTATUS_SIE);
	for (i = 0; i < STEPS && step(v, id); i++)
		;
	csr_clear(sstatus, SSTATUS_SIE);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	live(vcpu_id, arg * 2 + 1);
	return 0;
}
