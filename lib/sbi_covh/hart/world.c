/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The world switch, M-mode's half. The trampoline does the other one.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_sse.h>
#include <sbi/sbi_timer.h>
#include <sbi_covh/abi.h>
#include "../core/attest.h"
#include "../standalone/standalone.h"
#include "../trampoline/layout.h"
#include "fencelog.h"
#include "hart.h"
#include "helper.h"
#include "pmp_switch.h"
#include "steps.h"
#include "stretch.h"
#include "world_switch.h"

/* scause of a monitor fault: what happened inside is nothing to show */
#define CAUSE_MONITOR_FAULT 16

/* Spelt out for assemblers without the H extension */
static inline void hfence_vvma_all(void)
{
	__asm__ __volatile__(".insn r 0x73, 0, 0x11, x0, x0, x0"
			     :
			     :
			     : "memory");
}

static inline void hfence_gvma_all(void)
{
	__asm__ __volatile__(".insn r 0x73, 0, 0x31, x0, x0, x0"
			     :
			     :
			     : "memory");
}

/*
 * The host names its VMIDs as it likes, so entries tagged with the TVM's may
 * be the host's own: on the way in and out everything under it goes.
 * hfence.vvma acts on the VMID in hgatp, which is the TVM's at both times.
 */
static void flush_vmid(void)
{
	hfence_vvma_all();
	covh_fencelog_csr(COVH_LOG_HFENCE_VVMA, CSR_HGATP);
}

/*
 * The hart may walk the tables of VS-mode at any time, in M-mode, too. What it
 * found with one world's vsatp and the other's hgatp would stay under the VMID.
 */
static void stop_walks(void)
{
	csr_write(CSR_VSATP, 0);
	covh_fencelog_csr(COVH_LOG_VSATP, CSR_VSATP);
}

void covh_world_flush(void)
{
	__asm__ __volatile__("fence.i" : : : "memory");
	covh_fencelog(COVH_LOG_FENCE_I, 0);
	flush_vmid();
}

_Static_assert(offsetof(struct covh_hart, host_regs) == 0, "asm");
_Static_assert(offsetof(struct covh_hart, in_guest) == HART_IN_GUEST, "asm");
_Static_assert(sizeof(bool) == 1, "asm");

/* A new PMP view and a new G-stage: nothing that was cached may survive */
static void flush_all(void)
{
	__asm__ __volatile__("sfence.vma" : : : "memory");
	covh_fencelog(COVH_LOG_SFENCE, 0);
	hfence_gvma_all();
	covh_fencelog(COVH_LOG_HFENCE_GVMA, 0);
}

/* As trampoline/layout.h says. What else is in registers is ours, and the
 * trampoline loads the guest's over all of it */
static inline void __attribute__((noreturn))
to_trampoline(const struct covh_hart *h, u64 flags)
{
	const struct covh_run *run = &h->run;

	flags |= h->tramp_flags | (u64)run->vcpu_id
					  << COVH_TRAMP_F_VCPU_ID_SHIFT;
	csr_write(CSR_MEPC, covh_tramp.entry);
	csr_write(CSR_MSTATUS, COVH_GUEST_MSTATUS);
	covh_vector_mret(run->vcpu_page, h->tramp_area, flags, run->nacl,
			 run->tvm_page, run->pc, run->arg,
			 (u64)run->htimedelta);
}

/* The image was written by this hart, or enter() has flushed on this one */
static void __attribute__((noreturn)) to_helper(const struct covh_hart *h)
{
	bool start = covh_work_starts(&h->run);

	if (start)
		__asm__ __volatile__("fence.i" : : : "memory");
	csr_write(CSR_MEPC, covh_helper_entry((u32)h->run.pc, start));
	csr_write(CSR_MSTATUS, COVH_GUEST_MSTATUS);
	covh_vector_mret(0, 0, 0, 0, 0, 0, 0, 0);
}

/* The helper has used what is the trampoline's and the guest's else. The host has
 * its FP and V again: the guest's next use of them has to come to the trampoline,
 * as after an entry */
static void __attribute__((noreturn))
from_helper(const struct covh_hart *h, u64 flags)
{
	csr_write(CSR_HEDELEG, COVH_GUEST_HEDELEG);
	csr_write(CSR_STVEC, covh_tramp.trap);
	csr_write(CSR_SSCRATCH, 0);
	csr_write(CSR_HSTATUS, COVH_GUEST_HSTATUS);
	to_trampoline(h, flags);
}

static void __attribute__((noreturn)) to_guest(const struct covh_hart *h)
{
	if (__builtin_expect(h->run.resume == COVH_RESUME_PLAIN, 1))
		to_trampoline(h, 0);
	if (h->run.resume == COVH_RESUME_HELPER)
		to_helper(h);
	to_trampoline(h, h->run.resume == COVH_RESUME_START
				 ? COVH_TRAMP_F_RESET
				 : COVH_TRAMP_F_ANSWER);
}

