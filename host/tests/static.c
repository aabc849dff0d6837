/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-09 where only the pool can become confidential: firmware with
 * SBI_COVH_STATIC, boot argument static=1.
 */

#include <host/attack.h>

static void need_static(void)
{
	if (!bootarg_ulong("static", 0))
		SKIP("needs boot argument static=1 and SBI_COVH_STATIC");
	CHECK(free_pool.nr);
}

/* Refused, and neither a page nor the number of windows is different */
static void refused(unsigned long base, unsigned long pages)
{
	struct watch w = { 0 };

	watch_add(&w, base, pages);
	watch_start(&w);
	REFUSED(covh_convert_pages(base, pages), SBI_ERR_INVALID_ADDRESS);
	CHECK(watch_same(&w));
	/* Nothing is on its way either */
	CHECK_EQ(conf_fence(), 0);
	CHECK(watch_same(&w));
}

static void outside(void)
{
	unsigned long page;

	need_static();
	page = pa(page_zalloc(2, PAGE_SIZE));
	refused(page, 1);
	refused(page, 2);
	CHECK_STATE(page, PG_NC);
	CHECK_EQ(probe_store(page, 0x1111), 0);
	page_free((void *)page, 2);
}

static void over_the_end(void)
{
	unsigned long end = machine.pool.end, last = end - PAGE_SIZE;

	need_static();
	/* A guard is host/tests/guard.c's business */
	if (!bootarg_ulong("guard", 0)) {
		CHECK(ranges_contain(&free_ram, end, end + PAGE_SIZE));
		CHECK_EQ(probe_store(end, 0x1111), 0);
	}
	refused(last, 2);
	CHECK_STATE(last, PG_POOL);
	CHECK_STATE(end, bootarg_ulong("guard", 0) ? PG_RSVD : PG_NC);
	check_denied(last);
}

/* To the last page, and back */
static void inside(void)
{
	unsigned long last = machine.pool.end - PAGE_SIZE;

	need_static();
	CHECK_EQ(covh_convert_pages(last, 1).error, 0);
	CHECK_EQ(conf_fence(), 0);
	CHECK_STATE(last, PG_CONF_FREE);
	check_denied(last);
	CHECK_EQ(covh_reclaim_pages(last, 1).error, 0);
	CHECK_STATE(last, PG_POOL);
}

TEST_GROUP(static_pool, { "T-09 static: a range outside the pool", outside },
	   { "T-09 static: a range over the end of the pool", over_the_end },
	   { "static: the last page of the pool", inside });
