/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several vCPUs at work: starting, stopping, interrupting each other, fences
 * that are needed, and memory shared with the host. The argument is the number
 * of vCPUs and of rounds, see guest/smp_test.h. Prints "step=0", or what went
 * wrong, for each step; vCPU 0 alone prints.
 */

#include <guest/smp.h>
#include <guest/smp_test.h>

static unsigned long nr, rounds, bad;
/* What the others do, one after the other: counted up by vCPU 0 */
static unsigned long step, arrived;

#define LOAD(x)	    __atomic_load_n(&(x), __ATOMIC_SEQ_CST)
#define STORE(x, v) __atomic_store_n(&(x), v, __ATOMIC_SEQ_CST)
#define ADD(x, v)   __atomic_fetch_add(&(x), v, __ATOMIC_SEQ_CST)
#define OTHERS	    (-1UL >> (64 - nr) & ~1UL)

static void expect(const char *what, long got, long want)
{
	if (got == want)
		return;
	printf("%s: %ld, not %ld\n", what, got, want);
	bad++;
}

static void done(const char *name)
{
	printf("%s=%lu\n", name, bad);
	bad = 0;
}

/* Software interrupts taken, by vCPU */
static unsigned long taken[GUEST_MAX_VCPUS];

unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval)
{
	if (cause == (CAUSE_IRQ | 1)) {
		csr_clear(sip, IRQ_SOFT);
		ADD(taken[guest_vcpu_id()], 1);
		return 0;
	}
	printf("vCPU %lu: trap %lx at %lx, %lx\n", guest_vcpu_id(), cause, pc,
	       tval);
	guest_exit(0, 1);
}

/* All vCPUs but 0 wait here until it says which step comes */
static void follow(unsigned long n)
{
	ADD(arrived, 1);
	while (LOAD(step) < n)
		;
}

/* vCPU 0: wait for the others, let them go to step n */
static void lead(unsigned long n)
{
	while (LOAD(arrived) < nr - 1)
		;
	STORE(arrived, 0);
	STORE(step, n);
}

/* Step 1: everybody counts, in one word and in one of its own */
static unsigned long counter, own[GUEST_MAX_VCPUS];

static void count(unsigned long id)
{
	unsigned long i;

	for (i = 0; i < rounds; i++) {
		ADD(counter, 1);
		own[id]++;
	}
}

/*
 * Step 2: one interrupt goes round. Each vCPU waits for its turn, half of the
 * rounds asleep, and passes it on.
 */
static void enable_soft(void)
{
	csr_set(sie, IRQ_SOFT);
	csr_set(sstatus, SSTATUS_SIE);
}

/* With interrupts off in between: else one that comes just before the WFI is
 * taken, and the WFI waits for ever */
static void await(unsigned long id, unsigned long n, int sleep)
{
	while (LOAD(taken[id]) < n) {
		if (!sleep)
			continue;
		csr_clear(sstatus, SSTATUS_SIE);
		if (LOAD(taken[id]) < n)
			__asm__ __volatile__("wfi");
		csr_set(sstatus, SSTATUS_SIE);
	}
}

static void ring(unsigned long id)
{
	unsigned long i;

	for (i = 1; i <= rounds; i++) {
		if (id || i > 1)
			await(id, id ? i : i - 1, i & 1);
		if (guest_ipi(1, (id + 1) % nr))
			STORE(bad, 1);
	}
	if (!id)
		await(0, rounds, 0);
}

/*
 * Step 3: vCPU 0 moves GUEST_VA from one page to the other; a vCPU that has
 * read the present round must find that round's page from then on.
 */
static uint64_t page[2][PAGE_SIZE / 8] __attribute__((aligned(PAGE_SIZE)));
static unsigned long round, wrong, reads[GUEST_MAX_VCPUS];

static unsigned long look(void)
{
	return *(volatile uint64_t *)GUEST_VA;
}