static void __attribute__((noreturn)) enter(struct covh_hart *h)
{
	host_csrs_read(h);
	stop_walks();
	covh_triggers_disarm(&h->triggers);
	/* An event that OpenSBI injects at the end of a trap would start the
	 * host's handler in the guest world */
	h->sse_masked = sbi_sse_hart_mask() == 0;

	guest_csrs_load(h);
	covh_fencelog(COVH_LOG_HGATP, h->run.hgatp);
	covh_pmp_switch(h, h->view.guest.reg);
	covh_fencelog(COVH_LOG_PMP_GUEST, 0);
	flush_all();
	/* What the host, or another TVM, has executed from pages that are now
	 * this TVM's code may still be in the instruction cache */
	covh_world_flush();
	if (covh_flush_hook)
		covh_flush_hook();
	h->in_guest = true;
	if (covh_run_signalled(&h->run))
		covh_kick_take(h);
	covh_steps_enter(h);
	covh_stretch_end();
	to_guest(h);
}

/* A guest that waits, but for something that has come meanwhile: the host must
 * not put it to sleep */
static bool waits_in_vain(u64 scause)
{
	return scause == CAUSE_VIRTUAL_INST_FAULT &&
	       (csr_read(CSR_VSIP) & csr_read(CSR_VSIE));
}

/* OpenSBI asks two functions */
static u64 now(const struct covh_hart *h)
{
	return h->has_time ? csr_read(CSR_TIME) : sbi_timer_value();
}

static void leave(struct covh_hart *h, u64 scause, u64 stval)
{
	covh_steps_leave(h, scause, COVH_STEP_LIMIT ? now(h) : 0);
	if (waits_in_vain(scause)) {
		scause = MCAUSE_IRQ_MASK | IRQ_S_SOFT;
		stval = 0;
	}
	h->run.hvip = csr_read(CSR_HVIP) & MIP_VSSIP;
	stop_walks();
	covh_pmp_switch(h, h->view.host.reg);
	covh_fencelog(COVH_LOG_PMP_HOST, 0);
	flush_vmid();
	host_csrs_restore(h, scause, stval);
	covh_steps_hide(h);
	covh_fencelog(COVH_LOG_HGATP, h->host_csrs.HGATP);
	flush_all();
	covh_triggers_rearm(&h->triggers);
	if (covh_flush_hook)
		covh_flush_hook();
	h->in_guest = false;
}

/* If it was masked before, the host has masked it, and nothing is delivered */
static void unmask_sse(struct covh_hart *h)
{
	if (!h->sse_masked)
		return;
	h->sse_masked = false;
	sbi_sse_hart_unmask();
	/* As at the end of OpenSBI's traps */
	sbi_sse_process_pending_events(&h->host_regs);
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

void covh_run(struct covh_hart *h)
{
	struct sbi_trap_regs *r = &h->host_regs;
	long err = COVH_ERR_FAILED;

	covh_stretch_start(COVH_EID_COVH, COVH_RUN_TVM_VCPU);
	if (!__atomic_load_n(&covh_resetting, __ATOMIC_ACQUIRE))
		err = covh_run_begin(r->a0, r->a1, now(h), &h->run);
	trace_run(r, err);
	if (!err)
		enter(h);
	r->a0 = (unsigned long)err;
	r->a1 = 0;
	sbi_sse_process_pending_events(r);
	covh_stretch_end();
	covh_vector_to_host(h);
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

	covh_stretch_start(COVH_TRAMP_EID, COVH_TRAMP_LEAVE);
	if (kind > COVH_EXIT_VCPU_STOP) {
		sbi_printf("opensbi-cove: monitor fault: cause %lu at 0x%lx\n",
			   (unsigned long)scause, (unsigned long)stval);
		kind = COVH_EXIT_TVM_DEAD;
		scause = CAUSE_MONITOR_FAULT;
		stval = 0;
	}
	trace_exit(kind, scause);
	leave(h, scause, stval);
	r->a0 = 0;
	r->a1 = covh_run_end(&h->run, (enum covh_exit_kind)kind, h->run.hvip);
	covh_standalone_report();
	unmask_sse(h);
	covh_stretch_end();
	covh_vector_to_host(h);
}

void covh_work(u64 scause, u64 fn, struct covh_hart *h)
{
	long again;

	covh_stretch_start(COVH_TRAMP_EID, fn);
	if (fn == COVH_TRAMP_WORK) {
		covh_stretch_end();
		to_helper(h);
	}
	if (fn == COVH_TRAMP_WORK_PAUSE) {
		covh_work_pause(&h->run);
		h->run.arg = scause;
		covh_stretch_end();
		from_helper(h, COVH_TRAMP_F_PAUSED);
	}
	again = covh_work_done(&h->run, fn != COVH_TRAMP_WORK_DONE);
	covh_stretch_end();
	if (again) {
		/* It asks again, and takes interrupts in between */
		csr_write(CSR_MEPC, csr_read(CSR_MEPC) + 4);
		covh_vector_mret(0, 0, 0, 0, 0, 0, 0, 0);
	}
	from_helper(h, COVH_TRAMP_F_ANSWER);
}

void covh_world_drop(struct covh_hart *h)
{
	if (!h->in_guest)
		return;
	stop_walks();
	host_csrs_restore(h, 0, 0);
	covh_steps_hide(h);
	h->in_guest = false;
}
