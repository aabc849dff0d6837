/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Page records: the transition table, claims, pins, host predicates.
 */

#include <string.h>

#include "fake_hart.h"

#define PLAIN  HOST_BASE
#define POOLED POOL_BASE

/* D.1, written out. Rows from, columns to, in the order of the enum:
 * RSVD POOL NC SHMEM SHARED CONVERTING FREE PGD PT STATE VCPU DATA BLOCKED */
/* clang-format off */
static const char *const table[COVH_PG_STATES] = {
	[COVH_PG_RSVD]       = ". . . . . . . . . . . . .",
	[COVH_PG_POOL]       = ". x . . . x . . . . . . .",
	[COVH_PG_NC]         = ". . x x x x . . . . . . .",
	[COVH_PG_NC_SHMEM]   = ". . x x . . . . . . . . .",
	[COVH_PG_NC_SHARED]  = ". . x . x . . . . . . . .",
	[COVH_PG_CONVERTING] = ". x x . . . x . . . . . .",
	[COVH_PG_CONF_FREE]  = ". x x . . . . x x x x x .",
	[COVH_PG_PGD]        = ". . . . . . x . . . . . .",
	[COVH_PG_PT]         = ". . . . . . x . . . . . .",
	[COVH_PG_TVMSTATE]   = ". . . . . . x . . . . . .",
	[COVH_PG_VCPU]       = ". . . . . . x . . . . . .",
	[COVH_PG_DATA]       = ". . . . . . x . . . . . x",
	[COVH_PG_BLOCKED]    = ". . . . . . x . . . . x .",
};
/* clang-format on */

static void transitions_are_those_of_d1(void **state)
{
	int from, to;

	(void)state;
	for (from = 0; from < COVH_PG_STATES; from++)
		for (to = 0; to < COVH_PG_STATES; to++)
			assert_int_equal(covh_page_allowed(from, to),
					 table[from][2 * to] == 'x');
	assert_false(covh_page_allowed(COVH_PG_STATES, COVH_PG_NC));
	assert_false(covh_page_allowed(COVH_PG_NC, COVH_PG_STATES));
}

/* Which states each claim accepts: plain page, pool page */
static const struct {
	enum covh_page_want want;
	const char *plain, *pooled;
} wants[] = {
	{ COVH_WANT_CONVERTIBLE, ". . x . . . . . . . . . .",
	  ". x . . . . . . . . . . ." },
	/* CONVERTING stands here with a version below the horizon */
	{ COVH_WANT_CONF_FREE, ". . . . . x x . . . . . .",
	  ". . . . . x x . . . . . ." },
	{ COVH_WANT_RECLAIMABLE, ". . x x x x x . . . . . .",
	  ". x . . . x x . . . . . ." },
	{ COVH_WANT_OWNED, ". . . . . . . x x x x x x",
	  ". . . . . . . x x x x x x" },
};

static bool possible(int st, bool pooled)
{
	if (st == COVH_PG_RSVD || st >= COVH_PG_CONVERTING)
		return true;
	return (st == COVH_PG_POOL) == pooled;
}

static void check_claim(u64 pa, int st, enum covh_page_want want, bool yes)
{
	u64 before;

	fake_poke(pa, st, 0);
	before = *fake_rec(pa);
	assert_rc(yes ? OK : INV_ADDR, covh_page_claim(pa, 1, want));
	assert_int_equal(*fake_rec(pa), before | (yes ? COVH_PG_CLAIM : 0));
	if (yes) {
		/* A claimed page refuses every claim */
		for (int w = 0; w < COVH_WANTS; w++)
			assert_rc(INV_ADDR, covh_page_claim(pa, 1, w));
		assert_rc(INV_ADDR, covh_page_pin(pa, 1, COVH_PG_NC_SHMEM));
		assert_false(covh_page_host_range(pa, 1));
		covh_page_release(pa, 1);
	}
	assert_int_equal(*fake_rec(pa), before);
}

