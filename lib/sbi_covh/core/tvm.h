/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * TVMs and their vCPUs.
 */

#ifndef __COVH_TVM_H__
#define __COVH_TVM_H__

#include "gstage.h"
#include "lock.h"
#include "region.h"
#include "steps.h"
#include <sbi_covh/abi.h>

#define COVH_MAX_TVMS	      64
#define COVH_MAX_VCPUS	      64 /**< Per TVM */
#define COVH_TVM_STATE_PAGES  1
#define COVH_VCPU_STATE_PAGES 1

enum covh_tvm_state {
	COVH_TVM_NONE = 0,
	COVH_TVM_INITIALIZING,
	COVH_TVM_RUNNABLE,
};

/** How a RUNNABLE vCPU goes on; what pc and arg of struct covh_vcpu mean */
enum covh_resume {
	COVH_RESUME_PLAIN = 0,
	COVH_RESUME_START,   /**< From reset: start address and argument */
	COVH_RESUME_SHARE,   /**< Blocked by COVG 2: GPA and length */
	COVH_RESUME_UNSHARE, /**< Blocked by COVG 3: GPA and length */
	COVH_RESUME_ANSWER, /**< Its last COVG call is over: a0 in arg, a1 in pc */
	COVH_RESUME_HELPER, /**< Blocked by COVG 8: index of the context in pc */
};

/* Signals for a vCPU */
#define COVH_SIG_IPI   1U /**< Set VSSIP */
#define COVH_SIG_FENCE 2U /**< fence.i and hfence.vvma */
#define COVH_SIG_ALL   3U
/** Where the mark of a signal stands while it is being acted upon */
#define COVH_SIG_ACTING(__sig) ((__sig) << 2)

enum covh_vcpu_state {
	COVH_VCPU_NONE = 0, /**< Never created */
	COVH_VCPU_OFF,
	COVH_VCPU_RUNNABLE,
	COVH_VCPU_RUNNING,
	COVH_VCPU_TERMINATED,
};

/** The TVM state page: read by the trampoline, written by M-mode only */
struct covh_tvm_page {
	/** Measurement registers 0-9 (F.3) */
	u8 msmt[COVH_MSMT_COUNT][COVH_DIGEST_SIZE];
	/** Identity given to finalize; all zero and has_identity 0 if none */
	u8 identity[COVH_IDENTITY_SIZE];
	u64 has_identity;
	/** Root of the G-stage and its levels, as in struct covh_gstage */
	u64 gstage_root;
	u64 gstage_levels;
	struct covh_regions regions;
};

/** VSSIP in hvip */
#define COVH_HVIP_VSSIP BIT64(2)

_Static_assert(sizeof(struct covh_tvm_page) <= COVH_PAGE_SIZE,
	       "the TVM state page is one page");

/** What M-mode knows of a vCPU; its registers are in the vCPU state page */
struct covh_vcpu {
	u64 page;  /**< Physical address of its state page */
	u64 pc;	   /**< See enum covh_resume */
	u64 arg;   /**< See enum covh_resume */
	u32 sig;   /**< COVH_SIG_*; set and cleared without the lock */
	u8 state;  /**< enum covh_vcpu_state; read without the lock */
	u8 resume; /**< enum covh_resume */
	u16 hart;  /**< Where it runs, if RUNNING; read without the lock */
#if COVH_STEP_LIMIT
	struct covh_steps steps;
#endif
#ifdef CONFIG_SBI_COVH_COUNTERS
	u64 insns; /**< Executed in its runs; read without the lock */
#endif
};

/** A TVM. lock protects all of it; busy says that a long call owns it */
struct covh_tvm {
	struct covh_lock lock;
	bool busy;
	bool dead; /**< Every vCPU is or will be TERMINATED */
	u8 state;  /**< enum covh_tvm_state */
	u16 slot;
	u32 nrunning; /**< vCPUs RUNNING */
	u64 created;  /**< Bit n: vCPU n exists */
	u64 tver;     /**< TLB version, D.5 */
	/** vCPUs inside by the parity of the version they entered with */
	u32 tcount[2];
	u64 id; /**< generation << 16 | (slot + 1) */
	u64 gen;
	u64 state_page; /**< struct covh_tvm_page */
	u64 hgatp;	/**< From finalize on */
	s64 htimedelta;
	bool have_htimedelta;
	struct covh_gstage g;
	struct covh_vcpu vcpu[COVH_MAX_VCPUS];
};