static void readers(unsigned long id)
{
	unsigned long before, seen, after;

	guest_paging();
	do {
		before = LOAD(round);
		seen = look();
		after = LOAD(round);
		/* An odd round is a change under way */
		if (before == after && !(before & 1)) {
			reads[id]++;
			if (seen != (before >> 1 & 1))
				ADD(wrong, 1);
		}
	} while (after < 2 * rounds);
	csr_write(satp, 0);
	__asm__ __volatile__("sfence.vma" ::: "memory");
}

static void writer(void)
{
	unsigned long i, mark[GUEST_MAX_VCPUS], v;
	long err;

	for (i = 1; i <= rounds; i++) {
		/* Everybody has the old translation in use */
		for (v = 1; v < nr; v++)
			mark[v] = LOAD(reads[v]);
		for (v = 1; v < nr; v++)
			while (LOAD(reads[v]) == mark[v])
				;
		STORE(round, 2 * i - 1);
		guest_map((unsigned long)page[i & 1]);
		err = i & 2 ? guest_rfence(RFENCE_SFENCE_VMA, OTHERS, 0)
			    : guest_rfence(RFENCE_SFENCE_VMA_ASID, 0, -1UL);
		expect("rfence", err, 0);
		STORE(round, 2 * i);
	}
}

/* Step 4: all fence and interrupt each other at the same time */
static void duel(void)
{
	unsigned long i;

	for (i = 0; i < rounds; i++) {
		if (guest_rfence(RFENCE_SFENCE_VMA, 0, -1UL) ||
		    guest_ipi(0, -1UL))
			STORE(bad, 1);
	}
}

/* Step 5: an interrupt to all, then everybody stops */
static void others(unsigned long id, unsigned long arg)
{
	expect("argument", arg, 0x5eed + id);
	follow(1);
	count(id);
	follow(2);
	enable_soft();
	follow(3);
	ring(id);
	follow(4);
	csr_write(sie, 0);
	follow(5);
	readers(id);
	follow(6);
	duel();
	follow(7);
	/* That was all of it */
	csr_clear(sip, IRQ_SOFT);
	enable_soft();
	follow(8);
	await(id, rounds + 1, id & 1);
}

static void again(unsigned long id, unsigned long arg)
{
	/* Nothing of the first life */
	if (csr_read(sie) || csr_read(sip) || csr_read(satp))
		STORE(bad, 1);
	own[id] = arg;
	ADD(arrived, 1);
}

static void status(void)
{
	unsigned long i;

	expect("own status", guest_status(0), HSM_STARTED);
	for (i = 1; i < nr; i++)
		expect("status", guest_status(i), HSM_STOPPED);
	expect("status of none", guest_status(nr), -3);
	expect("status of 64", guest_status(64), -3);
	expect("status of -1", guest_status(-1UL), -3);
	expect("start of none", sbi_call(SBI_EID_HSM, HSM_START, nr, 0).error,
	       -3);
	expect("start of itself", sbi_call(SBI_EID_HSM, HSM_START, 0, 0).error,
	       -6);
	done("status");
}

static void start_all(void (*fn)(unsigned long id, unsigned long arg),
		      unsigned long arg)
{
	unsigned long i;

	for (i = 1; i < nr; i++)
		expect("start", guest_start(i, fn, arg + i), 0);
}

static void counting(void)
{
	unsigned long i;

	for (i = 1; i < nr; i++) {
		/* Not guest_start: it would write what the first one reads */
		expect("second start",
		       sbi_call(SBI_EID_HSM, HSM_START, i, 0).error, -6);
		expect("status", guest_status(i), HSM_STARTED);
	}
	lead(1);
	count(0);
	lead(2);
	expect("counter", counter, (long)(nr * rounds));
	for (i = 0; i < nr; i++)
		expect("own", own[i], (long)rounds);
	done("count");
}

