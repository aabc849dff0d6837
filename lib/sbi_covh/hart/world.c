/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The world switch, M-mode's half. The trampoline does the other one.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_hfence.h>
#include <sbi/sbi_sse.h>
#include "../trampoline/layout.h"
#include "fencelog.h"
#include "hart.h"

#define ALWAYS	true
#define STATEEN (h->has_stateen)
#define AIA	(h->has_aia)
#define CTR	(h->has_ctr)
#define CSRIND	(h->has_csrind)
#define CONTEXT (h->has_scontext)

/* The guest gets of the hart's envcfg what OpenSBI enabled at boot, less what
 * the host may have asked FWFT for since */
static unsigned long run_guest_menvcfg(const struct covh_host_csrs *saved)
{
	return (saved->MENVCFG & COVH_GUEST_MENVCFG) | ENVCFG_STCE;
}

#define SAVE(__name, __num, __needs, __how, __what) \
	COVH_SAVED_##__how(if (__needs) saved->__name = csr_read(__num);)
#define LOAD(__name, __num, __needs, __how, __what) \
	COVH_GUEST_##__how(if (__needs) csr_write(__num, __what);)
#define RESTORE(__name, __num, __needs, __how, __what) \
	COVH_SAVED_##__how(if (__needs) csr_write(__num, saved->__name);)

static void host_csrs_save(struct covh_hart *h)
{
	struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(SAVE)
}

static void guest_csrs_load(const struct covh_hart *h)
{
	const struct covh_host_csrs *saved = &h->host_csrs;
	const struct covh_run *run = &h->run;

	COVH_WORLD_CSRS(LOAD)
}

static void host_csrs_restore(const struct covh_hart *h, u64 scause, u64 stval)
{
	const struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(RESTORE)
	csr_write(CSR_SCAUSE, scause);
	csr_write(CSR_STVAL, stval);
}

/*
 * The host names its VMIDs as it likes, so entries tagged with the TVM's may
 * be the host's own: on the way in and out everything under it goes.
 * hfence.vvma acts on the VMID in hgatp, which is the TVM's at both times.
 */
static void flush_vmid(void)
{
	__sbi_hfence_vvma_all();
	covh_fencelog(COVH_LOG_HFENCE_VVMA, csr_read(CSR_HGATP));
}

/*
 * The hart may walk the tables of VS-mode at any time, in M-mode, too. What it
 * found with one world's vsatp and the other's hgatp would stay under the VMID.
 */
static void stop_walks(void)
{
	csr_write(CSR_VSATP, 0);
	covh_fencelog(COVH_LOG_VSATP, csr_read(CSR_VSATP));
}

void covh_world_flush(void)
{
	__asm__ __volatile__("fence.i" : : : "memory");
	covh_fencelog(COVH_LOG_FENCE_I, 0);
	flush_vmid();
}

/* A new PMP view and a new G-stage: nothing that was cached may survive */
static void flush_all(void)
{
	__asm__ __volatile__("sfence.vma" : : : "memory");
	covh_fencelog(COVH_LOG_SFENCE, 0);
	__sbi_hfence_gvma_all();
	covh_fencelog(COVH_LOG_HFENCE_GVMA, 0);
}

static const struct sbi_trap_regs no_regs;

/* By words: OpenSBI's memcpy() goes byte by byte, and this is the hot path */
static void copy_regs(struct sbi_trap_regs *dst,
		      const struct sbi_trap_regs *src)
{
	const unsigned long *s = &src->zero;
	unsigned long *d = &dst->zero;
	u32 i;

	for (i = 0; i < sizeof(*dst) / sizeof(*d); i++)
		d[i] = s[i];
}

void covh_world_enter(struct covh_hart *h, struct sbi_trap_regs *regs)
{
	const struct covh_run *run = &h->run;
	u64 flags = (u64)run->vcpu_id << COVH_TRAMP_F_VCPU_ID_SHIFT;

	copy_regs(&h->host_regs, regs);
	host_csrs_save(h);
	stop_walks();
	covh_triggers_disarm(&h->triggers);
	/* An event that OpenSBI injects at the end of a trap would start the
	 * host's handler in the guest world */
	h->sse_masked = sbi_sse_hart_mask() == 0;

	if (run->resume == COVH_RESUME_START)
		flags |= COVH_TRAMP_F_RESET;
	if (run->resume == COVH_RESUME_ANSWER)
		flags |= COVH_TRAMP_F_ANSWER;
	if (h->has_stateen)
		flags |= COVH_TRAMP_F_STATEEN;
	if (h->has_fp)
		flags |= COVH_TRAMP_F_FP;
	if (h->has_v)
		flags |= COVH_TRAMP_F_V;

	copy_regs(regs, &no_regs);
	regs->mepc = covh_tramp.entry;
	regs->mstatus = COVH_GUEST_MSTATUS;
	regs->a0 = run->vcpu_page;
	regs->a1 = covh_tramp.harts +
		   (covh_hart_self() + 1) * COVH_TRAMP_HART_SIZE;
	regs->a2 = flags;
	regs->a3 = run->nacl;
	regs->a4 = run->tvm_page;
	regs->a5 = run->pc;
	regs->a6 = run->arg;
	regs->a7 = (u64)run->htimedelta;

	guest_csrs_load(h);
	covh_fencelog(COVH_LOG_HGATP, run->hgatp);
	covh_pmp_enter_guest(h);
	flush_all();
	/* What the host, or another TVM, has executed from pages that are now
	 * this TVM's code may still be in the instruction cache */
	covh_world_flush();
	h->in_guest = true;
	covh_kick_take(h);
}

/* A guest that waits, but for something that has come meanwhile: the host must
 * not put it to sleep */
static bool waits_in_vain(u64 scause)
{
	return scause == CAUSE_VIRTUAL_INST_FAULT &&
	       (csr_read(CSR_VSIP) & csr_read(CSR_VSIE));
}

void covh_world_leave(struct covh_hart *h, struct sbi_trap_regs *regs,
		      u64 scause, u64 stval)
{
	if (waits_in_vain(scause)) {
		scause = MCAUSE_IRQ_MASK | IRQ_S_SOFT;
		stval = 0;
	}
	h->run.hvip = csr_read(CSR_HVIP) & MIP_VSSIP;
	stop_walks();
	covh_pmp_enter_host(h);
	flush_vmid();
	host_csrs_restore(h, scause, stval);
	covh_fencelog(COVH_LOG_HGATP, h->host_csrs.HGATP);
	flush_all();
	covh_triggers_rearm(&h->triggers);
	h->in_guest = false;
	if (h->sse_masked)
		sbi_sse_hart_unmask();
	h->sse_masked = false;

	copy_regs(regs, &h->host_regs);
	regs->mepc += 4;
	regs->a0 = 0;
}

void covh_world_drop(struct covh_hart *h)
{
	if (!h->in_guest)
		return;
	stop_walks();
	host_csrs_restore(h, 0, 0);
	h->in_guest = false;
}
