/* SPDX-License-Identifier: BSD-2-Clause */
/* Services of OpenSBI that could reach into the guest world. */

#include <string.h>
#include <sbi_covh/test.h>
#include <host/attack.h>
#include "world.h"

#define SSE		   0x535345
#define SSE_REGISTER	   2
#define SSE_UNREGISTER	   3
#define SSE_ENABLE	   4
#define SSE_DISABLE	   5
#define SSE_INJECT	   7
#define SSE_UNMASK	   8
#define SSE_MASK	   9
#define SSE_LOCAL_SOFTWARE 0xffff0000UL

#define DBTR	       0x44425452
#define DBTR_SHMEM     1
#define DBTR_INSTALL   3
#define DBTR_UNINSTALL 5

/* Filled by the event's handler */
static struct {
	volatile unsigned long runs;
	unsigned long t0, hgatp, stvec;
} sse;

static struct {
	struct hart *target;
	/** Hart 0 is about to RUN; the handler ran before the run ended */
	volatile int entering;
	volatile unsigned long early;
	long error;
} job;

/* a7 = our argument; a6, a7 are OpenSBI's to restore. Complete is FID 6 */
__asm__("	.text\n"
	"	.balign 4\n"
	"world_sse_handler:\n"
	"	sd	t0, 8(a7)\n"
	"	csrr	t0, 0x680\n"
	"	sd	t0, 16(a7)\n"
	"	csrr	t0, stvec\n"
	"	sd	t0, 24(a7)\n"
	"	ld	t0, 0(a7)\n"
	"	addi	t0, t0, 1\n"
	"	sd	t0, 0(a7)\n"
	"	ld	t0, 8(a7)\n"
	"	li	a7, 0x535345\n"
	"	li	a6, 6\n"
	"	ecall\n");
extern char world_sse_handler[];

static struct tvm *spinning(void)
{
	struct tvm *t = test_guest("spin", NULL, 0);

	while (!strstr(t->output, "spin=1\n")) {
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	}
	return t;
}

static long inject(void *arg)
{
	(void)arg;
	while (!job.entering)
		;
	time_delay(2000);
	job.error =
		sbi_call(SSE, SSE_INJECT, SSE_LOCAL_SOFTWARE, job.target->id)
			.error;
	time_delay(2000);
	job.early = sse.runs;
	ipi_send(job.target);
	return job.error;
}

static void entering(struct world *w)
{
	(void)w;
	job.entering = 1;
}

static void run_once_with_event(struct tvm *t, struct hart *h)
{
	struct world w = { .tvm = t, .prepare = entering };

	job.entering = 0;
	memset((void *)&sse, 0, sizeof(sse));
	job.target = this_hart();
	csr_write(sie, SIP_SSIP);
	hart_post(h, inject, NULL);
	CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
	CHECK_EQ(t->exit.scause, SCAUSE_IRQ | IRQ_SSI);
	CHECK_EQ(hart_wait(h), 0);
	ipi_clear();
	csr_write(sie, 0);
	/* Nowhere but in the host */
	CHECK_EQ(sse.hgatp, 0);
	CHECK(!sse.runs || sse.stvec == csr_read(stvec));
}

/* On a busy machine the event may come before RUN: again */
static void run_with_event(struct tvm *t, struct hart *h)
{
	int i;

	for (i = 0; i < 20; i++) {
		run_once_with_event(t, h);
		if (!job.early)
			return;
	}
	FAIL("the event always came before RUN returned");
}

static void sse_end(void)
{
	sbi_call(SSE, SSE_DISABLE, SSE_LOCAL_SOFTWARE);
	sbi_call(SSE, SSE_UNREGISTER, SSE_LOCAL_SOFTWARE);
	sbi_call(SSE, SSE_MASK, 0);
}

static void sse_begin(void)
{
	struct sbiret r;

	/* What a failed case left */
	sse_end();
	r = sbi_call(SSE, SSE_REGISTER, SSE_LOCAL_SOFTWARE,
		     (unsigned long)world_sse_handler, pa((void *)&sse));
	if (r.error == SBI_ERR_NOT_SUPPORTED)
		SKIP("the firmware has no SSE");
	CHECK_EQ(r.error, 0);
	CHECK_EQ(sbi_call(SSE, SSE_ENABLE, SSE_LOCAL_SOFTWARE).error, 0);
}

