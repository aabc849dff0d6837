/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * GPA regions, against a map of frames.
 */

#include <stdlib.h>
#include <string.h>

#include "fake_hart.h"
#include "region.h"

#define FRAMES 400

static struct covh_regions r;

static int fresh(void **state)
{
	(void)state;
	memset(&r, 0, sizeof(r));
	return 0;
}

static void edges_are_exact(void **state)
{
	(void)state;
	assert_rc(OK, covh_region_add(&r, 0x4000, 0x2000, COVH_RGN_CONF));
	assert_int_equal(covh_region_at(&r, 0x3FFF), COVH_RGN_NONE);
	assert_int_equal(covh_region_at(&r, 0x4000), COVH_RGN_CONF);
	assert_int_equal(covh_region_at(&r, 0x5FFF), COVH_RGN_CONF);
	assert_int_equal(covh_region_at(&r, 0x6000), COVH_RGN_NONE);
	assert_true(covh_region_within(&r, 0x4000, 0x2000, COVH_RGN_CONF));
	assert_false(covh_region_within(&r, 0x4000, 0x2001, COVH_RGN_CONF));
	assert_false(covh_region_within(&r, 0x3000, 0x2000, COVH_RGN_CONF));
	assert_false(covh_region_within(&r, 0x4000, 0, COVH_RGN_CONF));
	assert_false(covh_region_within(&r, 0x4000, 0x1000, COVH_RGN_SHARED));
	assert_false(covh_region_within(&r, 0x4000, ~0UL, COVH_RGN_CONF));
	assert_false(
		covh_region_within(&r, 0x4000, ~0UL - 0x2000, COVH_RGN_CONF));
}

static void overlaps_are_refused_and_neighbours_stay_apart(void **state)
{
	(void)state;
	assert_rc(OK, covh_region_add(&r, 0x4000, 0x2000, COVH_RGN_CONF));
	assert_rc(INV_ADDR, covh_region_add(&r, 0x5000, 0x1000, COVH_RGN_MMIO));
	assert_rc(INV_ADDR, covh_region_add(&r, 0x3000, 0x2000, COVH_RGN_CONF));
	assert_rc(INV_ADDR, covh_region_add(&r, 0x1000, 0x9000, COVH_RGN_CONF));
	assert_rc(INV_ADDR, covh_region_add(&r, 0x4000, 0x2000, COVH_RGN_CONF));
	assert_rc(OK, covh_region_add(&r, 0x6000, 0x1000, COVH_RGN_CONF));
	assert_rc(OK, covh_region_add(&r, 0x3000, 0x1000, COVH_RGN_MMIO));
	assert_int_equal(r.n, 3);
	/* "Wholly inside one region" */
	assert_false(covh_region_within(&r, 0x5000, 0x2000, COVH_RGN_CONF));
	assert_int_equal(covh_region_at(&r, 0x3000), COVH_RGN_MMIO);
}

static void the_table_holds_128(void **state)
{
	u64 i;

	(void)state;
	for (i = 0; i < COVH_MAX_REGIONS; i++)
		assert_rc(OK, covh_region_add(&r, (1000 - 2 * i) * PG, PG,
					      COVH_RGN_CONF));
	assert_rc(INV_ADDR, covh_region_add(&r, 1000 * PG, PG, COVH_RGN_CONF));
	assert_rc(FAILED, covh_region_add(&r, 2000 * PG, PG, COVH_RGN_CONF));
	assert_int_equal(r.n, COVH_MAX_REGIONS);
	for (i = 0; i < COVH_MAX_REGIONS; i++)
		assert_int_equal(covh_region_at(&r, (1000 - 2 * i) * PG),
				 COVH_RGN_CONF);
	assert_int_equal(covh_region_at(&r, 999 * PG), COVH_RGN_NONE);
}

static void largest_gpa_fits(void **state)
{
	u64 limit = covh_gstage_gpa_limit(4);

	(void)state;
	assert_rc(OK, covh_region_add(&r, 0, limit, COVH_RGN_CONF));
	assert_true(covh_region_within(&r, 0, limit, COVH_RGN_CONF));
	assert_int_equal(covh_region_at(&r, limit - 1), COVH_RGN_CONF);
	assert_int_equal(covh_region_at(&r, limit), COVH_RGN_NONE);
	assert_rc(INV_ADDR, covh_region_add(&r, 0, PG, COVH_RGN_CONF));
}

