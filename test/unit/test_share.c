/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared pages, share and unshare, block, fence and remove: cove-abi.md D.4
 * and D.5, and the T-rows about them.
 */

#include <string.h>

#include "fake_hart.h"
#include "guest.h"

#define SHARED	 (GPA + 0x100000UL)
#define HOSTPAGE (HOST_BASE + 0x100000UL)
#define ANSWER	 (NACL_AREA + COVH_NACL_GPR_OFFSET(10))

static struct maker a;
static struct covh_run run;

static enum covh_region_type region(u64 gpa)
{
	return covh_region_at(&maker_page(&a)->regions, gpa);
}

static void answer(s64 v)
{
	memcpy(fake_ram(ANSWER), &v, sizeof(v));
}

/* A running TVM with two confidential pages at GPA, vCPU 0 inside */
static u64 start(void)
{
	u64 pa;

	maker_run(&a);
	pa = maker_pages(&a, 2, PG);
	assert_rc(OK, covh_add_zero(a.id, pa, 0, 2, GPA));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	return pa;
}

static void leave(void)
{
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
}

/* A guest asks, exits, the host answers, the guest goes on */
static void share(u64 gpa, u64 len, bool what, s64 result)
{
	assert_rc(OK, what ? covh_guest_share(&run, gpa, len)
			   : covh_guest_unshare(&run, gpa, len));
	leave();
	answer(result);
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_int_equal(run.resume, COVH_RESUME_ANSWER);
	assert_int_equal((s64)run.arg, result);
}

static void whole_cycle(void **state)
{
	u64 v, pa = start();

	(void)state;
	assert_rc(OK, covh_guest_share(&run, GPA, PG));
	assert_int_equal(region(GPA), COVH_RGN_CONF_REMOVABLE);
	assert_int_equal(region(GPA + PG), COVH_RGN_CONF);
	leave();

	/* Taken out step by step */
	assert_rc(INV_ADDR, covh_remove(a.id, GPA, PG));
	assert_rc(OK, covh_invalidate(a.id, GPA, PG));
	assert_state(pa, BLOCKED);
	assert_rc(INV_ADDR, covh_remove(a.id, GPA, PG));
	assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(OK, covh_remove(a.id, GPA, PG));
	assert_state(pa, CONF_FREE);
	answer(0);
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_int_equal(run.resume, COVH_RESUME_ANSWER);
	assert_int_equal(run.arg, 0);
	assert_int_equal(region(GPA), COVH_RGN_SHARED);

	/* T-24: each kind of page only where it belongs */
	assert_rc(INV_ADDR, covh_add_zero(a.id, pa, 0, 1, GPA));
	assert_rc(INV_ADDR,
		  covh_add_shared(a.id, HOSTPAGE, 0, 1, GPA + 8 * PG));
	assert_rc(INV_ADDR, covh_add_shared(a.id, pa, 0, 1, GPA));
	assert_rc(OK, covh_add_shared(a.id, HOSTPAGE, 0, 1, GPA));
	assert_state(HOSTPAGE, NC_SHARED);
	*(u64 *)fake_ram(HOSTPAGE) = 0x5AFE;
	fake_enter(0, &run);
	assert_true(fake_guest_load(0, &run, GPA, &v));
	assert_int_equal(v, 0x5AFE);
	/* T-64 */
	assert_rc(INV_ADDR, covh_convert(HOSTPAGE, 1));
	assert_rc(OK, covh_reclaim(HOSTPAGE, 1));
	assert_state(HOSTPAGE, NC_SHARED);

	/* And back: the guest finds a fresh page (T-63) */
	assert_rc(OK, covh_guest_unshare(&run, GPA, PG));
	leave();
	answer(0);
	assert_rc(FAILED, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_invalidate(a.id, GPA, PG));
	assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(OK, covh_remove(a.id, GPA, PG));
	assert_state(HOSTPAGE, NC);
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_int_equal(region(GPA), COVH_RGN_CONF);
	assert_rc(OK, covh_add_zero(a.id, pa, 0, 1, GPA));
	fake_enter(0, &run);
	assert_true(fake_guest_load(0, &run, GPA, &v));
	assert_int_equal(v, 0);
	leave();
	assert_rc(OK, covh_destroy_tvm(a.id));
}

