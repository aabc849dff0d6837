/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows: how many fit, how they merge, split and shrink, where they end. */

#include <string.h>
#include <host/attack.h>

#define ARENA_PAGES 64

/* Ordinary memory in which all of this takes place, aligned to its size */
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
	unsigned long i;

	if (!arena)
		arena = pa(page_alloc(ARENA_PAGES, ARENA_PAGES * PAGE_SIZE));
	for (i = 0; i < ARENA_PAGES; i++)
		CHECK_EQ(reclaim(i, 1), 0);
	CHECK_EQ(conf_fence(), 0);
	memset((void *)arena, 0x3c, ARENA_PAGES * PAGE_SIZE);
}

static void end(void)
{
	CHECK_EQ(reclaim(0, ARENA_PAGES), 0);
	CHECK_EQ(conf_fence(), 0);
}

/* One-page windows at @first, @first + 2, ... until no more fit; how many */
static unsigned long fill(unsigned long first)
{
	unsigned long n = 0;
	long err;

	while (first + 2 * n < ARENA_PAGES) {
		err = convert(first + 2 * n, 1);
		if (err == SBI_ERR_FAILED)
			return n;
		CHECK_EQ(err, 0);
		n++;
	}
	SKIP("there are more PMP entries than this case can fill");
	return 0;
}

/* The host owns the page and finds in it what it wrote */
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

#define OURS 0x3c3c3c3c3c3c3c3c

static void exhausted(void)
{
	unsigned long n, i;

	setup();
	n = fill(0);
	CHECK(n >= 1);
	NOTE("%lu windows of one page", n);
	CHECK_EQ(conf_fence(), 0);
	for (i = 0; i < n; i++)
		check_denied(at(2 * i));
	for (i = 2 * n; i < ARENA_PAGES; i++)
		check_open(i, OURS);
	/* Larger ones do not fit either; a range is converted all or not */
	CHECK_EQ(convert(2 * n, 1), SBI_ERR_FAILED);
	CHECK_EQ(convert(2 * n + 1, 6), SBI_ERR_FAILED);
	for (i = 2 * n; i < ARENA_PAGES; i++)
		check_open(i, OURS);
	/* The one that is given back makes room */
	CHECK_EQ(reclaim(0, 1), 0);
	check_open(0, 0);
	CHECK_EQ(convert(2 * n, 1), 0);
	CHECK_EQ(conf_fence(), 0);
	check_denied(at(2 * n));
	end();
}

static void merged(void)
{
	unsigned long n, i;

	setup();
	n = fill(0);
	if (n < 2) {
		end();
		SKIP("needs two PMP entries");
	}
	/* Between two windows: no more entries than before */
	CHECK_EQ(convert(1, 1), 0);
	CHECK_EQ(convert(3, 1), 0);
	/* One is free now, and only one */
	CHECK_EQ(convert(40, 1), 0);
	CHECK_EQ(convert(50, 1), SBI_ERR_FAILED);
	CHECK_EQ(conf_fence(), 0);
	for (i = 0; i <= 3; i++)
		check_denied(at(i));
	check_denied(at(40));
	check_open(50, OURS);
	check_open(39, OURS);
	check_open(41, OURS);
	end();
}

static void split(void)
{
	unsigned long n;

	setup();
	n = fill(16);
	CHECK_EQ(reclaim(16, 2 * n - 1), 0);
	CHECK_EQ(convert(0, 8), 0);
	CHECK_EQ(conf_fence(), 0);
	/* [0, 3) takes two entries, [4, 8) one */
	if (n < 3) {
		CHECK_EQ(reclaim(3, 1), SBI_ERR_FAILED);
		CHECK_STATE(at(3), PG_CONF_FREE);
		check_denied(at(3));
		end();
		return;
	}
	CHECK_EQ(reclaim(3, 1), 0);
	check_open(3, 0);
	check_denied(at(2));
	check_denied(at(4));
	fill(16);
	/* [4, 5) and [6, 8) would need one more */
	CHECK_EQ(reclaim(5, 1), SBI_ERR_FAILED);
	CHECK_STATE(at(5), PG_CONF_FREE);
	check_denied(at(5));
	CHECK_EQ(conf_fence(), 0);
	check_denied(at(5));
	end();
}

static void shrunk(void)
{
	unsigned long n;

	setup();
	n = fill(16);
	CHECK_EQ(reclaim(16, 2 * n - 1), 0);
	if (n < 2) {
		end();
		SKIP("needs two PMP entries");
	}
	CHECK_EQ(convert(8, 8), 0);
	CHECK_EQ(conf_fence(), 0);
	CHECK_EQ(reclaim(8, 1), 0);
	check_open(8, 0);
	check_denied(at(9));
	CHECK_EQ(reclaim(15, 1), 0);
	check_open(15, 0);
	check_denied(at(14));
	CHECK_EQ(reclaim(9, 6), 0);
	CHECK_EQ(conf_fence(), 0);
	check_open(9, 0);
	check_open(14, 0);
	/* All entries are free again */
	CHECK_EQ(fill(16), n);
	end();
}

