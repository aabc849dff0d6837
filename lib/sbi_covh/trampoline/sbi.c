/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What happens to each ecall of the guest, cove-abi.md E.4.
 */

#include "tramp.h"

#define SBI_LEGACY_SET_TIMER 0x00
#define SBI_LEGACY_PUTCHAR   0x01
#define SBI_LEGACY_CLEAR_IPI 0x03
#define SBI_BASE	     0x10
#define SBI_TIME	     0x54494D45
#define SBI_SRST	     0x53525354

#define SBI_SPEC_VERSION (2UL << 24)
#define SRST_TYPE_LAST	 2
#define SRST_REASON_LAST 1

void tramp_answer(struct covh_vcpu_page *v, s64 err, u64 val)
{
	v->gpr[A(0)] = (u64)err;
	v->gpr[A(1)] = val;
}

static u64 base_probe(u64 eid)
{
	switch (eid) {
	case SBI_LEGACY_SET_TIMER:
	case SBI_LEGACY_PUTCHAR:
	case SBI_LEGACY_GETCHAR:
	case SBI_LEGACY_CLEAR_IPI:
	case SBI_BASE:
	case SBI_TIME:
	case SBI_IPI:
	case SBI_RFENCE:
	case SBI_HSM:
	case SBI_DBCN:
	case SBI_SRST:
	case COVH_EID_COVG:
		return 1;
	default:
		return 0;
	}
}

static void sbi_base(struct covh_vcpu_page *v, u64 fid)
{
	switch (fid) {
	case 0:
		tramp_answer(v, 0, SBI_SPEC_VERSION);
		return;
	case 1:
		tramp_answer(v, 0, COVH_TSM_IMPL_ID);
		return;
	case 2:
		tramp_answer(v, 0, COVH_TSM_VERSION);
		return;
	case 3:
		tramp_answer(v, 0, base_probe(v->gpr[A(0)]));
		return;
	case 4:
	case 5:
	case 6:
		/* mvendorid, marchid, mimpid: "not implemented" is allowed, and
		 * a guest needs no erratum of this hart's M-mode */
		tramp_answer(v, 0, 0);
		return;
	default:
		tramp_answer(v, COVH_ERR_NOT_SUPPORTED, 0);
	}
}

void tramp_forward(struct covh_vcpu_page *v, enum covh_pending pending, u64 eid,
		   u64 fid, u64 a0, u64 a1)
{
	v->pending = pending;
	tramp_exit_ecall(v, COVH_EXIT_RESUMABLE, eid, fid, a0, a1);
}

bool tramp_ask(struct covh_vcpu_page *v, u64 fn)
{
	struct tramp_ret r =
		tramp_call(v->gpr[A(0)], v->gpr[A(1)], v->gpr[A(2)], fn);

	tramp_count_as(v, COVH_COUNT_M_MODE);
	if (r.err == COVH_GUEST_RETRY) {
		/* On its way the guest takes what is pending for the host */
		tramp_skip_insn(-4UL);
		return false;
	}
	tramp_answer(v, r.err, r.val);
	return !r.err;
}

static void sbi_srst(struct covh_vcpu_page *v, u64 fid)
{
	u64 type = v->gpr[A(0)], reason = v->gpr[A(1)];

	if (fid != 0) {
		tramp_answer(v, COVH_ERR_NOT_SUPPORTED, 0);
		return;
	}
	if (type > SRST_TYPE_LAST || reason > SRST_REASON_LAST) {
		tramp_answer(v, COVH_ERR_INVALID_PARAM, 0);
		return;
	}
	tramp_exit_ecall(v, COVH_EXIT_TVM_DEAD, SBI_SRST, 0, type, reason);
}

void tramp_ecall(struct covh_vcpu_page *v)
{
	u64 eid = v->gpr[A(7)], fid = v->gpr[A(6)];

	tramp_skip_insn(4);
	switch (eid) {
	case SBI_LEGACY_SET_TIMER:
		csr_write(CSR_VSTIMECMP, v->gpr[A(0)]);
		v->gpr[A(0)] = 0;
		return;
	case SBI_LEGACY_PUTCHAR:
		/* The byte, nothing beside it */
		tramp_forward(v, COVH_PENDING_PUTCHAR, eid, 0,
			      v->gpr[A(0)] & 0xFF, 0);
	case SBI_LEGACY_GETCHAR:
		tramp_forward(v, COVH_PENDING_GETCHAR, eid, 0, 0, 0);
	case SBI_LEGACY_CLEAR_IPI:
		csr_clear(CSR_HVIP, HVIP_VSSIP);
		v->gpr[A(0)] = 0;
		return;
	case SBI_BASE:
		sbi_base(v, fid);
		return;
	case SBI_IPI:
		tramp_ipi(v, fid);
		return;
	case SBI_RFENCE:
		tramp_rfence(v, fid);
		return;
	case SBI_HSM:
		tramp_hsm(v, fid);
		return;
	case SBI_DBCN:
		tramp_dbcn(v, fid);
		return;
	case SBI_SRST:
		sbi_srst(v, fid);
		return;
	case COVH_EID_COVG:
		tramp_covg(v, fid);
		return;
	}
	/* TIME set_timer never comes here: entry.S has it */
	tramp_answer(v, COVH_ERR_NOT_SUPPORTED, 0);
}
