/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The model: pages, windows, fences, NACL memory.
 */

#include <string.h>

#include "model.h"

#define INFO(__i) (m.rec[__i] >> COVH_PG_INFO_SHIFT)

int page_index(u64 pa)
{
	if (pa - RAM_BASE < RAM_SIZE)
		return (int)((pa - RAM_BASE) / PG);
	if (pa - RAM2_BASE < RAM2_SIZE)
		return (int)((pa - RAM2_BASE) / PG + M_BANK2);
	return -1;
}

u64 page_addr(u32 i)
{
	return i < M_BANK2 ? RAM_BASE + (u64)i * PG
			   : RAM2_BASE + (u64)(i - M_BANK2) * PG;
}

enum covh_page_state rec_state(u32 i)
{
	return m.rec[i] & COVH_PG_STATE_MASK;
}

static bool is_host(u32 i)
{
	enum covh_page_state st = rec_state(i);

	return st == COVH_PG_NC || st == COVH_PG_NC_SHMEM ||
	       st == COVH_PG_NC_SHARED;
}

u64 model_horizon(void)
{
	u64 min = ~0UL;
	u32 h;

	for (h = 0; h < FAKE_HARTS; h++)
		if (!fake.stopped[h] && m.hart[h].ver < min)
			min = m.hart[h].ver;
	return min;
}

bool page_is_free(u32 i)
{
	return rec_state(i) == COVH_PG_CONF_FREE ||
	       (rec_state(i) == COVH_PG_CONVERTING &&
		INFO(i) < model_horizon());
}

void page_set(u32 i, enum covh_page_state st, u64 info)
{
	bool pooled = m.rec[i] & COVH_PG_POOLED;

	m.rec[i] =
		st | (m.rec[i] & COVH_PG_POOLED) | info << COVH_PG_INFO_SHIFT;
	if (!pooled && st >= COVH_PG_CONVERTING)
		m.window[i / 64] |= BIT64(i % 64);
	else
		m.window[i / 64] &= ~BIT64(i % 64);
}

/* Number of the first of n pages that are all RAM of one bank, or -1 */
static int span(u64 pa, u64 n)
{
	int i = page_index(pa);

	if (i < 0 || pa % PG || !n ||
	    n > (u64)((u32)i < M_BANK_PAGES ? M_BANK_PAGES : M_PAGES) - i)
		return -1;
	return i;
}

bool all_free(u64 pa, u64 n)
{
	int i = span(pa, n);

	if (i < 0)
		return false;
	for (; n; n--, i++)
		if (!page_is_free(i))
			return false;
	return true;
}

bool host_range(u64 pa, u64 len)
{
	u64 n, first = pa & ~(PG - 1);
	int i;

	if (!len || pa + (len - 1) < pa)
		return false;
	n = (pa + len - 1 - first) / PG + 1;
	i = span(first, n);
	if (i < 0)
		return false;
	for (; n; n--, i++)
		if (!is_host(i))
			return false;
	return true;
}

void model_runs(const u64 *map, struct covh_winset *out)
{
	u32 w, i, start = 0;
	bool in = false, bit;

	out->n = 0;
	for (w = 0; w <= M_PAGES / 64; w++) {
		/* Nothing begins or ends in here */
		if (map[w] == (in ? ~0UL : 0))
			continue;
		for (i = 64 * w; i < 64 * w + 64; i++) {
			bit = map[w] >> (i % 64) & 1;
			if (bit == in)
				continue;
			if (bit)
				start = i;
			else if (out->n < COVH_MAX_WINDOWS)
				out->r[out->n++] = (struct covh_range){
					page_addr(start), page_addr(i - 1) + PG
				};
			in = bit;
		}
	}
}

/* A range in one PMP entry is a power of two in size, and aligned to it */
static u32 entries(const struct covh_winset *set)
{
	u32 i, n = 0;
	u64 size;

	for (i = 0; i < set->n; i++) {
		size = set->r[i].end - set->r[i].base;
		n += __builtin_popcountl(size) == 1 && !(set->r[i].base % size)
			     ? 1
			     : 2;
	}
	return n;
}

/* Would the windows fit with the plain ones of these pages in or out? */
static bool fits(u32 i, u64 n, bool in)
{
	u64 map[COVH_ARRAY_SIZE(m.window)];
	struct covh_winset set;
	bool change = false;

	memcpy(map, m.window, sizeof(map));
	for (; n; n--, i++) {
		u64 bit = BIT64(i % 64), old = map[i / 64];

		if (m.rec[i] & COVH_PG_POOLED)
			continue;
		map[i / 64] = in ? old | bit : old & ~bit;
		change |= map[i / 64] != old;
	}
	if (!change)
		return true;
	model_runs(map, &set);
	return entries(&set) <= PMP_ENTRIES;
}

static long range_error(u64 pa, u64 n)
{
	if (!n || n > COVH_MAX_PAGES_PER_CALL || pa + n * PG < pa)
		return INV_PARAM;
	return span(pa, n) < 0 ? INV_ADDR : 0;
}

