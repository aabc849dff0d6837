/* SPDX-License-Identifier: BSD-2-Clause */
/* T-17, T-62, T-66, time, and what must not cost an exit. */

#include <string.h>
#include "world.h"

static void no_exit(void)
{
	struct world w = { .tvm = world_guest("world", WORLD_CALLS) };
	unsigned long first = 0;
	enum tvm_result r;

	for (;;) {
		r = world_run_once(&w);
		if (r == TVM_CONTINUE && w.tvm->exit.scause == CAUSE_VS_ECALL) {
			if (w.tvm->exit.a[0] == '<')
				first = w.tvm->runs;
			if (w.tvm->exit.a[0] == '>')
				break;
		}
		if (r == TVM_CONTINUE)
			r = tvm_handle_exit(w.tvm);
		CHECK_EQ(r, TVM_CONTINUE);
	}
	/* Code pages are all there, but a fault is no call */
	CHECK_EQ(w.tvm->runs, first + 1);
	CHECK_EQ(tvm_handle_exit(w.tvm), TVM_CONTINUE);
	CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
	world_expect(w.tvm, "calls", 0);
}

static void calls(void)
{
	static const struct {
		const char *name;
		long error;
	} t[] = {
		{ "base.spec", 0 },
		{ "base.unknown", -2 },
		{ "covh.info", -2 },
		{ "covh.convert", -2 },
		{ "covh.global_fence", -2 },
		{ "covh.destroy", -2 },
		{ "covh.run", -2 },
		{ "covi.init", -2 },
		{ "supd.domains", -2 },
		{ "nacl.probe", -2 },
		{ "nacl.shmem", -2 },
		{ "unknown.eid", -2 },
		{ "unknown.vendor", -2 },
		{ "dbcn.unknown", -2 },
		{ "time.unknown", -2 },
		{ "covg.unknown", -2 },
		{ "covg.reserved", -2 },
		{ "measure.4", 0 },
		{ "measure.4.value", COVH_DIGEST_SIZE },
		{ "measure.5", 0 },
		{ "measure.short", SBI_ERR_INVALID_PARAM },
		{ "measure.index", SBI_ERR_INVALID_PARAM },
		{ "measure.unaligned", SBI_ERR_INVALID_ADDRESS },
		{ "measure.outside", SBI_ERR_INVALID_ADDRESS },
		{ "measure.wrap", SBI_ERR_INVALID_ADDRESS },
		{ "probes", 0 },
		{ "probes.others", 0 },
		{ "susp", -2 },
		{ "pmu", -2 },
		{ "sse", -2 },
		{ "mpxy", -2 },
		{ "dbtr", -2 },
		{ "unknown.legacy", -2 },
		{ "legacy", 1 },
		{ "end", 1 },
	};
	struct world w = { .tvm = world_guest("ecalls", 0) };
	unsigned int i;

	CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
	for (i = 0; i < ARRAY_SIZE(t); i++)
		world_expect(w.tvm, t[i].name, t[i].error);
}

/* A page that the guest has not touched is not there yet: no write to it */
static void run_named(const char *guest, unsigned long arg, const char *name,
		      long want)
{
	struct world w = { .tvm = world_guest(guest, arg) };

	CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
	world_expect(w.tvm, name, want);
}

static void h_extension(void)
{
	run_named("illegal", ILLEGAL_HEXT, "hext", 0);
}

static void wrs(void)
{
	struct world w = { .tvm = world_guest("illegal", ILLEGAL_WRS) };
	long traps;

	CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
	CHECK(tvm_value_long(w.tvm, "wrs", &traps));
	if (traps == 2)
		SKIP("the hart has no Zawrs");
	/* QEMU leaves stval 0 here: the trampoline has fetched the instruction */
	CHECK_EQ(traps, 0);
}

static void reservation(void)
{
	run_named("world", WORLD_LRSC, "lrsc", 1);
}

static unsigned long delta, deltas;

static void look_at_time(struct world *w)
{
	unsigned long now = *nacl_csr(CSR_HTIMEDELTA);

	(void)w;
	deltas += deltas == 0 || now != delta;
	delta = now;
}

