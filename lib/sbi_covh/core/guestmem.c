/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Guest memory, for M-mode and for the trampoline.
 */

#include "guestmem.h"

u64 covh_guest_conf(const struct covh_regions *r, const struct covh_gstage *g,
		    u64 gpa, s64 *err)
{
	enum covh_region_type type = covh_region_at(r, gpa);
	u32 leaf_type = 0;
	u64 pte = covh_gstage_leaf(g, gpa, &leaf_type), bytes;

	*err = COVH_ERR_INVALID_ADDRESS;
	if (type == COVH_RGN_NONE || !pte)
		return 0;
	/* The range may have changed sides between the two looks */
	if ((type != COVH_RGN_CONF && type != COVH_RGN_CONF_REMOVABLE) ||
	    (pte & COVH_PTE_SHARED)) {
		*err = COVH_ERR_INVALID_PARAM;
		return 0;
	}
	*err = 0;
	bytes = covh_gstage_page_bytes(leaf_type);
	return (covh_pte_pa(pte) & ~(bytes - 1)) | (gpa & (bytes - 1));
}
