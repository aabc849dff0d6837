/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-50, T-73, T-74: a global fence is open; harts sleep, stop, start. D.5: who
 * is not STOPPED owes; who starts or resumes has the windows before its first
 * access.
 */

#include <string.h>
#include <host/attack.h>
#include <host/entry.h>

#define RETENTIVE     0UL
#define NON_RETENTIVE 0x80000000UL
#define HSM_SUSPENDED 4

#define MAX_NAPS 7

static struct nap {
	struct hart *h;
	unsigned long type, page;
	volatile int phase;
} naps[MAX_NAPS];

static unsigned int nr_naps;

/* Pages that are converted, and the TVM they are to be given to */
static struct conf *stock;
static struct tvm *tvm;

extern char secondary_entry[];

static void need_harts(int n)
{
	int i;

	if (hart_count() < n)
		SKIP("needs more harts");
	for (i = 1; i < hart_count(); i++)
		CHECK_EQ(hart_start(hart_get(i)), 0);
}

static void setup(int harts)
{
	need_harts(harts);
	nr_naps = 0;
	tvm = test_blank(0, false);
	stock = test_conf();
}

/* Two pages beside the pool, so that the windows change */
static unsigned long convert(void)
{
	CHECK_EQ(conf_convert(stock, false, 2, 2 * PAGE_SIZE), 0);
	return stock->range[stock->nr - 1].base;
}

static long assign(unsigned long page)
{
	return covh_add_tvm_page_table_pages(tvm->id, page, 1).error;
}

/* The page is nobody's, and stays so until the fence is complete */
static void check_open(unsigned long page)
{
	CHECK_STATE(page, PG_CONVERTING);
	CHECK_EQ(assign(page), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_global_fence().error, SBI_ERR_ALREADY_STARTED);
}

static void check_complete(unsigned long page)
{
	CHECK_STATE(page, PG_CONF_FREE);
	CHECK_EQ(assign(page), 0);
}

static long fence(void *arg)
{
	(void)arg;
	return covh_local_fence().error;
}

static long load(void *arg)
{
	return (long)probe_load((unsigned long)arg, NULL);
}

/* Comes back here by returning, or (non-retentive) by a new start */
static long sleep_and_load(void *arg)
{
	struct nap *n = arg;
	struct sbiret r;

	if (n->phase++ == 0) {
		csr_write(sie, SIP_SSIP);
		ipi_clear();
		r = sbi_call(SBI_EID_HSM, SBI_HSM_SUSPEND, n->type,
			     (unsigned long)secondary_entry,
			     (unsigned long)n->h);
		if (r.error)
			return r.error;
	}
	return (long)probe_load(n->page, NULL);
}

static struct nap *put_to_sleep(int hart, unsigned long type)
{
	struct nap *n = &naps[nr_naps++];
	struct sbiret r;

	CHECK(nr_naps <= MAX_NAPS);
	n->h = hart_get(hart);
	n->type = type;
	n->phase = 0;
	hart_post(n->h, sleep_and_load, n);
	do {
		r = sbi_call(SBI_EID_HSM, SBI_HSM_STATUS, n->h->id);
	} while (hart_busy(n->h) && r.value != HSM_SUSPENDED);
	if (!hart_busy(n->h))
		SKIP("the harts have no such suspend");
	return n;
}

/* The first thing it does is to look at a page */
static long wake(struct nap *n, unsigned long page)
{
	n->page = page;
	ipi_send(n->h);
	return hart_wait(n->h);
}

static void all_to_sleep(unsigned long type)
{
	int i;

	for (i = 1; i < hart_count() && i <= 3; i++, type ^= NON_RETENTIVE)
		put_to_sleep(i, type);
	for (; i < hart_count(); i++)
		CHECK_EQ(hart_stop(hart_get(i)), 0);
}

/* Harts asleep in both ways, over all of a conversion or from its middle on */
static void asleep(unsigned long type, bool before)
{
	unsigned long page;
	unsigned int i;

	setup(2);
	if (before)
		all_to_sleep(type);
	page = convert();
	if (!before)
		all_to_sleep(type);
	CHECK_EQ(covh_global_fence().error, 0);
	for (i = 0; i < nr_naps; i++) {
		check_open(page);
		CHECK_EQ(wake(&naps[i], page), CAUSE_LOAD_ACCESS);
	}
	/* Nobody has called local_fence */
	check_complete(page);
	CHECK_EQ(hart_each(load, (void *)page), CAUSE_LOAD_ACCESS);
	CHECK_EQ(conf_fence(), 0);
}

static void asleep_retentive(void)
{
	asleep(RETENTIVE, true);
}

static void asleep_non_retentive(void)
{
	asleep(NON_RETENTIVE, true);
}