static long want_convert(u64 pa, u64 n)
{
	long rc = range_error(pa, n);
	u64 k;
	u32 i;

	if (rc)
		return rc;
	i = page_index(pa);
	for (k = 0; k < n; k++)
		if (rec_state(i + k) != COVH_PG_NC &&
		    rec_state(i + k) != COVH_PG_POOL)
			return INV_ADDR;
	return fits(i, n, true) ? 0 : FAILED;
}

static long want_reclaim(u64 pa, u64 n)
{
	long rc = range_error(pa, n);
	u64 k;
	u32 i;

	if (rc)
		return rc;
	i = page_index(pa);
	for (k = 0; k < n; k++)
		if (!is_host(i + k) && rec_state(i + k) != COVH_PG_POOL &&
		    rec_state(i + k) != COVH_PG_CONVERTING &&
		    rec_state(i + k) != COVH_PG_CONF_FREE)
			return INV_ADDR;
	return fits(i, n, false) ? 0 : FAILED;
}

static void apply_reclaim(u64 pa, u64 n, u32 hart)
{
	u32 i = page_index(pa);

	for (; n; n--, i++)
		if (rec_state(i) >= COVH_PG_CONVERTING)
			page_set(i,
				 m.rec[i] & COVH_PG_POOLED ? COVH_PG_POOL
							   : COVH_PG_NC,
				 0);
	m.hart[hart].ver = m.gver;
}

static void apply_convert(u64 pa, u64 n)
{
	u32 i = page_index(pa);

	for (; n; n--, i++)
		page_set(i, COVH_PG_CONVERTING, m.gver);
}

#define SHMEM_PAGES (COVH_NACL_SHMEM_SIZE / PG)

bool all_pinnable(u64 pa, u64 n, enum covh_page_state st)
{
	int i = span(pa, n);

	if (i < 0)
		return false;
	for (; n; n--, i++)
		if (rec_state(i) != COVH_PG_NC && rec_state(i) != st)
			return false;
	return true;
}

static long want_shmem(u64 lo, u64 hi, u64 flags)
{
	if (flags)
		return INV_PARAM;
	if (lo == ~0UL && hi == ~0UL)
		return 0;
	if (lo % PG)
		return INV_PARAM;
	if (hi || !all_pinnable(lo, SHMEM_PAGES, COVH_PG_NC_SHMEM))
		return INV_ADDR;
	return 0;
}

void pin_pages(u64 pa, u64 n, enum covh_page_state st, s64 change)
{
	u32 i = page_index(pa);
	u64 count;

	for (; n; n--, i++) {
		count = INFO(i) + change;
		page_set(i, count ? st : COVH_PG_NC, count);
	}
}

static void pin(u64 pa, s64 change)
{
	pin_pages(pa, SHMEM_PAGES, COVH_PG_NC_SHMEM, change);
}

static void apply_shmem(u64 lo, u32 hart)
{
	u64 old = m.hart[hart].shmem;

	m.hart[hart].shmem = lo == ~0UL ? 0 : lo;
	if (m.hart[hart].shmem)
		pin(lo, 1);
	if (old)
		pin(old, -1);
}

/* 0: nothing of it is a page that the host must not use */
static long want_may_touch(u64 pa, u64 len)
{
	u64 at, last = pa + (len ? len - 1 : 0);
	u32 i;

	if (last < pa)
		return INV_ADDR;
	for (i = 0; i < M_PAGES; i++) {
		if (i == M_BANK_PAGES)
			i = M_BANK2;
		at = page_addr(i);
		if (at <= last && pa < at + PG && !is_host(i))
			return INV_ADDR;
	}
	return 0;
}

long want_pages(const struct call *c)
{
	switch (c->op) {
	case OP_CONVERT:
		return want_convert(c->a[0], c->a[1]);
	case OP_RECLAIM:
		return want_reclaim(c->a[0], c->a[1]);
	case OP_GLOBAL_FENCE:
		return model_horizon() < m.gver ? COVH_ERR_ALREADY_STARTED : 0;
	case OP_SHMEM:
		return want_shmem(c->a[0], c->a[1], c->a[2]);
	case OP_MAY_TOUCH:
		return want_may_touch(c->a[0], c->a[1]);
	default:
		return 0;
	}
}

void apply_pages(const struct call *c)
{
	switch (c->op) {
	case OP_CONVERT:
		apply_convert(c->a[0], c->a[1]);
		break;
	case OP_RECLAIM:
		apply_reclaim(c->a[0], c->a[1], c->hart);
		break;
	case OP_SHMEM:
		apply_shmem(c->a[0], c->hart);
		break;
	case OP_MAY_TOUCH:
		break;
	case OP_GLOBAL_FENCE:
		m.gver++;
		/* fall through */
	default:
		m.hart[c->hart].ver = m.gver;
	}
}