static void too_early(void **state)
{
	(void)state;
	start();
	assert_rc(OK, covh_guest_share(&run, GPA, PG));
	leave();
	answer(0);
	/* Still mapped, then still blocked, then not fenced: not yet */
	assert_rc(FAILED, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_invalidate(a.id, GPA, PG));
	assert_rc(FAILED, covh_run_begin(a.id, 0, 0, &run));
	assert_int_equal(region(GPA), COVH_RGN_CONF_REMOVABLE);
	assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(FAILED, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_remove(a.id, GPA, PG));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_int_equal(region(GPA), COVH_RGN_SHARED);
	leave();
}

static void refused(void **state)
{
	static const s64 said[] = { -1, -14, -15, 1, INT64_MIN };
	static const s64 heard[] = { -1, -14, -1, -1, -1 };

	(void)state;
	start();
	for (u32 i = 0; i < COVH_ARRAY_SIZE(said); i++) {
		assert_rc(OK, covh_guest_share(&run, GPA, PG));
		leave();
		assert_rc(OK, covh_invalidate(a.id, GPA, PG));
		answer(said[i]);
		assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
		assert_int_equal((s64)run.arg, heard[i]);
		assert_int_equal(region(GPA), COVH_RGN_CONF);
		/* T-23: out of the guest's sight, yet nothing to swap */
		leave();
		assert_rc(OK, covh_tvm_fence(a.id));
		assert_rc(INV_ADDR, covh_remove(a.id, GPA, PG));
		assert_rc(OK, covh_validate(a.id, GPA, PG));
		assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
		assert_int_equal(run.resume, COVH_RESUME_PLAIN);
	}
	/* One region again: nothing of all this is left */
	assert_int_equal(maker_page(&a)->regions.n, 1);
	leave();
}

static void guest_arguments(void **state)
{
	struct covh_regions before;

	(void)state;
	start();
	before = maker_page(&a)->regions;
	assert_rc(INV_PARAM, covh_guest_share(&run, GPA, 0));
	assert_rc(INV_PARAM, covh_guest_share(&run, GPA, PG + 1));
	assert_rc(INV_PARAM, covh_guest_share(&run, GPA, -PG));
	assert_rc(INV_ADDR, covh_guest_share(&run, GPA + 1, PG));
	assert_rc(INV_ADDR, covh_guest_share(&run, 1UL << 50, PG));
	assert_rc(INV_PARAM, covh_guest_share(&run, GPA - PG, 2 * PG));
	assert_rc(INV_PARAM, covh_guest_share(&run, GPA, GPA_LEN + PG));
	assert_rc(INV_PARAM, covh_guest_unshare(&run, GPA, PG));
	assert_memory_equal(&before, &maker_page(&a)->regions, sizeof(before));

	share(SHARED, 2 * PG, true, 0);
	assert_rc(INV_PARAM, covh_guest_share(&run, SHARED - PG, 2 * PG));
	assert_rc(INV_PARAM, covh_guest_unshare(&run, SHARED, 3 * PG));
	assert_rc(INV_PARAM, covh_guest_share(&run, SHARED, PG));
	share(SHARED + PG, PG, false, 0);
	assert_int_equal(region(SHARED), COVH_RGN_SHARED);
	assert_int_equal(region(SHARED + PG), COVH_RGN_CONF);
	share(SHARED, PG, false, 0);
	assert_int_equal(maker_page(&a)->regions.n, 1);
	leave();
}

/* Every page of its own: the table is full before the guest is */
static void region_table_full(void **state)
{
	u64 gpa;
	long rc = 0;

	(void)state;
	start();
	for (gpa = SHARED; !rc; gpa += 2 * PG) {
		rc = covh_guest_share(&run, gpa, PG);
		if (rc)
			break;
		leave();
		answer(0);
		assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	}
	assert_int_equal(rc, FAILED);
	assert_int_equal(region(gpa), COVH_RGN_CONF);
	assert_true(maker_page(&a)->regions.n >= COVH_MAX_REGIONS - 1);
	/* What is there can still be taken back */
	share(SHARED, PG, false, 0);
	leave();
}

