/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The parts of the trampoline.
 */

#ifndef __COVH_TRAMP_H__
#define __COVH_TRAMP_H__

#include <sbi_covh/abi.h>
#include "../core/guest.h"
#include "../core/tvm.h"
#include "layout.h"
#include "sbi_ids.h"
#include "csr.h"

/** x10..x17 in covh_vcpu_page.gpr */
#define A(__n) (10 + (__n))

static inline const struct covh_tvm_page *
tramp_tvm(const struct covh_vcpu_page *v)
{
	return (const struct covh_tvm_page *)v->tvm;
}

/** A register that an instruction of the guest names: 0 to 31 */
static inline u64 *tramp_reg(struct covh_vcpu_page *v, u64 n)
{
	return &v->gpr[covh_index_nospec(n, COVH_ARRAY_SIZE(v->gpr))];
}

static inline void tramp_skip_insn(u64 bytes)
{
	csr_write(CSR_SEPC, csr_read(CSR_SEPC) + bytes);
}

/** Count an exit as the trampoline's, until it is known to be somebody else's */
static inline void tramp_count(struct covh_vcpu_page *v, u64 scause)
{
#ifdef CONFIG_SBI_COVH_COUNTERS
	struct covh_counts *c = (struct covh_counts *)((u64)v + VCPU_COUNTS);

	c->handler = COVH_COUNT_TRAMPOLINE;
	c->cause = scause < COVH_COUNT_IRQ ? scause : COVH_COUNT_IRQ;
	c->exits[c->handler][c->cause]++;
#else
	(void)v;
	(void)scause;
#endif
}

/** It is COVH_COUNT_M_MODE's or _HOST's */
static inline void tramp_count_as(struct covh_vcpu_page *v, u64 handler)
{
#ifdef CONFIG_SBI_COVH_COUNTERS
	struct covh_counts *c = (struct covh_counts *)((u64)v + VCPU_COUNTS);

	c->exits[c->handler][c->cause]--;
	c->handler = handler;
	c->exits[c->handler][c->cause]++;
#else
	(void)v;
	(void)handler;
#endif
}

/* entry.S */
void tramp_leave(u64 kind, u64 scause, u64 stval) __attribute__((noreturn));
/** The vCPU is saved, and its job is the helper's */
void tramp_to_helper(void) __attribute__((noreturn));
/** What M-mode answered */
struct tramp_ret {
	s64 err;
	u64 val;
};
/** A private call that comes back; fn is COVH_TRAMP_* */
struct tramp_ret tramp_call(u64 a0, u64 a1, u64 a2, u64 fn);
/** The same with the guest's a0 to a5 */
struct tramp_ret tramp_call_all(const struct covh_vcpu_page *v, u64 fn);
/** An instruction, or why it could not be read */
struct tramp_insn {
	u64 insn;
	u64 fault;
};
struct tramp_insn tramp_fetch(u64 pc);
void tramp_clear_htinst(void);
void tramp_fp_save(struct covh_fp *fp);
void tramp_fp_load(const struct covh_fp *fp);

/* vector.S */
void tramp_vector_save(struct covh_vector *v);
void tramp_vector_load(const struct covh_vector *v);

/* trap.c */
struct covh_vcpu_page *tramp_enter(struct covh_vcpu_page *v, u64 hart,
				   u64 flags, u64 nacl, u64 tvm, u64 pc,
				   u64 arg, u64 htimedelta);
void tramp_handle(struct covh_vcpu_page *v);
/** The instruction that has trapped. False: it cannot be read, and the guest
 * shall take that fault by itself. The trap CSRs are lost, but those it needs */
bool tramp_read_insn(u64 *insn);
/** Deliver an exception to the guest's own handler */
void tramp_inject(u64 cause, u64 tval);
/** Show the host a call and leave; the other slots are zero */
void tramp_exit_ecall(struct covh_vcpu_page *v, u64 kind, u64 eid, u64 fid,
		      u64 a0, u64 a1) __attribute__((noreturn));
/** Leave with nothing to show but the cause */
void tramp_exit_cause(struct covh_vcpu_page *v, u64 kind, u64 scause)
	__attribute__((noreturn));
/** The guest's call goes on in the helper, and it hears of the result */
void tramp_work(struct covh_vcpu_page *v) __attribute__((noreturn));
/** Leave because the guest waits for an interrupt */
void tramp_wait(struct covh_vcpu_page *v) __attribute__((noreturn));

/* vinsn.c */
void tramp_virtual_insn(struct covh_vcpu_page *v);

/* lazy.c */
/** An illegal instruction may be the first use of FP or V: load the guest's
 * registers. False: it is illegal for the guest, too */
bool tramp_lazy_load(struct covh_vcpu_page *v);
/** Save the guest's and bring back the host's, as far as loaded */
void tramp_lazy_unload(struct covh_vcpu_page *v);

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
/** Ask the host with these arguments; pc is already behind the ecall */
static inline void __attribute__((noreturn))
tramp_forward(struct covh_vcpu_page *v, enum covh_pending pending, u64 eid,
	      u64 fid, u64 a0, u64 a1)
{
	v->pending = pending;
	tramp_exit_ecall(v, COVH_EXIT_RESUMABLE, eid, fid, a0, a1);
}
/** What the guest finds in a0 and a1 */
static inline void tramp_answer(struct covh_vcpu_page *v, s64 err, u64 val)
{
	v->gpr[A(0)] = (u64)err;
	v->gpr[A(1)] = val;
}
/**
 * Pass the guest's call on to M-mode, whose answer is the guest's
 *
 * @return false if that is all: an error, or the guest will call again
 */
bool tramp_ask(struct covh_vcpu_page *v, u64 fn);
/** The same, with what M-mode has said already */
bool tramp_told(struct covh_vcpu_page *v, struct tramp_ret r);

/* smp.c */
void tramp_hsm(struct covh_vcpu_page *v, u64 fid);
void tramp_ipi(struct covh_vcpu_page *v, u64 fid);
void tramp_rfence(struct covh_vcpu_page *v, u64 fid);

/* dbcn.c */
void tramp_dbcn(struct covh_vcpu_page *v, u64 fid);
/** The host's answer: the error of slot a0 and the value of slot a1 */
void tramp_dbcn_complete(struct covh_vcpu_page *v, u64 pending, u64 a0, u64 a1);

/* covg.c */
void tramp_covg(struct covh_vcpu_page *v, u64 fid);

/* guestmem.c */
enum covh_region_type tramp_region_at(const struct covh_vcpu_page *v, u64 gpa);
/**
 * Address of a byte of guest memory for the trampoline
 *
 * @return NULL and *err: COVH_ERR_INVALID_ADDRESS nothing is there;
 * COVH_ERR_INVALID_PARAM it is not confidential
 */
void *tramp_conf_ptr(const struct covh_vcpu_page *v, u64 gpa, s64 *err);

/* fault.c */
void tramp_guest_page_fault(struct covh_vcpu_page *v, u64 scause);
/** Leave because a page is missing; pc is that of what shall be tried again */
void tramp_exit_missing(struct covh_vcpu_page *v, u64 scause, u64 gpa)
	__attribute__((noreturn));

/* mmio.c */
void tramp_mmio(struct covh_vcpu_page *v, u64 scause, u64 gpa);
void tramp_mmio_complete(struct covh_vcpu_page *v, u64 value);

#endif
