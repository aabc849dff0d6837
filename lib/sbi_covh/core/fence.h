/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The global fence and the published window set, cove-abi.md D.5.
 */

#ifndef __COVH_FENCE_H__
#define __COVH_FENCE_H__

#include "shim.h"
#include "window.h"

/** Start: version 1, empty set, no hart has installed anything. The pool, which
 * is never part of a set, may be empty */
void covh_fence_init(u32 free_pmp_entries, u64 pool, u64 pool_end);

/** PMP entries that windows may use in all (boot fact; the smallest hart's) */
u32 covh_fence_pmp_entries(void);

/** COVH 3. @return 0 or COVH_ERR_ALREADY_STARTED */
long covh_global_fence(void);

/** COVH 4, and hart start and resume: install the set, flush, record. @return 0 */
long covh_local_fence(void);

/** What a hart must do before S-mode goes on after a retentive suspend: a
 * local fence, if it has missed anything */
void covh_fence_resume(void);

/**
 * Pages stamped with a version below this one are CONF_FREE: the smallest
 * version that every hart which is not STOPPED has installed
 */
u64 covh_fence_horizon(void);

/**
 * COVH 1 convert_pages
 *
 * @param pa page-aligned physical address
 * @param n number of 4 KiB pages
 * @return 0; COVH_ERR_INVALID_PARAM n is 0, above COVH_MAX_PAGES_PER_CALL or
 * wraps; COVH_ERR_INVALID_ADDRESS misaligned or a page is not convertible;
 * COVH_ERR_FAILED the window set does not fit the PMP: nothing changed
 */
long covh_convert(u64 pa, u64 n);

/** COVH 2 reclaim_pages; errors as covh_convert. Content is zeroed first */
long covh_reclaim(u64 pa, u64 n);

/** Copy of the published set (debug, tests) */
void covh_fence_set(struct covh_winset *out);

#endif