static void long_ranges(void **state)
{
	u64 pa;

	(void)state;
	start();
	pa = maker_pages(&a, 40, PG);
	assert_rc(OK, covh_add_zero(a.id, pa, 0, 40, SHARED));
	assert_rc(OK, covh_guest_share(&run, SHARED, 0x300000));
	leave();
	answer(0);
	assert_rc(FAILED, covh_run_begin(a.id, 0, 0, &run));
	/* All or nothing: the 41st page is not there */
	assert_rc(INV_ADDR, covh_invalidate(a.id, SHARED, 41 * PG));
	assert_state(pa, DATA);
	assert_rc(OK, covh_invalidate(a.id, SHARED, 40 * PG));
	assert_rc(INV_ADDR, covh_invalidate(a.id, SHARED, PG));
	assert_rc(OK, covh_validate(a.id, SHARED + 39 * PG, PG));
	assert_rc(INV_ADDR, covh_validate(a.id, SHARED, 40 * PG));
	assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(INV_ADDR, covh_remove(a.id, SHARED, 40 * PG));
	assert_state(pa, BLOCKED);
	assert_rc(OK, covh_remove(a.id, SHARED, 39 * PG));
	assert_rc(FAILED, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_invalidate(a.id, SHARED + 39 * PG, PG));
	assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(OK, covh_remove(a.id, SHARED + 39 * PG, PG));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	leave();
}

static struct covh_run other;

static void other_ends_the_tvm(void)
{
	covh_run_end(&other, COVH_EXIT_TVM_DEAD, 0);
}

static void tvm_ends_while_a_share_completes(void **state)
{
	(void)state;
	maker_init(&a);
	assert_rc(OK, covh_create_vcpu(a.id, 1, maker_pages(&a, 1, PG)));
	assert_rc(OK, covh_finalize_tvm(a.id, GPA, 0x1234, 0));
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA, 0, 0));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_guest_hart_start(&run, 1, GPA, 0));
	assert_rc(OK, covh_run_begin(a.id, 1, 0, &other));
	/* A table, so that the walk looks at many entries */
	assert_rc(OK, covh_add_zero(a.id, maker_pages(&a, 1, PG), 0, 1, GPA));
	assert_rc(OK, covh_guest_share(&run, SHARED, 0x80000));
	leave();
	answer(0);
	fake.ipi_hook = other_ends_the_tvm;
	assert_rc(INV_PARAM, covh_run_begin(a.id, 0, 0, &run));
	assert_null(fake.ipi_hook);
	assert_rc(OK, covh_destroy_tvm(a.id));
}

/* A 2 MiB page: whole or not at all */
static void superpages(void **state)
{
	const u64 two = 0x200000, gpa = GPA + two;
	u64 v, pa;

	(void)state;
	start();
	a.next = POOL_BASE + two;
	pa = maker_pages(&a, 512, two);
	assert_rc(OK, covh_add_zero(a.id, pa, COVH_PAGE_2M, 1, gpa));
	assert_rc(INV_ADDR, covh_invalidate(a.id, gpa, PG));
	assert_rc(INV_ADDR, covh_invalidate(a.id, gpa + two - PG, PG));
	assert_rc(OK, covh_guest_share(&run, gpa, two));
	leave();
	answer(0);
	assert_rc(FAILED, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_invalidate(a.id, gpa, two));
	assert_state(pa + two - PG, BLOCKED);
	assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(OK, covh_remove(a.id, gpa, two));
	assert_state(pa, CONF_FREE);
	assert_state(pa + two - PG, CONF_FREE);
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));

	assert_rc(INV_ADDR,
		  covh_add_shared(a.id, HOSTPAGE, COVH_PAGE_2M, 1, gpa));
	assert_rc(OK,
		  covh_add_shared(a.id, HOST_BASE + two, COVH_PAGE_2M, 1, gpa));
	assert_state(HOST_BASE + 2 * two - PG, NC_SHARED);
	fake_enter(0, &run);
	*(u64 *)fake_ram(HOST_BASE + 2 * two - PG) = 77;
	assert_true(fake_guest_load(0, &run, gpa + two - PG, &v));
	assert_int_equal(v, 77);
	leave();
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_state(HOST_BASE + two, NC);
	assert_state(HOST_BASE + 2 * two - PG, NC);
}

/* T-51, T-53: a vCPU that is inside holds the fence open */
static void fence_waits_for_vcpus(void **state)
{
	u64 pa = start();

	(void)state;
	assert_rc(OK, covh_guest_share(&run, GPA, PG));
	leave();
	answer(-1);
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_guest_share(&run, GPA, PG));
	/* Still inside: it has not made its exit */
	assert_rc(OK, covh_invalidate(a.id, GPA, PG));
	assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(INV_ADDR, covh_remove(a.id, GPA, PG));
	assert_rc(COVH_ERR_ALREADY_STARTED, covh_tvm_fence(a.id));
	leave();
	assert_rc(OK, covh_remove(a.id, GPA, PG));
	assert_state(pa, CONF_FREE);
	assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(INV_PARAM, covh_tvm_fence(a.id + 1));
}

