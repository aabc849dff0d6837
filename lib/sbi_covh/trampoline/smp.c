/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What one vCPU asks of others: HSM, IPI and RFENCE, cove-abi.md E.4. What
 * concerns the caller alone is done here; the rest is up to M-mode, which
 * knows where the others run.
 */

#include "tramp.h"

#define HSM_START   0
#define HSM_STOP    1
#define HSM_STATUS  2
#define HSM_SUSPEND 3

#define SUSPEND_RETENTIVE     0
#define SUSPEND_NON_RETENTIVE 0x80000000UL

#define RFENCE_SFENCE_VMA_ASID 2

/* A wait like WFI; types of a platform, of which there is none, are invalid */
static void hsm_suspend(struct covh_vcpu_page *v, u64 type)
{
	if (type == SUSPEND_RETENTIVE) {
		tramp_answer(v, 0, 0);
		tramp_wait(v);
	}
	tramp_answer(v,
		     type == SUSPEND_NON_RETENTIVE ? COVH_ERR_NOT_SUPPORTED
						   : COVH_ERR_INVALID_PARAM,
		     0);
}

void tramp_hsm(struct covh_vcpu_page *v, u64 fid)
{
	u64 id = v->gpr[A(0)];

	switch (fid) {
	case HSM_START:
		/* The host learns which one, not where it starts */
		if (tramp_ask(v, COVH_TRAMP_HART_START))
			tramp_exit_ecall(v, COVH_EXIT_RESUMABLE, SBI_HSM, fid,
					 id, 0);
		return;
	case HSM_STOP:
		tramp_exit_ecall(v, COVH_EXIT_VCPU_STOP, SBI_HSM, fid, 0, 0);
	case HSM_STATUS:
		tramp_ask(v, COVH_TRAMP_HART_STATUS);
		return;
	case HSM_SUSPEND:
		hsm_suspend(v, id);
		return;
	default:
		tramp_answer(v, COVH_ERR_NOT_SUPPORTED, 0);
	}
}

/* Mask and base of a call name the caller and nobody else */
static bool only_caller(const struct covh_vcpu_page *v)
{
	u64 self = v->flags >> COVH_TRAMP_F_VCPU_ID_SHIFT;
	u64 mask = v->gpr[A(0)], base = v->gpr[A(1)];

	return base <= self && mask == BIT64(self - base);
}

void tramp_ipi(struct covh_vcpu_page *v, u64 fid)
{
	u64 wake;

	if (fid != 0) {
		tramp_answer(v, COVH_ERR_NOT_SUPPORTED, 0);
		return;
	}
	if (only_caller(v)) {
		csr_set(CSR_HVIP, HVIP_VSSIP);
		tramp_answer(v, 0, 0);
		return;
	}
	if (!tramp_ask(v, COVH_TRAMP_IPI))
		return;
	wake = v->gpr[A(1)];
	tramp_answer(v, 0, 0);
	if (wake)
		tramp_exit_ecall(v, COVH_EXIT_RESUMABLE, SBI_IPI, fid, wake, 0);
}

void tramp_rfence(struct covh_vcpu_page *v, u64 fid)
{
	if (fid > RFENCE_SFENCE_VMA_ASID) {
		tramp_answer(v, COVH_ERR_NOT_SUPPORTED, 0);
		return;
	}
	/* fence.i; hfence.vvma x0, x0: everything, whatever the range */
	if (only_caller(v))
		__asm__ __volatile__(".insn i 0x0f, 1, x0, x0, 0\n\t"
				     ".insn r 0x73, 0, 0x11, x0, x0, x0"
				     :
				     :
				     : "memory");
	else if (!tramp_ask(v, COVH_TRAMP_FENCE))
		return;
	tramp_answer(v, 0, 0);
}
