/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much of the ABI there is: each function is called with arguments that
 * none accepts, and counts unless the answer is NOT_SUPPORTED.
 */

#include "bench.h"

static const struct {
	unsigned long eid, functions;
} extensions[] = {
	{ COVH_EID_SUPD, 1 },
	{ COVH_EID_COVH, COVH_FUNCTIONS },
	{ COVH_EID_COVI, 11 },
};

static bool answered(unsigned long eid, unsigned long fid)
{
	const unsigned long none = -1UL;

	return sbi_call(eid, fid, none, none, none, none, none, none).error !=
	       SBI_ERR_NOT_SUPPORTED;
}

/* COVG is for guests */
static long answered_to_guest(void)
{
	struct tvm *t = bench_build(BENCH_FUNCTIONS, 0, true);
	long n;

	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK(tvm_value_long(t, "functions", &n));
	return n;
}

void bench_functions(void)
{
	unsigned long i, fid, all = BENCH_COVG_FUNCTIONS, n = 0;

	for (i = 0; i < ARRAY_SIZE(extensions); i++) {
		all += extensions[i].functions;
		for (fid = 0; fid < extensions[i].functions; fid++)
			n += answered(extensions[i].eid, fid);
	}
	/* One of them was global_fence */
	CHECK_EQ(covh_local_fence().error, 0);
	NOTE("bench abi.functions %lu", n + answered_to_guest());
	NOTE("bench abi.functions_defined %lu", all);
}
