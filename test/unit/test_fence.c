/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Global fence, convert and reclaim, D.5.
 */

#include <string.h>

#include "fake_hart.h"

static struct covh_winset published(void)
{
	struct covh_winset s;

	covh_fence_set(&s);
	return s;
}

static void fence_needs_every_hart(void **state)
{
	(void)state;
	assert_rc(OK, covh_convert(POOL_BASE, 1));
	assert_state(POOL_BASE, CONVERTING);
	assert_rc(OK, covh_global_fence());
	for (u32 h = 1; h < FAKE_HARTS; h++) {
		assert_state(POOL_BASE, CONVERTING);
		AS_HART(h)
		assert_rc(OK, covh_local_fence());
	}
	assert_state(POOL_BASE, CONF_FREE);
}

static void fence_before_convert_does_not_count(void **state)
{
	(void)state;
	assert_rc(OK, covh_global_fence());
	assert_rc(OK, covh_convert(POOL_BASE, 1));
	for (u32 h = 0; h < FAKE_HARTS; h++)
		AS_HART(h)
	assert_rc(OK, covh_local_fence());
	assert_state(POOL_BASE, CONVERTING);
	fake_fence();
	assert_state(POOL_BASE, CONF_FREE);
}

static void idle_local_fence_succeeds(void **state)
{
	u32 before = fake.installs[2];

	(void)state;
	AS_HART(2)
	{
		assert_rc(OK, covh_local_fence());
		assert_rc(OK, covh_local_fence());
	}
	assert_int_equal(fake.installs[2], before + 2);
	fake_fence();
	/* The initiator, and a hart that owes nothing any more */
	assert_rc(OK, covh_local_fence());
}

static void t53_second_fence_while_one_is_open(void **state)
{
	(void)state;
	assert_rc(OK, covh_global_fence());
	assert_rc(COVH_ERR_ALREADY_STARTED, covh_global_fence());
	/* Also from a hart that owes its own local fence */
	AS_HART(1)
	{
		assert_rc(COVH_ERR_ALREADY_STARTED, covh_global_fence());
		assert_rc(OK, covh_local_fence());
		assert_rc(COVH_ERR_ALREADY_STARTED, covh_global_fence());
	}
	for (u32 h = 2; h < FAKE_HARTS; h++)
		AS_HART(h)
	covh_local_fence();
	assert_rc(OK, covh_global_fence());
}

static void stopped_harts_owe_nothing(void **state)
{
	(void)state;
	fake.stopped[3] = true;
	fake_give(HOST_BASE, 1);
	assert_state(HOST_BASE, CONF_FREE);
	/* It comes back: owes until it has installed, which it does before
	 * it runs S-mode */
	fake.stopped[3] = false;
	assert_state(HOST_BASE, CONVERTING);
	assert_rc(COVH_ERR_ALREADY_STARTED, covh_global_fence());
	AS_HART(3)
	covh_local_fence();
	assert_state(HOST_BASE, CONF_FREE);
	assert_false(fake_host_can(3, HOST_BASE));
}

static void t74_hart_started_during_a_conversion(void **state)
{
	(void)state;
	fake.stopped[1] = true;
	assert_rc(OK, covh_convert(HOST_BASE, 1));
	fake_fence();
	assert_state(HOST_BASE, CONF_FREE);
	/* Stopped harts keep old PMP contents: start installs first */
	AS_HART(1)
	covh_local_fence();
	fake.stopped[1] = false;
	assert_false(fake_host_can(1, HOST_BASE));
	assert_state(HOST_BASE, CONF_FREE);
}

/* It owes while it sleeps; it goes on with what it has missed installed */
static void t73_hart_asleep_during_a_conversion(void **state)
{
	u32 n;

	(void)state;
	/* It may touch the page before it falls asleep */
	assert_true(fake_host_can(1, HOST_BASE));
	assert_rc(OK, covh_convert(HOST_BASE, 1));
	/* A new set, no new version yet */
	n = fake.installs[1];
	AS_HART(1)
	covh_fence_resume();
	assert_int_equal(fake.installs[1], n + 1);
	assert_false(fake_host_can(1, HOST_BASE));
	assert_state(HOST_BASE, CONVERTING);
	assert_rc(OK, covh_global_fence());
	AS_HART(2)
	covh_local_fence();
	AS_HART(3)
	covh_local_fence();
	assert_state(HOST_BASE, CONVERTING);
	assert_rc(COVH_ERR_ALREADY_STARTED, covh_global_fence());
	/* A new version, no new set */
	AS_HART(1)
	covh_fence_resume();
	assert_int_equal(fake.installs[1], n + 2);
	assert_state(HOST_BASE, CONF_FREE);
	/* Nothing new at all */
	AS_HART(1)
	covh_fence_resume();
	assert_int_equal(fake.installs[1], n + 2);
}

