/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Lazy floating point and vectors. While HS-level FS or VS is off, cause 2
 * comes here instead of to the guest; the first instruction of a kind swaps
 * the registers. When all that the hart has is loaded, the guest gets cause 2
 * back for the rest of the run.
 */

#include "tramp.h"

static struct covh_fp *host_fp(const struct covh_vcpu_page *v)
{
	return (struct covh_fp *)(v->hart - COVH_TRAMP_HART_SIZE);
}

static struct covh_vector *host_vector(const struct covh_vcpu_page *v)
{
	return (struct covh_vector *)(v->hart - COVH_TRAMP_HART_SIZE +
				      COVH_TRAMP_VECTOR_OFFSET);
}

bool tramp_lazy_load(struct covh_vcpu_page *v)
{
	u64 has = (v->flags & COVH_TRAMP_F_FP ? SSTATUS_FS : 0) |
		  (v->flags & COVH_TRAMP_F_V ? SSTATUS_VS : 0);
	/* What is off for the guest itself is illegal for it; live registers
	 * cannot have caused the trap */
	u64 may = csr_read(CSR_VSSTATUS) & has & ~v->live;

	/* One at a time: a vector instruction traps again, for V. So who uses
	 * FP alone does not pay for V */
	if (may & SSTATUS_FS) {
		csr_set(CSR_SSTATUS, SSTATUS_FS);
		tramp_fp_save(host_fp(v));
		tramp_fp_load(&v->fp);
		v->live |= SSTATUS_FS;
	} else if (may & SSTATUS_VS) {
		csr_set(CSR_SSTATUS, SSTATUS_VS);
		tramp_vector_save(host_vector(v));
		tramp_vector_load(&v->vector);
		v->live |= SSTATUS_VS;
	} else {
		return false;
	}
	if (v->live == has)
		csr_set(CSR_HEDELEG, HEDELEG_ILLEGAL);
	return true;
}

void tramp_lazy_unload(struct covh_vcpu_page *v)
{
	if (v->live & SSTATUS_FS) {
		tramp_fp_save(&v->fp);
		tramp_fp_load(host_fp(v));
	}
	if (v->live & SSTATUS_VS) {
		tramp_vector_save(&v->vector);
		tramp_vector_load(host_vector(v));
	}
	if (v->live)
		csr_clear(CSR_SSTATUS, SSTATUS_FS | SSTATUS_VS);
	v->live = 0;
}
