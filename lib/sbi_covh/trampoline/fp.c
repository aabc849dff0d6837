/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Lazy floating point. While HS-level FS is off, cause 2 comes here instead of
 * to the guest; the first FP instruction swaps the registers and gives cause 2
 * back to the guest for the rest of the run.
 */

#include "tramp.h"

static struct covh_fp *host_fp(const struct covh_vcpu_page *v)
{
	return (struct covh_fp *)(v->hart - COVH_TRAMP_HART_SIZE);
}

bool tramp_fp_first_use(struct covh_vcpu_page *v)
{
	/* With the guest's own FS off the instruction is illegal for it; live
	 * registers cannot have caused the trap */
	if (v->fp_live || !(v->flags & COVH_TRAMP_F_FP) ||
	    !(csr_read(CSR_VSSTATUS) & SSTATUS_FS))
		return false;

	csr_set(CSR_SSTATUS, SSTATUS_FS);
	tramp_fp_save(host_fp(v));
	tramp_fp_load(&v->fp);
	v->fp_live = 1;
	csr_set(CSR_HEDELEG, HEDELEG_ILLEGAL);
	return true;
}

void tramp_fp_unload(struct covh_vcpu_page *v)
{
	if (!v->fp_live)
		return;
	tramp_fp_save(&v->fp);
	tramp_fp_load(host_fp(v));
	v->fp_live = 0;
	csr_clear(CSR_SSTATUS, SSTATUS_FS);
}
