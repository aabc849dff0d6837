/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * PMP register images of one hart: the host view and the guest view.
 *
 * OpenSBI's own entries come first and are the same in both views. Then, in
 * both views at the same place: the block (pool and trampoline), one entry or
 * TOR pair per window, unused entries, and the catch-all in the last entry.
 */

#ifndef __COVH_PMPVIEW_H__
#define __COVH_PMPVIEW_H__

#include "shim.h"
#include "window.h"

#define COVH_PMP_MAX 64

/* pmpcfg bits */
#define COVH_PMP_R	 0x01
#define COVH_PMP_W	 0x02
#define COVH_PMP_X	 0x04
#define COVH_PMP_A_TOR	 0x08
#define COVH_PMP_A_NAPOT 0x18
#define COVH_PMP_A_MASK	 0x18
#define COVH_PMP_L	 0x80

/** pmpcfg, by entries and by registers (RV64: eight entries each) */
union covh_pmpcfg {
	u8 entry[COVH_PMP_MAX];
	u64 reg[COVH_PMP_MAX / 8];
};

/** Both register images. addr is shared; only cfg differs between the views */
struct covh_pmpview {
	u32 count;		 /**< Entries in use by the images */
	u64 addr[COVH_PMP_MAX];	 /**< pmpaddrN (physical address >> 2) */
	union covh_pmpcfg host;	 /**< While the host runs */
	union covh_pmpcfg guest; /**< While a TVM runs */
};

/** What OpenSBI's protection-configure step left in the registers */
struct covh_pmpfixed {
	u32 count; /**< PMP entries that may be used */
	bool mml;  /**< Smepmp with mseccfg.MML set */
	u64 addr[COVH_PMP_MAX];
	u8 cfg[COVH_PMP_MAX];
};

/** NAPOT encoding of a naturally aligned power-of-two range, size >= 8 */
static inline u64 covh_pmp_napot(u64 base, u64 size)
{
	return (base >> 2) | ((size >> 3) - 1);
}

/**
 * Entries of fixed that windows may use: between the last entry of OpenSBI's
 * own and the last entry of all
 *
 * @param fixed registers as OpenSBI configured them; its catch-all is the
 * last active entry
 * @return number of entries; 0 if the catch-all cannot be found
 */
u32 covh_pmpview_free(const struct covh_pmpfixed *fixed);

/**
 * Build both images
 *
 * @param fixed registers as OpenSBI configured them. Entries below the
 * catch-all stay where they are; the entry whose range is [block, block +
 * block_size) becomes the block's; an entry for [deny[i], +deny_size) loses
 * all S/U access in both views
 * @param block base of the block, block_size its power-of-two size; 0: none
 * @param deny naturally aligned ranges the host must not reach (reset device)
 * @param set windows
 * @param out images
 * @return 0, or COVH_ERR_FAILED: the set needs more than the free entries, or
 * block or a deny range has no entry; out is then undefined
 */
long covh_pmpview_build(const struct covh_pmpfixed *fixed, u64 block,
			u64 block_size, const struct covh_range *deny,
			u32 ndeny, const struct covh_winset *set,
			struct covh_pmpview *out);

#endif
