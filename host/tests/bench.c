/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What calls cost: see host/meter.h. Printed as "# bench NAME VALUE", in
 * instructions, for test/bench.
 */

#include <host/entry.h>
#include "bench.h"

#define FAST_CALLS 50000UL

static const unsigned long sizes[] = { 1, 160, 1024, 8192 };

/* The one figure that is no time: QEMU's clock runs before the hart does. No
 * TVM has stopped the counter yet */
static void boot(void)
{
	NOTE("bench boot.instructions %lu", boot_instret);
}

void bench_convert(struct ranges *from, const char *where, unsigned long n)
{
	struct meter convert = { 0 }, reclaim = { 0 };
	unsigned long base = ranges_alloc(from, n * PAGE_SIZE, PAGE_SIZE);

	if (!base)
		SKIP("there is not enough memory");
	while (!meter_enough(&convert) || !meter_enough(&reclaim)) {
		meter_start(&convert);
		CHECK_EQ(covh_convert_pages(base, n).error, 0);
		meter_stop(&convert, n);
		CHECK_EQ(conf_fence(), 0);
		meter_start(&reclaim);
		CHECK_EQ(covh_reclaim_pages(base, n).error, 0);
		meter_stop(&reclaim, n);
	}
	CHECK_EQ(conf_fence(), 0);
	ranges_add(from, base, base + n * PAGE_SIZE);
	bench_report_pages("convert", where, n, &convert);
	bench_report_pages("reclaim", where, n, &reclaim);
}

static void convert_and_reclaim(void)
{
	unsigned long i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		bench_convert(&free_pool, "", sizes[i]);
}

/* Outside the pool: PMP entries change as well */
static void windows(void)
{
	unsigned long i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		bench_convert(&free_ram, ".window", sizes[i]);
}

/* Reclaiming is clearing, and what is left is what it costs with host pages */
static void clear(void)
{
	unsigned long n = 1024, base, own = pa(page_alloc(n, PAGE_SIZE));
	struct meter conf = { 0 }, host = { 0 };

	base = ranges_alloc(&free_pool, n * PAGE_SIZE, PAGE_SIZE);
	if (!base)
		SKIP("the pool is too small");
	while (!meter_enough(&host)) {
		CHECK_EQ(covh_convert_pages(base, n).error, 0);
		CHECK_EQ(conf_fence(), 0);
		meter_start(&conf);
		CHECK_EQ(covh_reclaim_pages(base, n).error, 0);
		meter_stop(&conf, n);
		meter_start(&host);
		CHECK_EQ(covh_reclaim_pages(own, n).error, 0);
		meter_stop(&host, n);
	}
	ranges_add(&free_pool, base, base + n * PAGE_SIZE);
	page_free((void *)own, n);
	conf.ticks -= host.ticks;
	bench_report("clear.per_page", "", &conf);
}

void bench_fences(const char *where)
{
	struct meter both = { 0 }, local = { 0 };

	METER_LOOP(&both,
		   (covh_global_fence().error || covh_local_fence().error));
	METER_LOOP(&local, covh_local_fence());
	bench_report("fence.global_local", where, &both);
	bench_report("fence.local", where, &local);
}

static void fences(void)
{
	bench_fences("");
}

static void small_calls(void)
{
	static struct covh_tsm_info info;
	struct meter supd = { 0 }, get = { 0 }, shmem = { 0 }, base = { 0 };

	CHECK_EQ(nacl_setup(), 0);
	METER_LOOP(&supd, supd_get_active_domains());
	METER_LOOP(&get, covh_get_tsm_info(pa(&info), sizeof(info)));
	METER_LOOP(&shmem, nacl_set_shmem(pa(this_hart()->shmem), 0, 0));
	METER_LOOP(&base, sbi_call(SBI_EID_BASE, 0, 0));
	bench_report("supd", "", &supd);
	bench_report("ecall.base", "", &base);
	bench_report("get_tsm_info", "", &get);
	bench_report("set_shmem", "", &shmem);
	NOTE("bench metadata.state_bytes_per_tvm %lu",
	     info.tvm_state_pages * PAGE_SIZE);
	NOTE("bench metadata.bytes_per_vcpu %lu",
	     info.tvm_vcpu_state_pages * PAGE_SIZE);
}

/* A call that takes @n confidential pages; @k is how many went before */
typedef struct sbiret (*page_call)(const struct tvm *t, unsigned long at,
				   unsigned long n, unsigned long k);

static unsigned long source;

static struct sbiret measured(const struct tvm *t, unsigned long at,
			      unsigned long n, unsigned long k)
{
	return covh_add_tvm_measured_pages(t->id, source, at, COVH_PAGE_4K, n,
					   BENCH_GPA + k * PAGE_SIZE);
}