static void interrupts(void)
{
	unsigned long i;

	enable_soft();
	lead(3);
	ring(0);
	lead(4);
	for (i = 0; i < nr; i++)
		expect("taken", taken[i], (long)rounds);
	done("ring");

	csr_clear(sstatus, SSTATUS_SIE);
	expect("ipi to itself", guest_ipi(1, 0), 0);
	expect("pending", csr_read(sip) & IRQ_SOFT, IRQ_SOFT);
	/* Waits for nothing: it is there */
	__asm__ __volatile__("wfi");
	csr_set(sstatus, SSTATUS_SIE);
	expect("taken", taken[0], (long)rounds + 1);
	expect("ipi to nobody", guest_ipi(0, 0), 0);
	expect("ipi to none", guest_ipi(1, nr), -3);
	expect("ipi to one too many", guest_ipi(3, nr - 1), -3);
	expect("ipi to 64", guest_ipi(1, 64), -3);
	expect("ipi beyond", guest_ipi(2, 63), -3);
	expect("rfence to none", guest_rfence(0, 1, nr), -3);
	expect("rfence 3", guest_rfence(3, 1, 0), -2);
	expect("taken", taken[0], (long)rounds + 1);
	csr_write(sie, 0);
	csr_clear(sstatus, SSTATUS_SIE);
	done("ipi");
}

static void fences(void)
{
	page[1][0] = 1;
	guest_map((unsigned long)page[0]);
	lead(5);
	writer();
	lead(6);
	expect("stale reads", wrong, 0);
	expect("fence.i", guest_rfence(RFENCE_FENCE_I, OTHERS, 0), 0);
	done("rfence");
}

static void duels(void)
{
	duel();
	lead(7);
	csr_clear(sip, IRQ_SOFT);
	done("duel");
}

static void await_stopped(void)
{
	unsigned long i;

	for (i = 1; i < nr; i++)
		while (guest_status(i) != HSM_STOPPED)
			;
}

static void stopping(void)
{
	unsigned long i;

	lead(8);
	expect("ipi to all", guest_ipi(0, -1UL), 0);
	/* Itself, too */
	expect("pending", csr_read(sip) & IRQ_SOFT, IRQ_SOFT);
	csr_clear(sip, IRQ_SOFT);
	await_stopped();
	for (i = 1; i < nr; i++)
		expect("taken", taken[i], (long)rounds + 1);
	/* Nobody is there to take it, and it does not wait for them */
	expect("ipi to stopped ones", guest_ipi(OTHERS, 0), 0);
	done("stop");

	STORE(arrived, 0);
	start_all(again, 0x1000);
	while (LOAD(arrived) < nr - 1)
		;
	await_stopped();
	for (i = 1; i < nr; i++)
		expect("own", own[i], (long)(0x1000 + i));
	done("restart");
}

/* The host finds a word in a shared page, and answers */
static volatile uint64_t shared[2][PAGE_SIZE / 8]
	__attribute__((aligned(PAGE_SIZE)));

static void sharing(void)
{
	unsigned long gpa = (unsigned long)shared;
	struct sbiret r;

	shared[0][0] = SMP_SECRET;
	r = sbi_call(COVH_EID_COVG, COVG_SHARE_MEMORY_REGION, gpa,
		     sizeof(shared));
	expect("share", r.error, 0);
	expect("share, value", r.value, 0);
	/* The host's page, not ours */
	expect("content", shared[0][0], 0);
	shared[1][0] = SMP_HELLO;
	/* Any call would do: the host has a look at each */
	putchar('\n');
	expect("answer", shared[1][1], SMP_ANSWER);
	r = sbi_call(COVH_EID_COVG, COVG_UNSHARE_MEMORY_REGION, gpa,
		     sizeof(shared));
	expect("unshare", r.error, 0);
	expect("content", shared[1][0] | shared[1][1] | shared[0][0], 0);
	done("share");
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	(void)vcpu_id;
	nr = arg & SMP_VCPUS;
	rounds = arg >> SMP_ROUNDS;
	status();
	start_all(others, 0x5eed);
	counting();
	interrupts();
	fences();
	duels();
	stopping();
	sharing();
	puts("end=0\n");
	return 0;
}
