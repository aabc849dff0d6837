/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The host's side of an exit: NACL shared memory, cove-abi.md C.7 and E.1.
 * It is hostile memory that another hart may write at any time: every slot is
 * read with one load and then checked.
 */

#include "tramp.h"

#define SLOT_GPR(__n) COVH_NACL_GPR_OFFSET(__n)
#define SLOT_CSR(__c) COVH_NACL_CSR_OFFSET(__c)

static void slot_write(const struct covh_vcpu_page *v, u64 off, u64 val)
{
	*(volatile u64 *)(v->nacl + off) = val;
}

static u64 slot_read(const struct covh_vcpu_page *v, u64 off)
{
	return *(const volatile u64 *)(v->nacl + off);
}

void tramp_publish(struct covh_vcpu_page *v, const struct tramp_exit *e)
{
	u32 mask = e->gpr_mask;
	u32 i;

	slot_write(v, SLOT_CSR(CSR_HTVAL), e->htval);
	slot_write(v, SLOT_CSR(CSR_HTINST), e->htinst);
	slot_write(v, SLOT_CSR(CSR_HTIMEDELTA), v->htimedelta);
	slot_write(v, SLOT_CSR(CSR_VSTIMECMP), v->csr.VSTIMECMP);
	slot_write(v, SLOT_CSR(CSR_VSIE), v->csr.VSIE);
	slot_write(v, SLOT_CSR(CSR_HVIP), 0);

	/* Slots that the last exit filled and this one does not name: zero */
	for (i = 0; i < 8; i++)
		if ((mask | v->slots_used) & (1U << i))
			slot_write(v, SLOT_GPR(A(i)),
				   mask & (1U << i) ? e->gpr[i] : 0);
	v->slots_used = mask;
}

/* What the host says is not to be believed: SBI errors only, else FAILED */
static u64 answer_error(u64 a0)
{
	s64 err = (s64)a0;

	return (err > 0 || err < -14) ? (u64)COVH_ERR_FAILED : a0;
}

void tramp_complete(struct covh_vcpu_page *v)
{
	u64 pending = v->pending;

	v->pending = COVH_PENDING_NONE;
	if (pending == COVH_PENDING_NONE)
		return;
	v->gpr[A(0)] = answer_error(slot_read(v, SLOT_GPR(A(0))));
	/* DBCN write_byte has no value; the legacy call leaves a1 alone */
	if (pending == COVH_PENDING_ECALL)
		v->gpr[A(1)] = 0;
}
