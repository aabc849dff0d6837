/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * G-stage tables, both modes.
 */

#include <stdlib.h>
#include <string.h>

#include "fake_hart.h"

#define ROOT   POOL_BASE
#define TABLES (POOL_BASE + 0x10000)
#define DATA   (POOL_BASE + 0x200000)
#define M2     0x200000UL
#define G1     0x40000000UL

static struct covh_gstage g;

static void fresh(u32 levels, u32 tables)
{
	memset(fake_ram(ROOT), 0, 4 * PG);
	memset(&g, 0, sizeof(g));
	g.root = ROOT;
	g.levels = levels;
	for (u32 i = 0; i < tables; i++) {
		memset(fake_ram(TABLES + i * PG), 0, PG);
		covh_gstage_give_table(&g, TABLES + i * PG);
	}
}

static void limits_and_sizes(void **state)
{
	(void)state;
	assert_int_equal(covh_gstage_gpa_limit(3), 1UL << 41);
	assert_int_equal(covh_gstage_gpa_limit(4), 1UL << 50);
	assert_int_equal(covh_gstage_page_bytes(0), PG);
	assert_int_equal(covh_gstage_page_bytes(1), M2);
	assert_int_equal(covh_gstage_page_bytes(2), G1);
}

static void table_count_is_exact(u32 levels)
{
	static const struct {
		u64 gpa;
		u32 type;
		u64 n;
		u32 tables3;
	} rows[] = {
		{ 0, 0, 1, 2 },
		{ 0, 0, 512, 2 },
		{ 0, 0, 513, 3 },
		{ M2 - PG, 0, 2, 3 },
		{ G1 - PG, 0, 1, 2 },
		{ G1 - PG, 0, 2, 4 },
		{ 0, 1, 1, 1 },
		{ 0, 1, 512, 1 },
		{ 0, 1, 513, 2 },
		{ G1 - M2, 1, 2, 2 },
		{ 0, 2, 1, 0 },
		{ 0, 2, 2, 0 },
		{ 3 * M2 + PG, 0, 1024, 4 },
	};

	for (u32 i = 0; i < COVH_ARRAY_SIZE(rows); i++) {
		u32 t = rows[i].tables3 + (levels == 4);
		u64 step = covh_gstage_page_bytes(rows[i].type);

		if (t) {
			fresh(levels, t - 1);
			assert_rc(COVH_ERR_OUT_OF_PTPAGES,
				  covh_gstage_check_map(&g, rows[i].gpa,
							rows[i].type,
							rows[i].n));
			assert_int_equal(g.pt_free_count, t - 1);
		}
		fresh(levels, t);
		assert_rc(OK, covh_gstage_check_map(&g, rows[i].gpa,
						    rows[i].type, rows[i].n));
		covh_gstage_map(&g, rows[i].gpa, rows[i].type, rows[i].n,
				DATA & ~(step - 1), COVH_PTE_CONF);
		for (u64 k = 0; k < rows[i].n; k++)
			assert_int_equal(
				covh_pte_pa(covh_gstage_leaf(
					&g, rows[i].gpa + k * step, NULL)),
				(DATA & ~(step - 1)) + k * step);
		/* Not one table too many */
		assert_int_equal(g.pt_free_count, 0);
		assert_int_equal(g.pt_free, 0);
		assert_rc(INV_ADDR, covh_gstage_check_map(&g, rows[i].gpa,
							  rows[i].type, 1));
	}
}

static void table_count_is_exact_sv39x4(void **state)
{
	(void)state;
	table_count_is_exact(3);
}

static void table_count_is_exact_sv48x4(void **state)
{
	(void)state;
	table_count_is_exact(4);
}

