/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Two threads as two harts. Also built with the thread sanitizer.
 */

#include <pthread.h>
#include <time.h>

#include "fake_hart.h"

#define ROUNDS 2000
#define PAGES  4

static pthread_barrier_t barrier;
static u32 wins[2];

struct who {
	u32 hart;
};

static void two(void *(*f)(void *))
{
	struct who who[2] = { { 0 }, { 1 } };
	pthread_t th[2];

	wins[0] = wins[1] = 0;
	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&th[i], NULL, f, &who[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(th[i], NULL);
	pthread_barrier_destroy(&barrier);
}

static void *claim(void *arg)
{
	struct who *w = arg;
	u64 page = HOST_BASE;

	fake_self = w->hart;
	for (int i = 0; i < ROUNDS; i++) {
		bool won;

		pthread_barrier_wait(&barrier);
		won = !covh_page_claim(page, PAGES, COVH_WANT_CONVERTIBLE);
		pthread_barrier_wait(&barrier);
		if (won) {
			wins[w->hart]++;
			covh_page_release(page, PAGES);
		}
	}
	return NULL;
}

/* All or nothing, from the same end: never two winners; none, if each met
 * the other's claim, is legal only for multi-page claims from both ends */
static void t10_one_claim_wins(void **state)
{
	(void)state;
	two(claim);
	assert_int_equal(wins[0] + wins[1], ROUNDS);
}

static void *convert_reclaim(void *arg)
{
	struct who *w = arg;
	u64 page = HOST_BASE;

	fake_self = w->hart;
	for (int i = 0; i < ROUNDS; i++) {
		long rc;

		pthread_barrier_wait(&barrier);
		rc = covh_convert(page, PAGES);
		wins[w->hart] += !rc;
		pthread_barrier_wait(&barrier);
		/* Both reclaim: one clears, the other is refused or finds
		 * host memory, which is no error */
		covh_reclaim(page, PAGES);
		pthread_barrier_wait(&barrier);
		if (!w->hart)
			covh_reclaim(page, PAGES);
	}
	return NULL;
}

static void t10_one_convert_wins(void **state)
{
	(void)state;
	two(convert_reclaim);
	assert_int_equal(wins[0] + wins[1], ROUNDS);
	assert_state(HOST_BASE, NC);
}

/* NACL memory against conversion of the same page */
static void *pin_or_convert(void *arg)
{
	struct who *w = arg;

	fake_self = w->hart;
	for (int i = 0; i < ROUNDS; i++) {
		long rc;

		pthread_barrier_wait(&barrier);
		rc = w->hart ? covh_nacl_set_shmem(HOST_BASE, 0, 0)
			     : covh_convert(HOST_BASE + PG, 1);
		wins[w->hart] += !rc;
		pthread_barrier_wait(&barrier);
		if (!rc && w->hart)
			covh_nacl_drop();
		else if (!rc)
			covh_reclaim(HOST_BASE + PG, 1);
	}
	return NULL;
}

static void t67_pin_or_convert_never_both(void **state)
{
	(void)state;
	two(pin_or_convert);
	assert_int_equal(wins[0] + wins[1], ROUNDS);
	assert_int_equal(*fake_rec(HOST_BASE), COVH_PG_NC);
	assert_int_equal(*fake_rec(HOST_BASE + PG), COVH_PG_NC);
}

/* Pins of overlapping areas by two harts while a third party reclaims */
static void *pin_and_reclaim(void *arg)
{
	struct who *w = arg;

	fake_self = w->hart;
	for (int i = 0; i < ROUNDS; i++) {
		if (!covh_nacl_set_shmem(HOST_BASE + w->hart * PG, 0, 0))
			wins[w->hart]++;
		covh_reclaim(HOST_BASE, PAGES);
		covh_nacl_drop();
	}
	return NULL;
}

static void pin_counts_survive_contention(void **state)
{
	(void)state;
	two(pin_and_reclaim);
	for (u64 i = 0; i < PAGES; i++)
		assert_int_equal(*fake_rec(HOST_BASE + i * PG), COVH_PG_NC);
}

static u64 race_id;
static struct maker race_maker;

static void *assign(void *arg)
{
	struct who *w = arg;
	u64 page = race_maker.next;
	bool mine;

	fake_self = w->hart;
	for (u64 i = 0; i < 200; i++) {
		pthread_barrier_wait(&barrier);
		mine = !covh_add_zero(race_id, page, 0, 1,
				      GPA + (2 * i + w->hart) * PG);
		wins[w->hart] += mine;
		pthread_barrier_wait(&barrier);
		page += PG;
	}
	return NULL;
}

static void t10_one_assignment_wins(void **state)
{
	(void)state;
	maker_run(&race_maker);
	race_id = race_maker.id;
	fake_give(race_maker.next, 200);
	two(assign);
	assert_int_equal(wins[0] + wins[1], 200);
	for (u64 i = 0; i < 200; i++)
		assert_state(race_maker.next + i * PG, DATA);
	assert_rc(OK, covh_destroy_tvm(race_id));
}

/* A lock keeps the other hart out. For a while, because both threads may have
 * to share one processor at first */
#define HOLD_SECONDS 2
#define HOLDS	     10000
static struct covh_lock shared_lock = { .rank = COVH_LOCK_TVM };
static volatile u64 counted;

static void *count(void *arg)
{
	struct who *w = arg;
	time_t end = time(NULL) + HOLD_SECONDS;

	fake_self = w->hart;
	do {
		for (u64 i = 0; i < HOLDS; i++) {
			covh_lock(&shared_lock);
			counted = counted + 1;
			covh_unlock(&shared_lock);
		}
		wins[w->hart]++;
	} while (time(NULL) < end);
	return NULL;
}

static void one_hart_holds_a_lock(void **state)
{
	(void)state;
	counted = 0;
	two(count);
	assert_int_equal(counted, (u64)HOLDS * (wins[0] + wins[1]));
}

/* The trampoline looks up what M-mode maps at the same moment */
#define LOOKUPS 2000
static struct {
	struct covh_gstage g;
	u64 gpa;    /* what shall be looked up; 0: the end */
	u64 at;	    /* what is being looked up */
	u64 seen;   /* the last that was found */
	u64 tables; /* found, and no leaves */
} look;

static void *look_up(void *arg)
{
	const struct covh_gstage g = { .root = POOL_BASE, .levels = 4 };
	u64 gpa, pte;

	(void)arg;
	while ((gpa = __atomic_load_n(&look.gpa, __ATOMIC_ACQUIRE))) {
		__atomic_store_n(&look.at, gpa, __ATOMIC_RELEASE);
		pte = covh_gstage_leaf(&g, gpa, NULL);
		look.tables += pte && !(pte & COVH_PTE_R);
		if (pte)
			__atomic_store_n(&look.seen, gpa, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void wait_for(const u64 *what, u64 val)
{
	while (__atomic_load_n(what, __ATOMIC_ACQUIRE) != val)
		;
}

static void t25_a_table_is_no_leaf(void **state)
{
	static const u64 table[] = { POOL_BASE + 4 * PG, POOL_BASE + 5 * PG,
				     POOL_BASE + 6 * PG };
	u64 *root = fake_ram(POOL_BASE);
	pthread_t th;
	u64 i, k, gpa;

	(void)state;
	memset(root, 0, 4 * PG);
	look.g = (struct covh_gstage){ .root = POOL_BASE, .levels = 4 };
	look.gpa = 1;
	assert_int_equal(pthread_create(&th, NULL, look_up, NULL), 0);
	for (i = 0; i < LOOKUPS; i++) {
		gpa = (1 + i % 100) << 39;
		for (k = 0; k < 3; k++) {
			memset(fake_ram(table[k]), 0, PG);
			covh_gstage_give_table(&look.g, table[k]);
		}
		__atomic_store_n(&look.gpa, gpa, __ATOMIC_RELEASE);
		for (k = 0; k < i % 200; k++)
			__asm__ __volatile__("" ::: "memory");
		covh_gstage_map(&look.g, gpa, COVH_PAGE_4K, 1, HOST_BASE,
				COVH_PTE_CONF);
		wait_for(&look.seen, gpa);
		/* Nothing there; the way to the other one is left */
		__atomic_store_n(&look.gpa, 1, __ATOMIC_RELEASE);
		wait_for(&look.at, 1);
		covh_pte_set(&root[gpa >> 39], 0);
	}
	__atomic_store_n(&look.gpa, 0, __ATOMIC_RELEASE);
	pthread_join(th, NULL);
	assert_int_equal(look.tables, 0);
}

/* Each hart builds, runs and destroys TVMs of its own */
static void *lives(void *arg)
{
	struct who *w = arg;
	u64 pool = POOL_BASE + w->hart * (POOL_SIZE / 2), id;
	struct covh_tvm_create_params *p;
	struct covh_run run;

	fake_self = w->hart;
	p = fake_ram(HOST_BASE + w->hart * 2 * PG);
	p->tvm_page_directory_addr = pool;
	p->tvm_state_addr = pool + 4 * PG;
	covh_nacl_set_shmem(HOST_BASE + (16 + w->hart * 8) * PG, 0, 0);
	for (u64 i = 0; i < 50; i++) {
		if (covh_create_tvm(HOST_BASE + w->hart * 2 * PG, 16, &id) ||
		    covh_add_region(id, GPA, GPA_LEN) ||
		    covh_add_pt_pages(id, pool + 5 * PG, 8) ||
		    covh_create_vcpu(id, 0, pool + 13 * PG) ||
		    covh_add_measured(id, SRC, pool + 14 * PG, 0, 2, GPA) ||
		    covh_finalize_tvm(id, GPA, 0, 0) ||
		    covh_run_begin(id, 0, i, &run))
			break;
		covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
		if (covh_add_zero(id, pool + 16 * PG, 0, 4, GPA + 16 * PG) ||
		    covh_destroy_tvm(id))
			break;
		wins[w->hart]++;
	}
	covh_nacl_drop();
	return NULL;
}

static void tvms_on_two_harts_do_not_meet(void **state)
{
	(void)state;
	fake_give(POOL_BASE, POOL_SIZE / PG);
	two(lives);
	assert_int_equal(wins[0], 50);
	assert_int_equal(wins[1], 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(t10_one_claim_wins),
		t(t10_one_convert_wins),
		t(t67_pin_or_convert_never_both),
		t(pin_counts_survive_contention),
		t(t10_one_assignment_wins),
		t(one_hart_holds_a_lock),
		t(t25_a_table_is_no_leaf),
		t(tvms_on_two_harts_do_not_meet),
	};

	return cmocka_run_group_tests_name("race", tests, NULL, NULL);
}
