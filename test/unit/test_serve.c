/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * T-59: long work serves IPIs, whatever the host has chosen it to consist of.
 * Another hart may be waiting for a remote fence of this one.
 */

#include "fake_hart.h"

#define M2 0x200000UL

/* One page in eight is confidential: those that the reclaim clears are as far
 * from each other as they can be */
static void t59_reclaim_of_scattered_pages(void **state)
{
	u64 i, n = 256;
	u32 before;

	(void)state;
	for (i = 0; i < n; i += 8)
		assert_rc(OK, covh_convert(POOL_BASE + i * PG, 1));
	fake_fence();
	before = fake.ipis;
	assert_rc(OK, covh_reclaim(POOL_BASE, n));
	assert_true(fake.ipis - before >= n / 8);
}

static void t59_reclaim_of_host_pages(void **state)
{
	u32 before = fake.ipis;

	(void)state;
	assert_rc(OK, covh_reclaim(HOST_BASE, 256));
	assert_true(fake.ipis - before >= 256 / 8);
}

static long forget(void *arg, u64 gpa, u64 *e, u32 type)
{
	(void)arg;
	(void)gpa;
	(void)type;
	*e = 0;
	return 0;
}

/* Tables that nothing is mapped in: a look at each entry, nothing to map */
static void t59_empty_tables_are_looked_at(void **state)
{
	struct covh_gstage g = { .root = POOL_BASE, .levels = 4 };
	u64 i, table = POOL_BASE + 4 * PG, n = 8;
	u32 before;

	(void)state;
	memset(fake_ram(POOL_BASE), 0, (4 + n + 2) * PG);
	for (i = 0; i < n + 2; i++)
		covh_gstage_give_table(&g, table + i * PG);
	for (i = 0; i < n; i++) {
		covh_gstage_map(&g, i * M2, COVH_PAGE_4K, 1, HOST_BASE,
				COVH_PTE_CONF);
		assert_rc(OK, covh_gstage_each(&g, i * M2, PG, NULL, forget));
	}
	before = fake.ipis;
	assert_rc(OK, covh_gstage_check_map(&g, 0, COVH_PAGE_4K, 512 * n));
	assert_true(fake.ipis - before >= 512 * n / 1024 - 1);
}

/* A destroy serves after each leaf and after each table */
static void t59_destroy_serves_at_tables(void **state)
{
	u64 i, page, n = 4;
	struct maker m = { .next = POOL_BASE };
	u32 before;

	(void)state;
	maker_run(&m);
	page = maker_pages(&m, n, PG);
	for (i = 0; i < n; i++)
		assert_rc(OK, covh_add_zero(m.id, page + i * PG, COVH_PAGE_4K,
					    1, GPA + i * M2));
	before = fake.ipis;
	assert_rc(OK, covh_destroy_tvm(m.id));
	/* Leaves, their tables, and those above */
	assert_true(fake.ipis - before >= 2 * n + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(t59_reclaim_of_scattered_pages),
		t(t59_reclaim_of_host_pages),
		t(t59_empty_tables_are_looked_at),
		t(t59_destroy_serves_at_tables),
	};

	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
