/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * vCPUs of one TVM among each other: start and stop, IPIs, fences.
 */

#include <string.h>

#include "fake_hart.h"
#include "guest.h"

#define STARTED 0
#define STOPPED 1
#define ALL	(~0UL)

static struct maker a;
static struct covh_run run[FAKE_HARTS];

/* vCPUs 0 to 3, vCPU 0 runs on hart 0 */
static void begin(void)
{
	u32 h;

	maker_init(&a);
	for (h = 1; h < FAKE_HARTS; h++)
		assert_rc(OK,
			  covh_create_vcpu(a.id, h, maker_pages(&a, 1, PG)));
	assert_rc(OK, covh_finalize_tvm(a.id, GPA, 0, 0));
	for (h = 0; h < FAKE_HARTS; h++)
		AS_HART(h)
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA + h * 0x4000, 0, 0));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run[0]));
	fake.runs[0] = &run[0];
}

static long enter(u32 h)
{
	long rc = 0;

	AS_HART(h)
	rc = covh_run_begin(a.id, h, 0, &run[h]);
	if (!rc)
		fake.runs[h] = &run[h];
	return rc;
}

static void leave(u32 h, enum covh_exit_kind kind)
{
	fake.runs[h] = NULL;
	covh_run_end(&run[h], kind, run[h].hvip);
}

static u64 status(u64 id)
{
	u64 st = 77;

	assert_rc(OK, covh_guest_hart_status(&run[0], id, &st));
	return st;
}

static void start_and_stop(void **state)
{
	u64 st;

	(void)state;
	begin();
	assert_int_equal(status(0), STARTED);
	assert_int_equal(status(1), STOPPED);
	assert_rc(INV_PARAM, covh_guest_hart_status(&run[0], 4, &st));
	assert_rc(INV_PARAM, covh_guest_hart_status(&run[0], 64, &st));
	assert_rc(INV_PARAM, enter(1));

	assert_rc(INV_PARAM, covh_guest_hart_start(&run[0], 4, GPA, 0));
	assert_rc(INV_PARAM, covh_guest_hart_start(&run[0], ALL, GPA, 0));
	assert_rc(INV_ADDR, covh_guest_hart_start(&run[0], 1, GPA + 1, 0));
	assert_rc(INV_ADDR, covh_guest_hart_start(&run[0], 1, 1UL << 50, 0));
	assert_rc(COVH_ERR_ALREADY_AVAILABLE,
		  covh_guest_hart_start(&run[0], 0, GPA, 0));
	assert_int_equal(status(1), STOPPED);

	assert_rc(OK, covh_guest_hart_start(&run[0], 1, GPA + 2, 99));
	assert_int_equal(status(1), STARTED);
	assert_rc(COVH_ERR_ALREADY_AVAILABLE,
		  covh_guest_hart_start(&run[0], 1, GPA, 0));
	assert_rc(OK, enter(1));
	assert_int_equal(run[1].resume, COVH_RESUME_START);
	assert_int_equal(run[1].pc, GPA + 2);
	assert_int_equal(run[1].arg, 99);
	assert_rc(COVH_ERR_ALREADY_AVAILABLE,
		  covh_guest_hart_start(&run[0], 1, GPA, 0));

	/* T-17: stopped, it cannot be run, but started again */
	leave(1, COVH_EXIT_VCPU_STOP);
	assert_int_equal(status(1), STOPPED);
	assert_rc(INV_PARAM, enter(1));
	assert_rc(OK, covh_guest_hart_start(&run[0], 1, GPA + 4, 5));
	assert_rc(OK, enter(1));
	assert_int_equal(run[1].resume, COVH_RESUME_START);
	assert_int_equal(run[1].pc, GPA + 4);
	leave(1, COVH_EXIT_VCPU_DEAD);
	assert_rc(FAILED, covh_guest_hart_start(&run[0], 1, GPA, 0));
	assert_int_equal(status(1), STOPPED);
	leave(0, COVH_EXIT_RESUMABLE);
}

static void stop_in_a_dead_tvm(void **state)
{
	(void)state;
	begin();
	assert_rc(OK, covh_guest_hart_start(&run[0], 1, GPA, 0));
	assert_rc(OK, enter(1));
	leave(0, COVH_EXIT_TVM_DEAD);
	leave(1, COVH_EXIT_VCPU_STOP);
	assert_rc(INV_PARAM, enter(1));
	assert_rc(OK, covh_destroy_tvm(a.id));
}

static void masks(void **state)
{
	u64 wake;

	(void)state;
	begin();
	assert_rc(OK, covh_guest_signal(&run[0], 0, 0, COVH_SIG_IPI, &wake));
	assert_rc(OK, covh_guest_signal(&run[0], 0, 64, COVH_SIG_IPI, &wake));
	assert_rc(INV_PARAM,
		  covh_guest_signal(&run[0], 1, 64, COVH_SIG_IPI, &wake));
	assert_rc(INV_PARAM,
		  covh_guest_signal(&run[0], 16, 0, COVH_SIG_IPI, &wake));
	assert_rc(INV_PARAM,
		  covh_guest_signal(&run[0], 3, 3, COVH_SIG_IPI, &wake));
	assert_rc(INV_PARAM,
		  covh_guest_signal(&run[0], ALL, 1, COVH_SIG_IPI, &wake));
	/* Bits that the base shifts out name nobody either */
	assert_rc(INV_PARAM, covh_guest_signal(&run[0], 1UL << 63, 1,
					       COVH_SIG_IPI, &wake));
	assert_rc(INV_PARAM, covh_guest_signal(&run[0], 1UL << 63 | 1, 1,
					       COVH_SIG_IPI, &wake));
	for (u32 h = 0; h < FAKE_HARTS; h++)
		assert_int_equal(fake.interrupts[h], 0);
	assert_int_equal(run[0].hvip, 0);
	/* All: those that were never started stay out of it */
	assert_rc(OK, covh_guest_signal(&run[0], 5, ALL, COVH_SIG_IPI, &wake));
	assert_int_equal(wake, 0);
	assert_int_equal(run[0].hvip, COVH_HVIP_VSSIP);
	leave(0, COVH_EXIT_RESUMABLE);
}

