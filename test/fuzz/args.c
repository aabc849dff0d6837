/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Arguments: from small sets, so that calls meet each other; next to what
 * would be right; and wild ones.
 */

#include "calls.h"

#define IDS 16
/* Pages that are rarely named one by one: for calls with many */
#define LARGE	    (POOL_BASE + 0x200000)
#define LARGE_PLAIN (HOST_BASE + 0x800000)
#define LARGE_PAGES 512

/* Where pages come from: pages from small areas of every kind */
static const struct {
	u64 base;
	u32 pages;
} areas[] = {
	{ POOL_BASE, 192 },
	{ POOL_BASE, 512 },
	{ POOL_BASE + POOL_SIZE - 8 * PG, 16 }, /* across its end */
	{ LARGE, 8 },
	{ HOST_BASE, 64 },
	{ LARGE_PLAIN, 1024 },
	{ RAM_END - 16 * PG, 16 },
	{ RAM2_BASE, 64 },
	{ RAM2_BASE + RAM2_SIZE - 4 * PG, 8 }, /* across its end */
	{ FW_BASE + FW_SIZE - 4 * PG, 8 },
};

static u64 ids[IDS];
static u32 nids;

void args_reset(void)
{
	nids = 0;
}

void remember_id(u64 id)
{
	ids[nids++ % IDS] = id;
}

u64 odd(void)
{
	static const u64 values[] = {
		0,
		1,
		PG - 1,
		PG,
		FW_BASE,
		RAM_BASE - PG,
		RAM_END,
		RAM_END - PG,
		RAM2_BASE - PG,
		RAM2_BASE + RAM2_SIZE,
		~0UL,
		~0xFFFUL,
		~0UL << 30,
		1UL << 63,
		1UL << 52,
		1UL << 50,
		1UL << 41,
		HOST_BASE + 8,
		0x10000000,
		65536,
		65537,
	};

	switch (pick(4)) {
	case 0:
		return pick64();
	case 1:
		return PICK(values) + pick64() % (3 * PG) - PG;
	default:
		return PICK(values);
	}
}

static u64 area_page(void)
{
	u32 i = pick(COVH_ARRAY_SIZE(areas));

	return areas[i].base + (u64)pick(areas[i].pages) * PG;
}

static bool suits(u64 pa, enum covh_page_state st)
{
	int i = page_index(pa);

	if (i < 0)
		return false;
	return st == COVH_PG_CONF_FREE ? page_is_free(i) : rec_state(i) == st;
}

u64 some_page(enum covh_page_state st)
{
	u64 pa, at;

	if (once_in(24))
		return odd();
	pa = area_page();
	if (once_in(6))
		return pa;
	for (at = pa; at < pa + 64 * PG; at += PG)
		if (suits(at, st))
			return at;
	return pa;
}

u64 large_range(void)
{
	static const u64 ranges[] = { POOL_BASE, LARGE, LARGE_PLAIN,
				      LARGE_PLAIN + 0x200000 };

	return PICK(ranges);
}

static u64 many_free_pages(u64 n, u64 align)
{
	u64 pa, base = large_range();

	for (pa = base; pa + n * PG <= base + LARGE_PAGES * PG; pa += align)
		if (all_free(pa, n))
			return pa;
	return 0;
}

u64 free_pages(u64 n, u64 align)
{
	u32 tries;
	u64 pa;

	if (n > 32 && n <= LARGE_PAGES)
		return many_free_pages(n, align);
	for (tries = 0; tries < 12; tries++) {
		pa = (area_page() + align - 1) & ~(align - 1);
		if (all_free(pa, n))
			return pa;
	}
	return 0;
}

u64 host_pages(u64 n)
{
	u32 tries;
	u64 pa;

	for (tries = 0; tries < 8; tries++) {
		pa = area_page();
		if (host_range(pa, n * PG))
			return pa;
	}
	return SRC;
}

u64 shareable_pages(u64 n, u64 align)
{
	u32 tries;
	u64 pa;

	for (tries = 0; tries < 12; tries++) {
		pa = (area_page() + align - 1) & ~(align - 1);
		if (all_pinnable(pa, n, COVH_PG_NC_SHARED))
			return pa;
	}
	return 0;
}

