/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What debug builds check of locks: their order, waiting, how long.
 */

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_hart.h"
#include "lock.h"

static struct covh_lock slots = { 0, COVH_LOCK_SLOTS };
static struct covh_lock tvm = { 0, COVH_LOCK_TVM };
static struct covh_lock tvm2 = { 0, COVH_LOCK_TVM };
static struct covh_lock window = { 0, COVH_LOCK_WINDOW };

/* An assertion of the core stops the machine: here, a process of its own */
static bool stops(void (*fn)(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		signal(SIGILL, SIG_DFL);
		signal(SIGTRAP, SIG_DFL);
		alarm(10);
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		assert_true(WTERMSIG(status) == SIGILL ||
			    WTERMSIG(status) == SIGTRAP);
	else
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFSIGNALED(status);
}

static void in_order(void)
{
	covh_lock(&slots);
	covh_lock(&tvm);
	covh_lock(&window);
	covh_unlock(&window);
	covh_lock(&window);
	/* Given back in any order */
	covh_unlock(&slots);
	covh_unlock(&tvm);
	covh_unlock(&window);
	covh_lock(&tvm2);
	covh_unlock(&tvm2);
	covh_hart_serve_ipis();
}

static void tvm_in_window(void)
{
	covh_lock(&window);
	covh_lock(&tvm);
}

static void slots_in_tvm(void)
{
	covh_lock(&tvm);
	covh_lock(&slots);
}

static void two_tvms(void)
{
	covh_lock(&tvm);
	covh_lock(&tvm2);
}

static void twice(void)
{
	covh_lock(&window);
	covh_lock(&window);
}

static void not_held(void)
{
	covh_unlock(&tvm);
}

static void wait_locked(void)
{
	covh_lock(&tvm);
	covh_hart_serve_ipis();
}

static void order_is_asserted(void **state)
{
	(void)state;
	assert_false(stops(in_order));
	assert_true(stops(tvm_in_window));
	assert_true(stops(slots_in_tvm));
	assert_true(stops(two_tvms));
	assert_true(stops(twice));
	assert_true(stops(not_held));
}

static void nobody_waits_with_a_lock(void **state)
{
	(void)state;
	assert_true(stops(wait_locked));
}

/* Locks of other harts are no concern of this one */
static void harts_are_apart(void **state)
{
	(void)state;
	covh_lock(&tvm);
	AS_HART(1)
	{
		covh_lock(&tvm2);
		covh_unlock(&tvm2);
		covh_hart_serve_ipis();
	}
	covh_unlock(&tvm);
}

static void hold(struct covh_lock *l, u64 n)
{
	covh_lock(l);
	fake.instret += n;
	covh_unlock(l);
}

static void longest_hold_is_kept(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < COVH_LOCK_RANKS; i++)
		covh_lock_longest(i);
	hold(&tvm, 30);
	hold(&tvm2, 50);
	AS_HART(2)
	hold(&tvm, 40);
	hold(&window, 7);
	assert_int_equal(covh_lock_longest(COVH_LOCK_TVM), 50);
	assert_int_equal(covh_lock_longest(COVH_LOCK_WINDOW), 7);
	assert_int_equal(covh_lock_longest(COVH_LOCK_SLOTS), 0);
	assert_int_equal(covh_lock_longest(COVH_LOCK_RANKS), 0);
	/* Asked for once */
	assert_int_equal(covh_lock_longest(COVH_LOCK_TVM), 0);
	/* One inside the other: each for itself */
	covh_lock(&tvm);
	fake.instret += 5;
	hold(&window, 9);
	covh_unlock(&tvm);
	assert_int_equal(covh_lock_longest(COVH_LOCK_TVM), 14);
	assert_int_equal(covh_lock_longest(COVH_LOCK_WINDOW), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(order_is_asserted),
		t(nobody_waits_with_a_lock),
		t(harts_are_apart),
		t(longest_hold_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
