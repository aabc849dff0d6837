/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Guest memory as the trampoline reaches it: by the TVM's own G-stage.
 */

#include "tramp.h"

enum covh_region_type tramp_region_at(const struct covh_vcpu_page *v, u64 gpa)
{
	return covh_region_at(&tramp_tvm(v)->regions, gpa);
}

void *tramp_conf_ptr(const struct covh_vcpu_page *v, u64 gpa, s64 *err)
{
	const struct covh_tvm_page *tvm = tramp_tvm(v);
	struct covh_gstage g = {
		.root = tvm->gstage_root,
		.levels = (u32)tvm->gstage_levels,
	};
	enum covh_region_type type = tramp_region_at(v, gpa);
	u32 leaf_type = 0;
	u64 pte = covh_gstage_leaf(&g, gpa, &leaf_type), bytes;

	*err = COVH_ERR_INVALID_ADDRESS;
	if (type == COVH_RGN_NONE || !pte)
		return NULL;
	/* The range may have changed sides between the two looks */
	if ((type != COVH_RGN_CONF && type != COVH_RGN_CONF_REMOVABLE) ||
	    (pte & COVH_PTE_SHARED)) {
		*err = COVH_ERR_INVALID_PARAM;
		return NULL;
	}
	*err = 0;
	bytes = covh_gstage_page_bytes(leaf_type);
	return (void *)((covh_pte_pa(pte) & ~(bytes - 1)) |
			(gpa & (bytes - 1)));
}