static void ipi(void **state)
{
	u64 wake;

	(void)state;
	begin();
	assert_rc(OK, covh_guest_hart_start(&run[0], 1, GPA, 0));
	assert_rc(OK, covh_guest_hart_start(&run[0], 2, GPA, 0));
	assert_rc(OK, enter(1));
	assert_int_equal(run[1].hvip, 0);

	/* 1 runs, 2 does not, 3 is off */
	assert_rc(OK, covh_guest_signal(&run[0], 7, 1, COVH_SIG_IPI, &wake));
	assert_int_equal(wake, 1 << 2);
	assert_int_equal(fake.interrupts[1], 1);
	assert_int_equal(fake.interrupts[2], 0);
	assert_int_equal(run[1].hvip, COVH_HVIP_VSSIP);

	/* Kept for the one that was out, once */
	assert_rc(OK, enter(2));
	assert_int_equal(run[2].hvip, COVH_HVIP_VSSIP);
	run[2].hvip = 0;
	leave(2, COVH_EXIT_RESUMABLE);
	assert_rc(OK, enter(2));
	assert_int_equal(run[2].hvip, 0);
	leave(2, COVH_EXIT_RESUMABLE);

	/* What was pending when it left is pending when it comes back */
	leave(1, COVH_EXIT_RESUMABLE);
	assert_rc(OK, enter(1));
	assert_int_equal(run[1].hvip, COVH_HVIP_VSSIP);
	leave(1, COVH_EXIT_VCPU_STOP);
	assert_rc(OK, covh_guest_hart_start(&run[0], 1, GPA, 0));
	assert_rc(OK, enter(1));
	assert_int_equal(run[1].hvip, 0);
	leave(1, COVH_EXIT_RESUMABLE);
	leave(0, COVH_EXIT_RESUMABLE);
}

/* The target leaves instead of taking the interrupt */
static void target_leaves(void)
{
	leave(1, COVH_EXIT_RESUMABLE);
}

static void ipi_to_one_that_leaves(void **state)
{
	u64 wake;

	(void)state;
	begin();
	assert_rc(OK, covh_guest_hart_start(&run[0], 1, GPA, 0));
	assert_rc(OK, enter(1));
	fake.runs[1] = NULL; /* on its way out: the interrupt finds no run */
	fake.ipi_hook = target_leaves;
	assert_rc(OK, covh_guest_signal(&run[0], 2, 0, COVH_SIG_IPI, &wake));
	assert_int_equal(wake, 2);
	assert_rc(OK, enter(1));
	assert_int_equal(run[1].hvip, COVH_HVIP_VSSIP);

	/* A fence needs nobody to be woken */
	fake.runs[1] = NULL;
	fake.ipi_hook = target_leaves;
	assert_rc(OK, covh_guest_signal(&run[0], 2, 0, COVH_SIG_FENCE, &wake));
	assert_int_equal(wake, 0);
	assert_rc(OK, enter(1));
	assert_int_equal(covh_run_signals(&run[1]), 0);
	leave(1, COVH_EXIT_RESUMABLE);
	leave(0, COVH_EXIT_RESUMABLE);
}

static u32 polls;

/* The target takes its time: the sender must still be there */
static void target_is_slow(void)
{
	if (++polls < 5)
		fake.ipi_hook = target_is_slow;
	else {
		fake.runs[1] = &run[1];
		fake_serve(1);
	}
}

static void fence_waits(void **state)
{
	u64 wake;

	(void)state;
	begin();
	assert_rc(OK, covh_guest_hart_start(&run[0], 1, GPA, 0));
	assert_rc(OK, enter(1));
	fake.runs[1] = NULL;
	polls = 0;
	fake.ipi_hook = target_is_slow;
	assert_rc(OK, covh_guest_signal(&run[0], 2, 0, COVH_SIG_FENCE, &wake));
	assert_int_equal(polls, 5);
	assert_int_equal(covh_run_signals(&run[1]), 0);
	leave(1, COVH_EXIT_RESUMABLE);
	leave(0, COVH_EXIT_RESUMABLE);
}

/* A second sender comes between the first one's fence and its answer */
static void fence_is_not_answered_by_an_older_one(void **state)
{
	u32 sig;

	(void)state;
	begin();
	run[0].vcpu->sig = COVH_SIG_FENCE;
	sig = covh_run_signals(&run[0]);
	assert_int_equal(sig, COVH_SIG_FENCE);
	run[0].vcpu->sig |= COVH_SIG_FENCE;
	covh_run_signals_done(&run[0], sig);
	sig = covh_run_signals(&run[0]);
	assert_int_equal(sig, COVH_SIG_FENCE);
	covh_run_signals_done(&run[0], sig);
	assert_int_equal(run[0].vcpu->sig, 0);
	leave(0, COVH_EXIT_RESUMABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(fence_is_not_answered_by_an_older_one),
		t(start_and_stop),
		t(stop_in_a_dead_tvm),
		t(masks),
		t(ipi),
		t(fence_waits),
		t(ipi_to_one_that_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
