/* SPDX-License-Identifier: BSD-2-Clause */
/* Entropy for guests: the seed CSR. */

#include "world.h"

/* Instructions that may read it, and those that may not */
#define WRITES 6
#define READS  2

static void seed(void)
{
	struct tvm_config cfg = { .vcpus = 2,
				  .lazy = true,
				  .window = !free_pool.nr };
	struct tvm *t = test_guest("seed", &cfg, 0);
	long alike;

	CHECK_EQ(tvm_run_smp(t, 0), TVM_SHUTDOWN);
	world_expect(t, "reads", READS * CAUSE_ILLEGAL);
	world_expect(t, "user", CAUSE_ILLEGAL);
	if (!tvm_value_long(t, "odd", &alike)) {
		world_expect(t, "writes", WRITES * CAUSE_ILLEGAL);
		SKIP("the hart has no Zkr: seed is illegal for a guest");
	}
	world_expect(t, "writes", 0);
	world_expect(t, "odd", 0);
	/* Of 496 pairs of 16 bits */
	CHECK(tvm_value_long(t, "alike", &alike));
	CHECK(alike < 5);
}

TEST_GROUP(seed, { "a guest's entropy: seed", seed });
