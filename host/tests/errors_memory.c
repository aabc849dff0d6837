/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every error that the ABI gives for calls about memory: and, where a call
 * has two faults, the one that comes first in cove-abi.md A.3.
 */

#include <string.h>
#include <host/attack.h>

#define PARAM  SBI_ERR_INVALID_PARAM
#define ADDR   SBI_ERR_INVALID_ADDRESS
#define FAILED SBI_ERR_FAILED

static void info_errors(void)
{
	unsigned long size = covh_tsm_info_size();
	uint64_t buf[8];

	memset(buf, 0xcc, sizeof(buf));
	REFUSED(covh_get_tsm_info(pa(buf), size - 1), PARAM);
	REFUSED(covh_get_tsm_info(pa(buf), 0), PARAM);
	REFUSED(covh_get_tsm_info(pa(buf) + 2, size), ADDR);
	REFUSED(covh_get_tsm_info(-8UL, size), ADDR);
	/* Length before address */
	REFUSED(covh_get_tsm_info(pa(buf) + 1, size - 1), PARAM);
	REFUSED(covh_get_tsm_info(machine.firmware.start, size - 1), PARAM);
	CHECK_EQ(buf[0], 0xcccccccccccccccc);
	/* A buffer that is too long is good, and no more is written */
	CHECK_EQ(covh_get_tsm_info(pa(buf), 64).value, size);
	CHECK_EQ(buf[size / 8], 0xcccccccccccccccc);
}

static void convert_errors(void)
{
	unsigned long own = pa(page_alloc(1, PAGE_SIZE));
	struct conf *c = test_conf_pages(1);
	unsigned long page = c->range[0].base;

	REFUSED(covh_convert_pages(own, 0), PARAM);
	REFUSED(covh_convert_pages(own, COVH_MAX_PAGES_PER_CALL + 1), PARAM);
	REFUSED(covh_convert_pages(own + 8, 1), ADDR);
	REFUSED(covh_convert_pages(page, 1), ADDR);
	REFUSED(covh_convert_pages(machine.firmware.start, 1), ADDR);
	/* Count before address */
	REFUSED(covh_convert_pages(own + 8, 0), PARAM);
	REFUSED(covh_convert_pages(page, 0), PARAM);
	CHECK_STATE(own, PG_NC);
	CHECK_STATE(page, PG_CONF_FREE);
	page_free((void *)own, 1);
}

static void reclaim_errors(void)
{
	unsigned long own = pa(page_alloc(1, PAGE_SIZE));
	struct tvm *t = test_blank(1, !free_pool.nr);

	*(volatile unsigned long *)own = 0x77;
	REFUSED(covh_reclaim_pages(own, 0), PARAM);
	REFUSED(covh_reclaim_pages(t->pgd, 0), PARAM);
	REFUSED(covh_reclaim_pages(own + 8, 1), ADDR);
	REFUSED(covh_reclaim_pages(t->pgd, 1), ADDR);
	REFUSED(covh_reclaim_pages(machine.firmware.start, 1), ADDR);
	REFUSED(covh_reclaim_pages(0, 1), ADDR);
	/* A page that is the host's: no effect, success */
	CHECK_EQ(covh_reclaim_pages(own, 1).error, 0);
	CHECK_EQ(*(volatile unsigned long *)own, 0x77);
	CHECK_STATE(t->pgd, PG_PGD);
	page_free((void *)own, 1);
}

static long local_fence(void *arg)
{
	(void)arg;
	return covh_local_fence().error;
}

static void fence_errors(void)
{
	struct hart *h = test_second_hart();

	CHECK_EQ(conf_fence(), 0);
	/* Idle: no effect; on the initiator: no effect */
	CHECK_EQ(covh_local_fence().error, 0);
	CHECK_EQ(covh_global_fence().error, 0);
	REFUSED(covh_global_fence(), SBI_ERR_ALREADY_STARTED);
	CHECK_EQ(covh_local_fence().error, 0);
	REFUSED(covh_global_fence(), SBI_ERR_ALREADY_STARTED);
	CHECK_EQ(hart_call(h, local_fence, NULL), 0);
	CHECK_EQ(hart_each(local_fence, NULL), 0);
	CHECK_EQ(covh_global_fence().error, 0);
	CHECK_EQ(hart_each(local_fence, NULL), 0);
}

