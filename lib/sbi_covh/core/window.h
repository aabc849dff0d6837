/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The window set: ranges outside the pool that the host has given away.
 * Values, not state: every operation makes a new set, so that a caller can
 * check that it fits before anything changes. fence.h publishes sets.
 */

#ifndef __COVH_WINDOW_H__
#define __COVH_WINDOW_H__

#include "shim.h"

#define COVH_MAX_WINDOWS 16

/** Half-open physical range, page-aligned */
struct covh_range {
	u64 base;
	u64 end;
};

/** Sorted, disjoint, non-adjacent, non-empty ranges */
struct covh_winset {
	u32 n;
	struct covh_range r[COVH_MAX_WINDOWS];
};

/**
 * out = set plus [base, end); merges what overlaps or touches
 *
 * @return 0, or COVH_ERR_FAILED (more than COVH_MAX_WINDOWS ranges), out is
 * then undefined. out may not alias set
 */
long covh_winset_add(const struct covh_winset *set, u64 base, u64 end,
		     struct covh_winset *out);

/** out = set without [base, end); shrinks, splits or drops ranges. As _add */
long covh_winset_sub(const struct covh_winset *set, u64 base, u64 end,
		     struct covh_winset *out);

/** Copy a set, its ranges in use only */
void covh_winset_copy(struct covh_winset *dst, const struct covh_winset *src);

/** True if every byte of [base, end) lies in the set */
bool covh_winset_covers(const struct covh_winset *set, u64 base, u64 end);

/** PMP entries the set needs: 1 for a naturally aligned power of two, else 2 */
u32 covh_winset_entries(const struct covh_winset *set);

#endif
