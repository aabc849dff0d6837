/* SPDX-License-Identifier: BSD-2-Clause */
/* T-14 and its kin: what the host writes into the slots. */

#include <string.h>
#include "world.h"

/* The canary guest's own call: the host's answer to it */
struct answer {
	unsigned long a0, a1;
	long seen;
};

/* The slots that no row of E.2 lets the host write, and those of fields */
static void tamper(unsigned long with, bool answers_too)
{
	uint64_t *slot = this_hart()->shmem;
	unsigned int i;

	for (i = 0; i < COVH_NACL_SHMEM_SIZE / 8; i++) {
		if (!answers_too && (i == REG_A0 || i == REG_A0 + 1))
			continue;
		slot[i] = with + 8 * i;
	}
}

static enum tvm_result lie(struct tvm *t, struct tvm_exit *e)
{
	const struct answer *ans = t->data;
	bool its = e->scause == CAUSE_VS_ECALL && e->a[0] == CANARY_CHAR &&
		   !strstr(t->output, "!");
	enum tvm_result r;

	if (e->ret.value)
		return TVM_CONTINUE;
	r = tvm_handle_exit(t);
	if (r != TVM_CONTINUE)
		return r;
	tamper(0x6666000000000000, e->scause != CAUSE_VS_ECALL);
	if (its) {
		*nacl_gpr(REG_A0) = ans->a0;
		*nacl_gpr(REG_A0 + 1) = ans->a1;
	}
	return TVM_CONTINUE;
}

/* tvm_run, but the hook has done the exits */
static enum tvm_result run_lying(struct tvm *t)
{
	enum tvm_result r;

	do {
		r = tvm_run_once(t, 0);
		if (r == TVM_CONTINUE && t->exit.ret.value)
			return tvm_handle_exit(t);
		if (r == TVM_CONTINUE)
			r = lie(t, &t->exit);
	} while (r == TVM_CONTINUE);
	return r;
}

static void answers(void)
{
	static const struct answer a[] = {
		{ 0, 0x1234, 0 },	{ -3UL, 9, -3 },
		{ -14UL, 0, -14 },	{ -15UL, 7, -1 },
		{ 5, 7, -1 },		{ 1UL << 63, 1, -1 },
		{ 0x7fffffff, 0, -1 },	{ 0xffffffff, 0, -1 },
		{ -257UL, 0xca7a, -1 }, { ~0UL >> 1, ~0UL, -1 },
	};
	struct tvm *t = world_guest("canary", CANARY_ECALL);
	char want[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(a); i++) {
		world_rebuild(t, "canary", CANARY_ECALL);
		t->data = (void *)&a[i];
		CHECK_EQ(run_lying(t), TVM_SHUTDOWN);
		world_expect(t, "canary", 0);
		snprintf(want, sizeof(want), "answer=%ld,0\n", a[i].seen);
		if (!strstr(t->output, want))
			FAIL("host answered 0x%lx,0x%lx: \"%.60s\"", a[i].a0,
			     a[i].a1, t->output);
	}
}

/* Exits that take no answer: all slots are nonsense, a0 and a1 as well */
static void no_answer(void)
{
	static const unsigned long mode[] = { CANARY_WFI, CANARY_FAULT };
	static const struct answer none;
	struct tvm *t;
	unsigned int i;
	long loaded;

	for (i = 0; i < ARRAY_SIZE(mode); i++) {
		t = world_guest("canary", mode[i]);
		t->data = (void *)&none;
		CHECK_EQ(run_lying(t), TVM_SHUTDOWN);
		world_expect(t, "canary", 0);
		if (mode[i] == CANARY_FAULT) {
			CHECK(tvm_value_long(t, "loaded", &loaded));
			CHECK_EQ(loaded, 0);
		}
		CHECK_EQ(tvm_destroy(t), 0);
	}
}

static volatile int scribble;

/* Everything but the four registers that the answers to calls need */
static long scribbler(void *arg)
{
	uint64_t *slot = arg;
	unsigned long n = 0;
	unsigned int i;

	while (scribble) {
		for (i = 0; i < COVH_NACL_SHMEM_SIZE / 8; i++) {
			if (i < REG_A0 || i > REG_A0 + 7)
				*(volatile uint64_t *)&slot[i] = n * i;
		}
		n++;
	}
	return (long)n;
}

static void race(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = world_guest("fp", 100);
	enum tvm_result r;

	/* Faults cannot be answered while their address is rubbed out */
	CHECK_EQ(tvm_destroy(t), 0);
	t = test_guest("fp", NULL, 100);
	CHECK_EQ(nacl_setup(), 0);
	scribble = 1;
	hart_post(h, scribbler, this_hart()->shmem);
	r = tvm_run(t, 0);
	scribble = 0;
	CHECK(hart_wait(h) > 0);
	CHECK_EQ(r, TVM_SHUTDOWN);
	world_expect(t, "fp", 0);
}

/* The vCPU moves: what hart A's memory says counts only on A */
static long answer_elsewhere(void *arg)
{
	struct tvm *t = arg;

	if (nacl_setup())
		return -1;
	*nacl_gpr(REG_A0) = -4UL;
	*nacl_gpr(REG_A0 + 1) = 0;
	return tvm_run_once(t, 0);
}

static void moved(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = world_guest("canary", CANARY_ECALL);
	enum tvm_result r;

	for (;;) {
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		if (t->exit.scause == CAUSE_VS_ECALL)
			break;
		CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	}
	*nacl_gpr(REG_A0) = 0;
	/* It goes on there, with that hart's answer, until its next exit */
	CHECK_EQ(hart_call(h, answer_elsewhere, t), TVM_CONTINUE);
	r = tvm_handle_exit(t);
	while (r == TVM_CONTINUE) {
		*nacl_gpr(REG_A0) = 0;
		r = tvm_run_once(t, 0);
		if (r == TVM_CONTINUE)
			r = tvm_handle_exit(t);
	}
	CHECK_EQ(r, TVM_SHUTDOWN);
	CHECK(strstr(t->output, "answer=-4,0\n"));
	world_expect(t, "canary", 0);
}

/* C.7: what an exit left in a slot is gone when the next one does not use it */
static enum tvm_result look_for_leftovers(struct tvm *t, struct tvm_exit *e)
{
	unsigned int i;

	if (e->scause == CAUSE_VS_ECALL)
		return TVM_CONTINUE;
	for (i = 0; i < 8; i++)
		CHECK_EQ(e->a[i], 0);
	(*(unsigned long *)t->data)++;
	return TVM_CONTINUE;
}

static void leftovers(void)
{
	struct tvm *t = world_guest("timer", 0);
	unsigned long n = 0;

	CHECK_EQ(nacl_setup(), 0);
	memset(this_hart()->shmem, 0, COVH_NACL_SHMEM_SIZE);
	t->data = &n;
	t->hook = look_for_leftovers;
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK(n > 0);
}

TEST_GROUP(world_nacl, { "T-11 slots of the exit before", leftovers },
	   { "T-14 answers to a forwarded call", answers },
	   { "T-14 slots of exits that take no answer", no_answer },
	   { "T-15 another hart scribbles over the slots", race },
	   { "T-14 the answer counts on the hart that runs", moved });
