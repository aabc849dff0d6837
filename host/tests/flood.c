/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-59, T-55: a guest that does nothing but keep the TSM busy, on a hart of its
 * own, and what its neighbours notice of it.
 */

#include "mmio.h"

#define COMMANDS 400
#define TIME_US	 20000
#define ATTEMPTS 10
/* Two harts may have one processor, or less, of the machine under QEMU */
#define SLOWER 40

static struct puppet busy, quiet;
static volatile int stop;

/* The host of the busy one: brings pages, says 0 to everything */
static long serve(void *arg)
{
	static struct tvm_exit e;
	unsigned long n = 0;

	(void)arg;
	if (nacl_setup())
		return -1;
	for (; !stop; n++) {
		if (tvm_vcpu_run(busy.t, 0, &e) != TVM_CONTINUE || e.ret.value)
			return -2;
		if (e.htinst)
			puppet_answer(0, 0);
		else if (tvm_vcpu_handle(busy.t, &e) != TVM_CONTINUE)
			return -3;
	}
	return (long)n;
}

/* Calls of a guest, each with an exit, and of its host */
static unsigned long work(void)
{
	unsigned long start = time_now(), id = quiet.t->id, gpa = quiet.data;
	struct sbiret r = { 0, 0 };
	int i;

	for (i = 0; i < COMMANDS; i++) {
		puppet(&quiet, 0, PUPPET_ECALL, COVH_EID_COVG,
		       i & 1 ? COVG_REMOVE_MMIO_REGION : COVG_ADD_MMIO_REGION,
		       MMIO_GPA, PAGE_SIZE);
		CHECK_EQ((long)puppet_ret(&quiet, 0, 0), 0);
		r.error |= covh_tvm_invalidate_pages(id, gpa, PAGE_SIZE).error;
		r.error |= covh_tvm_fence(id).error;
		r.error |= covh_tvm_validate_pages(id, gpa, PAGE_SIZE).error;
		CHECK_EQ(r.error, 0);
	}
	return time_now() - start;
}

static void beside(const uint64_t *loop)
{
	struct hart *h = test_second_hart();
	unsigned long alone, loaded;
	long n;

	puppet_make(&quiet, 1);
	puppet_make(&busy, 1);
	/* The page of the host's own calls */
	puppet_store(&quiet, quiet.data, 1);
	alone = work();
	puppet_write(&busy, 0, PUPPET_LOOP, loop);
	stop = 0;
	hart_post(h, serve, NULL);
	loaded = work();
	stop = 1;
	/* It may be where no exit is */
	while (hart_busy(h))
		tvm_kick(busy.t);
	n = hart_wait(h);
	CHECK(n > 0);
	NOTE("%lu us alone, %lu us beside %ld runs",
	     alone * 1000000 / machine.timebase,
	     loaded * 1000000 / machine.timebase, n);
	CHECK(loaded < SLOWER * alone + time_us(1000000));
}

#define BESIDE(...) beside((const uint64_t[8]){ __VA_ARGS__ })

static void regions(void)
{
	BESIDE(COVH_EID_COVG, COVG_ADD_MMIO_REGION, 1UL << 39, 1UL << 39,
	       COVG_REMOVE_MMIO_REGION);
}

static void shares(void)
{
	BESIDE(COVH_EID_COVG, COVG_SHARE_MEMORY_REGION, 1UL << 39, 1UL << 39,
	       COVG_UNSHARE_MEMORY_REGION);
}

static void interrupts(void)
{
	BESIDE(COVH_EID_COVG, COVG_ALLOW_EXTERNAL_INTERRUPT, ~0UL, 0,
	       COVG_DENY_EXTERNAL_INTERRUPT);
}

/* HSM start of a vCPU that there is not, status */
static void hsm(void)
{
	BESIDE(SBI_EID_HSM, SBI_HSM_START, 1, 0x80000000, SBI_HSM_STATUS);
}

/* To itself: no exit; SUSP, FWFT and their like: none either */
static void answered_here(void)
{
	BESIDE(SBI_EID_RFENCE, 0, 0, -1UL, 1);
}

static void characters(void)
{
	BESIDE(SBI_EID_DBCN, SBI_DBCN_WRITE_BYTE, 0, 0, 7);
}

/* While hart 0 is inside, this one waits and then has vCPU 0 leave by a load */
static long post_load(void *arg)
{
	struct mmio_insn i = mmio_insn(MMIO_LD, 7, 8, 0);

	(void)arg;
	time_delay(TIME_US);
	while (!puppet_done(&busy, 0))
		;
	mmio_post(&busy, 0, &i, busy.data + 0x100, MMIO_GPA);
	return 0;
}

struct counts {
	unsigned long cycle, instret;
};

static struct counts now(void)
{
	return (struct counts){ csr_read(cycle), csr_read(instret) };
}

static struct counts since(struct counts t0)
{
	struct counts t1 = now();

	return (struct counts){ t1.cycle - t0.cycle, t1.instret - t0.instret };
}

/* As long a time in a TVM: most of it must be missing */
static bool hidden(struct hart *h)
{
	struct counts in, out, t0 = now();

	time_delay(TIME_US);
	out = since(t0);
	CHECK(out.cycle && out.instret);
	/* Calls that the trampoline answers, one after the other */
	puppet_post(&busy, 0, PUPPET_LOOP, SBI_EID_BASE, 0, 0, 0, 1);
	hart_post(h, post_load, NULL);
	t0 = now();
	puppet_once(&busy, 0);
	in = since(t0);
	hart_wait(h);
	CHECK_EQ(busy.t->exit.htinst, 0x3503);
	puppet_answer(0, 0);
	puppet_finish(&busy, 0);
	return in.cycle < out.cycle / 4 && in.instret < out.instret / 4;
}

static void counters(void)
{
	struct hart *h = test_second_hart();
	unsigned long v;
	int i;

	if (csr_probe_read(cycle, &v) || csr_probe_read(instret, &v))
		SKIP("the host has no counters");
	if (bootarg_ulong("qemu", 10) < 10)
		SKIP("QEMU before 10 goes on counting while mcountinhibit is set");
	mmio_make(&busy, 1);
	/* Its pages come now */
	puppet(&busy, 0, PUPPET_INSN, busy.data + 0x100, 0x00000013, 1);
	for (i = 0; i < ATTEMPTS; i++) {
		if (hidden(h))
			return;
	}
	FAIL("cycle or instret count what a TVM executes");
}

TEST_GROUP(flood, { "T-59 MMIO regions, added and removed", regions },
	   { "T-59 shares of what is not there", shares },
	   { "T-59 external interrupts, allowed and denied", interrupts },
	   { "T-59 starts of vCPUs that there are not", hsm },
	   { "T-59 fences of its own", answered_here },
	   { "T-59 characters", characters },
	   { "T-55 cycle and instret around a load of MMIO", counters });
