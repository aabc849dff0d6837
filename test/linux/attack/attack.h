/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Between the files of the module. */

#ifndef ATTACK_H
#define ATTACK_H

#include <linux/types.h>

/** scause of a load or a store that PMP has stopped, or no page table maps */
#define CAUSE_LOAD_ACCESS  5
#define CAUSE_STORE_ACCESS 7
#define CAUSE_LOAD_PAGE	   13

/** What came of attempts on pages. */
struct tally {
	/** Pages that were tried, each with loads and a store */
	unsigned long pages;
	/** Of their loads and stores those that PMP stopped */
	unsigned long load_access, store_access;
	/** Those that ended otherwise */
	unsigned long load_other, store_other;
	/** scause of the last such, 0: it went through */
	unsigned long last_other;
	/** Bytes that were read */
	unsigned long read;
};

/* touch.c */

/** One load of the kernel's; 0, or the scause of its trap. */
unsigned long touch_load(const void *at, u64 *val);

/** One store. */
unsigned long touch_store(void *at, u64 val);

/** A page: loads of its first and last words, and a store. */
void touch_page(struct tally *t, void *page);

/** Print what came of it: "attack: NAME: ..." */
void touch_report(const char *name, const struct tally *t);

/* pool.c */

/** T-01, T-02: all of the firmware's pool, and the firmware, mapped anew. */
int attack_pool(void);

/* ram.c */

/** T-01: all pages of ordinary memory that the driver has converted. */
int attack_ram(void);

#endif