static void t50_skipped_hart_keeps_pages_unusable(void **state)
{
	u64 v;

	(void)state;
	assert_true(fake_host_can(2, HOST_BASE));
	assert_rc(OK, covh_convert(HOST_BASE, 1));
	assert_rc(OK, covh_global_fence());
	AS_HART(1)
	covh_local_fence();
	AS_HART(3)
	covh_local_fence();
	/* Hart 2 still reaches it, through its old PMP and its TLB */
	assert_true(fake_host_load(2, HOST_BASE, &v));
	assert_state(HOST_BASE, CONVERTING);
	assert_rc(INV_ADDR, covh_page_claim(HOST_BASE, 1, COVH_WANT_CONF_FREE));
	AS_HART(2)
	covh_local_fence();
	assert_false(fake_host_load(2, HOST_BASE, &v));
	assert_state(HOST_BASE, CONF_FREE);
}

/* Hart 1 has taken version and set, and has not programmed its PMP yet */
static void convert_elsewhere(void)
{
	AS_HART(0)
	{
		assert_state(HOST_BASE, CONVERTING);
		assert_rc(OK, covh_convert(HOST_BASE + 8 * PG, 1));
		assert_rc(COVH_ERR_ALREADY_STARTED, covh_global_fence());
	}
}

static void t50_version_is_recorded_after_the_pmp(void **state)
{
	(void)state;
	assert_true(fake_host_can(1, HOST_BASE));
	assert_rc(OK, covh_convert(HOST_BASE, 1));
	assert_rc(OK, covh_global_fence());
	for (u32 h = 2; h < FAKE_HARTS; h++)
		AS_HART(h)
	covh_local_fence();
	fake.install_hook = convert_elsewhere;
	AS_HART(1)
	covh_local_fence();
	assert_false(fake_host_can(1, HOST_BASE));
	assert_state(HOST_BASE, CONF_FREE);
	/* The set that it took is older than this page, and so is its version */
	assert_true(fake_host_can(1, HOST_BASE + 8 * PG));
	assert_state(HOST_BASE + 8 * PG, CONVERTING);
	fake_fence();
	assert_state(HOST_BASE + 8 * PG, CONF_FREE);
}

static void fence_elsewhere(void)
{
	AS_HART(0)
	{
		assert_rc(OK, covh_convert(HOST_BASE, 1));
		assert_rc(OK, covh_global_fence());
	}
}

/* The version is the one that was read with the set, not a later one */
static void t50_version_and_set_are_taken_together(void **state)
{
	(void)state;
	assert_true(fake_host_can(1, HOST_BASE));
	fake.install_hook = fence_elsewhere;
	AS_HART(1)
	covh_local_fence();
	for (u32 h = 2; h < FAKE_HARTS; h++)
		AS_HART(h)
	covh_local_fence();
	assert_true(fake_host_can(1, HOST_BASE));
	assert_state(HOST_BASE, CONVERTING);
	AS_HART(1)
	covh_local_fence();
	assert_state(HOST_BASE, CONF_FREE);
}

static void windows_merge_split_shrink_and_vanish(void **state)
{
	struct covh_winset s;

	(void)state;
	fake_give(HOST_BASE, 4);
	fake_give(HOST_BASE + 4 * PG, 4);
	s = published();
	assert_int_equal(s.n, 1);
	assert_int_equal(s.r[0].end, HOST_BASE + 8 * PG);

	assert_rc(OK, covh_reclaim(HOST_BASE + 3 * PG, 2));
	s = published();
	assert_int_equal(s.n, 2);
	assert_true(fake_host_can(0, HOST_BASE + 3 * PG));
	assert_true(fake_host_can(0, HOST_BASE + 4 * PG));
	assert_false(fake_host_can(0, HOST_BASE + 2 * PG));
	/* Elsewhere only after that hart's own fence */
	assert_false(fake_host_can(1, HOST_BASE + 3 * PG));
	AS_HART(1)
	covh_local_fence();
	assert_true(fake_host_can(1, HOST_BASE + 3 * PG));

	assert_rc(OK, covh_reclaim(HOST_BASE, 8));
	s = published();
	assert_int_equal(s.n, 0);
	assert_state(HOST_BASE, NC);
}

