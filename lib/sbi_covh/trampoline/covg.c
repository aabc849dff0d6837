/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVG: the guest's own calls, cove-abi.md B.5.
 */

#include "tramp.h"

/* The one leaf behind a page-aligned buffer, checked; NULL and *err if bad */
static void *guest_conf_page(const struct covh_vcpu_page *v, u64 gpa, s64 *err)
{
	const struct covh_tvm_page *tvm = tramp_tvm(v);
	struct covh_gstage g = {
		.root = tvm->gstage_root,
		.levels = (u32)tvm->gstage_levels,
	};
	enum covh_region_type type;
	u32 leaf_type = 0;
	u64 pte, bytes;

	*err = COVH_ERR_INVALID_ADDRESS;
	if (gpa & (COVH_PAGE_SIZE - 1))
		return NULL;
	type = covh_region_at(&tvm->regions, gpa);
	pte = covh_gstage_leaf(&g, gpa, &leaf_type);
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
	return (void *)(((pte >> 10) << COVH_PAGE_SHIFT & ~(bytes - 1)) |
			(gpa & (bytes - 1)));
}

/* a0 buffer, a1 its size, a2 register */
static s64 read_measurement(struct covh_vcpu_page *v, u64 *value)
{
	u64 size = v->gpr[A(1)], index = v->gpr[A(2)];
	void *buf;
	s64 err;

	if (size < COVH_DIGEST_SIZE || index >= COVH_MSMT_COUNT)
		return COVH_ERR_INVALID_PARAM;
	index = covh_index_nospec(index, COVH_MSMT_COUNT);
	buf = guest_conf_page(v, v->gpr[A(0)], &err);
	if (!buf)
		return err;
	memcpy(buf, tramp_tvm(v)->msmt[index], COVH_DIGEST_SIZE);
	*value = COVH_DIGEST_SIZE;
	return 0;
}

/* M-mode has blocked the vCPU until the host has done its part, or refused:
 * the guest finds out at the next RUN (D.4) */
static void change_region(struct covh_vcpu_page *v, u64 fn, u64 fid)
{
	u64 gpa = v->gpr[A(0)], len = v->gpr[A(1)];

	if (tramp_ask(v, fn))
		tramp_exit_ecall(v, COVH_EXIT_RESUMABLE, COVH_EID_COVG, fid,
				 gpa, len);
}

void tramp_covg(struct covh_vcpu_page *v, u64 a6)
{
	u64 fid = a6 & COVH_A6_FID_MASK, hi = a6 >> 32, value = 0;
	s64 err = COVH_ERR_NOT_SUPPORTED;

	/* The SDID field of a guest is not trusted, so it is not looked at */
	if ((a6 & COVH_A6_RSVD_MASK) ||
	    (hi && !(hi == 0xFFFFFFFFUL && (a6 & BIT64(31)))))
		fid = ~0UL;

	switch (fid) {
	case COVG_SHARE_MEMORY_REGION:
		change_region(v, COVH_TRAMP_SHARE, fid);
		return;
	case COVG_UNSHARE_MEMORY_REGION:
		change_region(v, COVH_TRAMP_UNSHARE, fid);
		return;
	case COVG_READ_MEASUREMENT:
		err = read_measurement(v, &value);
	}
	tramp_answer(v, err, value);
}