static void sse_unmasked(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = spinning();
	unsigned long runs, i;

	sse_begin();
	CHECK_EQ(sbi_call(SSE, SSE_UNMASK, 0).error, 0);
	for (i = 0; i < 3; i++) {
		run_with_event(t, h);
		runs = sse.runs;
		/* In the host, at once behind RUN */
		CHECK_EQ(runs, 1);
	}
	/* Still unmasked: a local injection is served */
	sbi_call(SSE, SSE_INJECT, SSE_LOCAL_SOFTWARE, this_hart()->id);
	runs = sse.runs;
	sse_end();
	CHECK_EQ(runs, 2);
}

static volatile bool in_call;

/* The event while the host is in a long call */
static long inject_soon(void *arg)
{
	(void)arg;
	while (!in_call)
		;
	time_delay(20);
	job.error =
		sbi_call(SSE, SSE_INJECT, SSE_LOCAL_SOFTWARE, job.target->id)
			.error;
	in_call = false;
	return job.error;
}

/* Such a call comes by the TSM's vector, and no trap of OpenSBI's ends it */
static void sse_in_call(void)
{
	unsigned long n = 4096, base = pa(page_alloc(n, n * PAGE_SIZE)), i;
	unsigned long in_time = 0;
	struct hart *h = test_second_hart();

	spinning();
	sse_begin();
	CHECK_EQ(sbi_call(SSE, SSE_UNMASK, 0).error, 0);
	job.target = this_hart();
	for (i = 0; i < 20; i++) {
		memset((void *)&sse, 0, sizeof(sse));
		CHECK_EQ(covh_convert_pages(base, n).error, 0);
		hart_post(h, inject_soon, NULL);
		in_call = true;
		CHECK_EQ(covh_reclaim_pages(base, n).error, 0);
		/* If it came before the call has ended, it has been here */
		if (!in_call) {
			CHECK_EQ(sse.runs, 1);
			in_time++;
		}
		CHECK_EQ(hart_wait(h), 0);
	}
	NOTE("%lu of 20 events in the call", in_time);
	CHECK(in_time);
	sse_end();
	page_free((void *)base, n);
}

static void sse_masked(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = spinning();
	unsigned long runs, later;

	sse_begin();
	sbi_call(SSE, SSE_MASK, 0);
	run_with_event(t, h);
	runs = sse.runs;
	/* The host's own mask outlasts the run; then the event comes */
	sbi_call(SSE, SSE_UNMASK, 0);
	later = sse.runs;
	sse_end();
	CHECK_EQ(runs, 0);
	CHECK_EQ(later, 1);
}

#define TRIG_VS_VU (3UL << 23)
#define TRIG_S	   (1UL << 4)
#define TRIG_EXEC  4UL
#define TRIG_STORE 2UL
#define TRIG_LOAD  1UL

/* An mcontrol6 trigger; OpenSBI gives the index back */
static long install(unsigned long what, unsigned long at)
{
	static unsigned long shmem[8] __attribute__((aligned(64)));

	memset(shmem, 0, sizeof(shmem));
	if (sbi_call(DBTR, DBTR_SHMEM, pa(shmem), 0, 0).error)
		SKIP("the firmware has no DBTR");
	shmem[1] = 6UL << 60 | what;
	shmem[2] = at;
	if (sbi_call(DBTR, DBTR_INSTALL, 1).error) {
		sbi_call(DBTR, DBTR_SHMEM, -1UL, -1UL, 0);
		SKIP("no such trigger can be set");
	}
	return (long)shmem[0];
}

static void uninstall(long idx)
{
	sbi_call(DBTR, DBTR_UNINSTALL, (unsigned long)idx, 1);
	sbi_call(DBTR, DBTR_SHMEM, -1UL, -1UL, 0);
}

static void must_not_fire(unsigned long what, struct tvm *t, unsigned long at)
{
	long idx = install(what, at);
	enum tvm_result r = tvm_run(t, 0);

	uninstall(idx);
	CHECK_EQ(r, TVM_SHUTDOWN);
	CHECK_EQ(t->exit.a[1], 0);
}

static void triggers(void)
{
	must_not_fire(TRIG_VS_VU | TRIG_EXEC, world_guest("hello", 0),
		      0x80000000);
	must_not_fire(TRIG_VS_VU | TRIG_LOAD | TRIG_STORE,
		      world_guest("hello", 0), 0x80000000);
}

/* One that only the trampoline can trip, where it can take no trap */
static void triggers_in_hs(void)
{
	struct tvm *t = world_guest("hello", 0);

	must_not_fire(TRIG_S | TRIG_STORE, t, t->vcpu_state + 5 * 8);
	t = world_guest("hello", 0);
	must_not_fire(TRIG_S | TRIG_EXEC, t,
		      sbi_call(COVH_TEST_EID, COVH_TEST_TRAMPOLINE, 0).value +
			      4);
}