static void pool_pages_never_become_windows(void **state)
{
	struct covh_winset s;

	(void)state;
	fake_give(POOL_BASE, POOL_SIZE / PG);
	s = published();
	assert_int_equal(s.n, 0);
	assert_rc(OK, covh_reclaim(POOL_BASE, POOL_SIZE / PG));
	assert_state(POOL_BASE, POOL);
	assert_false(fake_host_can(0, POOL_BASE));
}

static void range_over_the_pool_edges(void **state)
{
	u64 from = POOL_BASE - 2 * PG, n = POOL_SIZE / PG + 4;
	struct covh_winset s;

	(void)state;
	fake_give(from, n);
	s = published();
	assert_int_equal(s.n, 2);
	assert_int_equal(s.r[0].base, from);
	assert_int_equal(s.r[0].end, POOL_BASE);
	assert_int_equal(s.r[1].base, HOST_BASE);
	assert_int_equal(s.r[1].end, HOST_BASE + 2 * PG);
	fake_check();
	assert_rc(OK, covh_reclaim(from, n));
	s = published();
	assert_int_equal(s.n, 0);
	assert_state(from, NC);
	assert_state(POOL_BASE, POOL);
	assert_state(HOST_BASE, NC);
}

/* Six entries: three windows that are no power of two */
static void pmp_exhaustion_changes_nothing(void **state)
{
	u64 at = HOST_BASE + PG;
	struct covh_winset before, after;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_rc(OK, covh_convert(at + i * 0x10000, 2));
	before = published();
	assert_rc(FAILED, covh_convert(at + 0x30000, 2));
	assert_rc(FAILED, covh_convert(at + 0x30000, 1));
	after = published();
	assert_memory_equal(&before, &after, sizeof(before));
	assert_state(at + 0x30000, NC);
	assert_int_equal(fake.prints, 2);
	assert_non_null(strstr(fake.line, "convert"));
	assert_non_null(strstr(fake.line, "need 7"));
	fake_check();

	/* What merges still fits, and what lies in the pool */
	assert_rc(OK, covh_convert(at + 2 * PG, 2));
	assert_rc(OK, covh_convert(POOL_BASE, 1));
	fake_fence();

	/* A reclaim that would split: refused, contents may be gone */
	assert_rc(FAILED, covh_reclaim(at + PG, 1));
	assert_state(at + PG, CONF_FREE);
	assert_non_null(strstr(fake.line, "reclaim"));
	assert_rc(OK, covh_reclaim(at, 1));
}

static void reclaim_zeroes_before_the_host_can_read(void **state)
{
	u64 v = 0, pa = HOST_BASE + PG;

	(void)state;
	for (u64 i = 0; i < 3; i++)
		memset(fake_ram(pa + i * PG), 0x5A, PG);
	fake_give(pa, 3);
	assert_rc(OK, covh_reclaim(pa, 3));
	for (u64 i = 0; i < 3 * PG; i += 8) {
		assert_true(fake_host_load(0, pa + i, &v));
		assert_int_equal(v, 0);
	}
}

static void t07_reclaimed_pool_page_is_zero(void **state)
{
	u64 v;

	(void)state;
	fake_give(POOL_BASE, 1);
	memset(fake_ram(POOL_BASE), 0x5A, PG);
	assert_rc(OK, covh_reclaim(POOL_BASE, 1));
	assert_state(POOL_BASE, POOL);
	assert_false(fake_host_load(0, POOL_BASE, &v));
	for (u64 i = 0; i < PG; i++)
		assert_int_equal(((u8 *)fake_ram(POOL_BASE))[i], 0);
}

