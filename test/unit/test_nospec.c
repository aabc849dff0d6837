/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * T-37: covh_index_nospec(), through which numbers from outside become places.
 * test_index.py holds the sources against it.
 */

#include "fake_hart.h"
#include "shim.h"

static void t37_index_below_size_is_kept(void **state)
{
	static const u64 size[] = { 1, 2, 3, 64, 1024, 1UL << 40, 1UL << 62 };
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(size); i++) {
		assert_int_equal(covh_index_nospec(0, size[i]), 0);
		assert_int_equal(covh_index_nospec(size[i] / 2, size[i]),
				 size[i] / 2);
		assert_int_equal(covh_index_nospec(size[i] - 1, size[i]),
				 size[i] - 1);
	}
}

/* What a wrongly predicted check would let through */
static void t37_index_beyond_size_is_zero(void **state)
{
	static const u64 size[] = { 0, 1, 2, 3, 64, 1024, 1UL << 40 };
	static const u64 more[] = { 0, 1, 7, 4096, 1UL << 32, 1UL << 62 };
	u32 i, k;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(size); i++) {
		for (k = 0; k < COVH_ARRAY_SIZE(more); k++)
			assert_int_equal(covh_index_nospec(size[i] + more[k],
							   size[i]),
					 0);
		/* A host's numbers have 64 bits */
		assert_int_equal(covh_index_nospec(~0ULL >> 1, size[i]), 0);
		assert_int_equal(covh_index_nospec(1ULL << 63, size[i]), 0);
		for (k = 1; k < 4096; k++)
			assert_int_equal(covh_index_nospec(-(u64)k, size[i]),
					 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t37_index_below_size_is_kept),
		cmocka_unit_test(t37_index_beyond_size_is_zero),
	};

	return cmocka_run_group_tests_name("nospec", tests, NULL, NULL);
}
