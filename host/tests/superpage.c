/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of 2 MiB and 1 GiB, with a guest that uses them. The group gib needs a
 * machine with a GiB that nobody else uses: test/system/test_memory.py boots
 * one.
 */

#include <string.h>
#include "puppet.h"

#define GPA	   (1UL << 32)
#define TABLES	   2
#define CALL_PAGES 65536UL
#define SECRET	   0x5ec4e75ec4e75ec4UL

/* What the present case is about */
static unsigned long type, size;
static struct puppet p;

static unsigned long block(unsigned long of)
{
	static unsigned long base[COVH_PAGE_1G + 1];

	/* One that grows call by call takes two entries for a while */
	need_windows(2);
	type = of;
	size = PAGE_SIZE << 9 * of;
	if (!base[type])
		base[type] = ranges_alloc(&free_ram, size, size);
	if (!base[type])
		SKIP("no such page of RAM is free");
	return base[type];
}

/* A guest, not finalized, with a region that nothing is mapped in */
static void plan(void)
{
	puppet_plan(&p, 1);
	CHECK_EQ(covh_add_tvm_memory_region(p.t->id, GPA, 2 * size).error, 0);
	/* On the way to GPA */
	CHECK_EQ(covh_add_tvm_page_table_pages(
			 p.t->id, conf_alloc(&p.t->conf, TABLES, PAGE_SIZE),
			 TABLES)
			 .error,
		 0);
}

static void make(void)
{
	plan();
	puppet_begin(&p);
}

static struct sbiret zero_page(unsigned long base, unsigned long gpa)
{
	return covh_add_tvm_zero_pages(p.t->id, base, type, 1, gpa);
}

/* One call after the other, none too large */
static void each(struct sbiret (*call)(unsigned long pa, unsigned long pages),
		 unsigned long base)
{
	unsigned long n = size / PAGE_SIZE, end = base + size;

	if (n > CALL_PAGES)
		n = CALL_PAGES;
	for (; base < end; base += n * PAGE_SIZE)
		CHECK_EQ(call(base, n).error, 0);
	CHECK_EQ(conf_fence(), 0);
}

static void check_ends(unsigned long base, int state)
{
	CHECK_STATE(base, state);
	CHECK_STATE(base + size / 2, state);
	CHECK_STATE(base + size - PAGE_SIZE, state);
}

static void check_zeros(unsigned long base)
{
	CHECK_EQ(*(volatile uint64_t *)base, 0);
	CHECK_EQ(*(volatile uint64_t *)(base + size / 2), 0);
	CHECK_EQ(*(volatile uint64_t *)(base + size - 8), 0);
}

