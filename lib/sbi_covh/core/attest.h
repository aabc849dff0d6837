/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a guest asks of attestation: COVG 7 and 8, cove-abi.md B.5 and F.
 *
 * COVG 8 is a job of the helper (helper.h), since it takes long: the vCPU is
 * blocked, run->resume is COVH_RESUME_HELPER and run->pc names the context.
 * The host may interrupt it, and continues it by RUN on whatever hart.
 */

#ifndef __COVH_ATTEST_H__
#define __COVH_ATTEST_H__

#include "helper.h"
#include "tvm.h"

/** Registers 0 to 3, the same for all TVMs. Cold boot, before there is one */
void covh_attest_set_platform(const u8 msmt[4][COVH_DIGEST_SIZE]);
/** The TSM's key and the two upper tokens. Cold boot; NULL: there are none, and
 * COVG 8 fails */
void covh_attest_set_identity(const struct covh_identity *id);
/** It, for the search of test builds */
const struct covh_identity *covh_attest_identity(void);
/** True once there is an identity */
bool covh_attest_ready(void);

/** A new TVM's registers 0 to 3 */
void covh_attest_init_tvm(struct covh_tvm_page *page);

/**
 * COVG 7: extend a runtime register by a digest
 *
 * @param gpa page-aligned address of the digest, in confidential memory
 * @param len 48
 * @param index of a runtime register
 * @return 0; COVH_GUEST_RETRY; COVH_ERR_INVALID_PARAM index, length, or the
 * buffer is not confidential; COVH_ERR_INVALID_ADDRESS
 */
long covh_guest_extend(struct covh_run *run, u64 gpa, u64 len, u64 index);

/** a0 to a5 of COVG 8. The addresses are page-aligned GPAs */
struct covh_evidence_args {
	u64 key;
	u64 key_len; /**< Bytes */
	u64 challenge;
	u64 format; /**< COVG_CERT_* */
	u64 out;    /**< Where the certificate goes */
	u64 out_len;
};

/**
 * COVG 8: begin a job
 *
 * @param arg as they come
 * @return 0: the vCPU is blocked in the helper; COVH_GUEST_RETRY;
 * COVH_ERR_INVALID_PARAM sizes, format, or a buffer is not confidential;
 * COVH_ERR_INVALID_ADDRESS; COVH_ERR_BUSY all contexts have an owner;
 * COVH_ERR_FAILED this firmware cannot attest
 */
long covh_guest_evidence(struct covh_run *run,
			 const struct covh_evidence_args *arg);

/** True if the job is to be started, false if it goes on. Asked once at each
 * entry */
bool covh_work_starts(const struct covh_run *run);

/** The host interrupts the job: the vCPU will be continued in it */
void covh_work_pause(struct covh_run *run);

/**
 * The job is over, or has gone wrong: bring the result to the guest
 *
 * The context is given back; run->resume is COVH_RESUME_ANSWER, run->arg and
 * run->pc what the guest finds in a0 and a1.
 *
 * @param fault true if the helper did not get to its end
 * @return 0; COVH_GUEST_RETRY: a call of the host owns the TVM, nothing has
 * changed
 */
long covh_work_done(struct covh_run *run, bool fault);

/** A vCPU is destroyed: give back its context if it is blocked in one. No lock
 * held */
void covh_work_drop(struct covh_vcpu *v);

#endif
