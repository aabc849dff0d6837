/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH as spec 0.5 had it, cove-abi.md J-1 and J-2: promote_to_tvm did not
 * exist; promote_page and demote_page, which did, are gone.
 */

#include <sbi/sbi_string.h>
#include <sbi_covh/abi05.h>
#include "oldabi.h"

long covh_todays_fid(long fid)
{
	if (fid < COVH05_DESTROY_TVM)
		return fid;
	if (fid <= COVH05_TVM_VALIDATE_PAGES)
		return fid + 1;

	return fid == COVH05_TVM_REMOVE_PAGES ? COVH_TVM_REMOVE_PAGES : -1;
}

unsigned long covh_callers_info(struct covh_tsm_info *info)
{
	const struct covh05_tsm_info old = {
		info->tsm_state,
		info->tsm_version,
		info->tvm_state_pages,
		info->tvm_max_vcpus,
		info->tvm_vcpu_state_pages,
	};

	sbi_memcpy(info, &old, sizeof(old));
	return sizeof(old);
}
