/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-71 with a count whose size in bytes wraps. A group of its own: where the
 * attack succeeds, the machine does not live on.
 */

#include <host/attack.h>

#define EID_PMU	       0x504D55
#define PMU_EVENT_INFO 8
/* Entries of 16 bytes */
#define ENTRY_SHIFT 4

static struct sbiret info(unsigned long addr, unsigned long num)
{
	return sbi_call(EID_PMU, PMU_EVENT_INFO, addr, 0, num, 0);
}

static void count_wraps(void)
{
	struct tvm *t = test_victim(!free_pool.nr, 1);
	unsigned long own = pa(page_zalloc(1, PAGE_SIZE));
	struct watch w = { 0 };

	if (info(own, 1).error == SBI_ERR_NOT_SUPPORTED)
		SKIP("this OpenSBI has no PMU event info");
	watch_add(&w, t->first_page, 1);
	watch_start(&w);
	CHECK(info(t->first_page, 1UL << (64 - ENTRY_SHIFT)).error < 0);
	CHECK(info(t->first_page, (1UL << (64 - ENTRY_SHIFT)) + 1).error < 0);
	CHECK(info(own, 1UL << (64 - ENTRY_SHIFT)).error < 0);
	CHECK(info(own, (1UL << (64 - ENTRY_SHIFT)) + 1).error < 0);
	CHECK(info(own, -1UL).error < 0);
	CHECK(watch_same(&w));
	page_free((void *)own, 1);
}

TEST_GROUP(pmuwrap,
	   { "T-71 PMU event info with a count that wraps", count_wraps });