u64 some_count(void)
{
	static const u64 values[] = { 16, 64, 512, 513, 600, 1024, 2000 };

	switch (pick(16)) {
	case 0:
		return odd();
	case 1:
		return PICK(values);
	case 2:
	case 3:
		return 1 + pick(40);
	case 4:
	case 5:
	case 6:
		return 1 + pick(8);
	default:
		return 1;
	}
}

struct m_tvm *some_tvm(u32 states)
{
	u32 i, k = pick(COVH_MAX_TVMS);

	/* Slots are taken from the lowest up */
	if (!once_in(4))
		k %= 8;
	for (i = 0; i < COVH_MAX_TVMS; i++) {
		struct m_tvm *t = &m.tvm[(k + i) % COVH_MAX_TVMS];

		if (t->id && states >> t->state & 1)
			return t;
	}
	return NULL;
}

u64 some_id(void)
{
	const struct m_tvm *t;

	switch (pick(32)) {
	case 0:
		return odd();
	case 1:
		return nids ? ids[pick(nids < IDS ? nids : IDS)] : 1;
	case 2:
		return pick(4) << 16 | pick(66);
	default:
		t = some_tvm(~0U);
		return t ? t->id : 0;
	}
}

u64 some_vcpu(void)
{
	if (once_in(16))
		return once_in(2) ? pick(66) : odd();
	return pick(4);
}

u64 some_type(void)
{
	if (once_in(6))
		return COVH_PAGE_2M;
	return once_in(12) ? pick(5) : 0;
}

static u64 round_gpa(void)
{
	static const u64 values[] = {
		GPA,
		GPA + 0x1FF000,
		GPA + 0x200000,
		GPA + GPA_LEN - PG,
		0,
		0x3FFFF000,
		0x40000000,
		0xBFFF0000,
		1UL << 41,
		(1UL << 41) - 8 * PG,
		1UL << 50,
		(1UL << 50) - 8 * PG,
		1UL << 39,
		(1UL << 39) - 2 * PG,
	};

	return PICK(values) + (u64)pick(16) * PG;
}

u64 some_gpa(const struct m_tvm *t)
{
	const struct m_region *r;
	u64 pages;

	switch (pick(16)) {
	case 0:
		return odd();
	case 1:
		return round_gpa();
	case 2:
	case 3:
		if (t && t->nleaves)
			return t->leaf[pick(t->nleaves)].gpa +
			       (once_in(2) ? 0 : PG);
		return round_gpa();
	default:
		if (!t || !t->nregions)
			return round_gpa();
		r = &t->region[pick(t->nregions)];
		pages = (r->end - r->gpa) / PG;
		return r->gpa + (u64)pick(pages < 256 ? (u32)pages : 256) * PG;
	}
}

u64 gpa_in(const struct m_tvm *t, u8 type)
{
	const struct m_region *r;
	u32 i, k;
	u64 at;

	if (!t || !t->nregions || once_in(12))
		return some_gpa(t);
	k = pick(t->nregions);
	for (i = 0; i < t->nregions; i++) {
		r = &t->region[(k + i) % t->nregions];
		if (r->type != type)
			continue;
		/* Near one end or the other */
		at = pick(16) % ((r->end - r->gpa) / PG) * PG;
		return once_in(2) ? r->gpa + at : r->end - PG - at;
	}
	return some_gpa(t);
}

u64 gpa_blocked(const struct m_tvm *t, bool blocked)
{
	u32 i, k;

	if (!t || !t->nleaves || once_in(12))
		return some_gpa(t);
	k = pick(t->nleaves);
	for (i = 0; i < t->nleaves && i < 256; i++) {
		const struct m_leaf *l = &t->leaf[(k + i) % t->nleaves];

		if (l->blocked == blocked)
			return l->gpa;
	}
	return some_gpa(t);
}

u64 some_len(void)
{
	switch (pick(8)) {
	case 0:
		return odd();
	case 1:
		return 0x200000;
	case 2:
		return 0x400000 + (u64)pick(3) * 0x200000;
	default:
		return (u64)(1 + pick(64)) * PG;
	}
}