static void region_errors(void)
{
	struct tvm *t = test_blank(2, !free_pool.nr);
	unsigned long n;
	long err = 0;

	REFUSED(covh_add_tvm_memory_region(0, BLANK_GPA, PAGE_SIZE), PARAM);
	REFUSED(covh_add_tvm_memory_region(t->id, 0, 0), PARAM);
	REFUSED(covh_add_tvm_memory_region(t->id, 0, 100), PARAM);
	REFUSED(covh_add_tvm_memory_region(t->id, 8, PAGE_SIZE), ADDR);
	REFUSED(covh_add_tvm_memory_region(t->id, BLANK_GPA, PAGE_SIZE), ADDR);
	REFUSED(covh_add_tvm_memory_region(t->id, 0, 1UL << 59), ADDR);
	/* Length before address */
	REFUSED(covh_add_tvm_memory_region(t->id, 8, 100), PARAM);
	REFUSED(covh_add_tvm_memory_region(t->id, BLANK_GPA, 0), PARAM);
	for (n = 1; !err; n++)
		err = covh_add_tvm_memory_region(t->id, n * 2 * PAGE_SIZE,
						 PAGE_SIZE)
			      .error;
	CHECK_EQ(err, FAILED);
	CHECK(n >= 128);
	/* A bad address comes before the full table */
	REFUSED(covh_add_tvm_memory_region(t->id, BLANK_GPA, PAGE_SIZE), ADDR);
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	CHECK_EQ(covh_finalize_tvm(t->id, BLANK_GPA, 0, 0).error, 0);
	REFUSED(covh_add_tvm_memory_region(t->id, 8, PAGE_SIZE), PARAM);
}

static void table_errors(void)
{
	struct tvm *t = test_blank(4, !free_pool.nr);
	unsigned long own = pa(page_alloc(1, PAGE_SIZE)), page = blank_page(t);

	REFUSED(covh_add_tvm_page_table_pages(0, page, 1), PARAM);
	REFUSED(covh_add_tvm_page_table_pages(t->id, page, 0), PARAM);
	REFUSED(covh_add_tvm_page_table_pages(t->id, page + 8, 1), ADDR);
	REFUSED(covh_add_tvm_page_table_pages(t->id, own, 1), ADDR);
	REFUSED(covh_add_tvm_page_table_pages(t->id, t->pt, 1), ADDR);
	REFUSED(covh_add_tvm_page_table_pages(t->id, own, 0), PARAM);
	CHECK_STATE(page, PG_CONF_FREE);
	CHECK_EQ(covh_add_tvm_page_table_pages(t->id, page, 1).error, 0);
	CHECK_STATE(page, PG_PT);
	/* At any time, so also after finalize */
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	CHECK_EQ(covh_finalize_tvm(t->id, BLANK_GPA, 0, 0).error, 0);
	CHECK_EQ(covh_add_tvm_page_table_pages(t->id, blank_page(t), 1).error,
		 0);
	page_free((void *)own, 1);
}

static struct tvm *tvm;
static unsigned long src;

static struct sbiret measured(unsigned long dest, unsigned long type,
			      unsigned long n, unsigned long gpa)
{
	return covh_add_tvm_measured_pages(tvm->id, src, dest, type, n, gpa);
}

static struct sbiret zero(unsigned long dest, unsigned long type,
			  unsigned long n, unsigned long gpa)
{
	return covh_add_tvm_zero_pages(tvm->id, dest, type, n, gpa);
}

