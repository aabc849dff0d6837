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
/** The device tree's map of it makes sense */
extern bool covh_ram_known;

/** Place and size of what the TSM took */
struct covh_place {
	u64 block; /**< Trampoline and pool, one PMP entry. A guard at either
		     *  end of it is nobody's (SBI_COVH_GUARD_KIB) */
	u64 block_size;
	u64 tramp; /**< Trampoline's and helper's part; its last page is what
		     *  previous.c leaves for the next boot */
	u64 tramp_size;
	u64 pool; /**< Behind it; 0: none, the rest of the block is nobody's */
	u64 pool_size;
	u64 records; /**< Page records, M-only */
	u64 records_size;
};
extern struct covh_place covh_place;

/** What is in use already, to the byte: OpenSBI's own, FDT, initrd */
#define COVH_MAX_LOADED 16
extern struct covh_range covh_loaded[COVH_MAX_LOADED];
extern u32 covh_nloaded;

/** The next image, as far as its header goes: how much of that was filled is
 * not known */
extern struct covh_range covh_next_image;

/** Cold boot, first of all: fill what stands above. 0 or an SBI error: the TSM
 * is then not READY */
int covh_place_scan(const void *fdt);

/**
 * Cold boot, before the domains are final: choose and reserve
 *
 * @param why changed if it is not for lack of a place; for the console
 * @return 0 or an SBI error; the TSM is then not READY
 */
int covh_place_choose(const void *fdt, const char **why);

/**
 * Zero what a previous run has left of confidential pages: a machine that is
 * reset from outside did not ask the TSM. Cold boot, after covh_place_choose()
 * and before anything is put into RAM
 */
void covh_previous_scrub(void);

/** From now on the next boot finds our page records. They must be valid */
void covh_previous_note(void);

#endif
