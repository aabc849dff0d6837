/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-39: a host that lets a TVM do next to nothing in each run. Instructions
 * must be countable (QEMU's -icount). The boot argument steps= is the
 * firmware's SBI_COVH_STEP_LIMIT.
 */

#include <host/fdt.h>
#include "world.h"

static unsigned long limit;

static struct tvm *guest(const char *name)
{
	limit = bootarg_ulong("steps", 0);
	if (!limit)
		SKIP("needs firmware of SBI_COVH_STEP_LIMIT, and -icount");
	return world_guest(name, 20);
}

/* The timer is due before the guest is in */
static struct sbiret step(struct tvm *t)
{
	struct sbiret r;

	timer_set(0);
	csr_write(sie, SIP_STIP);
	r = covh_run_tvm_vcpu(t->id, 0);
	csr_write(sie, 0);
	timer_clear();
	return r;
}

/* Steps up to the first that is refused */
static unsigned long steps(struct tvm *t)
{
	unsigned long n = 0;
	struct sbiret r;

	for (;; n++) {
		r = step(t);
		if (r.error)
			break;
		CHECK_EQ(csr_read(scause), SCAUSE_IRQ | IRQ_STI);
		CHECK(n <= limit);
	}
	CHECK_EQ(r.error, SBI_ERR_FAILED);
	return n;
}

static void stepping(void)
{
	struct tvm *t = guest("fp");
	unsigned long start, i;

	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	CHECK_EQ(steps(t), limit + 1);
	start = time_now();
	while (step(t).error)
		CHECK(time_now() - start < time_us(2000));
	CHECK(time_now() - start > time_us(800));
	/* One each from here on, until the second is over */
	for (i = 0; i < 5; i++) {
		CHECK_EQ(step(t).error, SBI_ERR_FAILED);
		time_delay(1100);
		CHECK_EQ(step(t).error, 0);
	}
	time_delay(1100);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	world_expect(t, "fp", 0);
}

/* Ticks that let the guest work are no steps */
static void ordinary(void)
{
	struct tvm *t = guest("spin");
	unsigned long i;

	t->cfg.tick = time_us(20);
	for (i = 0; i < 4 * limit; i++) {
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	}
}

/* T-55 all the same */
static void hidden(void)
{
	struct tvm *t = guest("fp");
	unsigned long before, first, second;

	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	before = csr_read(instret);
	step(t);
	first = csr_read(instret) - before;
	t->cfg.tick = time_us(1000);
	before = csr_read(instret);
	timer_set(time_now() + time_us(500));
	csr_write(sie, SIP_STIP);
	covh_run_tvm_vcpu(t->id, 0);
	csr_write(sie, 0);
	timer_clear();
	second = csr_read(instret) - before;
	NOTE("instructions of a run that the host sees: %lu, %lu", first,
	     second);
	CHECK(second < first + 1000);
}

TEST_GROUP(steps, { "T-39 a TVM is single-stepped", stepping },
	   { "T-39 a host with a fast timer is not refused", ordinary },
	   { "T-55 what a TVM executes is counted, but not shown", hidden });