static void claims_accept_their_states_only(void **state)
{
	(void)state;
	for (u32 w = 0; w < COVH_ARRAY_SIZE(wants); w++)
		for (int st = 0; st < COVH_PG_STATES; st++) {
			if (possible(st, false))
				check_claim(PLAIN, st, wants[w].want,
					    wants[w].plain[2 * st] == 'x');
			if (possible(st, true))
				check_claim(POOLED, st, wants[w].want,
					    wants[w].pooled[2 * st] == 'x');
		}
	fake_poke(PLAIN, COVH_PG_NC, 0);
	fake_poke(POOLED, COVH_PG_POOL, 0);
}

static void converting_is_free_only_below_the_horizon(void **state)
{
	u64 v = covh_fence_horizon();

	(void)state;
	fake_poke(POOLED, COVH_PG_CONVERTING, v);
	assert_state(POOLED, CONVERTING);
	assert_rc(INV_ADDR, covh_page_claim(POOLED, 1, COVH_WANT_CONF_FREE));
	fake_poke(POOLED, COVH_PG_CONVERTING, v - 1);
	assert_state(POOLED, CONF_FREE);
	assert_rc(OK, covh_page_claim(POOLED, 1, COVH_WANT_CONF_FREE));
	covh_page_release(POOLED, 1);
	fake_poke(POOLED, COVH_PG_POOL, 0);
}

static void claims_are_all_or_nothing(void **state)
{
	u64 i, bad;

	(void)state;
	for (bad = 0; bad < 8; bad++) {
		fake_poke(PLAIN + bad * PG, COVH_PG_DATA, 0);
		assert_rc(INV_ADDR,
			  covh_page_claim(PLAIN, 8, COVH_WANT_CONVERTIBLE));
		for (i = 0; i < 8; i++)
			assert_false(*fake_rec(PLAIN + i * PG) & COVH_PG_CLAIM);
		fake_poke(PLAIN + bad * PG, COVH_PG_NC, 0);
	}
}

static void long_claims_serve_ipis(void **state)
{
	u32 before = fake.ipis;

	(void)state;
	assert_rc(OK, covh_page_claim(PLAIN, 4096, COVH_WANT_CONVERTIBLE));
	assert_int_equal(fake.ipis - before, 4);
	fake_poke(PLAIN + 4096 * PG, COVH_PG_NC_SHMEM, 1);
	assert_rc(INV_ADDR,
		  covh_page_claim(PLAIN, 4097, COVH_WANT_CONVERTIBLE));
	covh_page_release(PLAIN, 4096);
	assert_rc(INV_ADDR,
		  covh_page_claim(PLAIN, 4097, COVH_WANT_CONVERTIBLE));
	for (u64 i = 0; i < 4096; i++)
		assert_int_equal(*fake_rec(PLAIN + i * PG), COVH_PG_NC);
	fake_poke(PLAIN + 4096 * PG, COVH_PG_NC, 0);
}

static void t09_ranges_beyond_ram_are_refused(void **state)
{
	static const struct {
		u64 pa, n;
	} bad[] = {
		{ RAM_BASE - PG, 1 },
		{ RAM_END, 1 },
		{ RAM_END - PG, 2 },
		{ RAM_BASE - PG, 2 },
		{ HOST_BASE + 1, 1 },
		{ HOST_BASE, 0 },
		{ HOST_BASE, 1UL << 52 },
		{ HOST_BASE, ~0UL },
		{ ~0UL - PG + 1, 1 },
		{ ~0UL - PG + 1, 2 },
		{ RAM_END - PG, (RAM2_BASE - RAM_END) / PG + 2 },
		{ 0, 1 },
		{ RAM2_BASE + RAM2_SIZE, 1 },
	};

	(void)state;
	for (u32 i = 0; i < COVH_ARRAY_SIZE(bad); i++) {
		for (int w = 0; w < COVH_WANTS; w++)
			assert_rc(INV_ADDR,
				  covh_page_claim(bad[i].pa, bad[i].n, w));
		assert_rc(INV_ADDR,
			  covh_page_pin(bad[i].pa, bad[i].n, COVH_PG_NC_SHMEM));
	}
}