static void leaves_of_all_types(u32 levels)
{
	u64 top = covh_gstage_gpa_limit(levels);
	u32 type = 9;

	fresh(levels, 12);
	covh_gstage_map(&g, 0, 0, 1, DATA, COVH_PTE_CONF);
	covh_gstage_map(&g, M2, 1, 1, DATA, COVH_PTE_CONF);
	covh_gstage_map(&g, G1, 2, 1, 0x80000000, COVH_PTE_CONF);
	covh_gstage_map(&g, top - PG, 0, 1, DATA + PG, COVH_PTE_CONF);

	assert_int_equal(covh_gstage_leaf(&g, 0xFFF, &type),
			 DATA >> 2 | COVH_PTE_CONF);
	assert_int_equal(type, 0);
	assert_int_equal(covh_gstage_leaf(&g, M2 + 0x1234, &type),
			 DATA >> 2 | COVH_PTE_CONF);
	assert_int_equal(type, 1);
	assert_int_equal(covh_gstage_leaf(&g, 2 * G1 - 1, &type),
			 0x80000000UL >> 2 | COVH_PTE_CONF);
	assert_int_equal(type, 2);
	assert_int_equal(covh_gstage_leaf(&g, top - 1, NULL),
			 (DATA + PG) >> 2 | COVH_PTE_CONF);
	assert_int_equal(covh_gstage_leaf(&g, PG, &type), 0);
	assert_int_equal(covh_gstage_leaf(&g, 2 * G1, &type), 0);
	assert_int_equal(covh_gstage_leaf(&g, top, &type), 0);
	assert_int_equal(covh_gstage_leaf(&g, ~0UL, &type), 0);
	/* 2^41 or 2^50 must not alias 0 */
	assert_int_equal(covh_gstage_leaf(&g, top + 0, NULL), 0);
}

static void leaves_sv39x4(void **state)
{
	(void)state;
	leaves_of_all_types(3);
}

static void leaves_sv48x4(void **state)
{
	(void)state;
	leaves_of_all_types(4);
}

static void t22_what_stands_in_the_way_is_seen(void **state)
{
	(void)state;
	fresh(4, 12);
	covh_gstage_map(&g, 4 * M2, 1, 1, DATA, COVH_PTE_CONF);
	covh_gstage_map(&g, G1 + 5 * PG, 0, 1, DATA, COVH_PTE_CONF);
	covh_gstage_map(&g, 3 * G1, 2, 1, 0x80000000, COVH_PTE_CONF);

	/* A small page under a large leaf, at its ends, and over its edge */
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 4 * M2, 0, 1));
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 5 * M2 - PG, 0, 1));
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 4 * M2 - PG, 0, 2));
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 0, 0, 4 * 512 + 1));
	assert_rc(OK, covh_gstage_check_map(&g, 0, 0, 4 * 512));
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 4 * M2, 1, 1));
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 3 * M2, 1, 2));
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 3 * G1 + M2, 1, 1));
	/* A large page over a table */
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, G1, 1, 1));
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, G1, 2, 1));
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 0, 2, 1));
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 2 * G1, 2, 2));
	assert_rc(OK, covh_gstage_check_map(&g, 2 * G1, 2, 1));
	/* In the way counts before a pool that is too small */
	fresh(4, 3);
	covh_gstage_map(&g, 600 * PG, 0, 1, DATA, COVH_PTE_CONF);
	assert_int_equal(g.pt_free_count, 0);
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 0, 0, 601));
	assert_rc(COVH_ERR_OUT_OF_PTPAGES,
		  covh_gstage_check_map(&g, 0, 0, 600));
	assert_rc(OK, covh_gstage_check_map(&g, M2, 0, 88));
}

static void invalidated_leaf_still_occupies(void **state)
{
	u64 *pte;

	(void)state;
	fresh(3, 2);
	covh_gstage_map(&g, 0, 0, 1, DATA, COVH_PTE_CONF);
	/* The table given last is taken first; the leaf is in the other */
	pte = fake_ram(TABLES);
	assert_int_equal(*pte & 0x3FF, COVH_PTE_CONF);
	*pte &= ~COVH_PTE_V;
	assert_int_equal(covh_gstage_leaf(&g, 0, NULL), 0);
	assert_rc(INV_ADDR, covh_gstage_check_map(&g, 0, 0, 1));
}

static void tables_come_out_clean(void **state)
{
	(void)state;
	fresh(3, 4);
	covh_gstage_map(&g, 5 * M2, 0, 1, DATA, COVH_PTE_CONF);
	/* The link of the pool must not be left as an entry 0 */
	assert_int_equal(covh_gstage_leaf(&g, 0, NULL), 0);
	assert_rc(OK, covh_gstage_check_map(&g, 0, 0, 1));
	assert_int_equal(g.pt_free_count, 2);
}

#define MAX 64
static struct seen {
	u32 leaves, tables;
	u64 gpa[MAX], pte[MAX], table[MAX];
	u32 type[MAX];
} seen;