/* The stamp is ten bits of the version: an old page only looks new */
static void version_stamp_wraps(void **state)
{
	u64 i, pa = start();

	(void)state;
	assert_rc(OK, covh_guest_share(&run, GPA, 2 * PG));
	leave();
	assert_rc(OK, covh_invalidate(a.id, GPA, PG));
	for (i = 0; i < 1024; i++)
		assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(INV_ADDR, covh_remove(a.id, GPA, PG));
	assert_rc(OK, covh_tvm_fence(a.id));
	assert_rc(OK, covh_remove(a.id, GPA, PG));
	assert_state(pa, CONF_FREE);
}

static void shared_by_two(void **state)
{
	static struct maker b;
	struct covh_run first;
	s64 zero = 0;

	(void)state;
	start();
	share(SHARED, PG, true, 0);
	assert_rc(OK, covh_add_shared(a.id, HOSTPAGE, 0, 1, SHARED));
	leave();
	first = run;

	maker_second(&b, &a);
	assert_rc(OK, covh_finalize_tvm(b.id, GPA, 0, 0));
	assert_rc(OK, covh_run_begin(b.id, 0, 0, &run));
	assert_rc(OK, covh_guest_share(&run, SHARED, PG));
	leave();
	memcpy(fake_ram(ANSWER), &zero, 8);
	assert_rc(OK, covh_run_begin(b.id, 0, 0, &run));
	assert_rc(OK, covh_add_shared(b.id, HOSTPAGE, 0, 1, SHARED));
	assert_rc(INV_ADDR, covh_add_shared(b.id, HOSTPAGE, 0, 1, SHARED));
	assert_int_equal(covh_page_info(HOSTPAGE), 2);
	leave();
	assert_rc(OK, covh_destroy_tvm(b.id));
	assert_state(HOSTPAGE, NC_SHARED);
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_state(HOSTPAGE, NC);
	(void)first;
}

static void nacl_page_is_not_shared(void **state)
{
	(void)state;
	start();
	share(SHARED, PG, true, 0);
	assert_rc(INV_ADDR, covh_add_shared(a.id, NACL_AREA, 0, 1, SHARED));
	assert_rc(OK, covh_add_shared(a.id, HOSTPAGE, 0, 1, SHARED));
	assert_rc(INV_ADDR, covh_nacl_set_shmem(HOSTPAGE, 0, 0));
	leave();
}

static void host_arguments(void **state)
{
	(void)state;
	start();
	leave();
	assert_rc(INV_PARAM, covh_invalidate(a.id + 1, GPA, PG));
	assert_rc(INV_PARAM, covh_invalidate(a.id, GPA, 0));
	assert_rc(INV_PARAM, covh_invalidate(a.id, GPA, PG - 1));
	assert_rc(INV_PARAM, covh_invalidate(a.id, GPA, -PG));
	assert_rc(INV_PARAM, covh_invalidate(a.id, GPA, COVH_MAX_RANGE + PG));
	assert_rc(INV_ADDR, covh_invalidate(a.id, GPA + 8, PG));
	assert_rc(INV_ADDR, covh_invalidate(a.id, GPA, 3 * PG));
	assert_rc(INV_ADDR, covh_validate(a.id, GPA, PG));
	assert_rc(INV_PARAM, covh_add_shared(a.id, HOSTPAGE, 3, 1, GPA));
	assert_rc(INV_PARAM, covh_add_shared(a.id, HOSTPAGE, 0, 0, GPA));
	assert_rc(INV_ADDR, covh_add_shared(a.id, HOSTPAGE, 0, 1, GPA));
}

static void busy_tvm_makes_the_guest_wait(void **state)
{
	(void)state;
	start();
	run.tvm->busy = true;
	assert_rc(COVH_GUEST_RETRY, covh_guest_share(&run, GPA, PG));
	run.tvm->busy = false;
	assert_rc(OK, covh_guest_share(&run, GPA, PG));
	leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(whole_cycle),
		t39(whole_cycle),
		t(too_early),
		t(refused),
		t(guest_arguments),
		t(region_table_full),
		t(long_ranges),
		t(superpages),
		t(tvm_ends_while_a_share_completes),
		t(fence_waits_for_vcpus),
		t(version_stamp_wraps),
		t(shared_by_two),
		t(nacl_page_is_not_shared),
		t(host_arguments),
		t(busy_tvm_makes_the_guest_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
