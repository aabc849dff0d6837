/* SPDX-License-Identifier: BSD-2-Clause */
/* COVH as spec 0.5 numbered it: boot argument numbers=0.5. */

#include <string.h>
#include <host/cove.h>
#include <host/fdt.h>

/* Function numbers of abi.h are indexes; 63 is no function at all */
unsigned char covh_numbers[COVH_FUNCTIONS] = { 0,  1,  2,  3,  4,  5,  6,
					       7,  8,  9,  10, 11, 12, 13,
					       14, 15, 16, 17, 18, 19 };

static const unsigned char numbers05[COVH_FUNCTIONS] = {
	0, 1, 2, 3, 4, 5, 6, 63, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20
};

/* What get_tsm_info wrote then */
struct tsm_info05 {
	uint32_t tsm_state;
	uint32_t tsm_version;
	uint64_t tvm_state_pages;
	uint64_t tvm_max_vcpus;
	uint64_t tvm_vcpu_state_pages;
};

bool covh_spec05;

void covh_numbers_init(void)
{
	char word[8];

	covh_spec05 =
		bootarg("numbers", word, sizeof(word)) && !strcmp(word, "0.5");
	if (covh_spec05)
		memcpy(covh_numbers, numbers05, sizeof(covh_numbers));
}

unsigned long covh_tsm_info_size(void)
{
	return covh_spec05 ? sizeof(struct tsm_info05)
			   : sizeof(struct covh_tsm_info);
}

void covh_tsm_info_update(struct covh_tsm_info *info)
{
	struct tsm_info05 old;

	if (!covh_spec05)
		return;
	memcpy(&old, info, sizeof(old));
	*info = (struct covh_tsm_info){
		.tsm_state = old.tsm_state,
		.tsm_version = old.tsm_version,
		/* There was no other way then */
		.tsm_capabilities = COVH_CAP_MEMORY_ALLOCATION,
		.tvm_state_pages = old.tvm_state_pages,
		.tvm_max_vcpus = old.tvm_max_vcpus,
		.tvm_vcpu_state_pages = old.tvm_vcpu_state_pages,
	};
}