static struct sbiret zero(const struct tvm *t, unsigned long at,
			  unsigned long n, unsigned long k)
{
	return covh_add_tvm_zero_pages(t->id, at, COVH_PAGE_4K, n,
				       BENCH_GPA + k * PAGE_SIZE);
}

static struct sbiret tables(const struct tvm *t, unsigned long at,
			    unsigned long n, unsigned long k)
{
	(void)k;
	return covh_add_tvm_page_table_pages(t->id, at, n);
}

static void give_pages(const char *name, page_call call, bool finalize)
{
	unsigned long i, n, at, k, most = 8192 + 2048;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct tvm *t = bench_build(0, most, finalize);
		struct meter m = { 0 };

		n = sizes[i];
		at = conf_alloc(&t->conf, most, PAGE_SIZE);
		CHECK(at);
		for (k = 0; !meter_enough(&m) && k + n <= most; k += n) {
			meter_start(&m);
			CHECK_EQ(call(t, at + k * PAGE_SIZE, n, k).error, 0);
			meter_stop(&m, n);
		}
		CHECK(meter_enough(&m));
		bench_report_pages(name, "", n, &m);
		CHECK_EQ(tvm_destroy(t), 0);
	}
}

static void measured_pages(void)
{
	source = pa(page_alloc(8192, PAGE_SIZE));
	give_pages("measured", measured, false);
	page_free((void *)source, 8192);
}

static void zero_pages(void)
{
	give_pages("zero", zero, true);
}

static void table_pages(void)
{
	give_pages("table", tables, false);
}

/* Ranges of shared pages from @gpa on, @calls of @n pages each */
struct span {
	unsigned long gpa, n, calls;
};

typedef struct sbiret (*span_call)(unsigned long id, unsigned long gpa,
				   unsigned long len);

static void each(const struct tvm *t, const struct span *s, struct meter *m,
		 span_call call)
{
	unsigned long i, len = s->n * PAGE_SIZE;

	for (i = 0; i < s->calls; i++) {
		meter_start(m);
		CHECK_EQ(call(t->id, s->gpa + i * len, len).error, 0);
		meter_stop(m, s->n);
	}
}

/* Twice as much as needed, because what takes pages out again is cheaper */
static unsigned long add_shared(const struct tvm *t, struct span *s)
{
	struct meter m = { 0 };
	unsigned long at = s->gpa;

	for (; m.ticks < 2 * METER_ENOUGH; s->calls++) {
		meter_start(&m);
		CHECK_EQ(covh_add_tvm_shared_pages(t->id, source, COVH_PAGE_4K,
						   s->n, at)
				 .error,
			 0);
		meter_stop(&m, s->n);
		at += s->n * PAGE_SIZE;
	}
	bench_report_pages("shared", "", s->n, &m);
	return at;
}

static void block(const struct tvm *t, const struct span *s)
{
	struct meter invalidate = { 0 }, validate = { 0 };

	while (!meter_enough(&invalidate) || !meter_enough(&validate)) {
		each(t, s, &invalidate, covh_tvm_invalidate_pages);
		each(t, s, &validate, covh_tvm_validate_pages);
	}
	bench_report_pages("invalidate", "", s->n, &invalidate);
	bench_report_pages("validate", "", s->n, &validate);
	each(t, s, &invalidate, covh_tvm_invalidate_pages);
}

static void shared_pages(void)
{
	struct tvm *t = bench_build(BENCH_SHARE, 0, true);
	struct span s[ARRAY_SIZE(sizes)] = { 0 };
	unsigned long i, gpa = BENCH_GPA;
	struct meter fence = { 0 };

	source = pa(page_alloc(8192, PAGE_SIZE));
	CHECK_EQ(nacl_setup(), 0);
	/* Asks to share; is told yes, goes on to its forwarded call */
	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	CHECK_EQ(t->exit.a[6], COVG_SHARE_MEMORY_REGION);
	*nacl_gpr(REG_A0) = 0;
	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	CHECK_EQ(t->exit.a[7], SBI_EID_DBCN);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		s[i].gpa = gpa;
		s[i].n = sizes[i];
		gpa = add_shared(t, &s[i]);
		block(t, &s[i]);
	}
	METER_LOOP(&fence, covh_tvm_fence(t->id));
	bench_report("tvm_fence", "", &fence);
	/* Only what the guest wants back can be taken out */
	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	CHECK_EQ(t->exit.a[6], COVG_UNSHARE_MEMORY_REGION);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct meter remove = { 0 };

		each(t, &s[i], &remove, covh_tvm_remove_pages);
		bench_report_pages("remove", "", sizes[i], &remove);
	}
	CHECK_EQ(tvm_destroy(t), 0);
	page_free((void *)source, 8192);
}