static void cutting_splits_and_needs_room(void **state)
{
	u64 i;

	(void)state;
	/* CONF 10-11, MMIO 12-15, SHARED 16, MMIO 17-20 */
	assert_rc(OK, covh_region_add(&r, 10 * PG, 2 * PG, COVH_RGN_CONF));
	assert_rc(OK, covh_region_add(&r, 12 * PG, 4 * PG, COVH_RGN_MMIO));
	assert_rc(OK, covh_region_add(&r, 16 * PG, PG, COVH_RGN_SHARED));
	assert_rc(OK, covh_region_add(&r, 17 * PG, 4 * PG, COVH_RGN_MMIO));
	/* Nothing is there */
	assert_rc(OK, covh_region_cut(&r, 0, 10 * PG, COVH_RGN_MMIO));
	assert_rc(OK, covh_region_cut(&r, 30 * PG, PG, COVH_RGN_MMIO));
	assert_rc(OK, covh_region_cut(&r, 10 * PG, 2 * PG, COVH_RGN_MMIO));
	assert_int_equal(r.n, 4);
	/* Only MMIO goes, and only what is in the range */
	assert_rc(OK, covh_region_cut(&r, 11 * PG, 8 * PG, COVH_RGN_MMIO));
	assert_int_equal(r.n, 3);
	assert_int_equal(covh_region_at(&r, 11 * PG), COVH_RGN_CONF);
	for (i = 12; i < 16; i++)
		assert_int_equal(covh_region_at(&r, i * PG), COVH_RGN_NONE);
	assert_int_equal(covh_region_at(&r, 16 * PG), COVH_RGN_SHARED);
	assert_int_equal(covh_region_at(&r, 18 * PG), COVH_RGN_NONE);
	assert_int_equal(covh_region_at(&r, 19 * PG), COVH_RGN_MMIO);
	assert_int_equal(covh_region_at(&r, 21 * PG), COVH_RGN_NONE);

	/* A hole needs a row, edges do not */
	assert_rc(OK, covh_region_add(&r, 0x1000 * PG, 9 * PG, COVH_RGN_MMIO));
	for (i = r.n; i < COVH_MAX_REGIONS; i++)
		assert_rc(OK, covh_region_add(&r, (256 + 2 * i) * PG, PG,
					      COVH_RGN_CONF));
	assert_rc(FAILED, covh_region_cut(&r, 0x1004 * PG, PG, COVH_RGN_MMIO));
	assert_int_equal(covh_region_at(&r, 0x1004 * PG), COVH_RGN_MMIO);
	assert_rc(OK, covh_region_cut(&r, 0x1000 * PG, PG, COVH_RGN_MMIO));
	assert_rc(OK, covh_region_cut(&r, 0x1008 * PG, PG, COVH_RGN_MMIO));
	assert_int_equal(r.n, COVH_MAX_REGIONS);
	assert_rc(OK, covh_region_cut(&r, 0, 0x2000 * PG, COVH_RGN_MMIO));
	assert_int_equal(covh_region_at(&r, 0x1004 * PG), COVH_RGN_NONE);
	assert_int_equal(r.n, COVH_MAX_REGIONS - 2);
}

static void random_regions_equal_a_map(void **state)
{
	u8 map[FRAMES] = { 0 }, type;
	u32 round;

	(void)state;
	srand(2);
	for (round = 0; round < 300; round++) {
		u64 b = rand() % (FRAMES - 5), n = 1 + rand() % 5, i;
		bool clash = false;

		type = COVH_RGN_CONF + rand() % 5;
		for (i = 0; i < n; i++)
			clash |= map[b + i];
		assert_rc(clash ? INV_ADDR : OK,
			  covh_region_add(&r, b * PG, n * PG, type));
		if (!clash)
			memset(map + b, type, n);
		if (rand() % 4 == 0) {
			b = rand() % (FRAMES - 20);
			n = 1 + rand() % 20;
			assert_rc(OK,
				  covh_region_cut(&r, b * PG, n * PG, type));
			for (i = b; i < b + n; i++)
				map[i] = map[i] == type ? 0 : map[i];
		}
		for (i = 0; i < FRAMES; i++)
			assert_int_equal(covh_region_at(&r, i * PG), map[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(edges_are_exact, fresh),
		cmocka_unit_test_setup(
			overlaps_are_refused_and_neighbours_stay_apart, fresh),
		cmocka_unit_test_setup(the_table_holds_128, fresh),
		cmocka_unit_test_setup(largest_gpa_fits, fresh),
		cmocka_unit_test_setup(cutting_splits_and_needs_room, fresh),
		cmocka_unit_test_setup(random_regions_equal_a_map, fresh),
	};

	return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
