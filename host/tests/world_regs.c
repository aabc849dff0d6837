/* SPDX-License-Identifier: BSD-2-Clause */
/* T-11, T-18: registers after every kind of exit. */

#include <string.h>
#include "world.h"

#define LOADED 0x3adefa11ed1234L

static long run(void *w)
{
	return world_run(w);
}

/* Where it runs; NULL: here */
static struct hart *hart;

static void canary(unsigned long mode, enum world_fp fp)
{
	static struct world w;
	struct tvm *t = world_guest("canary", mode);

	w = (struct world){ .tvm = t,
			    .fp = fp,
			    .mmio = CANARY_MMIO,
			    .mmio_len = PAGE_SIZE,
			    .mmio_value = LOADED };
	CHECK_EQ(hart ? hart_call(hart, run, &w) : run(&w), TVM_SHUTDOWN);
	if (mode == CANARY_LOAD)
		world_expect(t, "loaded", LOADED);
	if (mode == CANARY_STORE)
		world_expect(t, "loaded", CANARY_STORED);
	if (mode != CANARY_SRST)
		world_expect(t, "canary", 0);
	CHECK(w.exceptions & 1UL << CAUSE_VS_ECALL);
	CHECK(w.exceptions & 1UL << CAUSE_STORE_GPF);
	if (mode == CANARY_WFI)
		CHECK(w.exceptions & 1UL << CAUSE_VIRTUAL_INSN);
	if (mode == CANARY_FAULT || mode == CANARY_LOAD)
		CHECK(w.exceptions & 1UL << CAUSE_LOAD_GPF);
	CHECK_EQ(tvm_destroy(t), 0);
}

static void both(unsigned long mode)
{
	canary(mode, WORLD_FP_LATE);
	canary(mode, WORLD_FP_ON);
}

static void after_ecall(void)
{
	both(CANARY_ECALL);
}

static void after_wfi(void)
{
	both(CANARY_WFI);
}

static void after_fault(void)
{
	both(CANARY_FAULT);
}

static void after_mmio(void)
{
	both(CANARY_LOAD);
	both(CANARY_STORE);
}

static void after_mmio_there(void)
{
	hart = test_second_hart();
	after_mmio();
	hart = NULL;
}

static void after_srst(void)
{
	both(CANARY_SRST);
}

static void timer_soon(struct world *w)
{
	(void)w;
	timer_set(time_now() + time_us(300));
	csr_set(sie, SIP_STIP);
}

static void ssi_pending(struct world *w)
{
	(void)w;
	csr_set(sie, SIP_SSIP);
	ipi_send(this_hart());
}

/* The canary guest spins with canaries in all registers */
static void spinning(unsigned long irq, void (*prepare)(struct world *w))
{
	enum world_fp fp;
	struct world w;
	int i;

	for (fp = WORLD_FP_LATE; fp <= WORLD_FP_ON; fp++) {
		w = (struct world){ .fp = fp, .prepare = prepare };
		w.tvm = world_guest("canary", CANARY_SPIN);
		for (i = 0; i < 40; i++) {
			CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
			CHECK_EQ(tvm_handle_exit(w.tvm), TVM_CONTINUE);
		}
		CHECK_EQ(w.tvm->exit.scause, SCAUSE_IRQ | irq);
		CHECK_EQ(w.interrupts, 1UL << irq);
		csr_write(sie, 0);
		timer_clear();
		CHECK_EQ(tvm_destroy(w.tvm), 0);
	}
}

static void after_timer(void)
{
	spinning(IRQ_STI, timer_soon);
}

static void after_ssi(void)
{
	/* Pending at RUN: one exit each, and no progress, so also a spell
	 * of the timer to let the guest reach its loop */
	spinning(IRQ_STI, timer_soon);
	struct world w = { .prepare = ssi_pending };
	int i;

	w.tvm = world_guest("canary", CANARY_SPIN);
	for (i = 0; i < 10; i++) {
		CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
		CHECK_EQ(w.tvm->exit.scause, SCAUSE_IRQ | IRQ_SSI);
		CHECK(csr_read(sip) & SIP_SSIP);
		CHECK_EQ(tvm_handle_exit(w.tvm), TVM_CONTINUE);
	}
}

static void after_fatal(void)
{
	struct world w = { .fp = WORLD_FP_LATE };
	unsigned long i;

	for (i = 0; i < 3; i++) {
		w.tvm = world_guest("outside", i);
		CHECK_EQ(world_run(&w), TVM_FATAL);
		CHECK_EQ(w.tvm->exit.gpa, 0);
		CHECK_EQ(tvm_destroy(w.tvm), 0);
	}
}

/* Two guests that compute, one after each exit of the other */
static void alternating(void)
{
	struct world w[2] = { { .fp = WORLD_FP_LATE }, { .fp = WORLD_FP_ON } };
	enum tvm_result r[2] = { TVM_CONTINUE, TVM_CONTINUE };
	unsigned long slot[2][2];
	int i;

	memset(slot, 0, sizeof(slot));
	w[0].tvm = world_guest("fp", 40);
	w[1].tvm = world_guest("fp", 60);
	for (i = 0; r[0] == TVM_CONTINUE || r[1] == TVM_CONTINUE; i ^= 1) {
		if (r[i] != TVM_CONTINUE)
			continue;
		CHECK_EQ(nacl_setup(), 0);
		/* The answers of one are not the other's */
		*nacl_gpr(REG_A0) = slot[i][0];
		*nacl_gpr(REG_A0 + 1) = slot[i][1];
		r[i] = world_run_once(&w[i]);
		if (r[i] == TVM_CONTINUE)
			r[i] = tvm_handle_exit(w[i].tvm);
		slot[i][0] = *nacl_gpr(REG_A0);
		slot[i][1] = *nacl_gpr(REG_A0 + 1);
	}
	for (i = 0; i < 2; i++) {
		CHECK_EQ(r[i], TVM_SHUTDOWN);
		world_expect(w[i].tvm, "fp", 0);
	}
}

/* Canaries in one guest's FP registers, then a guest that looks */
static void foreign_fp(void)
{
	struct world a = { .prepare = timer_soon }, b = { 0 };
	int i;

	a.tvm = world_guest("canary", CANARY_SPIN);
	for (i = 0; i < 40; i++) {
		CHECK_EQ(world_run_once(&a), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(a.tvm), TVM_CONTINUE);
	}
	CHECK_EQ(a.tvm->exit.scause, SCAUSE_IRQ | IRQ_STI);
	b.tvm = world_guest("world", WORLD_FPINIT);
	CHECK_EQ(world_run(&b), TVM_SHUTDOWN);
	world_expect(b.tvm, "fpinit", 0);
}

TEST_GROUP(world_regs,
	   { "T-11 registers after a forwarded ecall", after_ecall },
	   { "T-11 registers after WFI", after_wfi },
	   { "T-11 registers after a page fault", after_fault },
	   { "T-11 T-18 registers after a load and a store of MMIO",
	     after_mmio },
	   { "T-11 T-18 the same on another hart", after_mmio_there },
	   { "T-11 registers after a shutdown", after_srst },
	   { "T-11 registers after a fatal fault", after_fatal },
	   { "T-11 registers after the host's timer interrupt", after_timer },
	   { "T-11 registers after a software interrupt", after_ssi },
	   { "T-18 two guests' FP state, exit by exit", alternating },
	   { "T-18 a guest's FP state is not another's", foreign_fp });
