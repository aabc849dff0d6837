/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What calls cost. Under -icount shift=0 one tick of the timer is 100
 * instructions, and a count repeats exactly; otherwise the figures mean
 * nothing. Printed as "# bench NAME VALUE", in instructions.
 */

#include <host/mem.h>
#include <host/test.h>

#define TICK  100
#define BATCH 1024
#define RUNS  2000

static void report(const char *name, unsigned long ticks, unsigned long n)
{
	NOTE("bench %s %lu", name, ticks * TICK / n);
}

static unsigned long now(void)
{
	return csr_read(time);
}

static void pages(void)
{
	unsigned long base, t0, t1, t2, t3;

	base = ranges_alloc(&free_pool, BATCH * PAGE_SIZE, PAGE_SIZE);
	if (!base)
		SKIP("the pool is too small");
	t0 = now();
	CHECK_EQ(covh_convert_pages(base, BATCH).error, 0);
	t1 = now();
	CHECK_EQ(conf_fence(), 0);
	t2 = now();
	CHECK_EQ(covh_reclaim_pages(base, BATCH).error, 0);
	t3 = now();
	ranges_add(&free_pool, base, base + BATCH * PAGE_SIZE);
	report("convert.per_page.1024", t1 - t0, BATCH);
	report("fence.global_local", t2 - t1, 1);
	report("reclaim.per_page.1024", t3 - t2, BATCH);
}

static void life(void)
{
	struct tvm *t = test_tvm();
	struct tvm_config cfg = { 0 };
	unsigned long t0, t1, n;

	CHECK(image_find("bench", &cfg.elf, &cfg.elf_size));
	CHECK(!tvm_plan(t, &cfg));
	CHECK_EQ(tvm_convert(t), 0);
	t0 = now();
	CHECK_EQ(tvm_create(t), 0);
	t1 = now();
	report("create", t1 - t0, 1);
	CHECK_EQ(tvm_add_regions(t), 0);
	n = (t->region[0].end - t->region[0].start) / PAGE_SIZE;
	t0 = now();
	CHECK_EQ(tvm_add_pages(t), 0);
	t1 = now();
	report("measured.per_page", t1 - t0, n);
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	t0 = now();
	CHECK_EQ(tvm_finalize(t), 0);
	t1 = now();
	report("finalize", t1 - t0, 1);
	t0 = now();
	CHECK_EQ(covh_destroy_tvm(t->id).error, 0);
	t1 = now();
	t->id = 0;
	report("destroy", t1 - t0, 1);
}

static void runs(void)
{
	struct tvm *t = test_guest("bench", NULL, 0);
	unsigned long t0, t1, t2, i;

	CHECK_EQ(nacl_setup(), 0);
	CHECK_EQ(covh_run_tvm_vcpu(t->id, 0).error, 0);
	t0 = now();
	for (i = 0; i < RUNS; i++)
		covh_run_tvm_vcpu(t->id, 0);
	t1 = now();
	for (i = 0; i < RUNS; i++)
		sbi_call(SBI_EID_BASE, 0, 0);
	t2 = now();
	report("run.forwarded_ecall", t1 - t0, RUNS);
	report("ecall.base", t2 - t1, RUNS);
}

static void fast(void)
{
	struct tvm *t = test_guest("bench", NULL, 10000);
	unsigned long v;

	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK(tvm_value_long(t, "base", (long *)&v));
	report("run.fast_sbi.base", v, 10000);
	CHECK(tvm_value_long(t, "time", (long *)&v));
	report("run.fast_sbi.time", v, 10000);
}

TEST_GROUP(bench, { "cost of page calls", pages },
	   { "cost of a TVM's life", life },
	   { "cost of a run with a forwarded call", runs },
	   { "cost of calls answered in the trampoline", fast }, );