static void reclaim_leaves_host_pages_alone(void **state)
{
	(void)state;
	memset(fake_ram(HOST_BASE), 0x5A, PG);
	assert_rc(OK, covh_nacl_set_shmem(HOST_BASE + PG, 0, 0));
	assert_rc(OK, covh_page_pin(HOST_BASE + 4 * PG, 1, COVH_PG_NC_SHARED));
	assert_rc(OK, covh_reclaim(HOST_BASE, 5));
	assert_int_equal(fake.clears, 0);
	assert_int_equal(*(u8 *)fake_ram(HOST_BASE), 0x5A);
	assert_state(HOST_BASE, NC);
	assert_state(HOST_BASE + PG, NC_SHMEM);
	assert_state(HOST_BASE + 4 * PG, NC_SHARED);
	covh_page_unpin(HOST_BASE + 4 * PG, 1);
	assert_rc(OK, covh_reclaim(POOL_BASE, 2));
	assert_state(POOL_BASE, POOL);
	assert_int_equal(fake.clears, 0);
}

static void reclaim_cancels_a_conversion(void **state)
{
	u64 v;

	(void)state;
	assert_rc(OK, covh_convert(HOST_BASE, 2));
	assert_rc(OK, covh_reclaim(HOST_BASE, 2));
	assert_state(HOST_BASE, NC);
	assert_true(fake_host_load(0, HOST_BASE, &v));
	assert_int_equal(v, 0);
	fake_fence();
	assert_state(HOST_BASE, NC);
}

static void smepmp_reclaim_installs_before_it_clears(void **state)
{
	(void)state;
	fake.smepmp = true;
	assert_rc(OK, covh_convert(HOST_BASE, 2));
	/* Another hart takes it back; neither has fenced */
	AS_HART(2)
	assert_rc(OK, covh_reclaim(HOST_BASE, 2));
	assert_state(HOST_BASE, NC);
}

static void other_hart_fills_the_pmp(void)
{
	AS_HART(1)
	{
		u64 at = HOST_BASE + 0x100000 + PG;

		assert_rc(OK, covh_convert(at, 2));
		assert_rc(OK, covh_convert(at + 0x10000, 2));
	}
}

/* The set changes while pages are cleared, so that the hole does not fit */
static void reclaim_looks_again_before_it_publishes(void **state)
{
	u64 at = HOST_BASE + PG;
	struct covh_winset s;

	(void)state;
	fake_give(at, 7);
	fake.ipi_hook = other_hart_fills_the_pmp;
	/* From 2 entries to 4 would fit, from 6 to 8 does not */
	assert_rc(FAILED, covh_reclaim(at + 3 * PG, 1));
	assert_state(at + 3 * PG, CONF_FREE);
	s = published();
	assert_int_equal(s.n, 3);
	assert_int_equal(covh_winset_entries(&s), 6);
}

static void other_hart_converts_next_door(void)
{
	AS_HART(1)
	assert_rc(OK, covh_convert(HOST_BASE + 4 * PG, 4));
}

static void reclaim_keeps_what_others_add_meanwhile(void **state)
{
	struct covh_winset s;

	(void)state;
	fake_give(HOST_BASE, 4);
	fake.ipi_hook = other_hart_converts_next_door;
	assert_rc(OK, covh_reclaim(HOST_BASE, 4));
	s = published();
	assert_int_equal(s.n, 1);
	assert_int_equal(s.r[0].base, HOST_BASE + 4 * PG);
}

static u32 breaks, changes_at;

/* At a given break of this hart's call another one converts a page */
static void other_hart_changes_the_set(void)
{
	fake.ipi_hook = other_hart_changes_the_set;
	if (++breaks != changes_at)
		return;
	fake.ipi_hook = NULL;
	AS_HART(1)
	assert_rc(OK, covh_convert(HOST_BASE + 0x40000, 1));
}

/* Wherever in a convert or reclaim it is, neither change is lost: what the set
 * must hold is looked at after each test, page by page */
static void sets_change_only_under_the_lock(void **state)
{
	(void)state;
	for (changes_at = 1; changes_at < 6; changes_at++) {
		breaks = 0;
		fake.ipi_hook = other_hart_changes_the_set;
		assert_rc(OK, covh_convert(HOST_BASE, 1));
		assert_rc(OK, covh_reclaim(HOST_BASE, 1));
		fake.ipi_hook = NULL;
		fake_fence();
		fake_check();
		if (breaks < changes_at)
			break;
		assert_rc(OK, covh_reclaim(HOST_BASE + 0x40000, 1));
		fake_fence();
	}
	/* The clearing of the page at least is a break */
	assert_true(changes_at > 1);
}

