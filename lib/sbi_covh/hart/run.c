/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The two ecalls of a run, and who comes to them by our vector.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_sse.h>
#include <sbi/sbi_timer.h>
#include <sbi_covh/abi.h>
#include "../standalone/standalone.h"
#include "hart.h"

/* scause of a monitor fault: what happened inside is nothing to show */
#define CAUSE_MONITOR_FAULT 16

/* OpenSBI's vector on a hart with the H extension, firmware/fw_base.S */
extern void _trap_handler_hyp(void);

/* Harts with our vector, or that were stopped with it */
static u64 installed;

bool covh_vector_fits(void)
{
	return csr_read(CSR_MTVEC) == (unsigned long)_trap_handler_hyp;
}

bool covh_vector_installed(void)
{
	return csr_read(CSR_MTVEC) == (unsigned long)covh_vector;
}

void covh_vector_retire(void)
{
	if (covh_tvm_any() || !covh_vector_installed())
		return;
	csr_write(CSR_MTVEC, _trap_handler_hyp);
	__atomic_fetch_and(&installed, ~BIT64(covh_hart_self()),
			   __ATOMIC_RELAXED);
}

void covh_vector_retire_all(void)
{
	u64 harts;
	u32 h;

	if (covh_tvm_any())
		return;
	harts = __atomic_load_n(&installed, __ATOMIC_SEQ_CST);
	for (h = 0; harts; h++, harts >>= 1)
		if (harts & 1)
			covh_hart_interrupt(h);
}

void covh_vector_first(struct covh_hart *h, const struct sbi_trap_regs *regs)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();

	csr_write(CSR_MTVEC, covh_vector);
	__atomic_fetch_or(&installed, BIT64(covh_hart_self()),
			  __ATOMIC_SEQ_CST);
	/* Whoever has ended the last TVM before that has not seen us */
	covh_vector_retire();

	h->host_regs = *regs;
	h->host_regs.mepc += 4;
	/* OpenSBI's trap ends here */
	sbi_trap_set_context(scratch,
			     sbi_trap_get_context(scratch)->prev_context);
	covh_run(h);
}

/* As at the end of OpenSBI's traps */
static void __attribute__((noreturn)) to_host(struct covh_hart *h)
{
	sbi_sse_process_pending_events(&h->host_regs);
	covh_vector_to_host(h);
}

static void trace_run(const struct sbi_trap_regs *r, long err)
{
#ifdef CONFIG_SBI_COVH_TRACE
	sbi_printf("opensbi-cove: hart %u: COVH 15(0x%lx, 0x%lx) = %ld, 0x0\n",
		   covh_hart_self(), r->a0, r->a1, err);
#else
	(void)r;
	(void)err;
#endif
}

/* OpenSBI asks two functions */
static u64 now(const struct covh_hart *h)
{
	return h->has_time ? csr_read(CSR_TIME) : sbi_timer_value();
}

void covh_run(struct covh_hart *h)
{
	struct sbi_trap_regs *r = &h->host_regs;
	long err = COVH_ERR_FAILED;

	if (!__atomic_load_n(&covh_resetting, __ATOMIC_ACQUIRE))
		err = covh_run_begin(r->a0, r->a1, now(h), &h->run);
	trace_run(r, err);
	if (!err)
		covh_world_enter(h);
	r->a0 = (unsigned long)err;
	r->a1 = 0;
	to_host(h);
}

static void trace_exit(u64 kind, u64 scause)
{
#ifdef CONFIG_SBI_COVH_TRACE
	sbi_printf("opensbi-cove: hart %u: exit, cause 0x%lx, kind %lu\n",
		   covh_hart_self(), (unsigned long)scause,
		   (unsigned long)kind);
#else
	(void)kind;
	(void)scause;
#endif
}

void covh_leave(u64 kind, u64 scause, u64 stval, struct covh_hart *h)
{
	struct sbi_trap_regs *r = &h->host_regs;

	if (kind > COVH_EXIT_VCPU_STOP) {
		sbi_printf("opensbi-cove: monitor fault: cause %lu at 0x%lx\n",
			   (unsigned long)scause, (unsigned long)stval);
		kind = COVH_EXIT_TVM_DEAD;
		scause = CAUSE_MONITOR_FAULT;
		stval = 0;
	}
	trace_exit(kind, scause);
	covh_world_leave(h, scause, stval);
	r->a0 = 0;
	r->a1 = covh_run_end(&h->run, (enum covh_exit_kind)kind, h->run.hvip);
	covh_standalone_report();
	to_host(h);
}
