/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole guests, from the archive of all of them (guests/all.cpio as initrd).
 */

#include <string.h>
#include <guest/canary.h>
#include <host/test.h>

static struct tvm_config config(bool lazy)
{
	return (struct tvm_config){ .lazy = lazy, .window = !free_pool.nr };
}

static void measurements_match(struct tvm *t)
{
	char line[32 + DIGEST_HEX_SIZE] = "measurement 4: ";
	struct measure m;

	tvm_predict(t, &m);
	digest_to_hex(m.code, line + 15);
	CHECK(strstr(t->output, line));
	line[12] = '5';
	digest_to_hex(m.config, line + 15);
	CHECK(strstr(t->output, line));
}

static void hello_eager(void)
{
	struct tvm *t = test_guest("hello", NULL, 7);

	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(t->exit.a[1], 0);
	CHECK_EQ(t->faults, 0);
	CHECK(strstr(t->output, "vCPU 0, argument 0x7\n"));
	measurements_match(t);
}

static void hello_lazy(void)
{
	struct tvm_config cfg = config(true);
	struct tvm *t = test_guest("hello", &cfg, 0);

	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK(t->faults > 0);
	measurements_match(t);
}

static enum tvm_result stop_at_interrupt(struct tvm *t, struct tvm_exit *e)
{
	if (!(e->scause & SCAUSE_IRQ))
		return TVM_CONTINUE;
	tvm_handle_exit(t);
	/* On a busy machine it may not have come to its first line yet */
	if (!strstr(t->output, "spin=1"))
		t->interrupts = 0;
	return t->interrupts < 3 ? TVM_CONTINUE : TVM_STOP;
}

static void host_timer_ends_run(void)
{
	struct tvm_config cfg = config(false);
	struct tvm *t;

	cfg.tick = time_us(2000);
	t = test_guest("spin", &cfg, 0);
	t->hook = stop_at_interrupt;
	CHECK_EQ(tvm_run(t, 0), TVM_STOP);
	CHECK_EQ(t->exit.scause, SCAUSE_IRQ | IRQ_STI);
	CHECK_EQ(t->exit.gpa, 0);
	CHECK(strstr(t->output, "spin=1"));
}

static void canaries(void)
{
	static const unsigned long mode[] = { CANARY_ECALL, CANARY_WFI,
					      CANARY_FAULT };
	struct tvm_config cfg = config(true);
	struct tvm *t;
	unsigned int i;
	long bad;

	for (i = 0; i < ARRAY_SIZE(mode); i++) {
		t = test_guest("canary", &cfg, mode[i]);
		CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
		CHECK(tvm_value_long(t, "canary", &bad));
		CHECK_EQ(bad, 0);
		CHECK_EQ(tvm_destroy(t), 0);
	}
}

static void outside(void)
{
	static const unsigned long cause[] = { CAUSE_LOAD_GPF, CAUSE_STORE_GPF,
					       CAUSE_FETCH_GPF };
	struct tvm *t;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cause); i++) {
		t = test_guest("outside", NULL, i);
		CHECK_EQ(tvm_run(t, 0), TVM_FATAL);
		CHECK_EQ(t->exit.scause, cause[i]);
		CHECK_EQ(t->exit.gpa, 0);
		CHECK(!tvm_value(t, "survived"));
		CHECK_EQ(tvm_run(t, 0), TVM_ERROR);
		CHECK_EQ(t->exit.ret.error, SBI_ERR_INVALID_PARAM);
		CHECK_EQ(tvm_destroy(t), 0);
	}
}

static void guest_timer(void)
{
	struct tvm_config cfg = config(true);
	struct tvm *t;
	long n;

	cfg.tick = time_us(1000);
	t = test_guest("timer", &cfg, 0);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(t->exit.a[1], 0);
	CHECK(tvm_value_long(t, "interrupts", &n));
	CHECK_EQ(n, 4);
	CHECK(tvm_value_long(t, "others", &n));
	CHECK_EQ(n, 0);
}

static void floating_point(void)
{
	struct tvm_config cfg = config(true);
	struct tvm *t;
	long n;

	cfg.tick = time_us(200);
	t = test_guest("fp", &cfg, 100);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK(tvm_value_long(t, "fp", &n));
	CHECK_EQ(n, 0);
}

TEST_GROUP(guest, { "hello, all of it measured", hello_eager },
	   { "hello, zero pages on demand", hello_lazy },
	   { "T-58 the host's timer ends a spinning guest's run",
	     host_timer_ends_run },
	   { "a guest's registers survive its exits", canaries },
	   { "memory outside all regions ends the vCPU", outside },
	   { "a guest's timer, beside the host's", guest_timer },
	   { "a guest's floating point, with exits in between",
	     floating_point });
