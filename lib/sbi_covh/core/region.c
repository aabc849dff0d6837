/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * GPA regions: a sorted table, found by halving.
 */

#include "region.h"
#include <sbi_covh/abi.h>

static u64 end_of(const struct covh_region *r)
{
	return r->first + (r->count_type >> 8);
}

/* Number of regions that begin at or below the frame */
static u64 below(const struct covh_regions *t, u64 frame)
{
	u64 lo = 0, hi = t->n, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (t->r[mid].first <= frame)
			lo = mid + 1;
		else
			hi = mid;
	}

	return lo;
}

static const struct covh_region *find(const struct covh_regions *t, u64 frame)
{
	u64 i = below(t, frame);

	if (!i || frame >= end_of(&t->r[i - 1]))
		return NULL;

	return &t->r[i - 1];
}

long covh_region_add(struct covh_regions *t, u64 gpa, u64 len,
		     enum covh_region_type type)
{
	u64 first = gpa >> COVH_PAGE_SHIFT, count = len >> COVH_PAGE_SHIFT;
	u64 j, i = below(t, first);

	if ((i && end_of(&t->r[i - 1]) > first) ||
	    (i < t->n && t->r[i].first < first + count))
		return COVH_ERR_INVALID_ADDRESS;
	if (t->n >= COVH_MAX_REGIONS)
		return COVH_ERR_FAILED;

	for (j = t->n; j > i; j--)
		t->r[j] = t->r[j - 1];
	t->r[i].first = first;
	t->r[i].count_type = count << 8 | type;
	t->n++;
	return 0;
}

enum covh_region_type covh_region_at(const struct covh_regions *t, u64 gpa)
{
	const struct covh_region *r = find(t, gpa >> COVH_PAGE_SHIFT);

	return r ? (enum covh_region_type)(r->count_type & 0xFF)
		 : COVH_RGN_NONE;
}

bool covh_region_within(const struct covh_regions *t, u64 gpa, u64 len,
			enum covh_region_type type)
{
	const struct covh_region *r = find(t, gpa >> COVH_PAGE_SHIFT);

	if (!r || !len || gpa + (len - 1) < gpa ||
	    (r->count_type & 0xFF) != type)
		return false;

	return (gpa + (len - 1)) >> COVH_PAGE_SHIFT < end_of(r);
}
