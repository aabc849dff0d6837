/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Windows: anywhere in RAM, and with all PMP entries taken. A call that finds
 * no room answers FAILED and changes nothing, whoever else calls.
 */

#include <string.h>
#include <host/attack.h>

#define ARENA_PAGES 256
#define OURS	    0x3c3c3c3c3c3c3c3c

/* Where all of this takes place, aligned to its size */
static unsigned long arena;

static unsigned long at(unsigned long page)
{
	return arena + (page << PAGE_SHIFT);
}

static long convert(unsigned long page, unsigned long n)
{
	return covh_convert_pages(at(page), n).error;
}

static long reclaim(unsigned long page, unsigned long n)
{
	return covh_reclaim_pages(at(page), n).error;
}

static void setup(void)
{
	if (!arena)
		arena = pa(page_alloc(ARENA_PAGES, ARENA_PAGES * PAGE_SIZE));
	CHECK_EQ(reclaim(0, ARENA_PAGES), 0);
	CHECK_EQ(conf_fence(), 0);
	memset((void *)arena, 0x3c, ARENA_PAGES * PAGE_SIZE);
}

static void end(void)
{
	CHECK_EQ(reclaim(0, ARENA_PAGES), 0);
	CHECK_EQ(conf_fence(), 0);
}

/* Entries that are left, counted by filling them from page 128 on */
static unsigned long fill(void)
{
	unsigned long n = 0;
	long err;

	for (; 128 + 2 * n < ARENA_PAGES; n++) {
		err = convert(128 + 2 * n, 1);
		if (err == SBI_ERR_FAILED)
			return n;
		CHECK_EQ(err, 0);
	}
	SKIP("there are more PMP entries than this case can fill");
	return 0;
}

/* Take one of what fill() has made back, which leaves an entry */
static void unfill(unsigned long i)
{
	CHECK_EQ(reclaim(128 + 2 * i, 1), 0);
}

/* Entries there are; SKIPs the case unless there are @n */
static unsigned long need_entries(unsigned long n)
{
	unsigned long have = fill(), i;

	for (i = 0; i < have; i++)
		unfill(i);
	if (have < n) {
		end();
		SKIP("needs more PMP entries");
	}
	return have;
}

static void check_open(unsigned long page, unsigned long want)
{
	unsigned long val;

	CHECK_STATE(at(page), PG_NC);
	CHECK_EQ(probe_load(at(page), &val), 0);
	CHECK_EQ(val, want);
	CHECK_EQ(probe_load(at(page + 1) - 8, &val), 0);
	CHECK_EQ(val, want);
	CHECK_EQ(probe_amo(at(page)), 0);
}

/* A page of RAM, wherever it is, to the confidential side and back */
static void there_and_back(unsigned long page)
{
	unsigned long val, i;

	*(volatile unsigned long *)page = OURS;
	CHECK_EQ(covh_convert_pages(page, 1).error, 0);
	CHECK_EQ(conf_fence(), 0);
	CHECK_STATE(page, PG_CONF_FREE);
	CHECK_EQ(probe_load(page, NULL), CAUSE_LOAD_ACCESS);
	CHECK_EQ(probe_store(page + PAGE_SIZE - 8, 0), CAUSE_STORE_ACCESS);
	CHECK_EQ(covh_reclaim_pages(page, 1).error, 0);
	for (i = page; i < page + PAGE_SIZE; i += 8) {
		CHECK_EQ(probe_load(i, &val), 0);
		CHECK_EQ(val, 0);
	}
	CHECK_EQ(probe_store(page, OURS), 0);
}

/* First and last page of each free range, and one in each 8 MiB */
static void anywhere(void)
{
	const struct phys_range *r;
	unsigned long page, n = 0;
	int i;

	setup();
	need_entries(1);
	for (i = 0; i < free_ram.nr; i++) {
		r = &free_ram.r[i];
		for (page = r->start; page < r->end; page += 8 << 20, n++)
			there_and_back(page);
		there_and_back(r->end - PAGE_SIZE);
	}
	CHECK_EQ(conf_fence(), 0);
	NOTE("%lu pages in %d ranges", n + free_ram.nr, free_ram.nr);
}