/* The last byte outside, the first and last inside, accesses across */
static void check_edges(unsigned long first, unsigned long last)
{
	unsigned long a = at(first), b = at(last + 1);
	uint8_t byte;

	CHECK_EQ(probe_load8(a - 1, &byte), 0);
	CHECK_EQ(probe_store32(a - 4, 0x3c3c3c3c), 0);
	CHECK_EQ(probe_load8(a, &byte), CAUSE_LOAD_ACCESS);
	CHECK_EQ(probe_store32(a, 0), CAUSE_STORE_ACCESS);
	CHECK_EQ(probe_load8(b - 1, &byte), CAUSE_LOAD_ACCESS);
	CHECK_EQ(probe_store32(b - 4, 0), CAUSE_STORE_ACCESS);
	CHECK_EQ(probe_load8(b, &byte), 0);
	CHECK_EQ(probe_store32(b, 0x3c3c3c3c), 0);
	/* Half in, half out: whatever the trap, nothing is read or written */
	CHECK(probe_load(a - 4, NULL));
	CHECK(probe_load(b - 4, NULL));
	CHECK(probe_store(a - 4, 0));
	CHECK(probe_store(b - 4, 0));
	CHECK_EQ(*(uint32_t *)(a - 4), 0x3c3c3c3c);
	CHECK_EQ(*(uint32_t *)b, 0x3c3c3c3c);
}

static const struct {
	unsigned long first, pages;
} shapes[] = { { 8, 1 }, { 9, 1 },  { 8, 2 },	{ 9, 2 },   { 7, 3 },
	       { 8, 4 }, { 10, 5 }, { 16, 16 }, { 13, 21 }, { 1, 62 } };

static void edges(void)
{
	unsigned long last;
	unsigned int i;
	long err;

	setup();
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		last = shapes[i].first + shapes[i].pages - 1;
		err = convert(shapes[i].first, shapes[i].pages);
		if (err == SBI_ERR_FAILED)
			continue;
		CHECK_EQ(err, 0);
		CHECK_EQ(conf_fence(), 0);
		check_edges(shapes[i].first, last);
		CHECK_EQ(reclaim(shapes[i].first, shapes[i].pages), 0);
		CHECK_EQ(conf_fence(), 0);
		memset((void *)arena, 0x3c, ARENA_PAGES * PAGE_SIZE);
	}
	end();
}

static void pool_edges(void)
{
	uint8_t byte;

	if (!machine.pool.end)
		SKIP("there is no pool");
	CHECK_EQ(probe_load8(machine.pool.end - 1, &byte), CAUSE_LOAD_ACCESS);
	if (!ranges_contain(&free_ram, machine.pool.end,
			    machine.pool.end + PAGE_SIZE))
		SKIP("no ordinary page behind the pool");
	CHECK_EQ(probe_load8(machine.pool.end, &byte), 0);
	CHECK(probe_load(machine.pool.end - 4, NULL));
}

/* probe_load8 on another hart: 0 or scause */
static long load_there(void *arg)
{
	uint8_t byte;

	return (long)probe_load8((unsigned long)arg, &byte);
}

static long fence_there(void *arg)
{
	(void)arg;
	return covh_local_fence().error;
}

static void other_hart(void)
{
	struct hart *h = test_second_hart();

	setup();
	CHECK_EQ(convert(8, 4), 0);
	CHECK_EQ(covh_global_fence().error, 0);
	/* Not assignable before that hart has it */
	CHECK_STATE(at(8), PG_CONVERTING);
	CHECK_EQ(hart_each(fence_there, NULL), 0);
	CHECK_STATE(at(8), PG_CONF_FREE);
	CHECK_EQ(hart_call(h, load_there, (void *)(at(8) - 1)), 0);
	CHECK_EQ(hart_call(h, load_there, (void *)at(8)), CAUSE_LOAD_ACCESS);
	CHECK_EQ(hart_call(h, load_there, (void *)(at(12) - 1)),
		 CAUSE_LOAD_ACCESS);
	CHECK_EQ(hart_call(h, load_there, (void *)at(12)), 0);
	/* A hart that stops and starts has the windows from its first access */
	CHECK_EQ(hart_stop(h), 0);
	CHECK_EQ(hart_start(h), 0);
	CHECK_EQ(hart_call(h, load_there, (void *)at(8)), CAUSE_LOAD_ACCESS);
	CHECK_EQ(hart_call(h, load_there, (void *)(at(8) - 1)), 0);
	end();
	CHECK_EQ(hart_call(h, load_there, (void *)at(8)), 0);
}

TEST_GROUP(window, { "windows run out: FAILED, nothing changed", exhausted },
	   { "windows that touch merge", merged },
	   { "a reclaim in the middle splits a window", split },
	   { "a reclaim at an end shrinks a window", shrunk },
	   { "window edges are exact to the byte", edges },
	   { "pool edges are exact to the byte", pool_edges },
	   { "T-01 windows on a second hart", other_hart });