static void other_hart_takes_what_is_claimed(void)
{
	AS_HART(1)
	{
		assert_rc(INV_ADDR, covh_reclaim(HOST_BASE, 1));
		assert_rc(INV_ADDR, covh_convert(HOST_BASE, 1));
		assert_rc(INV_ADDR,
			  covh_page_claim(HOST_BASE, 1, COVH_WANT_CONF_FREE));
	}
}

static void t10_claimed_pages_refuse_other_calls(void **state)
{
	(void)state;
	fake_give(HOST_BASE, 4);
	fake.ipi_hook = other_hart_takes_what_is_claimed;
	assert_rc(OK, covh_reclaim(HOST_BASE, 4));
	assert_null(fake.ipi_hook);
}

static const struct {
	u64 pa, n;
	long rc;
} bad_ranges[] = {
	{ HOST_BASE, 0, INV_PARAM },
	{ HOST_BASE, COVH_MAX_PAGES_PER_CALL + 1, INV_PARAM },
	{ HOST_BASE, 1UL << 52, INV_PARAM },
	{ HOST_BASE, ~0UL, INV_PARAM },
	/* Count before alignment */
	{ HOST_BASE + 1, 0, INV_PARAM },
	{ ~0UL - PG + 1, 1, INV_PARAM },
	{ ~0UL - PG + 1, 2, INV_PARAM },
	{ HOST_BASE + 1, 1, INV_ADDR },
	{ HOST_BASE + 8, 1, INV_ADDR },
	{ RAM_END - PG, 2, INV_ADDR },
	{ RAM_BASE - PG, 2, INV_ADDR },
	{ RAM_BASE, 1, INV_ADDR },
	{ 0x10000000, 1, INV_ADDR },
	{ 0, 1, INV_ADDR },
	{ RAM_END - PG, COVH_MAX_PAGES_PER_CALL, INV_ADDR },
};

static void t09_bad_ranges_change_nothing(void **state)
{
	u64 before[COVH_PG_STATES], after[COVH_PG_STATES];

	(void)state;
	covh_page_census(before);
	for (u32 i = 0; i < COVH_ARRAY_SIZE(bad_ranges); i++) {
		assert_rc(bad_ranges[i].rc,
			  covh_convert(bad_ranges[i].pa, bad_ranges[i].n));
		assert_rc(bad_ranges[i].rc,
			  covh_reclaim(bad_ranges[i].pa, bad_ranges[i].n));
	}
	covh_page_census(after);
	assert_memory_equal(before, after, sizeof(before));
	fake_check();
}

