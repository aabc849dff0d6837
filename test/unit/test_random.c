/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Random calls of a hostile host, all invariants looked at in between.
 */

#include <stdlib.h>
#include <string.h>

#include "fake_hart.h"

#define CALLS 20000
#define IDS   8
#define RUNS  4

static u64 ids[IDS];
static struct covh_run runs[RUNS];
static bool running[RUNS];
static u32 good, bad;

/* Small ranges of pool and plain pages, so that calls meet each other */
static u64 some_page(void)
{
	static const u64 odd[] = { 0,
				   FW_BASE,
				   RAM_END,
				   RAM_END - PG,
				   ~0xFFFUL,
				   ~0UL,
				   HOST_BASE + 1,
				   RAM2_BASE,
				   POOL_BASE + POOL_SIZE - PG,
				   0x10000000 };

	switch (rand() % 8) {
	case 0:
		return odd[rand() % COVH_ARRAY_SIZE(odd)];
	case 1:
	case 2:
		return SRC - 32 * PG + rand() % 64 * PG;
	case 3:
		return POOL_BASE + rand() % 128 * COVH_PGD_SIZE;
	default:
		return POOL_BASE + rand() % 512 * PG;
	}
}

static u64 some_count(void)
{
	static const u64 odd[] = { 0, 65536, 65537, 1UL << 52, ~0UL, 600 };

	return rand() % 16 ? (u64)(1 + rand() % 6 * (rand() % 3))
			   : odd[rand() % COVH_ARRAY_SIZE(odd)];
}

static u64 some_gpa(void)
{
	if (rand() % 16)
		return GPA + rand() % 64 * PG;
	return rand() % 2 ? GPA + 0x200000 : ~0UL - rand() % 3 * 0xFFF;
}

static u64 some_type(void)
{
	return rand() % 12 ? 0 : (u64)(rand() % 4);
}

static u64 some_id(void)
{
	return ids[rand() % IDS] + (rand() % 32 ? 0 : rand());
}

static void end_run(void)
{
	int i = rand() % RUNS;

	if (!running[i])
		return;
	running[i] = false;
	covh_run_end(&runs[i],
		     rand() % 8	  ? COVH_EXIT_RESUMABLE
		     : rand() % 2 ? COVH_EXIT_VCPU_DEAD
				  : COVH_EXIT_TVM_DEAD,
		     rand() % 2 * COVH_HVIP_VSSIP);
}

static long begin_run(void)
{
	int i = rand() % RUNS;
	long rc;

	if (running[i])
		return 0;
	rc = covh_run_begin(some_id(), rand() % 3, rand(), &runs[i]);
	running[i] = !rc;
	return rc;
}

/* Room for a new TVM, so that none is forgotten with its pages */
static long keep(u64 id)
{
	u64 *slot = &ids[rand() % IDS];

	if (covh_destroy_tvm(*slot) == FAILED)
		return covh_destroy_tvm(id);
	*slot = id;
	return covh_add_region(id, GPA, 48 * PG);
}

static long one_call(void)
{
	u64 id;
	long rc;

	switch (rand() % 20) {
	case 0:
	case 1:
	case 2:
		return covh_convert(some_page(), some_count());
	case 3:
		return rand() % 4 ? 0 : covh_reclaim(some_page(), some_count());
	case 4:
		return covh_global_fence();
	case 5:
	case 6:
	case 7:
		return covh_local_fence();
	case 8:
		rc = maker_create(some_page() & ~(rand() % 4 ? 0x3FFFUL : 0),
				  some_page(), &id);
		return rc ? rc : keep(id);
	case 9:
		return rand() % 8 ? 0 : covh_destroy_tvm(some_id());
	case 10:
		return covh_add_region(some_id(), some_gpa(),
				       some_count() * PG);
	case 11:
	case 12:
		return covh_add_pt_pages(some_id(), some_page(), some_count());
	case 13:
		return covh_add_measured(some_id(),
					 rand() % 8 ? SRC : some_page(),
					 some_page(), some_type(), some_count(),
					 some_gpa());
	case 14:
	case 15:
		return covh_add_zero(some_id(), some_page(), some_type(),
				     some_count(), some_gpa());
	case 16:
		return covh_create_vcpu(some_id(), rand() % 3, some_page());
	case 17:
		return rand() % 4 ? begin_run()
				  : covh_finalize_tvm(some_id(), 0, 0,
						      rand() % 2 ? 0
								 : some_page());
	case 18:
		end_run();
		return 0;
	default:
		return covh_nacl_set_shmem(some_page(), 0, 0);
	}
}

/* Between two pages of a long call another hart makes calls of its own */
static void interrupt(void)
{
	u32 other = (fake_self + 1 + rand() % (FAKE_HARTS - 1)) % FAKE_HARTS;

	AS_HART(other)
	one_call();
}

/* A started hart installs before it runs S-mode; a stopped one drops NACL */
static void hart_comes_and_goes(void)
{
	u32 h = 1 + rand() % (FAKE_HARTS - 1);

	if (h == fake_self)
		return;
	AS_HART(h)
	{
		if (fake.stopped[h])
			covh_local_fence();
		else
			covh_nacl_drop();
	}
	fake.stopped[h] = !fake.stopped[h];
}

static void random_calls(void **state)
{
	int i;

	(void)state;
	memset(ids, 0, sizeof(ids));
	fake_give(POOL_BASE, POOL_SIZE / PG);
	good = bad = 0;
	for (i = 0; i < CALLS; i++) {
		do
			fake_self = rand() % FAKE_HARTS;
		while (fake.stopped[fake_self]);
		if (rand() % 50 == 0)
			hart_comes_and_goes();
		fake.ipi_hook = rand() % 4 ? NULL : interrupt;
		if (one_call())
			bad++;
		else
			good++;
		fake.ipi_hook = NULL;
		if (i % 20 == 0)
			fake_check();
	}
	assert_true(good > CALLS / 10);
	assert_true(bad > CALLS / 10);

	for (i = 0; i < RUNS; i++)
		if (running[i])
			covh_run_end(&runs[i], COVH_EXIT_RESUMABLE, 0);
	memset(running, 0, sizeof(running));
	for (i = 0; i < IDS; i++)
		covh_destroy_tvm(ids[i]);
}

static void seed_1(void **state)
{
	srand(1);
	random_calls(state);
}

static void seed_2_smepmp(void **state)
{
	srand(2);
	fake.smepmp = true;
	random_calls(state);
}

static void seed_3_sv39x4(void **state)
{
	srand(3);
	random_calls(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(seed_1),
		t(seed_2_smepmp),
		t39(seed_3_sv39x4),
	};

	return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