static void lie_about_time(struct world *w)
{
	(void)w;
	csr_write(CSR_HTIMEDELTA, 0x12345678);
	csr_write(CSR_VSTIMECMP, 0);
}

static void guest_time(void)
{
	struct world w = { .tvm = world_guest("world", WORLD_TIME),
			   .look = look_at_time,
			   .prepare = lie_about_time };
	unsigned long start = time_now();
	long first, last;

	deltas = 0;
	CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
	csr_write(CSR_HTIMEDELTA, 0);
	csr_write(CSR_VSTIMECMP, -1UL);
	CHECK_EQ(deltas, 1);
	world_expect(w.tvm, "time.back", 0);
	CHECK(tvm_value_long(w.tvm, "time.first", &first));
	CHECK(tvm_value_long(w.tvm, "time.last", &last));
	CHECK(first >= 0 && last < (long)(time_now() - start));
	/* htimedelta is minus the time of the first run */
	CHECK(0 - delta >= start && 0 - delta <= time_now());
}

static void timers(void)
{
	struct world w = { .tvm = world_guest("timer", 0) };

	CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
	world_expect(w.tvm, "interrupts", 4);
	world_expect(w.tvm, "others", 0);
	CHECK(w.exceptions & 1UL << CAUSE_VIRTUAL_INSN);
}

/* T-17: vCPUs that must not run */
static void wrong_vcpu(void)
{
	struct tvm *t = world_guest("hello", 0);
	unsigned long i;

	CHECK_EQ(nacl_setup(), 0);
	CHECK_EQ(covh_run_tvm_vcpu(t->id, 1).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_run_tvm_vcpu(t->id, 63).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_run_tvm_vcpu(t->id, 64).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_run_tvm_vcpu(t->id, -1UL).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_run_tvm_vcpu(t->id, 1UL << 32).error,
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_run_tvm_vcpu(t->id + 1, 0).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(nacl_disable(), 0);
	CHECK_EQ(covh_run_tvm_vcpu(t->id, 0).error, SBI_ERR_FAILED);
	CHECK_EQ(nacl_setup(), 0);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	for (i = 0; i < 3; i++)
		CHECK_EQ(covh_run_tvm_vcpu(t->id, 0).error,
			 SBI_ERR_INVALID_PARAM);
}

/* The guest reaches for the host's memory, the firmware's, and the TSM's */
static void reach_out(void)
{
	unsigned long at[5], i, how;
	struct tvm *t = world_guest("outside", 0);
	struct world w;

	CHECK_EQ(nacl_setup(), 0);
	at[0] = ALIGN_DOWN(pa(&w), PAGE_SIZE);
	at[1] = pa(this_hart()->shmem);
	at[2] = 0x100000;
	at[3] = 1UL << 40;
	at[4] = 1UL << 62;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		for (how = 0; how < 3; how++) {
			world_rebuild(t, "outside", at[i] | how);
			w = (struct world){ .tvm = t };
			/* Its own memory starts where ours does */
			if (at[i] >= w.tvm->region[0].start &&
			    at[i] < w.tvm->region[0].end)
				SKIP("the guest has memory there");
			CHECK_EQ(world_run(&w), TVM_FATAL);
			CHECK_EQ(w.tvm->exit.gpa, 0);
			CHECK(!tvm_value(w.tvm, "survived"));
		}
	}
}

TEST_GROUP(world_guest,
	   { "E.4 Base, TIME and unknown calls cost no exit", no_exit },
	   { "T-66 what calls of a guest return", calls },
	   { "T-62 hypervisor instructions and CSRs in a guest", h_extension },
	   { "a guest's WRS.NTO is no illegal instruction", wrs },
	   { "a guest's LR does not last over an exit", reservation },
	   { "T-34 a guest's time", guest_time },
	   { "T-34 a guest's timer, WFI", timers },
	   { "T-17 vCPUs that must not run", wrong_vcpu },
	   { "T-54 a guest reaches for memory that is not its own",
	     reach_out });