/* Rows convert and reclaim of D.1, every state, plain and pool pages */
static void rows_convert_and_reclaim_of_d1(void **state)
{
	static const struct {
		enum covh_page_state st;
		bool pooled;
		long convert, reclaim;
		enum covh_page_state after_convert, after_reclaim;
	} rows[] = {
#define KEEP(__s, __p) \
	{ COVH_PG_##__s, __p, INV_ADDR, INV_ADDR, COVH_PG_##__s, COVH_PG_##__s }
		{ COVH_PG_NC, 0, OK, OK, COVH_PG_CONVERTING, COVH_PG_NC },
		{ COVH_PG_POOL, 1, OK, OK, COVH_PG_CONVERTING, COVH_PG_POOL },
		{ COVH_PG_NC_SHMEM, 0, INV_ADDR, OK, COVH_PG_NC_SHMEM,
		  COVH_PG_NC_SHMEM },
		{ COVH_PG_NC_SHARED, 0, INV_ADDR, OK, COVH_PG_NC_SHARED,
		  COVH_PG_NC_SHARED },
		{ COVH_PG_CONVERTING, 1, INV_ADDR, OK, COVH_PG_CONVERTING,
		  COVH_PG_POOL },
		{ COVH_PG_CONVERTING, 0, INV_ADDR, OK, COVH_PG_CONVERTING,
		  COVH_PG_NC },
		{ COVH_PG_CONF_FREE, 1, INV_ADDR, OK, COVH_PG_CONF_FREE,
		  COVH_PG_POOL },
		{ COVH_PG_CONF_FREE, 0, INV_ADDR, OK, COVH_PG_CONF_FREE,
		  COVH_PG_NC },
		KEEP(RSVD, 0),
		KEEP(PGD, 1),
		KEEP(PT, 1),
		KEEP(TVMSTATE, 1),
		KEEP(VCPU, 1),
		KEEP(DATA, 1),
		KEEP(BLOCKED, 1),
		KEEP(PGD, 0),
		KEEP(PT, 0),
		KEEP(TVMSTATE, 0),
		KEEP(VCPU, 0),
		KEEP(DATA, 0),
		KEEP(BLOCKED, 0),
	};

	(void)state;
	for (u32 i = 0; i < COVH_ARRAY_SIZE(rows); i++) {
		u64 pa = rows[i].pooled ? POOL_BASE : HOST_BASE;
		u64 info = rows[i].st == COVH_PG_CONVERTING ? 1000 : 1;

		fake_poke(pa, rows[i].st, info);
		assert_rc(rows[i].convert, covh_convert(pa, 1));
		assert_int_equal(covh_page_state(pa), rows[i].after_convert);
		assert_rc(OK, covh_reclaim(pa + PG, 1));
		fake_poke(pa, rows[i].st, info);
		assert_rc(rows[i].reclaim, covh_reclaim(pa, 1));
		assert_int_equal(covh_page_state(pa), rows[i].after_reclaim);
		fake_poke(pa, rows[i].pooled ? COVH_PG_POOL : COVH_PG_NC, 0);
		covh_reclaim(pa, 1);
		/* Leave no window behind that the pokes made untrue */
		if (!rows[i].pooled) {
			fake_poke(pa, COVH_PG_CONF_FREE, 0);
			assert_rc(OK, covh_reclaim(pa, 1));
		}
	}
}

static void t06_owned_pages_are_not_reclaimed(void **state)
{
	struct maker m;
	u64 pages[6];

	(void)state;
	maker_init(&m);
	pages[0] = m.pgd;
	pages[1] = m.pgd + 3 * PG;
	pages[2] = m.state;
	pages[3] = m.pt;
	pages[4] = m.vcpu0;
	pages[5] = maker_pages(&m, 1, PG);
	assert_rc(OK, covh_add_measured(m.id, SRC, pages[5], 0, 1, GPA));
	for (int i = 0; i < 6; i++) {
		enum covh_page_state st = covh_page_state(pages[i]);

		assert_rc(INV_ADDR, covh_reclaim(pages[i], 1));
		assert_rc(INV_ADDR, covh_convert(pages[i], 1));
		assert_int_equal(covh_page_state(pages[i]), st);
		assert_false(fake_host_can(0, pages[i]));
	}
	/* One owned page in a range of free ones */
	maker_pages(&m, 2, PG);
	assert_rc(INV_ADDR, covh_reclaim(pages[5], 2));
	assert_state(pages[5] + PG, CONF_FREE);
	/* TSM memory */
	assert_rc(INV_ADDR, covh_reclaim(FW_BASE, 1));
	assert_rc(INV_ADDR, covh_convert(FW_BASE, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(fence_needs_every_hart),
		t(fence_before_convert_does_not_count),
		t(idle_local_fence_succeeds),
		t(t53_second_fence_while_one_is_open),
		t(t50_version_is_recorded_after_the_pmp),
		t(t50_version_and_set_are_taken_together),
		t(stopped_harts_owe_nothing),
		t(t74_hart_started_during_a_conversion),
		t(t73_hart_asleep_during_a_conversion),
		t(t50_skipped_hart_keeps_pages_unusable),
		t(windows_merge_split_shrink_and_vanish),
		t(pool_pages_never_become_windows),
		t(range_over_the_pool_edges),
		t(sets_change_only_under_the_lock),
		t(pmp_exhaustion_changes_nothing),
		t(reclaim_zeroes_before_the_host_can_read),
		t(t07_reclaimed_pool_page_is_zero),
		t(reclaim_leaves_host_pages_alone),
		t(reclaim_cancels_a_conversion),
		t(smepmp_reclaim_installs_before_it_clears),
		t(reclaim_looks_again_before_it_publishes),
		t(reclaim_keeps_what_others_add_meanwhile),
		t(t10_claimed_pages_refuse_other_calls),
		t(t09_bad_ranges_change_nothing),
		t(rows_convert_and_reclaim_of_d1),
		t(t06_owned_pages_are_not_reclaimed),
	};

	return cmocka_run_group_tests_name("fence", tests, NULL, NULL);
}