static void on_leaf(void *arg, u64 gpa, u64 pte, u32 type)
{
	assert_ptr_equal(arg, &seen);
	seen.gpa[seen.leaves] = gpa;
	seen.pte[seen.leaves] = pte;
	seen.type[seen.leaves++] = type;
}

static void on_table(void *arg, u64 pa)
{
	assert_ptr_equal(arg, &seen);
	seen.table[seen.tables++] = pa;
	/* Children first: the table's content must not be read again */
	memset(fake_ram(pa), 0xFF, PG);
}

static void walk_sees_everything_once(u32 levels)
{
	static const struct {
		u64 gpa;
		u32 type;
	} want[] = {
		{ 0, 0 },  { 7 * PG, 0 },  { 9 * PG, 0 }, { 511 * PG, 0 },
		{ M2, 1 }, { G1 - PG, 0 }, { G1, 2 },	  { 2046 * G1, 2 },
	};
	u64 top = covh_gstage_gpa_limit(levels);
	u32 i, before;

	fresh(levels, 20);
	before = g.pt_free_count;
	covh_gstage_map(&g, top - PG, 0, 1, DATA, COVH_PTE_CONF);
	for (i = 0; i < COVH_ARRAY_SIZE(want); i++)
		covh_gstage_map(&g, want[i].gpa, want[i].type, 1,
				want[i].type == 2 ? 0x80000000 : DATA,
				COVH_PTE_CONF);
	memset(&seen, 0, sizeof(seen));
	covh_gstage_walk(&g, &seen, on_leaf, NULL);
	covh_gstage_walk(&g, &seen, NULL, on_table);
	assert_int_equal(seen.leaves, COVH_ARRAY_SIZE(want) + 1);
	for (i = 0; i < COVH_ARRAY_SIZE(want); i++) {
		assert_int_equal(seen.gpa[i], want[i].gpa);
		assert_int_equal(seen.type[i], want[i].type);
		assert_int_equal(seen.pte[i] & 0x3FF, COVH_PTE_CONF);
	}
	assert_int_equal(seen.gpa[i], top - PG);
	assert_int_equal(seen.tables, before - g.pt_free_count);
	for (i = 0; i < seen.tables; i++)
		for (u32 k = 0; k < i; k++)
			assert_int_not_equal(seen.table[i], seen.table[k]);
}

static void walk_sv39x4(void **state)
{
	(void)state;
	walk_sees_everything_once(3);
}

static void walk_sv48x4(void **state)
{
	(void)state;
	walk_sees_everything_once(4);
}

/* Smallest table pool that check_map accepts, or -1 */
static int needed(u64 gpa, u32 type, u64 n)
{
	struct covh_gstage probe = g;
	int k;

	for (k = 0; k < 200; k++) {
		long rc;

		probe.pt_free_count = k;
		rc = covh_gstage_check_map(&probe, gpa, type, n);
		if (rc != COVH_ERR_OUT_OF_PTPAGES)
			return rc ? -1 : k;
	}
	fail();
	return -1;
}

/* check_map's count must equal what map takes */
static void random_maps_take_what_was_counted(void **state)
{
	(void)state;
	srand(4);
	for (int round = 0; round < 300; round++) {
		fresh(3 + (round & 1), 200);
		for (int i = 0; i < 12; i++) {
			u32 type = rand() % 8 ? 0 : 1;
			u64 step = covh_gstage_page_bytes(type);
			u64 n = 1 + rand() % (type ? 3 : 700);
			u64 gpa = (rand() % 3000) * PG & ~(step - 1);
			u64 before = g.pt_free_count;
			int k = needed(gpa, type, n);

			if (k < 0)
				continue;
			covh_gstage_map(&g, gpa, type, n, DATA & ~(step - 1),
					COVH_PTE_CONF);
			assert_int_equal(before - g.pt_free_count, k);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(limits_and_sizes),
		t(table_count_is_exact_sv39x4),
		t(table_count_is_exact_sv48x4),
		t(leaves_sv39x4),
		t(leaves_sv48x4),
		t(t22_what_stands_in_the_way_is_seen),
		t(invalidated_leaf_still_occupies),
		t(tables_come_out_clean),
		t(walk_sv39x4),
		t(walk_sv48x4),
		t(random_maps_take_what_was_counted),
	};

	return cmocka_run_group_tests_name("gstage", tests, NULL, NULL);
}
