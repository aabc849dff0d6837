/* SPDX-License-Identifier: BSD-2-Clause */
/* T-55, T-14: what a host could learn or smuggle in beside the exits. */

#include <string.h>
#include <guest/canary.h>
#include <guest/world.h>
#include <host/test.h>

#define TIME_US	 20000
#define ATTEMPTS 10

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

/* As long a time in a TVM that computes: most of it must be missing */
static bool hidden(struct tvm *t)
{
	struct counts in, out, t0 = now();

	time_delay(TIME_US);
	out = since(t0);
	t0 = now();
	timer_set(time_now() + time_us(TIME_US));
	csr_write(sie, SIP_STIP);
	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	in = since(t0);
	csr_write(sie, 0);
	CHECK_EQ(t->exit.scause, SCAUSE_IRQ | IRQ_STI);
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	/* In the host they go on */
	CHECK(out.cycle && out.instret);
	return in.cycle < out.cycle / 4 && in.instret < out.instret / 4;
}

static void counters(void)
{
	struct tvm *t = test_guest("spin", NULL, 0);
	unsigned long v;
	int i;

	if (csr_probe_read(cycle, &v) || csr_probe_read(instret, &v))
		SKIP("the host has no counters");
	if (bootarg_ulong("qemu", 10) < 10)
		SKIP("QEMU before 10 goes on counting while mcountinhibit is set");
	while (!strstr(t->output, "spin=1\n")) {
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	}
	/* On a busy machine time passes outside as well: once is enough */
	for (i = 0; i < ATTEMPTS; i++) {
		if (hidden(t))
			return;
	}
	FAIL("cycle or instret count what a TVM executes");
}

#define SBI_EID_PMU	   0x504D55
#define PMU_NUM_COUNTERS   0
#define PMU_CONFIG	   2
#define PMU_STOP	   4
#define PMU_FW_READ	   5
#define PMU_CLEAR_START	   6UL
#define PMU_STOP_RESET	   1UL
#define PMU_FW_EVENT(code) (0xfUL << 16 | (code))
#define PMU_FW_LAST_TRAP   4

static long fw_count(unsigned long counter)
{
	struct sbiret r = sbi_call(SBI_EID_PMU, PMU_FW_READ, counter);

	CHECK_EQ(r.error, 0);
	return r.value;
}

/* Misaligned accesses, access faults, illegal instructions seen by M-mode */
static void firmware_counters(void)
{
	unsigned long nr, code, counter[PMU_FW_LAST_TRAP + 1], v;
	struct sbiret r = sbi_call(SBI_EID_PMU, PMU_NUM_COUNTERS, 0);
	struct tvm *t = test_guest("illegal", NULL, ILLEGAL_HEXT);
	long before;

	if (r.error || r.value <= 0 || r.value > 63)
		SKIP("no firmware counters");
	nr = (unsigned long)r.value;
	for (code = 0; code <= PMU_FW_LAST_TRAP; code++) {
		r = sbi_call(SBI_EID_PMU, PMU_CONFIG, 0, (1UL << nr) - 1,
			     PMU_CLEAR_START, PMU_FW_EVENT(code), 0);
		CHECK_EQ(r.error, 0);
		counter[code] = (unsigned long)r.value;
	}
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK(tvm_value(t, "hext"));
	for (code = 0; code <= PMU_FW_LAST_TRAP; code++)
		CHECK_EQ(fw_count(counter[code]), 0);
	/* The host's own are counted */
	before = fw_count(counter[PMU_FW_LAST_TRAP]);
	CHECK_EQ(csr_probe_read(0x5c0, &v), CAUSE_ILLEGAL);
	CHECK(fw_count(counter[PMU_FW_LAST_TRAP]) > before);
	for (code = 0; code <= PMU_FW_LAST_TRAP; code++)
		sbi_call(SBI_EID_PMU, PMU_STOP, counter[code], 1,
			 PMU_STOP_RESET);
}

static void fill_slots(unsigned long with)
{
	uint64_t *slot = this_hart()->shmem;
	unsigned int i;

	for (i = 0; i < COVH_NACL_SHMEM_SIZE / 8; i++)
		slot[i] = with + i;
}

/* Waits, interrupts and faults among ecalls: only the answers to those count */
static void answer_once(void)
{
	struct tvm_config cfg = { .lazy = true, .window = !free_pool.nr };
	enum tvm_result r;
	struct tvm *t;
	long bad;

	cfg.tick = time_us(200);
	t = test_guest("once", &cfg, 0);
	do {
		r = tvm_run_once(t, 0);
		if (r == TVM_CONTINUE)
			r = tvm_handle_exit(t);
		if (t->exit.scause != CAUSE_VS_ECALL)
			fill_slots(0xbad0000000000000);
	} while (r == TVM_CONTINUE);
	timer_clear();
	csr_write(sie, 0);
	CHECK_EQ(r, TVM_SHUTDOWN);
	CHECK(t->wfis > 0);
	CHECK(tvm_value_long(t, "bad", &bad));
	CHECK_EQ(bad, 0);
}

static enum tvm_result only_bytes(struct tvm *t, struct tvm_exit *e)
{
	(void)t;
	if (e->scause == CAUSE_VS_ECALL && e->a[7] == SBI_EID_DBCN)
		CHECK(e->a[0] <= 0xff);
	return TVM_CONTINUE;
}

/* The guest passes canaries above the byte that it prints */
static void one_byte(void)
{
	struct tvm *t = test_guest("canary", NULL, CANARY_ECALL);

	t->hook = only_bytes;
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK(strchr(t->output, CANARY_CHAR));
}

TEST_GROUP(gaps, { "T-55 cycle and instret around a run", counters },
	   { "T-55 OpenSBI's own counters around a run", firmware_counters },
	   { "T-14 an answer counts once", answer_once },
	   { "T-11 a printed byte comes alone", one_byte });
