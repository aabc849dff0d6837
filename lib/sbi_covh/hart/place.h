/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * RAM, and what the TSM took of it at boot.
 */

#ifndef __COVH_PLACE_H__
#define __COVH_PLACE_H__

#include "../core/page.h"
#include "../core/window.h"

/** RAM banks as the device tree lists them, page-aligned */
extern struct covh_range covh_ram[COVH_MAX_BANKS];
extern u32 covh_nram;

/** Place and size of what the TSM took */
struct covh_place {
	u64 block; /**< Trampoline and pool, one PMP entry */
	u64 block_size;
	u64 tramp_size; /**< Trampoline's part, at the start of block */
	bool pool;	/**< The rest of the block is the pool */
	u64 records;	/**< Page records, M-only */
	u64 records_size;
};
extern struct covh_place covh_place;

/**
 * Cold boot, before the domains are final: choose and reserve
 *
 * @return 0 or an SBI error; the TSM is then not READY
 */
int covh_place_choose(const void *fdt);

#endif