/* A large range: all of a free one that a call may take */
static void large(void)
{
	struct phys_range r = free_ram.r[0];
	unsigned long n, i;

	setup();
	need_entries(2);
	for (i = 1; i < (unsigned long)free_ram.nr; i++)
		if (free_ram.r[i].end - free_ram.r[i].start > r.end - r.start)
			r = free_ram.r[i];
	n = (r.end - r.start) >> PAGE_SHIFT;
	if (n > COVH_MAX_PAGES_PER_CALL)
		n = COVH_MAX_PAGES_PER_CALL;
	CHECK_EQ(covh_convert_pages(r.start, n).error, 0);
	CHECK_EQ(conf_fence(), 0);
	check_denied(r.start);
	check_denied(r.start + (n / 2 << PAGE_SHIFT));
	check_denied(r.start + ((n - 1) << PAGE_SHIFT));
	if (r.start + (n << PAGE_SHIFT) < r.end)
		CHECK_EQ(probe_load(r.start + (n << PAGE_SHIFT), NULL), 0);
	CHECK_EQ(covh_reclaim_pages(r.start, n).error, 0);
	CHECK_EQ(conf_fence(), 0);
	for (i = r.start; i < r.start + (n << PAGE_SHIFT); i += PAGE_SIZE)
		CHECK_EQ(*(volatile unsigned long *)i, 0);
}

static long load(void *arg)
{
	return (long)probe_load((unsigned long)arg, NULL);
}

/* Nothing has changed on any hart: [first, first + n) is still the host's */
static void refused_convert(unsigned long first, unsigned long n)
{
	unsigned long i;

	CHECK_EQ(convert(first, n), SBI_ERR_FAILED);
	for (i = first; i < first + n; i++) {
		check_open(i, OURS);
		CHECK_EQ(hart_each(load, (void *)at(i)), 0);
	}
}

/* The same for what is confidential; its content is what it was */
static void refused_reclaim(unsigned long first, unsigned long n)
{
	unsigned long i, val;

	CHECK_EQ(reclaim(first, n), SBI_ERR_FAILED);
	for (i = first; i < first + n; i++) {
		CHECK_STATE(at(i), PG_CONF_FREE);
		check_denied(at(i));
		CHECK_EQ(hart_each(load, (void *)at(i)), CAUSE_LOAD_ACCESS);
		if (peek(at(i), &val))
			CHECK_EQ(val, OURS);
	}
}

/* With a full table a window grows and shrinks as far as its entry allows */
static void full_table(void)
{
	unsigned long n;

	setup();
	need_entries(1);
	CHECK_EQ(convert(8, 1), 0);
	n = fill();
	CHECK_EQ(conf_fence(), 0);
	/* No room for another, near or far */
	refused_convert(0, 1);
	refused_convert(64, 16);
	/* [8, 10) is one NAPOT entry, [8, 11) or [7, 10) is a pair */
	refused_convert(9, 2);
	refused_convert(7, 1);
	CHECK_EQ(convert(9, 1), 0);
	refused_convert(10, 1);
	CHECK_EQ(convert(10, 2), 0);
	CHECK_EQ(convert(12, 4), 0);
	CHECK_EQ(conf_fence(), 0);
	/* [8, 16): ends that leave a pair, the middle */
	refused_reclaim(8, 1);
	refused_reclaim(15, 1);
	refused_reclaim(11, 2);
	/* A half can go */
	CHECK_EQ(reclaim(8, 4), 0);
	check_open(8, 0);
	check_open(11, 0);
	refused_reclaim(12, 1);
	check_denied(at(12));
	check_denied(at(15));
	if (n) {
		unfill(0);
		CHECK_EQ(reclaim(12, 1), 0);
		check_open(12, 0);
		check_denied(at(13));
		refused_convert(0, 1);
		CHECK_EQ(reclaim(13, 1), 0);
		CHECK_EQ(convert(0, 1), 0);
	}
	end();
}

