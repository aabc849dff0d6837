/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Just enough ELF for standalone mode: 64-bit RISC-V executables.
 */

#ifndef __COVH_STANDALONE_ELF_H__
#define __COVH_STANDALONE_ELF_H__

#include "../core/shim.h"

struct covh_elf {
	const u8 *data;
	u64 size; /**< Bytes of the file */
	u64 entry;
	u64 base;	  /**< First GPA, page-aligned */
	u64 measured_end; /**< Behind the last segment, page-aligned */
	u64 end;	  /**< With extra memory */
};

/**
 * Check a file and find its extent
 *
 * @param extra bytes of zero pages behind the last segment
 * @return 0 or COVH_ERR_INVALID_PARAM
 */
long covh_elf_parse(const u8 *data, u64 size, u64 extra, struct covh_elf *elf);

/** Content of the 4 KiB page at gpa, segments laid over zeros */
void covh_elf_page(const struct covh_elf *elf, u64 gpa, u8 *page);

#endif
