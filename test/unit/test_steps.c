/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * T-39: which runs are steps, and when there are too many.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CONFIG_SBI_COVH_STEP_LIMIT 10
#include "steps.h"

#define HZ 1000000

static void too_many(void **state)
{
	struct covh_steps s = { 0 };
	u64 now = 5 * HZ;
	u32 i;

	(void)state;
	for (i = 0; i < 10; i++) {
		covh_step(&s, 0, ++now, HZ);
		assert_false(covh_steps_refuse(&s, now));
	}
	/* Runs in which something is done do not count */
	covh_step(&s, COVH_STEP_INSNS, now, HZ);
	assert_false(covh_steps_refuse(&s, now));
	covh_step(&s, COVH_STEP_INSNS - 1, now, HZ);
	assert_true(covh_steps_refuse(&s, now));
	assert_true(covh_steps_refuse(&s, now + HZ / 1000 - 1));
	assert_false(covh_steps_refuse(&s, now + HZ / 1000));
	/* And again, at the next step of the same second */
	covh_step(&s, 0, now + HZ / 2, HZ);
	assert_true(covh_steps_refuse(&s, now + HZ / 2));
}

static void another_second(void **state)
{
	struct covh_steps s = { 0 };
	u64 now = 5 * HZ;
	u32 i;

	(void)state;
	for (i = 0; i < 100; i++) {
		covh_step(&s, 0, now, HZ);
		assert_false(covh_steps_refuse(&s, now));
		now += HZ / 10;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_many),
		cmocka_unit_test(another_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
