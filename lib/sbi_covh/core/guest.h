/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a running vCPU asks of the TSM in M-mode, through the trampoline.
 *
 * run is the run in progress on the calling hart. Results are SBI errors for
 * the guest.
 */

#ifndef __COVH_GUEST_H__
#define __COVH_GUEST_H__

#include "tvm.h"

/** The TVM is busy with a call of the host: execute the ecall again. No SBI
 * error, the guest never sees it */
#define COVH_GUEST_RETRY (-1000)

/**
 * COVG 2 and 3: begin to share or unshare a range; the vCPU is blocked until
 * the host has answered (D.4)
 *
 * @param gpa page-aligned
 * @param len bytes, multiple of 4096
 * @return 0; COVH_GUEST_RETRY; COVH_ERR_INVALID_PARAM bad length, or the range
 * is not wholly confidential (shared); COVH_ERR_INVALID_ADDRESS; COVH_ERR_FAILED
 * region table full
 */
long covh_guest_share(struct covh_run *run, u64 gpa, u64 len);
long covh_guest_unshare(struct covh_run *run, u64 gpa, u64 len);

/**
 * COVG 0: declare a range whose accesses the host emulates
 *
 * @param gpa page-aligned
 * @param len bytes, multiple of 4096
 * @return 0; COVH_GUEST_RETRY; COVH_ERR_INVALID_ADDRESS bad address or length,
 * or it overlaps a region; COVH_ERR_FAILED region table full
 */
long covh_guest_add_mmio(struct covh_run *run, u64 gpa, u64 len);
/**
 * COVG 1: what is MMIO in the range is no region any more; nothing may be
 *
 * @return as COVG 0; COVH_ERR_FAILED a region would be split, table full
 */
long covh_guest_remove_mmio(struct covh_run *run, u64 gpa, u64 len);

/**
 * HSM hart_start: the vCPU becomes RUNNABLE, a0 = its id, a1 = arg
 *
 * @return 0; COVH_ERR_INVALID_PARAM no such vCPU; COVH_ERR_INVALID_ADDRESS pc is
 * odd or beyond the G-stage; COVH_ERR_ALREADY_AVAILABLE it is started;
 * COVH_ERR_FAILED it can never run again
 */
long covh_guest_hart_start(struct covh_run *run, u64 vcpu_id, u64 pc, u64 arg);

/** HSM hart_get_status: *status 0 STARTED, 1 STOPPED. COVH_ERR_INVALID_PARAM */
long covh_guest_hart_status(struct covh_run *run, u64 vcpu_id, u64 *status);

/**
 * IPI and RFENCE: signal vCPUs, and wait until those that run have seen it
 *
 * A vCPU that does not run takes an IPI along at its next entry; every entry
 * is a fence. No lock is held while this waits, and IPIs are served.
 *
 * @param mask bit n: vCPU base + n; with a base of all ones: all vCPUs
 * @param sig COVH_SIG_IPI or COVH_SIG_FENCE
 * @param wake set to the vCPUs that the host has to run to deliver an IPI
 * @return 0 or COVH_ERR_INVALID_PARAM: one of them does not exist
 */
long covh_guest_signal(struct covh_run *run, u64 mask, u64 base, u32 sig,
		       u64 *wake);

/** True if the vCPU waits for the host's answer to a share or unshare */
static inline bool covh_guest_blocked(const struct covh_vcpu *v)
{
	return v->resume == COVH_RESUME_SHARE ||
	       v->resume == COVH_RESUME_UNSHARE;
}

/** Read that answer from NACL memory; no lock held, because mapping takes long.
 * 0 or COVH_ERR_FAILED */
long covh_guest_answer(u64 nacl, s64 *answer);

/**
 * Part of RUN: complete the share or unshare that the vCPU is blocked in
 *
 * @param t the vCPU's TVM, locked; the lock may be dropped on the way
 * @return 0: go on, after a new look at TVM and vCPU; COVH_ERR_FAILED the host
 * accepts but has left something in the range: still blocked
 */
long covh_guest_complete(struct covh_tvm *t, struct covh_vcpu *v, s64 answer);

#endif
