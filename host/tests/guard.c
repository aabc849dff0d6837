/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-19: what SBI_COVH_GUARD_KIB leaves unused at either end of confidential
 * memory is nobody's. Boot argument guard=KIB as the firmware has it.
 */

#include <sbi_covh/test.h>
#include <host/attack.h>

struct guard {
	unsigned long base, end;
};

static struct guard low, high;

static void need_guards(void)
{
	unsigned long size =
		ALIGN_UP(bootarg_ulong("guard", 0) << 10, PAGE_SIZE);
	struct sbiret r = sbi_call(COVH_TEST_EID, COVH_TEST_TRAMPOLINE);

	if (!size)
		SKIP("needs boot argument guard=KIB and SBI_COVH_GUARD_KIB");
	need_debug();
	CHECK_EQ(r.error, 0);
	low.end = ALIGN_DOWN((unsigned long)r.value, PAGE_SIZE);
	low.base = low.end - size;
	high.base = machine.pool.end;
	high.end = high.base + size;
}

/* They and what is between them are one PMP entry */
static void all_of_block(void)
{
	unsigned long size;

	need_guards();
	size = high.end - low.base;
	CHECK_EQ(size & (size - 1), 0);
	CHECK_EQ(low.base & (size - 1), 0);
	CHECK(low.end < machine.pool.start);
}

static void nobodys(const struct guard *g)
{
	unsigned long pa;

	for (pa = g->base; pa < g->end; pa += PAGE_SIZE)
		CHECK_EQ(page_state(pa), PG_RSVD);
	CHECK(!ranges_contain(&free_ram, g->base, g->base + PAGE_SIZE));
	CHECK(!ranges_contain(&free_ram, g->end - PAGE_SIZE, g->end));
}

static void states(void)
{
	need_guards();
	nobodys(&low);
	nobodys(&high);
	CHECK_EQ(page_state(machine.pool.start), PG_POOL);
	CHECK_EQ(page_state(machine.pool.end - PAGE_SIZE), PG_POOL);
}

static void not_converted(const struct guard *g)
{
	unsigned long pages = (g->end - g->base) / PAGE_SIZE;

	REFUSED(covh_convert_pages(g->base, 1), SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_convert_pages(g->base, pages), SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_convert_pages(g->end - PAGE_SIZE, 1),
		SBI_ERR_INVALID_ADDRESS);
}

static void converts(void)
{
	unsigned long last;

	need_guards();
	last = machine.pool.end - PAGE_SIZE;
	not_converted(&low);
	not_converted(&high);
	REFUSED(covh_convert_pages(last, 2), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(page_state(last), PG_POOL);
	/* The pool's own last page is one */
	CHECK_EQ(covh_convert_pages(last, 1).error, 0);
	CHECK_EQ(conf_fence(), 0);
	CHECK_EQ(covh_reclaim_pages(last, 1).error, 0);
}

static void accesses(void)
{
	need_guards();
	check_denied(low.base);
	check_denied(low.end - PAGE_SIZE);
	check_denied(high.base);
	check_denied(high.end - PAGE_SIZE);
	check_denied_virtual(high.base);
	check_denied_virtual(low.end - PAGE_SIZE);
}

TEST_GROUP(guard, { "T-19 guards and pool are one block", all_of_block },
	   { "T-19 pages of guards are nobody's", states },
	   { "T-19 pages of guards are not converted", converts },
	   { "T-19 the host cannot reach guards", accesses });