/* What both have in common */
static void mapping(struct sbiret (*add)(unsigned long dest, unsigned long type,
					 unsigned long n, unsigned long gpa),
		    unsigned long page)
{
	REFUSED(add(page, 3, 1, BLANK_GPA), PARAM);
	REFUSED(add(page, 4, 1, BLANK_GPA), PARAM);
	REFUSED(add(page, -1UL, 1, BLANK_GPA), PARAM);
	REFUSED(add(page, 0, 0, BLANK_GPA), PARAM);
	REFUSED(add(page + 8, 0, 1, BLANK_GPA), ADDR);
	REFUSED(add(page, 0, 1, BLANK_GPA + 8), ADDR);
	REFUSED(add(page, 0, 1, 0x1000), ADDR);
	REFUSED(add(page, 0, 1, BLANK_GPA + BLANK_PAGES * PAGE_SIZE), ADDR);
	REFUSED(add(src, 0, 1, BLANK_GPA), ADDR);
	REFUSED(add(tvm->pgd, 0, 1, BLANK_GPA), ADDR);
	/* Aligned as 4 KiB only, and the region is smaller than 2 MiB */
	REFUSED(add(page | PAGE_SIZE, 1, 1, BLANK_GPA), ADDR);
	REFUSED(add(ALIGN_DOWN(page, 2UL << 20), 1, 1, BLANK_GPA), ADDR);
	/* Type and count before addresses */
	REFUSED(add(page + 8, 3, 1, BLANK_GPA), PARAM);
	REFUSED(add(tvm->pgd, 0, 0, BLANK_GPA + 8), PARAM);
}

static void measured_errors(void)
{
	unsigned long own = pa(page_zalloc(1, PAGE_SIZE)), page;
	struct watch w = { 0 };

	tvm = test_blank(4, !free_pool.nr);
	page = blank_page(tvm);
	src = own;
	watch_add(&w, page, 1);
	watch_add(&w, tvm->pgd, 4);
	watch_add(&w, tvm->pt, 4);
	watch_add(&w, tvm->state, 1);
	watch_start(&w);
	REFUSED(covh_add_tvm_measured_pages(0, src, page, 0, 1, BLANK_GPA),
		PARAM);
	mapping(measured, page);
	src = own + 8;
	REFUSED(measured(page, 0, 1, BLANK_GPA), ADDR);
	src = page;
	REFUSED(measured(page, 0, 1, BLANK_GPA), ADDR);
	CHECK(watch_same(&w));
	src = own;
	CHECK_EQ(measured(page, 0, 1, BLANK_GPA).error, 0);
	page_free((void *)own, 1);
}

static void zero_errors(void)
{
	unsigned long own = pa(page_zalloc(1, PAGE_SIZE)), page;
	struct watch w = { 0 };

	tvm = test_blank(4, !free_pool.nr);
	page = blank_page(tvm);
	src = own;
	/* The TVM's state before the arguments */
	REFUSED(zero(page + 8, 0, 1, BLANK_GPA), PARAM);
	CHECK_EQ(tvm_add_vcpu(tvm, 0), 0);
	CHECK_EQ(covh_finalize_tvm(tvm->id, BLANK_GPA, 0, 0).error, 0);
	watch_add(&w, page, 1);
	watch_add(&w, tvm->pgd, 4);
	watch_add(&w, tvm->pt, 4);
	watch_start(&w);
	REFUSED(covh_add_tvm_zero_pages(0, page, 0, 1, BLANK_GPA), PARAM);
	mapping(zero, page);
	CHECK(watch_same(&w));
	CHECK_EQ(zero(page, 0, 1, BLANK_GPA).error, 0);
	CHECK_STATE(page, PG_DATA);
	page_free((void *)own, 1);
}

TEST_GROUP(errors_memory, { "errors of get_tsm_info", info_errors },
	   { "errors of convert_pages", convert_errors },
	   { "errors of reclaim_pages", reclaim_errors },
	   { "errors of the fences", fence_errors },
	   { "errors of add_tvm_memory_region", region_errors },
	   { "errors of add_tvm_page_table_pages", table_errors },
	   { "errors of add_tvm_measured_pages", measured_errors },
	   { "errors of add_tvm_zero_pages", zero_errors });
