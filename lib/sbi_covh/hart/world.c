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

/* The guest gets of the hart's envcfg what OpenSBI enabled at boot, less what
 * the host may have asked FWFT for since */
static unsigned long run_guest_menvcfg(const struct covh_host_csrs *saved)
{
	return (saved->MENVCFG & COVH_GUEST_MENVCFG) | ENVCFG_STCE;
}

/*
 * Rows that every hart has make straight-line code; the others are in functions
 * of their own, for harts that have any of them.
 */
#define BASE_ALWAYS(__code) __code
#define BASE_STATEEN(__code)
#define BASE_AIA(__code)
#define BASE_CTR(__code)
#define BASE_CSRIND(__code)
#define BASE_CONTEXT(__code)
#define MORE_ALWAYS(__code)
#define MORE_STATEEN(__code) \
	if (h->has_stateen)  \
	__code
#define MORE_AIA(__code) \
	if (h->has_aia)  \
	__code
#define MORE_CTR(__code) \
	if (h->has_ctr)  \
	__code
#define MORE_CSRIND(__code) \
	if (h->has_csrind)  \
	__code
#define MORE_CONTEXT(__code) \
	if (h->has_scontext) \
	__code

#define READ(__name, __num, __part, __how, __what) \
	COVH_READ_##__how(__part(saved->__name = csr_read(__num);))
#define SWAP(__name, __num, __part, __how, __what) \
	COVH_SWAP_##__how(__part(saved->__name = csr_swap(__num, __what);))
#define LATE(__name, __num, __part, __how, __what) \
	COVH_LATE_##__how(__part(csr_write(__num, __what);))
#define BACK(__name, __num, __part, __how, __what) \
	COVH_SAVED_##__how(__part(csr_write(__num, saved->__name);))

#define BASE_READ(__name, __num, __needs, __how, __what) \
	READ(__name, __num, BASE_##__needs, __how, __what)
#define BASE_SWAP(__name, __num, __needs, __how, __what) \
	SWAP(__name, __num, BASE_##__needs, __how, __what)
#define BASE_LATE(__name, __num, __needs, __how, __what) \
	LATE(__name, __num, BASE_##__needs, __how, __what)
#define BASE_BACK(__name, __num, __needs, __how, __what) \
	BACK(__name, __num, BASE_##__needs, __how, __what)
#define MORE_READ(__name, __num, __needs, __how, __what) \
	READ(__name, __num, MORE_##__needs, __how, __what)
#define MORE_SWAP(__name, __num, __needs, __how, __what) \
	SWAP(__name, __num, MORE_##__needs, __how, __what)
#define MORE_BACK(__name, __num, __needs, __how, __what) \
	BACK(__name, __num, MORE_##__needs, __how, __what)

static void __attribute__((noinline)) more_csrs_enter(struct covh_hart *h)
{
	struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(MORE_READ)
	COVH_WORLD_CSRS(MORE_SWAP)
}

static void __attribute__((noinline)) more_csrs_leave(const struct covh_hart *h)
{
	const struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(MORE_BACK)
}

static void host_csrs_read(struct covh_hart *h)
{
	struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(BASE_READ)
}

static void guest_csrs_load(struct covh_hart *h)
{
	struct covh_host_csrs *saved = &h->host_csrs;
	const struct covh_run *run = &h->run;

	if (h->has_more_csrs)
		more_csrs_enter(h);
	COVH_WORLD_CSRS(BASE_SWAP)
	COVH_WORLD_CSRS(BASE_LATE)
}

static void host_csrs_restore(const struct covh_hart *h, u64 scause, u64 stval)
{
	const struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(BASE_BACK)
	if (h->has_more_csrs)
		more_csrs_leave(h);
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
	__sbi_hfence_gvma_all();
	covh_fencelog(COVH_LOG_HFENCE_GVMA, 0);
}

/* As trampoline/layout.h says. What else is in registers is ours, and the
 * trampoline loads the guest's over all of it */
static void __attribute__((noreturn)) to_trampoline(const struct covh_hart *h)
{
	const struct covh_run *run = &h->run;
	u64 flags = h->tramp_flags | (u64)run->vcpu_id
					     << COVH_TRAMP_F_VCPU_ID_SHIFT;

	if (run->resume == COVH_RESUME_START)
		flags |= COVH_TRAMP_F_RESET;
	if (run->resume == COVH_RESUME_ANSWER)
		flags |= COVH_TRAMP_F_ANSWER;
	csr_write(CSR_MEPC, covh_tramp.entry);
	csr_write(CSR_MSTATUS, COVH_GUEST_MSTATUS);
	covh_vector_mret(run->vcpu_page, h->tramp_area, flags, run->nacl,
			 run->tvm_page, run->pc, run->arg,
			 (u64)run->htimedelta);
}

void covh_world_enter(struct covh_hart *h)
{
	host_csrs_read(h);
	stop_walks();
	covh_triggers_disarm(&h->triggers);
	/* An event that OpenSBI injects at the end of a trap would start the
	 * host's handler in the guest world */
	h->sse_masked = sbi_sse_hart_mask() == 0;

	guest_csrs_load(h);
	covh_fencelog(COVH_LOG_HGATP, h->run.hgatp);
	covh_pmp_enter_guest(h);
	flush_all();
	/* What the host, or another TVM, has executed from pages that are now
	 * this TVM's code may still be in the instruction cache */
	covh_world_flush();
	h->in_guest = true;
	if (covh_run_signalled(&h->run))
		covh_kick_take(h);
	to_trampoline(h);
}

/* A guest that waits, but for something that has come meanwhile: the host must
 * not put it to sleep */
static bool waits_in_vain(u64 scause)
{
	return scause == CAUSE_VIRTUAL_INST_FAULT &&
	       (csr_read(CSR_VSIP) & csr_read(CSR_VSIE));
}

void covh_world_leave(struct covh_hart *h, u64 scause, u64 stval)
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
}

void covh_world_drop(struct covh_hart *h)
{
	if (!h->in_guest)
		return;
	stop_walks();
	host_csrs_restore(h, 0, 0);
	h->in_guest = false;
}
