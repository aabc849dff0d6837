/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The parts of the trampoline.
 */

#ifndef __COVH_TRAMP_H__
#define __COVH_TRAMP_H__

#include <sbi_covh/abi.h>
#include "../core/tvm.h"
#include "layout.h"
#include "csr.h"

/** x10..x17 in covh_vcpu_page.gpr */
#define A(__n) (10 + (__n))

static inline const struct covh_tvm_page *
tramp_tvm(const struct covh_vcpu_page *v)
{
	return (const struct covh_tvm_page *)v->tvm;
}

static inline void tramp_skip_insn(u64 bytes)
{
	csr_write(CSR_SEPC, csr_read(CSR_SEPC) + bytes);
}

/* entry.S */
void tramp_leave(u64 kind, u64 scause, u64 stval) __attribute__((noreturn));
/** An instruction, or why it could not be read */
struct tramp_insn {
	u64 insn;
	u64 fault;
};
struct tramp_insn tramp_fetch(u64 pc);
void tramp_clear_htinst(void);
void tramp_fp_save(struct covh_fp *fp);
void tramp_fp_load(const struct covh_fp *fp);

/* trap.c */
struct covh_vcpu_page *tramp_enter(struct covh_vcpu_page *v, u64 hart,
				   u64 flags, u64 nacl, u64 tvm, u64 pc,
				   u64 arg, u64 htimedelta);
void tramp_handle(struct covh_vcpu_page *v);
/** Deliver an exception to the guest's own handler */
void tramp_inject(u64 cause, u64 tval);

/* fp.c */
/** Load the guest's FP registers at its first use. False: not FP's fault */
bool tramp_fp_first_use(struct covh_vcpu_page *v);
/** Save the guest's and bring back the host's, if loaded */
void tramp_fp_unload(struct covh_vcpu_page *v);

/* nacl.c */
/** What an exit shows: everything not named here is zero (E.2) */
struct tramp_exit {
	u64 kind; /**< enum covh_exit_kind */
	u64 scause;
	u64 stval;
	u64 htval;
	u64 htinst;
	u32 gpr_mask; /**< Bit n: gpr slot a<n> = gpr[n] */
	u64 gpr[8];
};
/** Write the slots of an exit */
void tramp_publish(struct covh_vcpu_page *v, const struct tramp_exit *e);
/** Save the vCPU, publish the exit and leave. Does not return */
void tramp_exit(struct covh_vcpu_page *v, const struct tramp_exit *e)
	__attribute__((noreturn));
/** Take what the host answered to the last exit */
void tramp_complete(struct covh_vcpu_page *v);

/* sbi.c */
void tramp_ecall(struct covh_vcpu_page *v);

/* covg.c */
void tramp_covg(struct covh_vcpu_page *v, u64 fid);

/* fault.c */
void tramp_guest_page_fault(struct covh_vcpu_page *v, u64 scause);

#endif
