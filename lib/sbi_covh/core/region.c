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

static enum covh_region_type type_of(const struct covh_region *r)
{
	return (enum covh_region_type)(r->count_type & 0xFF);
}

static struct covh_region make(u64 first, u64 end, enum covh_region_type type)
{
	return (struct covh_region){ first, (end - first) << 8 | type };
}

static void begin_change(struct covh_regions *t)
{
	__atomic_store_n(&t->seq, t->seq + 1, __ATOMIC_RELAXED);
	COVH_FENCE(__ATOMIC_SEQ_CST);
}

static void end_change(struct covh_regions *t)
{
	__atomic_store_n(&t->seq, t->seq + 1, __ATOMIC_RELEASE);
}

/* Put m regions in the place of those from lo to hi; there is room */
static void replace(struct covh_regions *t, u64 lo, u64 hi,
		    const struct covh_region *with, u64 m)
{
	u64 i, n = t->n - (hi - lo) + m;

	begin_change(t);
	if (n > t->n)
		for (i = t->n; i-- > hi;)
			t->r[i + n - t->n] = t->r[i];
	else
		for (i = hi; i < t->n; i++)
			t->r[i + n - t->n] = t->r[i];
	for (i = 0; i < m; i++)
		t->r[lo + i] = with[i];
	t->n = n;
	end_change(t);
}

long covh_region_add(struct covh_regions *t, u64 gpa, u64 len,
		     enum covh_region_type type)
{
	u64 first = gpa >> COVH_PAGE_SHIFT,
	    end = (gpa + len) >> COVH_PAGE_SHIFT;
	struct covh_region r = make(first, end, type);
	u64 i = below(t, first);

	if ((i && end_of(&t->r[i - 1]) > first) ||
	    (i < t->n && t->r[i].first < end))
		return COVH_ERR_INVALID_ADDRESS;
	if (t->n >= COVH_MAX_REGIONS)
		return COVH_ERR_FAILED;

	replace(t, i, i, &r, 1);
	return 0;
}

/* Index behind the regions of one type that hold all from frame to end, the
 * first of them at lo; 0 if something is missing */
static u64 covered(const struct covh_regions *t, u64 lo, u64 frame, u64 end,
		   enum covh_region_type type)
{
	u64 i;

	for (i = lo; frame < end; frame = end_of(&t->r[i++]))
		if (i == t->n || t->r[i].first > frame ||
		    type_of(&t->r[i]) != type)
			return 0;

	return i;
}

long covh_region_retype(struct covh_regions *t, u64 gpa, u64 len,
			enum covh_region_type from, enum covh_region_type to)
{
	u64 first = gpa >> COVH_PAGE_SHIFT,
	    end = (gpa + len) >> COVH_PAGE_SHIFT;
	bool merge = to == COVH_RGN_CONF || to == COVH_RGN_SHARED;
	u64 m = 0, lo = below(t, first), hi, lo_first, hi_end;
	struct covh_region with[3];

	hi = lo-- ? covered(t, lo, first, end, from) : 0;
	if (!hi)
		return COVH_ERR_INVALID_PARAM;

	lo_first = t->r[lo].first;
	hi_end = end_of(&t->r[hi - 1]);
	if (merge && lo_first == first && lo && type_of(&t->r[lo - 1]) == to &&
	    end_of(&t->r[lo - 1]) == first)
		lo_first = first = t->r[--lo].first;
	if (merge && hi_end == end && hi < t->n && type_of(&t->r[hi]) == to &&
	    t->r[hi].first == end)
		hi_end = end = end_of(&t->r[hi++]);

	if (lo_first < first)
		with[m++] = make(lo_first, first, from);
	with[m++] = make(first, end, to);
	if (end < hi_end)
		with[m++] = make(end, hi_end, from);
	if (t->n - (hi - lo) + m > COVH_MAX_REGIONS)
		return COVH_ERR_FAILED;

	replace(t, lo, hi, with, m);
	return 0;
}

/* What is left of a region, one piece at most, when [first, end) goes; false:
 * nothing */
static bool trim(struct covh_region *r, u64 first, u64 end)
{
	u64 lo = r->first, hi = end_of(r);

	if (lo < first)
		hi = first;
	else if (hi > end)
		lo = end;
	else
		return false;
	*r = make(lo, hi, type_of(r));
	return true;
}

long covh_region_cut(struct covh_regions *t, u64 gpa, u64 len,
		     enum covh_region_type type)
{
	u64 first = gpa >> COVH_PAGE_SHIFT,
	    end = (gpa + len) >> COVH_PAGE_SHIFT;
	struct covh_region *it, *to, *last = t->r + t->n;
	u64 i = below(t, first);

	/* The one that begins before the range may reach into it, or beyond */
	if (i && end_of(&t->r[i - 1]) > first)
		i--;
	it = to = t->r + i;
	if (it < last && type_of(it) == type && it->first < first &&
	    end_of(it) > end) {
		const struct covh_region with[2] = {
			make(it->first, first, type),
			make(end, end_of(it), type),
		};

		if (t->n == COVH_MAX_REGIONS)
			return COVH_ERR_FAILED;
		replace(t, i, i + 1, with, 2);
		return 0;
	}

	begin_change(t);
	for (; it < last && it->first < end; it++)
		if (type_of(it) != type || trim(it, first, end))
			*to++ = *it;
	/* What is behind only moves: the lock is not to be held for long */
	t->n -= (u64)(it - to);
	if (to < it)
		while (it < last)
			*to++ = *it++;
	end_change(t);
	return 0;
}

enum covh_region_type covh_region_at(const struct covh_regions *t, u64 gpa)
{
	const struct covh_region *r;
	enum covh_region_type type;
	u64 seq;

	do {
		seq = __atomic_load_n(&t->seq, __ATOMIC_ACQUIRE);
		r = find(t, gpa >> COVH_PAGE_SHIFT);
		type = r ? type_of(r) : COVH_RGN_NONE;
		COVH_FENCE(__ATOMIC_ACQUIRE);
	} while ((seq & 1) ||
		 seq != __atomic_load_n(&t->seq, __ATOMIC_RELAXED));

	return type;
}

bool covh_region_within(const struct covh_regions *t, u64 gpa, u64 len,
			enum covh_region_type type)
{
	const struct covh_region *r = find(t, gpa >> COVH_PAGE_SHIFT);

	if (!r || !len || gpa + (len - 1) < gpa || type_of(r) != type)
		return false;

	return (gpa + (len - 1)) >> COVH_PAGE_SHIFT < end_of(r);
}
