/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Window sets, against a bit map.
 */

#include <stdlib.h>
#include <string.h>

#include "fake_hart.h"
#include "window.h"

#define FRAMES 64

static struct covh_winset set_of(const struct covh_range *r, u32 n)
{
	struct covh_winset s = { 0 }, out;

	for (u32 i = 0; i < n; i++) {
		assert_rc(OK, covh_winset_add(&s, r[i].base, r[i].end, &out));
		s = out;
	}
	return s;
}

static void assert_set(const struct covh_winset *s, const struct covh_range *r,
		       u32 n)
{
	assert_int_equal(s->n, n);
	for (u32 i = 0; i < n; i++) {
		assert_int_equal(s->r[i].base, r[i].base);
		assert_int_equal(s->r[i].end, r[i].end);
	}
}

static void adjacent_and_overlapping_ranges_merge(void **state)
{
	const struct covh_range in[] = { { 0x4000, 0x6000 },
					 { 0x9000, 0xA000 },
					 { 0x6000, 0x7000 },
					 { 0x3000, 0x4000 } };
	const struct covh_range want[] = { { 0x3000, 0x7000 },
					   { 0x9000, 0xA000 } };
	const struct covh_range all[] = { { 0x3000, 0xA000 } };
	struct covh_winset s = set_of(in, 4), out;

	(void)state;
	assert_set(&s, want, 2);
	assert_rc(OK, covh_winset_add(&s, 0x7000, 0x9000, &out));
	assert_set(&out, all, 1);
	assert_rc(OK, covh_winset_add(&s, 0x5000, 0x9800, &out));
	assert_set(&out, all, 1);
}

static void reclaim_shrinks_splits_and_drops(void **state)
{
	const struct covh_range one[] = { { 0x3000, 0x9000 } };
	const struct covh_range split[] = { { 0x3000, 0x5000 },
					    { 0x6000, 0x9000 } };
	const struct covh_range head[] = { { 0x4000, 0x9000 } };
	const struct covh_range tail[] = { { 0x3000, 0x8000 } };
	struct covh_winset s = set_of(one, 1), out;

	(void)state;
	assert_rc(OK, covh_winset_sub(&s, 0x5000, 0x6000, &out));
	assert_set(&out, split, 2);
	assert_rc(OK, covh_winset_sub(&s, 0x3000, 0x4000, &out));
	assert_set(&out, head, 1);
	assert_rc(OK, covh_winset_sub(&s, 0x8000, 0x9000, &out));
	assert_set(&out, tail, 1);
	assert_rc(OK, covh_winset_sub(&s, 0x3000, 0x9000, &out));
	assert_set(&out, NULL, 0);
	assert_rc(OK, covh_winset_sub(&s, 0x1000, 0x3000, &out));
	assert_set(&out, one, 1);
	assert_rc(OK, covh_winset_sub(&s, 0x9000, 0xF000, &out));
	assert_set(&out, one, 1);
}

static void entries_count_napot_and_tor(void **state)
{
	static const struct {
		struct covh_range r;
		u32 entries;
	} rows[] = {
		{ { 0x1000, 0x2000 }, 1 }, { { 0x2000, 0x4000 }, 1 },
		{ { 0x1000, 0x3000 }, 2 }, { { 0x3000, 0x4000 }, 1 },
		{ { 0x4000, 0x7000 }, 2 }, { { 0x8000, 0x10000 }, 1 },
		{ { 0x4000, 0xC000 }, 2 }, { { 0x80000000, 0xC0000000 }, 1 },
	};
	struct covh_winset s = { 0 };

	(void)state;
	assert_int_equal(covh_winset_entries(&s), 0);
	for (u32 i = 0; i < COVH_ARRAY_SIZE(rows); i++) {
		s = set_of(&rows[i].r, 1);
		assert_int_equal(covh_winset_entries(&s), rows[i].entries);
	}
}

static void the_table_can_be_full(void **state)
{
	struct covh_winset s = { 0 }, out;
	u64 i;

	(void)state;
	for (i = 0; i < COVH_MAX_WINDOWS; i++) {
		assert_rc(OK, covh_winset_add(&s, i * 0x2000, i * 0x2000 + PG,
					      &out));
		s = out;
	}
	assert_rc(FAILED, covh_winset_add(&s, 0x100000, 0x101000, &out));
	/* Below all others, and what merges still fits */
	assert_rc(OK, covh_winset_add(&s, PG, 2 * PG, &out));
	assert_int_equal(out.n, COVH_MAX_WINDOWS - 1);
	s = out;
	assert_rc(OK, covh_winset_add(&s, 0x100000, 0x103000, &out));
	s = out;
	assert_int_equal(s.n, COVH_MAX_WINDOWS);
	assert_rc(FAILED, covh_winset_sub(&s, 0x101000, 0x102000, &out));
	assert_rc(OK, covh_winset_sub(&s, 0x100000, 0x102000, &out));
}

static void check_against_map(const struct covh_winset *s, const u8 *map)
{
	u32 i, k, n = 0;

	for (i = 0; i < FRAMES; i++) {
		assert_int_equal(covh_winset_covers(s, i * PG, (i + 1) * PG),
				 map[i]);
		n += map[i] && (!i || !map[i - 1]);
	}
	assert_int_equal(s->n, n);
	for (i = 0; i < FRAMES; i++)
		for (k = i + 1; k <= FRAMES; k++)
			assert_int_equal(covh_winset_covers(s, i * PG, k * PG),
					 !memchr(map + i, 0, k - i));
}

static void random_sets_equal_a_bit_map(void **state)
{
	struct covh_winset s = { 0 }, out;
	u8 map[FRAMES] = { 0 }, next[FRAMES];
	u32 round;

	(void)state;
	srand(1);
	for (round = 0; round < 2000; round++) {
		u64 b = rand() % FRAMES, e = b + 1 + rand() % (FRAMES - b);
		bool add = rand() & 1;
		long rc;

		if (rand() & 1)
			e = b + 1;
		memcpy(next, map, sizeof(map));
		memset(next + b, add, e - b);
		rc = add ? covh_winset_add(&s, b * PG, e * PG, &out)
			 : covh_winset_sub(&s, b * PG, e * PG, &out);
		if (rc)
			continue;
		s = out;
		memcpy(map, next, sizeof(map));
		check_against_map(&s, map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adjacent_and_overlapping_ranges_merge),
		cmocka_unit_test(reclaim_shrinks_splits_and_drops),
		cmocka_unit_test(entries_count_napot_and_tor),
		cmocka_unit_test(the_table_can_be_full),
		cmocka_unit_test(random_sets_equal_a_bit_map),
	};

	return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