static void a_claim_goes_over_the_edges_of_the_pool(void **state)
{
	u64 from = POOL_BASE - 2 * PG, n = POOL_SIZE / PG + 3;

	(void)state;
	assert_rc(OK, covh_page_claim(from, n, COVH_WANT_CONVERTIBLE));
	assert_rc(INV_ADDR, covh_page_claim(from, 1, COVH_WANT_CONVERTIBLE));
	assert_rc(INV_ADDR,
		  covh_page_claim(POOL_BASE, 1, COVH_WANT_CONVERTIBLE));
	covh_page_release(from, n);
	/* One page that is not, behind both edges: all are given back */
	fake_poke(from + (n - 1) * PG, COVH_PG_RSVD, 0);
	assert_rc(INV_ADDR, covh_page_claim(from, n, COVH_WANT_CONVERTIBLE));
	fake_poke(from + (n - 1) * PG, COVH_PG_NC, 0);
	assert_rc(OK, covh_page_claim(from, n, COVH_WANT_CONVERTIBLE));
	covh_page_release(from, n);
}

static void commit_keeps_the_pool_bit_and_sets_info(void **state)
{
	(void)state;
	assert_rc(OK, covh_page_claim(POOLED, 2, COVH_WANT_CONVERTIBLE));
	covh_page_commit(POOLED, 2, COVH_PG_CONVERTING, 77);
	assert_int_equal(*fake_rec(POOLED + PG),
			 COVH_PG_POOLED | COVH_PG_CONVERTING | 77UL << 16);
	assert_int_equal(covh_page_info(POOLED), 77);

	fake_poke(POOLED, COVH_PG_CONF_FREE, 0);
	fake_poke(POOLED + PG, COVH_PG_CONF_FREE, 0);
	assert_rc(OK, covh_page_claim(POOLED, 2, COVH_WANT_CONF_FREE));
	covh_page_commit_owned(POOLED, 2, COVH_PG_DATA, 63, 0x3FFFFFFFFE000);
	assert_int_equal(COVH_PG_OWNER(covh_page_info(POOLED)), 63);
	assert_int_equal(COVH_PG_GPA(covh_page_info(POOLED)), 0x3FFFFFFFFE000);
	assert_int_equal(COVH_PG_GPA(covh_page_info(POOLED + PG)),
			 0x3FFFFFFFFF000);

	assert_false(covh_page_free_owned(POOLED, 62));
	assert_true(covh_page_free_owned(POOLED, 63));
	assert_false(covh_page_free_owned(POOLED, 63));
	assert_state(POOLED, CONF_FREE);
	assert_true(covh_page_free_owned(POOLED + PG, 63));

	assert_rc(OK, covh_page_claim(POOLED, 2, COVH_WANT_RECLAIMABLE));
	covh_page_commit_reclaim(POOLED, 2);
	assert_state(POOLED, POOL);
	assert_state(POOLED + PG, POOL);
}

static void free_owned_refuses_what_is_not_owned(void **state)
{
	int st;

	(void)state;
	for (st = 0; st < COVH_PG_PGD; st++) {
		fake_poke(PLAIN, st, 5);
		assert_false(covh_page_free_owned(PLAIN, 5));
	}
	fake_poke(PLAIN, COVH_PG_NC, 0);
	assert_false(covh_page_free_owned(0, 0));
	assert_false(covh_page_free_owned(RAM_END, 0));
}