static void zero(unsigned long of)
{
	unsigned long base = block(of);

	make();
	*(volatile uint64_t *)base = SECRET;
	*(volatile uint64_t *)(base + size / 2) = SECRET;
	*(volatile uint64_t *)(base + size - 8) = SECRET;
	each(covh_convert_pages, base);
	REFUSED(zero_page(base, GPA + size / 2), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(zero_page(base, GPA).error, 0);
	check_ends(base, PG_DATA);
	check_denied(base + size / 2);
	CHECK_EQ(puppet_load(&p, GPA), 0);
	CHECK_EQ(puppet_load(&p, GPA + size / 2), 0);
	CHECK_EQ(puppet_load(&p, GPA + size - 8), 0);
	puppet_store(&p, GPA, SECRET);
	puppet_store(&p, GPA + size / 2, SECRET + 1);
	puppet_store(&p, GPA + size - 8, SECRET + 2);

	/* T-21, T-22: it is there once, and nothing goes in between */
	REFUSED(zero_page(base, GPA + size), SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_zero_pages(p.t->id, base, COVH_PAGE_4K, 1,
					GPA + size),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_tvm_invalidate_pages(p.t->id, GPA, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_tvm_invalidate_pages(p.t->id, GPA + size / 2, size / 2),
		SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, GPA, size).error, 0);
	check_ends(base, PG_BLOCKED);
	CHECK_EQ(covh_tvm_validate_pages(p.t->id, GPA, size).error, 0);
	CHECK_EQ(puppet_load(&p, GPA), SECRET);
	CHECK_EQ(puppet_load(&p, GPA + size / 2), SECRET + 1);
	CHECK_EQ(puppet_load(&p, GPA + size - 8), SECRET + 2);

	CHECK_EQ(tvm_destroy(p.t), 0);
	check_ends(base, PG_CONF_FREE);
	check_denied(base);
	each(covh_reclaim_pages, base);
	check_ends(base, PG_NC);
	check_zeros(base);
}

/* Confidential, then the host's page in the same place */
static void share(unsigned long of)
{
	unsigned long base = block(of);

	make();
	each(covh_convert_pages, base);
	CHECK_EQ(zero_page(base, GPA).error, 0);
	puppet_store(&p, GPA + size - 8, SECRET);

	puppet_share(&p, GPA, size);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, GPA, size).error, 0);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, GPA, size).error, 0);
	check_ends(base, PG_CONF_FREE);
	puppet_answer(0, 0);
	CHECK_EQ((long)puppet_finish(&p, 0), 0);
	each(covh_reclaim_pages, base);
	check_zeros(base);

	CHECK_EQ(covh_add_tvm_shared_pages(p.t->id, base, type, 1, GPA).error,
		 0);
	check_ends(base, PG_NC_SHARED);
	REFUSED(covh_convert_pages(base + size / 2, 1),
		SBI_ERR_INVALID_ADDRESS);
	*(volatile uint64_t *)(base + size - 8) = SECRET + 1;
	CHECK_EQ(puppet_load(&p, GPA + size - 8), SECRET + 1);
	puppet_store(&p, GPA + size / 2, SECRET + 2);
	CHECK_EQ(*(volatile uint64_t *)(base + size / 2), SECRET + 2);
	CHECK_EQ(tvm_destroy(p.t), 0);
	check_ends(base, PG_NC);
}

/* The guest finds what was measured */
static void measured(void)
{
	unsigned long base = block(COVH_PAGE_2M);
	uint64_t *src = page_zalloc(size / PAGE_SIZE, size);

	src[0] = SECRET;
	src[size / 16] = SECRET + 1;
	src[size / 8 - 1] = SECRET + 2;
	plan();
	each(covh_convert_pages, base);
	CHECK_EQ(covh_add_tvm_measured_pages(p.t->id, pa(src), base, type, 1,
					     GPA)
			 .error,
		 0);
	memset(src, 0, size);
	puppet_begin(&p);
	CHECK_EQ(puppet_load(&p, GPA), SECRET);
	CHECK_EQ(puppet_load(&p, GPA + size / 2), SECRET + 1);
	CHECK_EQ(puppet_load(&p, GPA + size - 8), SECRET + 2);
	CHECK_EQ(puppet_load(&p, GPA + size / 4), 0);
	puppet_store(&p, GPA + size / 4, SECRET);
	check_ends(base, PG_DATA);
	check_denied(base + size / 4);
	CHECK_EQ(tvm_destroy(p.t), 0);
	each(covh_reclaim_pages, base);
	check_zeros(base);
	CHECK_EQ(*(volatile uint64_t *)(base + size / 4), 0);
	page_free(src, size / PAGE_SIZE);
}

static void zero_2m(void)
{
	zero(COVH_PAGE_2M);
}

static void share_2m(void)
{
	share(COVH_PAGE_2M);
}

static void zero_1g(void)
{
	zero(COVH_PAGE_1G);
}

static void share_1g(void)
{
	share(COVH_PAGE_1G);
}

TEST_GROUP(superpage, { "T-21 T-22 a zero page of 2 MiB", zero_2m },
	   { "T-64 a shared page of 2 MiB", share_2m },
	   { "a measured page of 2 MiB", measured });
TEST_GROUP(gib, { "T-21 T-22 a zero page of 1 GiB", zero_1g },
	   { "T-64 a shared page of 1 GiB", share_1g });
