/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Guest-page faults, cove-abi.md E.3.
 */

#include "tramp.h"

static bool leaf_allows(const struct covh_tvm_page *tvm, u64 gpa, u64 scause)
{
	struct covh_gstage g = {
		.root = tvm->gstage_root,
		.levels = (u32)tvm->gstage_levels,
	};
	u64 pte = covh_gstage_leaf(&g, gpa, NULL);

	switch (scause) {
	case CAUSE_FETCH_GUEST_PAGE:
		return pte & COVH_PTE_X;
	case CAUSE_LOAD_GUEST_PAGE:
		return pte & COVH_PTE_R;
	default:
		return pte & COVH_PTE_W;
	}
}

/* Spelt out for assemblers without the H extension */
static void hfence_gvma_all(void)
{
	__asm__ __volatile__(".insn r 0x73, 0, 0x31, x0, x0, x0"
			     :
			     :
			     : "memory");
}

void tramp_exit_missing(struct covh_vcpu_page *v, u64 scause, u64 gpa)
{
	struct tramp_exit e = { .scause = scause };

	/* The page is shown, not the address in it (T-40) */
	e.htval = (gpa & ~(COVH_PAGE_SIZE - 1)) >> 2;
	tramp_exit(v, &e);
}

void tramp_guest_page_fault(struct covh_vcpu_page *v, u64 scause)
{
	const struct covh_tvm_page *tvm = tramp_tvm(v);
	u64 gpa = csr_read(CSR_HTVAL) << 2 | (csr_read(CSR_STVAL) & 3);

	switch (covh_region_at(&tvm->regions, gpa)) {
	case COVH_RGN_SHARED:
	case COVH_RGN_SHARED_REMOVABLE:
		/* The host's memory is no code (T-28), and never will be */
		if (scause == CAUSE_FETCH_GUEST_PAGE) {
			tramp_inject(CAUSE_FETCH_ACCESS, csr_read(CSR_STVAL));
			return;
		}
		/* fall through */
	case COVH_RGN_CONF:
	case COVH_RGN_CONF_REMOVABLE:
		if (leaf_allows(tvm, gpa, scause)) {
			/* Raced with another vCPU's fault: try again */
			hfence_gvma_all();
			return;
		}
		tramp_exit_missing(v, scause, gpa);
	case COVH_RGN_MMIO:
		tramp_mmio(v, scause, gpa);
		return;
	default:
		/* Nobody can place it: the vCPU ends, nothing is shown */
		tramp_exit_cause(v, COVH_EXIT_VCPU_DEAD, scause);
	}
}