static void pins_count_and_never_lose_a_claim(void **state)
{
	u64 i;

	(void)state;
	assert_rc(OK, covh_page_pin(PLAIN, 3, COVH_PG_NC_SHMEM));
	assert_rc(OK, covh_page_pin(PLAIN + PG, 3, COVH_PG_NC_SHMEM));
	assert_int_equal(covh_page_info(PLAIN), 1);
	assert_int_equal(covh_page_info(PLAIN + PG), 2);
	assert_int_equal(covh_page_info(PLAIN + 3 * PG), 1);
	/* One kind of pin excludes the other */
	assert_rc(INV_ADDR, covh_page_pin(PLAIN, 1, COVH_PG_NC_SHARED));
	assert_rc(OK, covh_page_pin(PLAIN + 4 * PG, 1, COVH_PG_NC_SHARED));
	assert_rc(INV_ADDR, covh_page_pin(PLAIN + 2 * PG, 3, COVH_PG_NC_SHMEM));
	assert_int_equal(covh_page_info(PLAIN + 2 * PG), 2);
	assert_int_equal(covh_page_info(PLAIN + 3 * PG), 1);

	/* Unpinned under a claim: the claim stays, then goes */
	assert_rc(OK, covh_page_claim(PLAIN, 5, COVH_WANT_RECLAIMABLE));
	covh_page_unpin(PLAIN, 3);
	assert_int_equal(*fake_rec(PLAIN), COVH_PG_NC | COVH_PG_CLAIM);
	covh_page_commit_reclaim(PLAIN, 5);
	assert_state(PLAIN, NC);
	assert_state(PLAIN + PG, NC_SHMEM);
	assert_state(PLAIN + 4 * PG, NC_SHARED);
	covh_page_unpin(PLAIN + PG, 3);
	covh_page_unpin(PLAIN + 4 * PG, 1);
	for (i = 0; i < 5; i++)
		assert_int_equal(*fake_rec(PLAIN + i * PG), COVH_PG_NC);
	assert_rc(INV_ADDR, covh_page_pin(POOLED, 1, COVH_PG_NC_SHMEM));
}

static void t05_host_range_is_host_memory_only(void **state)
{
	(void)state;
	for (int st = 0; st < COVH_PG_STATES; st++) {
		bool host = st == COVH_PG_NC || st == COVH_PG_NC_SHMEM ||
			    st == COVH_PG_NC_SHARED;

		fake_poke(PLAIN + PG, st, 0);
		assert_int_equal(covh_page_host_range(PLAIN + PG, 8), host);
		assert_int_equal(covh_page_host_range(PLAIN, 3 * PG), host);
		/* One byte over the edge */
		assert_int_equal(covh_page_host_range(PLAIN, PG + 1), host);
		assert_int_equal(covh_page_host_range(PLAIN + 2 * PG - 1, 2),
				 host);
		assert_true(covh_page_host_range(PLAIN, PG));
		assert_true(covh_page_host_range(PLAIN + 2 * PG, PG));
		assert_int_equal(covh_page_host_may_touch(PLAIN + PG, 0), host);
		assert_int_equal(covh_page_host_may_touch(PLAIN, PG + 1), host);
		assert_true(covh_page_host_may_touch(PLAIN, PG));
	}
	fake_poke(PLAIN + PG, COVH_PG_NC, 0);

	assert_false(covh_page_host_range(PLAIN, 0));
	assert_false(covh_page_host_range(~0UL - 7, 16));
	assert_false(covh_page_host_range(RAM_END - 8, 16));
	assert_false(covh_page_host_range(RAM_BASE - 8, 16));
	assert_false(covh_page_host_range(0, ~0UL));
	assert_true(covh_page_host_range(RAM_END - 8, 8));
}

static void may_touch_leaves_devices_alone(void **state)
{
	(void)state;
	assert_true(covh_page_host_may_touch(0x10000000, 0x100));
	assert_true(covh_page_host_may_touch(RAM_END - 8, 16));
	assert_false(covh_page_host_may_touch(RAM_BASE - 8, 9));
	assert_false(covh_page_host_may_touch(0x10000000, 0x100000000));
	assert_false(covh_page_host_may_touch(~0UL - 7, 9));
	assert_true(covh_page_host_may_touch(~0UL - 7, 8));
	assert_true(covh_page_host_may_touch(RAM2_BASE - 8, 16));
	fake_poke(RAM2_BASE, COVH_PG_CONF_FREE, 0);
	assert_false(covh_page_host_may_touch(RAM2_BASE - 8, 9));
	assert_false(
		covh_page_host_may_touch(HOST_BASE, RAM2_BASE - HOST_BASE + 1));
	fake_poke(RAM2_BASE, COVH_PG_NC, 0);
}

