/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Guest memory as the trampoline reaches it: by the TVM's own G-stage.
 */

#include "../core/guestmem.h"
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

	return (void *)covh_guest_conf(&tvm->regions, &g, gpa, err);
}
