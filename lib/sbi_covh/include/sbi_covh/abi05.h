/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Where COVH was different in spec 0.5, which Salus and the first KVM patches
 * follow. Firmware with SBI_COVH_OLD_NUMBERS answers these numbers instead of
 * those of abi.h. 0 to 6 are the same, and so are SUPD, COVG and NACL.
 */

#ifndef __SBI_COVH_ABI05_H__
#define __SBI_COVH_ABI05_H__

#include <sbi_covh/abi.h>

/* clang-format off */

#define COVH05_DESTROY_TVM		7
#define COVH05_ADD_TVM_MEMORY_REGION	8
#define COVH05_ADD_TVM_PAGE_TABLE_PAGES	9
#define COVH05_ADD_TVM_MEASURED_PAGES	10
#define COVH05_ADD_TVM_ZERO_PAGES	11
#define COVH05_ADD_TVM_SHARED_PAGES	12
#define COVH05_CREATE_TVM_VCPU		13
#define COVH05_RUN_TVM_VCPU		14
#define COVH05_TVM_FENCE		15
#define COVH05_TVM_INVALIDATE_PAGES	16
#define COVH05_TVM_VALIDATE_PAGES	17
#define COVH05_PROMOTE_PAGE		18
#define COVH05_DEMOTE_PAGE		19
#define COVH05_TVM_REMOVE_PAGES		20

/* clang-format on */

#ifndef __ASSEMBLER__

/** What get_tsm_info writes */
struct covh05_tsm_info {
	uint32_t tsm_state;
	uint32_t tsm_version;
	uint64_t tvm_state_pages;
	uint64_t tvm_max_vcpus;
	uint64_t tvm_vcpu_state_pages;
};

_Static_assert(sizeof(struct covh05_tsm_info) == 32, "it was 32 bytes");

#endif

#endif