/* No entry is left, or there never was one: the pool alone is to be had */
static void no_entry(void)
{
	unsigned long edge = machine.pool.end - PAGE_SIZE;
	struct tvm *t;

	setup();
	fill();
	refused_convert(0, 1);
	refused_convert(1, 3);
	refused_convert(0, 64);
	/* Half of it would need no window */
	if (free_pool.nr && ranges_contain(&free_ram, machine.pool.end,
					   machine.pool.end + PAGE_SIZE)) {
		CHECK_EQ(covh_convert_pages(edge, 2).error, SBI_ERR_FAILED);
		CHECK_STATE(edge, PG_POOL);
		CHECK_STATE(edge + PAGE_SIZE, PG_NC);
		CHECK_EQ(probe_amo(edge + PAGE_SIZE), 0);
		CHECK_EQ(probe_load(edge, NULL), CAUSE_LOAD_ACCESS);
	}
	CHECK_EQ(conf_fence(), 0);
	refused_convert(0, 2);
	if (free_pool.nr) {
		t = test_guest("hello", NULL, 0);
		CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
		CHECK_EQ(t->exit.a[1], 0);
		refused_convert(0, 1);
	}
	end();
}

/* Harts that make a call each at the same time, of which some have no room */
static struct {
	volatile int go;
	bool give;
	long result[FDT_MAX_HARTS];
} call;

static int index_of(const struct hart *h)
{
	int i;

	for (i = 0; hart_get(i) != h; i++)
		;
	return i;
}

/* Convert page 0, 2, 4... or reclaim page 3 of [0, 8), [16, 24)... */
static long one_call(void *arg)
{
	int i = index_of(this_hart());

	(void)arg;
	__atomic_sub_fetch(&call.go, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&call.go, __ATOMIC_ACQUIRE) > 0)
		;
	call.result[i] = call.give ? reclaim(16 * i + 3, 1) : convert(2 * i, 1);
	return 0;
}

/* @return how many were served; the others were refused */
static int all_call(int harts, bool give)
{
	int i, n = 0;

	call.give = give;
	call.go = harts;
	for (i = 1; i < harts; i++)
		hart_post(hart_get(i), one_call, NULL);
	one_call(NULL);
	for (i = 1; i < harts; i++)
		hart_wait(hart_get(i));
	for (i = 0; i < harts; i++) {
		if (call.result[i] == SBI_ERR_FAILED)
			continue;
		CHECK_EQ(call.result[i], 0);
		n++;
	}
	return n;
}

static void need_harts(void)
{
	int i;

	if (hart_count() < 2)
		SKIP("needs a second hart");
	for (i = 1; i < hart_count(); i++)
		CHECK_EQ(hart_start(hart_get(i)), 0);
}

#define ROUNDS 50

static void converts_race(void)
{
	int left, n, round, i, harts = hart_count();

	need_harts();
	if (harts > 32)
		harts = 32;
	for (round = 0; round < ROUNDS; round++) {
		setup();
		need_entries(1);
		n = (int)fill();
		left = 1 + round % (harts - 1);
		if (left > n)
			left = n;
		for (i = 0; i < left; i++)
			unfill(i);
		CHECK_EQ(all_call(harts, false), left);
		CHECK_EQ(conf_fence(), 0);
		for (i = 0; i < harts; i++) {
			if (call.result[i])
				check_open(2 * i, OURS);
			else
				check_denied(at(2 * i));
		}
		/* There was no room for one more */
		CHECK_EQ(convert(64, 1), SBI_ERR_FAILED);
	}
	end();
}

/* [0, 8) takes one entry, without page 3 it takes three: room for one */
static void reclaims_race(void)
{
	int round, i, harts = hart_count(), most;

	need_harts();
	if (harts > 8)
		harts = 8;
	for (round = 0; round < ROUNDS; round++) {
		setup();
		most = (int)need_entries(4) - 2;
		if (harts > most)
			harts = most;
		for (i = 0; i < harts; i++)
			CHECK_EQ(convert(16 * i, 8), 0);
		fill();
		unfill(0);
		unfill(1);
		CHECK_EQ(conf_fence(), 0);
		CHECK_EQ(all_call(i, true), 1);
		CHECK_EQ(conf_fence(), 0);
		while (i--) {
			check_denied(at(16 * i + 2));
			check_denied(at(16 * i + 4));
			if (call.result[i])
				check_denied(at(16 * i + 3));
			else
				check_open(16 * i + 3, 0);
		}
	}
	end();
}

TEST_GROUP(window_full, { "windows anywhere in RAM", anywhere },
	   { "a window as large as a call allows", large },
	   { "a full table: no change beyond it", full_table },
	   { "no entry for windows: the pool is enough", no_entry },
	   { "harts race converts for the last entries", converts_race },
	   { "harts race reclaims for the last entries", reclaims_race });
