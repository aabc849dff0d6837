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
	u64 tramp_size; /**< Trampoline's and helper's part, at the start of
			  *  block; its last page is what previous.c leaves for
			  *  the next boot */
	bool pool;	/**< The rest of the block is the pool */
	u64 records;	/**< Page records, M-only */
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

/**
 * Cold boot, before the domains are final: choose and reserve
 *
 * @return 0 or an SBI error; the TSM is then not READY
 */
int covh_place_choose(const void *fdt);

/**
 * Zero what a previous run has left of confidential pages: a machine that is
 * reset from outside did not ask the TSM. Cold boot, after covh_place_choose()
 * and before anything is put into RAM
 */
void covh_previous_scrub(void);

/** From now on the next boot finds our page records. They must be valid */
void covh_previous_note(void);

#endif