/** What RUN needs to enter the guest world */
struct covh_run {
	struct covh_tvm *tvm;
	struct covh_vcpu *vcpu;
	u32 vcpu_id;
	u64 vcpu_page;
	u64 tvm_page;
	u64 nacl; /**< Physical address of this hart's NACL memory */
	u64 hgatp;
	u64 hvip; /**< Interrupts that the vCPU finds pending */
	u64 tver; /**< TLB version that it enters with */
	s64 htimedelta;
	enum covh_resume resume; /**< All but SHARE and UNSHARE */
	u64 pc;			 /**< See enum covh_resume */
	u64 arg;		 /**< See enum covh_resume */
};

/** How a run ended, as the trampoline reports it */
enum covh_exit_kind {
	COVH_EXIT_RESUMABLE = 0,
	COVH_EXIT_VCPU_DEAD, /**< This vCPU is TERMINATED */
	COVH_EXIT_TVM_DEAD,  /**< Every vCPU of the TVM is TERMINATED */
	COVH_EXIT_VCPU_STOP, /**< This vCPU is OFF */
};

/** Boot: levels 3 or 4, vmid_bits as the hart has them. */
void covh_tvm_init(u32 levels, u32 vmid_bits);

/** Test builds: the highest VMID of a TVM, see COVH_TEST_VMID_TOP. */
void covh_tvm_set_vmid_top(u32 top);

/** True if there is a TVM in whatever state. Read without a lock: calls of other
 * harts may be about to change it */
bool covh_tvm_any(void);

/* COVH 5-6, 8-14 and 16-19; arguments, errors and order of checks: cove-abi.md B.3.
 * A positive or zero result of covh_create_tvm is the guest id in *id. */
long covh_create_tvm(u64 params_pa, u64 len, u64 *id);
long covh_finalize_tvm(u64 id, u64 sepc, u64 arg, u64 identity_pa);
long covh_destroy_tvm(u64 id);
long covh_add_region(u64 id, u64 gpa, u64 len);
long covh_add_pt_pages(u64 id, u64 pa, u64 n);
long covh_add_measured(u64 id, u64 src, u64 dst, u64 type, u64 n, u64 gpa);
long covh_add_zero(u64 id, u64 pa, u64 type, u64 n, u64 gpa);
long covh_add_shared(u64 id, u64 pa, u64 type, u64 n, u64 gpa);
long covh_create_vcpu(u64 id, u64 vcpu_id, u64 state_pa);
long covh_tvm_fence(u64 id);
long covh_invalidate(u64 id, u64 gpa, u64 len);
long covh_validate(u64 id, u64 gpa, u64 len);
long covh_remove(u64 id, u64 gpa, u64 len);

/**
 * COVH 15, first half: check, mark the vCPU RUNNING on this hart
 *
 * @param now host time in ticks; guest time starts at the first run
 * @param run filled on success
 * @return 0 or the error of RUN
 */
long covh_run_begin(u64 id, u64 vcpu_id, u64 now, struct covh_run *run);

/**
 * Second half, after the world switch back
 *
 * @param hvip what hvip held when the vCPU left
 * @return RUN's value: true if the vCPU has stopped or can never run again. It
 * may be another vCPU that has ended the TVM
 */
bool covh_run_end(struct covh_run *run, enum covh_exit_kind kind, u64 hvip);

/** There may be signals that the vCPU running here has not seen yet */
static inline bool covh_run_signalled(const struct covh_run *run)
{
	return __atomic_load_n(&run->vcpu->sig, __ATOMIC_RELAXED) &
	       COVH_SIG_ALL;
}

/** Signals that the vCPU running here has not seen yet: COVH_SIG_* */
u32 covh_run_signals(const struct covh_run *run);
/** Signals that were acted upon: their senders go on */
void covh_run_signals_done(struct covh_run *run, u32 sig);

#endif