static void asleep_in_between(void)
{
	asleep(RETENTIVE, false);
}

static void asleep_in_between_non(void)
{
	asleep(NON_RETENTIVE, false);
}

/* What is converted under an open fence needs another one */
static void next_fence(unsigned long type)
{
	unsigned long first, second;
	struct nap *n;

	setup(2);
	n = put_to_sleep(1, type);
	first = convert();
	CHECK_EQ(covh_global_fence().error, 0);
	second = convert();
	check_open(first);
	check_open(second);
	CHECK_EQ(wake(n, second), CAUSE_LOAD_ACCESS);
	CHECK_EQ(hart_each(fence, NULL), 0);
	check_complete(first);
	CHECK_STATE(second, PG_CONVERTING);
	CHECK_EQ(assign(second), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(conf_fence(), 0);
	check_complete(second);
}

static void next_retentive(void)
{
	next_fence(RETENTIVE);
}

static void next_non_retentive(void)
{
	next_fence(NON_RETENTIVE);
}

/* A page that is given back is within reach of who wakes up after that */
static void reclaimed(unsigned long type)
{
	unsigned long page;
	struct nap *n;

	setup(2);
	page = convert();
	CHECK_EQ(conf_fence(), 0);
	n = put_to_sleep(1, type);
	CHECK_EQ(covh_reclaim_pages(page, 2).error, 0);
	CHECK_EQ(wake(n, page), 0);
}

static void reclaimed_retentive(void)
{
	reclaimed(RETENTIVE);
}

static void reclaimed_non_retentive(void)
{
	reclaimed(NON_RETENTIVE);
}

static void stops(void)
{
	unsigned long page;
	int i;

	setup(3);
	page = convert();
	CHECK_EQ(covh_global_fence().error, 0);
	for (i = 2; i < hart_count(); i++) {
		check_open(page);
		CHECK_EQ(hart_call(hart_get(i), fence, NULL), 0);
	}
	check_open(page);
	CHECK_EQ(hart_stop(hart_get(1)), 0);
	check_complete(page);
	CHECK_EQ(hart_start(hart_get(1)), 0);
	CHECK_EQ(hart_call(hart_get(1), load, (void *)page), CAUSE_LOAD_ACCESS);
}

static void starts(void)
{
	unsigned long page;
	int i;

	setup(3);
	CHECK_EQ(hart_stop(hart_get(1)), 0);
	page = convert();
	CHECK_EQ(covh_global_fence().error, 0);
	check_open(page);
	CHECK_EQ(hart_start(hart_get(1)), 0);
	CHECK_EQ(hart_call(hart_get(1), load, (void *)page), CAUSE_LOAD_ACCESS);
	for (i = 2; i < hart_count(); i++) {
		check_open(page);
		CHECK_EQ(hart_call(hart_get(i), fence, NULL), 0);
	}
	/* It installed when it started, and does not owe */
	check_complete(page);
}

/* One of each: asleep in both ways, stopped, and then all of them again */
static void all_at_once(void)
{
	struct nap *a, *b;
	unsigned long page;
	int i;

	setup(4);
	a = put_to_sleep(1, RETENTIVE);
	b = put_to_sleep(2, NON_RETENTIVE);
	for (i = 3; i < hart_count(); i++)
		CHECK_EQ(hart_stop(hart_get(i)), 0);
	page = convert();
	CHECK_EQ(covh_global_fence().error, 0);
	check_open(page);
	CHECK_EQ(hart_start(hart_get(3)), 0);
	CHECK_EQ(hart_call(hart_get(3), load, (void *)page), CAUSE_LOAD_ACCESS);
	check_open(page);
	CHECK_EQ(wake(b, page), CAUSE_LOAD_ACCESS);
	check_open(page);
	CHECK_EQ(hart_stop(b->h), 0);
	check_open(page);
	CHECK_EQ(wake(a, page), CAUSE_LOAD_ACCESS);
	check_complete(page);
}

/*
 * A hart without anything but a loop: load a word of the page, until that
 * faults or reads something else than what the host has put there. It fences
 * when it is told to.
 */
static struct racer {
	unsigned long page, expect;
	volatile unsigned long loads, value, cause, fence, stop, strange;
} racer;

__asm__(".text\n"
	".balign 4\n"
	"race_entry:\n"
	"	mv	s0, a1\n"
	"	lla	t0, 4f\n"
	"	csrw	stvec, t0\n"
	"	ld	s1, 0(s0)\n"
	"	ld	s2, 8(s0)\n"
	"1:	ld	t1, 0(s1)\n"
	"	bne	t1, s2, 3f\n"
	"	ld	t2, 16(s0)\n"
	"	addi	t2, t2, 1\n"
	"	sd	t2, 16(s0)\n"
	"	ld	t2, 40(s0)\n"
	"	beqz	t2, 1b\n"
	"	li	a6, 4\n"
	"	li	a7, 0x434F5648\n"
	"	ecall\n"
	"	j	1b\n"
	"3:	sd	t1, 24(s0)\n"
	"	li	t1, 1\n"
	"	sd	t1, 56(s0)\n"
	"	j	5f\n"
	"	.balign 4\n"
	"4:	csrr	t1, scause\n"
	"	sd	t1, 32(s0)\n"
	"5:	ld	t2, 40(s0)\n"
	"	beqz	t2, 6f\n"
	"	li	a6, 4\n"
	"	li	a7, 0x434F5648\n"
	"	ecall\n"
	"6:	ld	t2, 48(s0)\n"
	"	beqz	t2, 5b\n"
	"	li	a6, 1\n"
	"	li	a7, 0x48534D\n"
	"	ecall\n"
	"	j	5b\n");
extern char race_entry[];

static void wait_stopped(struct hart *h)
{
	while (sbi_call(SBI_EID_HSM, SBI_HSM_STATUS, h->id).value !=
	       SBI_HSM_STOPPED)
		;
}

/* True if the hart has seen the page before it was taken away */
static bool race(struct hart *h, unsigned long page, unsigned long ticks)
{
	unsigned long end;
	long err;

	racer = (struct racer){ .page = page, .expect = 0x01d01d01d };
	*(volatile unsigned long *)page = racer.expect;
	CHECK_EQ(sbi_call(SBI_EID_HSM, SBI_HSM_START, h->id,
			  (unsigned long)race_entry, pa(&racer))
			 .error,
		 0);
	for (end = time_now() + ticks; time_now() < end;)
		;
	CHECK_EQ(covh_convert_pages(page, 1).error, 0);
	/* It may be starting: then it owes the fence before this one */
	while (covh_global_fence().error == SBI_ERR_ALREADY_STARTED)
		;
	CHECK_EQ(hart_each(fence, NULL), 0);
	for (end = time_now() + time_us(5000000);;) {
		err = assign(page);
		if (!err)
			break;
		CHECK_EQ(err, SBI_ERR_INVALID_ADDRESS);
		CHECK(time_now() < end);
		racer.fence = 1;
	}
	/* The page is a TVM's, and zero: this must not be seen */
	while (!racer.cause && !racer.strange)
		CHECK(time_now() < end);
	racer.stop = 1;
	wait_stopped(h);
	if (racer.strange)
		FAIL("0x%lx read from a TVM's page", racer.value);
	CHECK_EQ(racer.cause, CAUSE_LOAD_ACCESS);
	return racer.loads;
}

#define RACES 128

static void start_races(void)
{
	unsigned long base, i, early = 0;
	struct hart *h;

	setup(2);
	/* One that grows takes two entries */
	need_windows(2);
	h = hart_get(hart_count() - 1);
	base = ranges_alloc_top(&free_ram, RACES * PAGE_SIZE,
				RACES * PAGE_SIZE);
	CHECK(base);
	CHECK_EQ(hart_stop(h), 0);
	for (i = 0; i < RACES; i++)
		early += race(h, base + i * PAGE_SIZE, i * 37 % 512);
	NOTE("%lu of %u hart starts came before the conversion", early, RACES);
	CHECK_EQ(tvm_destroy(tvm), 0);
	CHECK_EQ(covh_reclaim_pages(base, RACES).error, 0);
	CHECK_EQ(conf_fence(), 0);
	ranges_add(&free_ram, base, base + RACES * PAGE_SIZE);
}

TEST_GROUP(fence_harts,
	   { "T-50, T-73 asleep across convert and fence, retentive first",
	     asleep_retentive },
	   { "T-50, T-73 asleep across convert and fence, non-retentive first",
	     asleep_non_retentive },
	   { "T-50, T-73 asleep between convert and fence, retentive first",
	     asleep_in_between },
	   { "T-50, T-73 asleep between convert and fence, non-retentive first",
	     asleep_in_between_non },
	   { "T-50, T-73 retentive: an open fence is not the next one",
	     next_retentive },
	   { "T-50, T-73 non-retentive: an open fence is not the next one",
	     next_non_retentive },
	   { "T-73 retentive: woken up after a reclaim", reclaimed_retentive },
	   { "T-73 non-retentive: woken up after a reclaim",
	     reclaimed_non_retentive },
	   { "T-50, T-74 a hart that stops no longer owes", stops },
	   { "T-50, T-74 a hart that starts has installed", starts },
	   { "T-50, T-74 asleep, stopped and started at once", all_at_once },
	   { "T-74 hart_start races convert, fence and assignment",
	     start_races });
