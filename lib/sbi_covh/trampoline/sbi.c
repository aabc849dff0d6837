/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What happens to each ecall of the guest, cove-abi.md E.4.
 */

#include "tramp.h"

#define SRST_TYPE_LAST	 2
#define SRST_REASON_LAST 1

bool tramp_ask(struct covh_vcpu_page *v, u64 fn)
{
	return tramp_told(v, tramp_call(v->gpr[A(0)], v->gpr[A(1)],
					v->gpr[A(2)], fn));
}

bool tramp_told(struct covh_vcpu_page *v, struct tramp_ret r)
{
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
	/* TIME set_timer and Base never come here: entry.S has them */
	tramp_answer(v, COVH_ERR_NOT_SUPPORTED, 0);
}
