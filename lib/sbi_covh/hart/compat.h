/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenSBI's internal interfaces that differ between the supported versions.
 */

#ifndef __COVH_COMPAT_H__
#define __COVH_COMPAT_H__

#include <sbi/sbi_hart.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_version.h>

#define COVH_OPENSBI (OPENSBI_VERSION_MAJOR * 100 + OPENSBI_VERSION_MINOR)

#if COVH_OPENSBI >= 108

#include <sbi/sbi_hart_pmp.h>
#include <sbi/sbi_hart_protection.h>

static inline u32 covh_sbi_hart_count(void)
{
	return sbi_hart_count();
}

static inline void covh_sbi_map(unsigned long addr, unsigned long size)
{
	sbi_hart_protection_map_range(addr, size);
}

static inline void covh_sbi_unmap(unsigned long addr, unsigned long size)
{
	sbi_hart_protection_unmap_range(addr, size);
}

#else

static inline u32 covh_sbi_hart_count(void)
{
	return sbi_scratch_last_hartindex() + 1;
}

static inline void covh_sbi_map(unsigned long addr, unsigned long size)
{
	sbi_hart_map_saddr(addr, size);
}

static inline void covh_sbi_unmap(unsigned long addr, unsigned long size)
{
	(void)addr;
	(void)size;
	sbi_hart_unmap_saddr();
}

#endif

/** Ask to be called after each protection-configure step. 0 or an SBI error */
int covh_compat_hook_pmp(int (*configured)(struct sbi_scratch *scratch));

/** Ask to be asked at each of OpenSBI's address checks for S- and U-mode */
void covh_compat_hook_addr(bool (*may_touch)(unsigned long addr,
					     unsigned long size, bool range));

#endif