/* The same registers, and no call */
static inline void no_call(unsigned long eid, unsigned long a6,
			   unsigned long a0, unsigned long a1)
{
	register unsigned long r0 __asm__("a0") = a0;
	register unsigned long r1 __asm__("a1") = a1;
	register unsigned long r6 __asm__("a6") = a6;
	register unsigned long r7 __asm__("a7") = eid;

	__asm__ __volatile__(""
			     : "+r"(r0), "+r"(r1)
			     : "r"(r6), "r"(r7)
			     : "memory");
}

void bench_forwarded(const char *name, const char *where, unsigned long mode)
{
	struct tvm *t = bench_build(mode, 0, true);
	struct meter m = { 0 }, none = { 0 };

	CHECK_EQ(nacl_setup(), 0);
	CHECK_EQ(covh_run_tvm_vcpu(t->id, 0).error, 0);
	CHECK_EQ(*nacl_gpr(17), SBI_EID_DBCN);
	METER_LOOP(&m, covh_run_tvm_vcpu(t->id, 0));
	METER_LOOP(&none, no_call(COVH_EID_COVH, COVH_RUN_TVM_VCPU, t->id, 0));
	NOTE("bench %s%s %lu", name, where,
	     bench_result(&m) - bench_result(&none));
}

static void life(void)
{
	bench_life("");
}

static void runs(void)
{
	struct meter base = { 0 };

	bench_forwarded("run.forwarded_ecall", "", BENCH_FORWARD);
	bench_forwarded("run.forwarded_ecall_fp", "", BENCH_FORWARD_FP);
	/* A call of the host's that is none of ours, behind our vector */
	METER_LOOP(&base, sbi_call(SBI_EID_BASE, 0, 0));
	bench_report("ecall.base.tvm", "", &base);
}

void bench_zero_fault(const char *where)
{
	unsigned long i, at, pages = 1000;
	struct tvm *t = bench_build(BENCH_TOUCH, pages, true);
	struct meter m = { 0 }, none = { 0 };

	at = conf_alloc(&t->conf, pages, PAGE_SIZE);
	CHECK(at);
	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	CHECK_EQ(t->exit.gpa, BENCH_GPA);
	meter_start(&m);
	for (i = 0; i < pages; i++) {
		covh_add_tvm_zero_pages(t->id, at + i * PAGE_SIZE, COVH_PAGE_4K,
					1, BENCH_GPA + i * PAGE_SIZE);
		covh_run_tvm_vcpu(t->id, 0);
	}
	meter_stop(&m, pages);
	/* All calls have done what they should, or it would be another page */
	CHECK_EQ(*nacl_csr(CSR_HTVAL) << 2, BENCH_GPA + pages * PAGE_SIZE);
	meter_start(&none);
	for (i = 0; i < pages; i++) {
		no_call(COVH_EID_COVH, COVH_ADD_TVM_ZERO_PAGES, t->id,
			at + i * PAGE_SIZE);
		no_call(COVH_EID_COVH, COVH_RUN_TVM_VCPU, t->id,
			BENCH_GPA + i * PAGE_SIZE);
	}
	meter_stop(&none, pages);
	CHECK(meter_enough(&m));
	m.ticks -= none.ticks;
	bench_report("run.zero_fault", where, &m);
}

static void zero_fault(void)
{
	bench_zero_fault("");
}

static void fast(void)
{
	struct tvm *t = bench_build(FAST_CALLS, 0, true);
	unsigned long v;

	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK(tvm_value_long(t, "base", (long *)&v));
	NOTE("bench run.fast_sbi_base %lu", v * METER_TICK / FAST_CALLS);
	CHECK(tvm_value_long(t, "time", (long *)&v));
	NOTE("bench run.fast_sbi %lu", v * METER_TICK / FAST_CALLS);
}

TEST_GROUP(bench, { "boot", boot },
	   { "convert and reclaim", convert_and_reclaim },
	   { "windows", windows }, { "clear", clear }, { "fences", fences },
	   { "calls without pages", small_calls },
	   { "measured pages", measured_pages }, { "zero pages", zero_pages },
	   { "table pages", table_pages }, { "shared pages", shared_pages },
	   { "a TVM's life", life }, { "runs with a forwarded call", runs },
	   { "faults for zero pages", zero_fault },
	   { "calls answered in the trampoline", fast },
	   { "many TVMs and pages", bench_crowded },
	   { "evidence", bench_evidence },
	   { "functions of the ABI", bench_functions }, );
