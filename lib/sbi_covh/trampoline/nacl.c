/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The host's side of an exit: NACL shared memory, cove-abi.md C.7 and E.1.
 * It is hostile memory that another hart may write at any time: every slot is
 * read with one load and then checked.
 */

#include "slots.h"
#include "tramp.h"

void tramp_publish(struct covh_vcpu_page *v, const struct tramp_exit *e)
{
	u32 mask = e->gpr_mask;
	u32 i, left = mask | (u32)v->slots_used;

	slots_csrs(v, e->htval, e->htinst);
	/* Slots that the last exit filled and this one does not name: zero */
	for (i = 0; left >> i; i++)
		if (left >> i & 1)
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
	u64 pending = v->pending, a0;

	v->pending = COVH_PENDING_NONE;
	if (pending == COVH_PENDING_NONE)
		return;
	a0 = slot_read(v, SLOT_GPR(A(0)));
	switch (pending) {
	case COVH_PENDING_MMIO:
		tramp_mmio_complete(v, a0);
		return;
	case COVH_PENDING_GETCHAR:
		v->gpr[A(0)] = a0 <= 0xFF ? a0 : ~0UL;
		return;
	case COVH_PENDING_PUTCHAR:
		/* The legacy call leaves a1 alone */
		v->gpr[A(0)] = answer_error(a0);
		return;
	case COVH_PENDING_ECALL:
		/* DBCN write_byte has no value */
		tramp_answer(v, (s64)answer_error(a0), 0);
		return;
	case COVH_PENDING_READ:
		tramp_dbcn_complete(v, pending, a0, 0);
		return;
	default:
		tramp_dbcn_complete(v, pending, answer_error(a0),
				    slot_read(v, SLOT_GPR(A(1))));
	}
}
