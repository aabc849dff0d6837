/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Accesses to MMIO regions, which the host emulates: cove-abi.md E.2.
 */

#include "insn.h"
#include "tramp.h"

/* The guest's own handler learns that there is no memory of this kind */
static void refuse(u64 scause, u64 stval)
{
	u64 cause = scause == CAUSE_FETCH_GUEST_PAGE  ? CAUSE_FETCH_ACCESS
		    : scause == CAUSE_LOAD_GUEST_PAGE ? CAUSE_LOAD_ACCESS
						      : CAUSE_STORE_ACCESS;

	tramp_inject(cause, stval);
}

enum outcome {
	EMULATE,
	REFUSE,
	RETRY,
};

/*
 * The instruction comes from memory, where another vCPU may have replaced it
 * since the fault: only one that makes this very access is taken for the one
 * that has faulted.
 */
static enum outcome read_insn(struct covh_vcpu_page *v, u64 scause, u64 stval,
			      struct covh_access *a)
{
	u64 insn, addr;

	if (!tramp_read_insn(&insn))
		return RETRY;
	if (!covh_insn_decode(insn, a))
		return REFUSE;
	if (a->store != (scause == CAUSE_STORE_GUEST_PAGE))
		return RETRY;
	addr = (a->base ? *tramp_reg(v, a->base) : 0) + (u64)a->offset;
	if (addr == stval)
		return EMULATE;
	/* It began before the MMIO region and reaches into it */
	return stval - addr < BIT64(a->shift) ? REFUSE : RETRY;
}

static enum outcome find_insn(struct covh_vcpu_page *v, u64 scause, u64 stval,
			      u64 htinst, struct covh_access *a)
{
	bool ok;

#ifdef CONFIG_SBI_COVH_NO_HTINST
	/* What is left of it: a walk of the guest's tables is no access */
	htinst = htinst & 1 ? 0 : htinst;
#endif
	if (!htinst)
		return read_insn(v, scause, stval, a);
	ok = covh_insn_decode_transformed(htinst, a) &&
	     a->store == (scause == CAUSE_STORE_GUEST_PAGE);
	return ok ? EMULATE : REFUSE;
}

/* True if the access is that of a program which sees the other byte order */
static bool is_big_endian(void)
{
	return (csr_read(CSR_VSSTATUS) & SSTATUS_UBE) &&
	       !(csr_read(CSR_SSTATUS) & SSTATUS_SPP);
}

void tramp_mmio(struct covh_vcpu_page *v, u64 scause, u64 gpa)
{
	u64 stval = csr_read(CSR_STVAL), htinst = csr_read(CSR_HTINST);
	struct tramp_exit e = { .scause = scause };
	enum outcome out = REFUSE;
	struct covh_access a;

	if (scause != CAUSE_FETCH_GUEST_PAGE && !is_big_endian())
		out = find_insn(v, scause, stval, htinst, &a);
	if (out == RETRY)
		return;
	if (out == REFUSE || (gpa & (BIT64(a.shift) - 1))) {
		refuse(scause, stval);
		return;
	}

	e.stval = gpa & 3;
	e.htval = gpa >> 2;
	e.htinst = covh_insn_transformed(&a);
	e.gpr_mask = 1;
	if (a.store) {
		e.gpr[0] = covh_insn_truncate(&a,
					      a.reg ? *tramp_reg(v, a.reg) : 0);
	} else {
		v->pending = COVH_PENDING_MMIO;
		v->mmio_reg = a.reg;
		v->mmio_insn = e.htinst;
	}
	tramp_skip_insn(a.len);
	tramp_exit(v, &e);
}

void tramp_mmio_complete(struct covh_vcpu_page *v, u64 value)
{
	struct covh_access a;

	if (covh_insn_decode_transformed(v->mmio_insn, &a) && v->mmio_reg)
		*tramp_reg(v, v->mmio_reg) = covh_insn_extend(&a, value);
}
