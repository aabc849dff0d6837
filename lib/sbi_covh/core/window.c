/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Arithmetic on window sets.
 */

#include "window.h"
#include <sbi_covh/abi.h>

static long append(struct covh_winset *out, u64 base, u64 end)
{
	if (base >= end)
		return 0;
	if (out->n == COVH_MAX_WINDOWS)
		return COVH_ERR_FAILED;

	out->r[out->n].base = base;
	out->r[out->n].end = end;
	out->n++;
	return 0;
}

long covh_winset_add(const struct covh_winset *set, u64 base, u64 end,
		     struct covh_winset *out)
{
	u32 i = 0;

	out->n = 0;
	/* Ranges wholly below, not even touching */
	for (; i < set->n && set->r[i].end < base; i++)
		if (append(out, set->r[i].base, set->r[i].end))
			return COVH_ERR_FAILED;
	/* Ranges that overlap or touch become part of the new one */
	for (; i < set->n && set->r[i].base <= end; i++) {
		if (set->r[i].base < base)
			base = set->r[i].base;
		if (set->r[i].end > end)
			end = set->r[i].end;
	}
	if (append(out, base, end))
		return COVH_ERR_FAILED;
	for (; i < set->n; i++)
		if (append(out, set->r[i].base, set->r[i].end))
			return COVH_ERR_FAILED;

	return 0;
}

long covh_winset_sub(const struct covh_winset *set, u64 base, u64 end,
		     struct covh_winset *out)
{
	u32 i;

	out->n = 0;
	for (i = 0; i < set->n; i++) {
		u64 b = set->r[i].base, e = set->r[i].end;

		/* What is left below the hole, then what is left above it */
		if (append(out, b, e < base ? e : base) ||
		    append(out, b > end ? b : end, e))
			return COVH_ERR_FAILED;
	}

	return 0;
}

void covh_winset_copy(struct covh_winset *dst, const struct covh_winset *src)
{
	u32 i;

	dst->n = src->n;
	for (i = 0; i < src->n; i++) {
		dst->r[i].base = src->r[i].base;
		dst->r[i].end = src->r[i].end;
	}
}

bool covh_winset_covers(const struct covh_winset *set, u64 base, u64 end)
{
	u32 i;

	if (base >= end)
		return true;
	for (i = 0; i < set->n; i++)
		if (set->r[i].base <= base && end <= set->r[i].end)
			return true;

	return false;
}

u32 covh_winset_entries(const struct covh_winset *set)
{
	u32 i, entries = 0;

	for (i = 0; i < set->n; i++) {
		u64 size = set->r[i].end - set->r[i].base;
		bool napot =
			!(size & (size - 1)) && !(set->r[i].base & (size - 1));

		entries += napot ? 1 : 2;
	}

	return entries;
}