static void t20_banks_must_not_overlap(void **state)
{
	static u64 r[16];

	(void)state;
	assert_rc(FAILED, covh_page_add_bank(RAM_END - PG, 16, r));
	assert_rc(FAILED, covh_page_add_bank(RAM_BASE - 15 * PG, 16, r));
	assert_rc(FAILED, covh_page_add_bank(RAM_BASE, 16, r));
	assert_rc(FAILED, covh_page_add_bank(0x1001, 1, r));
	assert_rc(FAILED, covh_page_add_bank(0x1000, 0, r));
	assert_rc(FAILED, covh_page_add_bank(0x1000, 1, NULL));
	assert_rc(FAILED, covh_page_add_bank(0x1000, 1UL << 52, r));
	assert_rc(FAILED, covh_page_add_bank(0x1000, ~0UL, r));
	assert_rc(FAILED, covh_page_add_bank(~0UL - 2 * PG + 1, 3, r));
	memset(r, 0xFF, sizeof(r));
	assert_rc(OK, covh_page_add_bank(RAM_BASE - 16 * PG, 16, r));
	assert_state(RAM_BASE - PG, RSVD);
	/* No range spans banks, adjacent ones either */
	covh_page_boot_set(RAM_BASE - 16 * PG, 16, COVH_PG_NC);
	assert_rc(INV_ADDR,
		  covh_page_claim(RAM_BASE - PG, 2, COVH_WANT_RECLAIMABLE));
	for (u64 i = 3; i < COVH_MAX_BANKS; i++)
		assert_rc(OK, covh_page_add_bank(i * 0x10000, 16, r));
	assert_rc(FAILED, covh_page_add_bank(0x200000, 16, r));
}

static void boot_set_skips_what_is_no_ram(void **state)
{
	u64 count[COVH_PG_STATES];

	(void)state;
	covh_page_boot_set(RAM_END - PG, (RAM2_BASE - RAM_END) / PG + 2,
			   COVH_PG_RSVD);
	assert_state(RAM_END - PG, RSVD);
	assert_state(RAM2_BASE, RSVD);
	assert_state(RAM2_BASE + PG, NC);
	covh_page_census(count);
	assert_int_equal(count[COVH_PG_RSVD], FW_SIZE / PG + 2);
	assert_int_equal(count[COVH_PG_POOL], POOL_SIZE / PG);
	assert_int_equal(count[COVH_PG_NC],
			 (RAM_SIZE + RAM2_SIZE - FW_SIZE - POOL_SIZE) / PG - 2);
	covh_page_boot_set(RAM_END - PG, 1, COVH_PG_NC);
	covh_page_boot_set(RAM2_BASE, 1, COVH_PG_NC);
	covh_page_boot_set(HOST_BASE, 0, COVH_PG_RSVD);
	assert_state(HOST_BASE, NC);
	assert_state(0x1000, RSVD);
	assert_false(covh_page_is_ram(0x1000));
	assert_true(covh_page_is_ram(RAM_END - 1));
	assert_false(covh_page_is_ram(RAM_END));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(transitions_are_those_of_d1),
		t(claims_accept_their_states_only),
		t(converting_is_free_only_below_the_horizon),
		t(claims_are_all_or_nothing),
		t(long_claims_serve_ipis),
		t(t09_ranges_beyond_ram_are_refused),
		t(a_claim_goes_over_the_edges_of_the_pool),
		t(commit_keeps_the_pool_bit_and_sets_info),
		t(free_owned_refuses_what_is_not_owned),
		t(pins_count_and_never_lose_a_claim),
		t(t05_host_range_is_host_memory_only),
		t(may_touch_leaves_devices_alone),
		t(boot_set_skips_what_is_no_ram),
		cmocka_unit_test_setup(t20_banks_must_not_overlap, fake_setup),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
