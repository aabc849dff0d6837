/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Slots of NACL shared memory, cove-abi.md C.7.
 */

#ifndef __COVH_TRAMP_SLOTS_H__
#define __COVH_TRAMP_SLOTS_H__

#include "tramp.h"

#define SLOT_GPR(__n) COVH_NACL_GPR_OFFSET(__n)
#define SLOT_CSR(__c) COVH_NACL_CSR_OFFSET(__c)

static inline void slot_write(const struct covh_vcpu_page *v, u64 off, u64 val)
{
	*(volatile u64 *)(v->nacl + off) = val;
}

static inline u64 slot_read(const struct covh_vcpu_page *v, u64 off)
{
	return *(const volatile u64 *)(v->nacl + off);
}

/** The CSR slots of every exit */
static inline __attribute__((always_inline)) void
slots_csrs(const struct covh_vcpu_page *v, u64 htval, u64 htinst)
{
	/* From here all of them are within reach of a store */
	u64 at = SLOT_CSR(CSR_HTIMEDELTA);
	char *base = (char *)(v->nacl + at);

	__asm__("" : "+r"(base));
	*(volatile u64 *)(base + SLOT_CSR(CSR_HTVAL) - at) = htval;
	*(volatile u64 *)(base + SLOT_CSR(CSR_HTINST) - at) = htinst;
	*(volatile u64 *)base = v->htimedelta;
	*(volatile u64 *)(base - (at - SLOT_CSR(CSR_VSTIMECMP))) =
		v->csr.VSTIMECMP;
	*(volatile u64 *)(base - (at - SLOT_CSR(CSR_VSIE))) = v->csr.VSIE;
	*(volatile u64 *)(base + SLOT_CSR(CSR_HVIP) - at) = 0;
}

/** All slots of the most frequent exit, a call: a0, a1, fid in a6, eid in a7,
 * the others are zero */
static inline __attribute__((always_inline)) void
slots_call(struct covh_vcpu_page *v, u64 eid, u64 fid, u64 a0, u64 a1)
{
	volatile u64 *a = (volatile u64 *)(v->nacl + SLOT_GPR(A(0)));

	slots_csrs(v, 0, 0);
	a[0] = a0;
	a[1] = a1;
	a[2] = 0;
	a[3] = 0;
	a[4] = 0;
	a[5] = 0;
	a[6] = fid;
	a[7] = eid;
	v->slots_used = 0xFF;
}

#endif