static void triggers_return(void)
{
	static unsigned long watched;
	struct tvm *t = world_guest("hello", 0);
	unsigned long before, after, val;
	long idx = install(TRIG_S | TRIG_LOAD, pa(&watched));

	before = probe_load(pa(&watched), &val);
	tvm_run(t, 0);
	after = probe_load(pa(&watched), &val);
	uninstall(idx);
	CHECK_EQ(before, 3);
	CHECK_EQ(after, 3);
}

/* Harts that stop, start and suspend beside a run */
static long restless(void *arg)
{
	struct hart *h = arg;
	int i;

	for (i = 0; i < 10 && !job.error; i++) {
		job.error = hart_start(h);
		time_delay(200);
		if (!job.error)
			job.error = hart_stop(h);
	}
	ipi_send(job.target);
	return job.error;
}

static void hsm(void)
{
	struct hart *h = test_second_hart(), *other = hart_get(2);
	struct world w = { .tvm = spinning() };

	if (hart_count() < 3)
		SKIP("needs three harts");
	CHECK_EQ(hart_start(other), 0);
	CHECK_EQ(hart_stop(other), 0);
	job.error = 0;
	job.target = this_hart();
	csr_write(sie, SIP_SSIP);
	hart_post(h, restless, other);
	CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
	CHECK_EQ(w.tvm->exit.scause, SCAUSE_IRQ | IRQ_SSI);
	CHECK_EQ(hart_wait(h), 0);
	ipi_clear();
	csr_write(sie, 0);
}

#define CSR_SCTRCTL   0x14e
#define CSR_SCTRDEPTH 0x15f
#define CSR_VSCTRCTL  0x24e

/* Branches of VS and VU, as the host would have them recorded */
static void branch_records(void)
{
	struct tvm *t = world_guest("hello", 0);
	unsigned long i, v, n = 0, probed;
	enum tvm_result r;

	if (csr_probe_read(CSR_VSCTRCTL, &v) || csr_probe_read(0x150, &v) ||
	    csr_probe_read(CSR_SCTRDEPTH, &v))
		SKIP("the hart has no Ssctr, or firmware keeps it");
	probed = csr_read(0x150);
	do {
		csr_write(CSR_SCTRDEPTH, 1);
		csr_write(CSR_SCTRCTL, 0);
		csr_write(CSR_VSCTRCTL, 3);
		/* sctrclr */
		__asm__ __volatile__(".word 0x10400073" ::: "memory");
		r = tvm_run_once(t, 0);
		csr_write(CSR_VSCTRCTL, 0);
		for (i = 0; i < 32; i++) {
			csr_write(0x150, 0x200 + i);
			n += csr_read(0x151) != 0;
		}
		if (r == TVM_CONTINUE)
			r = tvm_handle_exit(t);
	} while (r == TVM_CONTINUE);
	csr_write(0x150, probed);
	CHECK_EQ(r, TVM_SHUTDOWN);
	CHECK_EQ(n, 0);
}

static unsigned long flushes(void)
{
	return (unsigned long)sbi_call(COVH_TEST_EID, COVH_TEST_FLUSHES).value;
}

/* A test build counts what a board would do to caches and predictors */
static void flush_hook(void)
{
	struct tvm *t = test_guest("hello", NULL, 0);
	unsigned long before, i;

	need_debug();
	CHECK_EQ(nacl_setup(), 0);
	for (i = 0; i < 5; i++) {
		before = flushes();
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		CHECK_EQ(flushes(), before + 2);
		CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	}
	/* A run that is refused is no switch */
	before = flushes();
	CHECK_EQ(covh_run_tvm_vcpu(t->id, 1).error, COVH_ERR_INVALID_PARAM);
	CHECK_EQ(flushes(), before);
}

TEST_GROUP(world_hazard,
	   { "SSE: an event waits until the TVM is out", sse_unmasked },
	   { "SSE: an event in a COVH call", sse_in_call },
	   { "SSE: the host's mask outlasts a run", sse_masked },
	   { "T-56 the host's debug triggers in a TVM", triggers },
	   { "T-56 the host's debug triggers in the trampoline",
	     triggers_in_hs },
	   { "T-56 triggers are the host's again", triggers_return },
	   { "T-55 branches of a TVM are not recorded", branch_records },
	   { "T-38 the flush hook is called on both ways", flush_hook },
	   { "HSM: harts stop and start beside a run", hsm });
