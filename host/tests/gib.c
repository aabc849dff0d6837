/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of 1 GiB, with a guest that uses them. Needs a machine with one that
 * nobody else uses: test/system/test_memory.py boots one.
 */

#include "puppet.h"

#define GIB	   (1UL << 30)
#define GIB_PAGES  (GIB / PAGE_SIZE)
#define CALL_PAGES 65536UL
#define GPA	   (4 * GIB)
#define LAST	   (GIB - 8)
#define SECRET	   0x5ec4e75ec4e75ec4UL

static struct puppet p;

/* One for all cases */
static unsigned long block(void)
{
	static unsigned long base;

	if (!base)
		base = ranges_alloc(&free_ram, GIB, GIB);
	if (!base)
		SKIP("no GiB of RAM is free");
	return base;
}

/* A guest with a region that nothing is mapped in */
static void make(void)
{
	puppet_plan(&p, 1);
	CHECK_EQ(covh_add_tvm_memory_region(p.t->id, GPA, 2 * GIB).error, 0);
	puppet_begin(&p);
}

static unsigned long load(unsigned long gpa)
{
	puppet(&p, 0, PUPPET_LOAD, gpa);
	CHECK_EQ(puppet_ret(&p, 0, 1), 0);
	return puppet_ret(&p, 0, 0);
}

static void store(unsigned long gpa, unsigned long val)
{
	puppet(&p, 0, PUPPET_STORE, gpa, val);
	CHECK_EQ(puppet_ret(&p, 0, 1), 0);
}

static void convert(unsigned long base)
{
	unsigned long i;

	for (i = 0; i < GIB_PAGES; i += CALL_PAGES)
		CHECK_EQ(covh_convert_pages(base + i * PAGE_SIZE, CALL_PAGES)
				 .error,
			 0);
	CHECK_EQ(conf_fence(), 0);
}

static void reclaim(unsigned long base)
{
	unsigned long i;

	for (i = 0; i < GIB_PAGES; i += CALL_PAGES)
		CHECK_EQ(covh_reclaim_pages(base + i * PAGE_SIZE, CALL_PAGES)
				 .error,
			 0);
	CHECK_EQ(conf_fence(), 0);
}

static void check_ends(unsigned long base, int state)
{
	CHECK_STATE(base, state);
	CHECK_STATE(base + GIB / 2, state);
	CHECK_STATE(base + GIB - PAGE_SIZE, state);
}

static void check_zeros(unsigned long base)
{
	CHECK_EQ(*(volatile uint64_t *)base, 0);
	CHECK_EQ(*(volatile uint64_t *)(base + GIB / 2), 0);
	CHECK_EQ(*(volatile uint64_t *)(base + LAST), 0);
}

static void zero(void)
{
	unsigned long base = block();

	make();
	*(volatile uint64_t *)base = SECRET;
	*(volatile uint64_t *)(base + GIB / 2) = SECRET;
	*(volatile uint64_t *)(base + LAST) = SECRET;
	convert(base);
	/* Not below an address that is none of its own, nor more than there is */
	REFUSED(covh_add_tvm_zero_pages(p.t->id, base, COVH_PAGE_1G, 1,
					GPA + GIB / 2),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_zero_pages(p.t->id, base, COVH_PAGE_1G, 2, GPA),
		SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_add_tvm_zero_pages(p.t->id, base, COVH_PAGE_1G, 1, GPA)
			 .error,
		 0);
	check_ends(base, PG_DATA);
	check_denied(base + GIB / 2);
	CHECK_EQ(load(GPA), 0);
	CHECK_EQ(load(GPA + GIB / 2), 0);
	CHECK_EQ(load(GPA + LAST), 0);
	store(GPA, SECRET);
	store(GPA + GIB / 2, SECRET + 1);
	store(GPA + LAST, SECRET + 2);

	/* T-21, T-22: it is there once, and nothing goes in between */
	REFUSED(covh_add_tvm_zero_pages(p.t->id, base, COVH_PAGE_1G, 1,
					GPA + GIB),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_zero_pages(p.t->id, base, COVH_PAGE_4K, 1,
					GPA + GIB),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_tvm_invalidate_pages(p.t->id, GPA, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_tvm_invalidate_pages(p.t->id, GPA + GIB / 2, GIB / 2),
		SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, GPA, GIB).error, 0);
	check_ends(base, PG_BLOCKED);
	CHECK_EQ(covh_tvm_validate_pages(p.t->id, GPA, GIB).error, 0);
	CHECK_EQ(load(GPA), SECRET);
	CHECK_EQ(load(GPA + GIB / 2), SECRET + 1);
	CHECK_EQ(load(GPA + LAST), SECRET + 2);

	CHECK_EQ(tvm_destroy(p.t), 0);
	check_ends(base, PG_CONF_FREE);
	check_denied(base);
	reclaim(base);
	check_ends(base, PG_NC);
	check_zeros(base);
}

/* Confidential, then the host's page in the same place */
static void share(void)
{
	unsigned long base = block();

	make();
	convert(base);
	CHECK_EQ(covh_add_tvm_zero_pages(p.t->id, base, COVH_PAGE_1G, 1, GPA)
			 .error,
		 0);
	store(GPA + LAST, SECRET);

	puppet_share(&p, GPA, GIB);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, GPA, GIB).error, 0);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, GPA, GIB).error, 0);
	check_ends(base, PG_CONF_FREE);
	puppet_answer(0, 0);
	CHECK_EQ((long)puppet_finish(&p, 0), 0);
	reclaim(base);
	check_zeros(base);

	CHECK_EQ(covh_add_tvm_shared_pages(p.t->id, base, COVH_PAGE_1G, 1, GPA)
			 .error,
		 0);
	check_ends(base, PG_NC_SHARED);
	REFUSED(covh_convert_pages(base + GIB / 2, 1),
		SBI_ERR_INVALID_ADDRESS);
	*(volatile uint64_t *)(base + LAST) = SECRET + 1;
	CHECK_EQ(load(GPA + LAST), SECRET + 1);
	store(GPA + GIB / 2, SECRET + 2);
	CHECK_EQ(*(volatile uint64_t *)(base + GIB / 2), SECRET + 2);
	CHECK_EQ(tvm_destroy(p.t), 0);
	check_ends(base, PG_NC);
}

TEST_GROUP(gib, { "T-21 T-22 a zero page of 1 GiB", zero },
	   { "T-64 a shared page of 1 GiB", share });
