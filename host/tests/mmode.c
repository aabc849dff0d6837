/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-59: the calls that take longest, with as many pages as they accept. The
 * runner looks at how long they kept the hart in M-mode: mmode-limit= in
 * test_mmode.c. For a machine of 4 GiB: test/system/test_mmode.py.
 */

#include <string.h>
#include "puppet.h"

#define CALL_PAGES 65536UL
#define SIZE_2M	   0x200000UL
#define GIB	   0x40000000UL
#define GPA	   (1UL << 32)
#define MEASURED   256
/* For a GiB in pages of 4 KiB */
#define TABLES 600

static struct puppet p;

/* What a case has taken; given back to the host after it */
static struct {
	unsigned long base, pages;
} taken[4];

static unsigned long take(unsigned long pages)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(taken); i++) {
		if (taken[i].pages)
			continue;
		taken[i].base =
			ranges_alloc(&free_ram, pages * PAGE_SIZE, SIZE_2M);
		if (!taken[i].base)
			SKIP("not that much RAM is free");
		taken[i].pages = pages;
		return taken[i].base;
	}
	FAIL("more than a case may take");
	return 0;
}

static void give_back(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(taken); i++) {
		if (!taken[i].pages)
			continue;
		CHECK_EQ(
			covh_reclaim_pages(taken[i].base, taken[i].pages).error,
			0);
		ranges_add(&free_ram, taken[i].base,
			   taken[i].base + taken[i].pages * PAGE_SIZE);
		taken[i].pages = 0;
	}
	CHECK_EQ(conf_fence(), 0);
}

static void convert(unsigned long base, unsigned long pages)
{
	CHECK_EQ(covh_convert_pages(base, pages).error, 0);
	CHECK_EQ(conf_fence(), 0);
}

static void conversion(void)
{
	unsigned long base = take(CALL_PAGES);
	unsigned long last = base + (CALL_PAGES - 1) * PAGE_SIZE;

	need_debug();
	/* Refused by the last page, so that all others are let go */
	convert(last, 1);
	CHECK(covh_convert_pages(base, CALL_PAGES).error);
	CHECK_EQ(covh_reclaim_pages(base, CALL_PAGES).error, 0);
	/* Nothing to clear, and everything */
	CHECK_EQ(covh_reclaim_pages(base, CALL_PAGES).error, 0);
	convert(base, CALL_PAGES);
	give_back();
}

/* Guest puppet, with a GiB that nothing is in yet */
static void plan(unsigned long tables)
{
	unsigned long base = take(tables);

	need_debug();
	puppet_plan(&p, 1);
	CHECK_EQ(covh_add_tvm_memory_region(p.t->id, GPA, GIB).error, 0);
	convert(base, tables);
	CHECK_EQ(covh_add_tvm_page_table_pages(p.t->id, base, tables).error, 0);
}

static void measured(void)
{
	unsigned long n = SIZE_2M / PAGE_SIZE;
	unsigned long source = pa(page_alloc(n, SIZE_2M)), base = take(2 * n);

	plan(TABLES);
	convert(base, 2 * n);
	CHECK_EQ(covh_add_tvm_measured_pages(p.t->id, source, base,
					     COVH_PAGE_2M, 1, GPA)
			 .error,
		 0);
	CHECK_EQ(covh_add_tvm_measured_pages(p.t->id, source, base + SIZE_2M,
					     COVH_PAGE_4K, MEASURED,
					     GPA + SIZE_2M)
			 .error,
		 0);
	CHECK_EQ(tvm_destroy(p.t), 0);
	page_free((void *)source, n);
	give_back();
}

/* Everything that a TVM can be given, and its end */
static void full(void)
{
	unsigned long vcpus = take(TVM_MAX_VCPUS), base = take(CALL_PAGES), i;

	plan(CALL_PAGES);
	convert(vcpus, TVM_MAX_VCPUS);
	for (i = 1; i < TVM_MAX_VCPUS; i++)
		CHECK_EQ(covh_create_tvm_vcpu(p.t->id, i, vcpus + i * PAGE_SIZE)
				 .error,
			 0);
	puppet_begin(&p);
	convert(base, CALL_PAGES);
	/* Refused by the last page, when all are clear */
	CHECK_EQ(covh_add_tvm_zero_pages(p.t->id, base, COVH_PAGE_4K, 1,
					 GPA + (CALL_PAGES - 2) * PAGE_SIZE)
			 .error,
		 0);
	CHECK(covh_add_tvm_zero_pages(p.t->id, base + PAGE_SIZE, COVH_PAGE_4K,
				      CALL_PAGES - 1, GPA)
		      .error);
	CHECK_EQ(tvm_destroy(p.t), 0);
	give_back();
}

static void block(void)
{
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, GPA, GIB).error, 0);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
}

static void answered(void)
{
	puppet_answer(0, 0);
	CHECK_EQ((long)puppet_finish(&p, 0), 0);
}

typedef struct sbiret (*add_call)(unsigned long id, unsigned long base,
				  unsigned long type, unsigned long n,
				  unsigned long gpa);

/* A GiB, in four calls; the host's pages may be the same ones */
static void fill(add_call add, unsigned long base, bool same,
		 unsigned long type)
{
	unsigned long i, size = CALL_PAGES * PAGE_SIZE;

	for (i = 0; i < GIB / size; i++)
		CHECK_EQ(add(p.t->id, same ? base : base + i * size, type,
			     CALL_PAGES >> (9 * type), GPA + i * size)
				 .error,
			 0);
}

/* A GiB goes from the guest to the host and back */
static void blocking(unsigned long type)
{
	unsigned long n = GIB / PAGE_SIZE, i, base;

	plan(TABLES);
	puppet_begin(&p);
	base = ranges_alloc(&free_ram, GIB, SIZE_2M);
	if (!base)
		SKIP("not that much RAM is free");
	for (i = 0; i < n; i += CALL_PAGES)
		convert(base + i * PAGE_SIZE, CALL_PAGES);
	fill(covh_add_tvm_zero_pages, base, false, type);
	block();
	CHECK_EQ(covh_tvm_validate_pages(p.t->id, GPA, GIB).error, 0);
	puppet_share(&p, GPA, GIB);
	block();
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, GPA, GIB).error, 0);
	answered();
	for (i = 0; i < n; i += CALL_PAGES)
		CHECK_EQ(covh_reclaim_pages(base + i * PAGE_SIZE, CALL_PAGES)
				 .error,
			 0);
	CHECK_EQ(conf_fence(), 0);

	fill(covh_add_tvm_shared_pages, base, true, type);
	block();
	CHECK_EQ(covh_tvm_validate_pages(p.t->id, GPA, GIB).error, 0);
	puppet_unshare(&p, GPA, GIB);
	block();
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, GPA, GIB).error, 0);
	answered();
	CHECK_EQ(tvm_destroy(p.t), 0);
	ranges_add(&free_ram, base, base + GIB);
	give_back();
}

static void blocking_4k(void)
{
	blocking(COVH_PAGE_4K);
}

static void blocking_2m(void)
{
	blocking(COVH_PAGE_2M);
}

TEST_GROUP(mmode, { "T-59 65,536 pages are converted", conversion },
	   { "T-59 pages are measured", measured }, { "T-59 a full TVM", full },
	   { "T-59 a GiB of pages of 4 KiB", blocking_4k },
	   { "T-59 a GiB of pages of 2 MiB", blocking_2m }, );
