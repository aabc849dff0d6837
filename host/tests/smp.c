/* SPDX-License-Identifier: BSD-2-Clause */
/* Guest smp: all its vCPUs on as many harts, on fewer, on one. */

#include <string.h>
#include <guest/smp_test.h>
#include "world.h"

static const char *const steps[] = { "status", "count", "ring", "ipi",
				     "rfence", "duel",	"stop", "restart",
				     "share",  "end" };

/* The guest has written to a shared page: there is one with its word in it */
static enum tvm_result answer(struct tvm *t, struct tvm_exit *e)
{
	unsigned long i;
	uint64_t *page;

	if (e->scause != CAUSE_VS_ECALL || e->a[7] != SBI_EID_DBCN)
		return TVM_CONTINUE;
	for (i = 0; i < t->nr_page; i++) {
		page = (uint64_t *)t->page[i].pa;
		if (t->page[i].kind != TVM_PAGE_SHARED || !page)
			continue;
		if (page[0] == SMP_HELLO)
			page[1] = SMP_ANSWER;
	}
	return TVM_CONTINUE;
}

static void run(unsigned int vcpus, int harts, unsigned long rounds, bool lazy)
{
	struct tvm_config cfg = { .vcpus = vcpus,
				  .lazy = lazy,
				  .window = !free_pool.nr };
	struct tvm *t = test_guest("smp", &cfg, vcpus | rounds << SMP_ROUNDS);
	enum tvm_result r;
	unsigned int i;

	t->hook = answer;
	r = tvm_run_smp(t, harts);
	if (r != TVM_SHUTDOWN)
		FAIL("%u vCPUs, %d harts: result %d, %s, %s: \"%.200s\"", vcpus,
		     harts, r, t->step, tvm_describe_exit(t), t->output);
	for (i = 0; i < ARRAY_SIZE(steps); i++)
		world_expect(t, steps[i], 0);
}

static void one_hart_each(void)
{
	if (hart_count() < 2)
		SKIP("needs a second hart");
	run((unsigned int)hart_count(), 0, 60, false);
}

static void two_on_four(void)
{
	run(4, 2, 50, true);
}

static void all_on_one(void)
{
	run(3, 1, 50, true);
}

static void alone(void)
{
	run(1, 1, 50, true);
}

static void many(void)
{
	run(16, 0, 10, true);
}

/* As many as a TVM can have */
static void all(void)
{
	run(64, 0, 1, true);
}

TEST_GROUP(smp, { "a vCPU on each hart", one_hart_each },
	   { "four vCPUs on two harts", two_on_four },
	   { "three vCPUs on one hart", all_on_one }, { "one vCPU", alone },
	   { "sixteen vCPUs", many }, { "64 vCPUs", all });
