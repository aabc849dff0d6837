/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The model: what is mapped where, and the tables that it takes.
 */

#include <stdlib.h>
#include <string.h>

#include "model.h"

u64 leaf_bytes(u32 type)
{
	return BIT64(12 + 9 * type);
}

/* Number of leaves that begin at or below gpa */
static u32 leaves_below(const struct m_tvm *t, u64 gpa)
{
	u32 lo = 0, hi = t->nleaves, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (t->leaf[mid].gpa <= gpa)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct m_leaf *leaf_at(struct m_tvm *t, u64 gpa)
{
	u32 i = leaves_below(t, gpa);
	struct m_leaf *l;

	if (!i)
		return NULL;
	l = &t->leaf[i - 1];
	return gpa - l->gpa < leaf_bytes(l->type) ? l : NULL;
}

static const struct m_region *region_of(const struct m_tvm *t, u64 gpa)
{
	u32 i;

	for (i = 0; i < t->nregions; i++)
		if (t->region[i].gpa <= gpa && gpa < t->region[i].end)
			return &t->region[i];
	return NULL;
}

u8 region_at(const struct m_tvm *t, u64 gpa)
{
	const struct m_region *r = region_of(t, gpa);

	return r ? r->type : COVH_RGN_NONE;
}

/* The range lies in one region of that type */
static bool within(const struct m_tvm *t, u64 gpa, u64 len, u8 type)
{
	const struct m_region *r = region_of(t, gpa);

	return r && r->type == type && len <= r->end - gpa;
}

static bool has_table(const struct m_tvm *t, u64 gpa, u32 level)
{
	u32 i;

	gpa &= ~(leaf_bytes(level + 1) - 1);
	for (i = 0; i < t->ntables; i++)
		if (t->table[i].level == level && t->table[i].gpa == gpa)
			return true;
	return false;
}

/* A leaf in the range, or a table where a larger leaf is to be */
static bool in_the_way(struct m_tvm *t, u64 gpa, u64 len, u32 type)
{
	u32 i;

	if (!is_empty(t, gpa, len))
		return true;
	for (i = 0; i < t->ntables; i++)
		if (t->table[i].level < type && t->table[i].gpa >= gpa &&
		    t->table[i].gpa < gpa + len)
			return true;
	return false;
}

/* Tables of a level that leaves of this range lie in */
static u64 first_table(u64 gpa, u32 level)
{
	return gpa & ~(leaf_bytes(level + 1) - 1);
}

static u64 new_tables(const struct m_tvm *t, u64 gpa, u64 len, u32 type)
{
	u64 at, n = 0;
	u32 level;

	for (level = type; level < m.levels - 1; level++)
		for (at = first_table(gpa, level); at < gpa + len;
		     at += leaf_bytes(level + 1))
			n += !has_table(t, at, level);
	return n;
}

static void add_tables(struct m_tvm *t, u64 gpa, u64 len, u32 type)
{
	u32 level;
	u64 at;

	for (level = type; level < m.levels - 1; level++)
		for (at = first_table(gpa, level); at < gpa + len;
		     at += leaf_bytes(level + 1)) {
			if (has_table(t, at, level))
				continue;
			if (t->ntables == t->table_room) {
				t->table_room = 2 * t->table_room + 16;
				t->table = realloc(t->table,
						   t->table_room *
							   sizeof(*t->table));
			}
			t->table[t->ntables++] =
				(struct m_table){ at, (u8)level };
		}
}

bool is_empty(const struct m_tvm *t, u64 gpa, u64 len)
{
	u32 i = leaves_below(t, gpa + len - 1);

	return !i ||
	       t->leaf[i - 1].gpa + leaf_bytes(t->leaf[i - 1].type) <= gpa;
}

static void add_leaves(struct m_tvm *t, u64 n, struct m_leaf leaf)
{
	u32 i = leaves_below(t, leaf.gpa);

	if (t->nleaves + n > t->room) {
		t->room = t->nleaves + n + 64;
		t->leaf = realloc(t->leaf, t->room * sizeof(*t->leaf));
	}
	memmove(t->leaf + i + n, t->leaf + i,
		(t->nleaves - i) * sizeof(*t->leaf));
	t->nleaves += n;
	for (; n; n--, i++) {
		t->leaf[i] = leaf;
		leaf.gpa += leaf_bytes(leaf.type);
		leaf.pa += leaf_bytes(leaf.type);
	}
}

/* The scalars of a call that maps n pages of a type */
static bool bad_count(u64 type, u64 n)
{
	return type > COVH_PAGE_1G || !n ||
	       (n > 1 && n > COVH_MAX_PAGES_PER_CALL >> (9 * type));
}

static bool wraps(u64 addr, u64 len)
{
	return addr + len < addr;
}

struct args {
	u64 pa, type, n, gpa, src;
	u64 len;
};

static struct args args_of(const struct call *c)
{
	struct args a = { .src = 0 };

	if (c->op == OP_MEASURED)
		a = (struct args){ c->a[2], c->a[3], c->a[4],
				   c->a[5], c->a[1], 0 };
	else
		a = (struct args){ c->a[1], c->a[2], c->a[3], c->a[4], 0, 0 };
	if (!bad_count(a.type, a.n))
		a.len = a.n * leaf_bytes(a.type);
	return a;
}

static long want_map_pages(struct m_tvm *t, const struct call *c)
{
	bool measured = c->op == OP_MEASURED, shared = c->op == OP_SHARED;
	u8 region = shared ? COVH_RGN_SHARED : COVH_RGN_CONF;
	struct args a = args_of(c);
	u64 mask = a.len ? leaf_bytes(a.type) - 1 : 0;

	if (t->state != (measured ? COVH_TVM_INITIALIZING : COVH_TVM_RUNNABLE))
		return INV_PARAM;
	if (!a.len || wraps(a.pa, a.len) || wraps(a.gpa, a.len) ||
	    wraps(a.src, a.len))
		return INV_PARAM;
	if ((a.pa | a.gpa | a.src) & mask ||
	    (measured && !host_range(a.src, a.len)) ||
	    !within(t, a.gpa, a.len, region) ||
	    (shared ? !all_pinnable(a.pa, a.len / PG, COVH_PG_NC_SHARED)
		    : !all_free(a.pa, a.len / PG)) ||
	    in_the_way(t, a.gpa, a.len, (u32)a.type))
		return INV_ADDR;
	if (new_tables(t, a.gpa, a.len, (u32)a.type) > t->pt_pages - t->ntables)
		return COVH_ERR_OUT_OF_PTPAGES;
	return 0;
}

/* What is measured is what the TVM has: the source may change meanwhile */
static void measure(struct m_tvm *t, const struct args *a)
{
	u64 off, gpa;

	for (off = 0; off < a->len; off += PG) {
		gpa = a->gpa + off;
		fold(t->code, &gpa, 8, fake_ram(a->pa + off), PG);
	}
}

static void apply_map_pages(struct m_tvm *t, const struct call *c)
{
	struct args a = args_of(c);
	u32 i = page_index(a.pa);
	u64 off;

	if (c->op == OP_SHARED)
		pin_pages(a.pa, a.len / PG, COVH_PG_NC_SHARED, 1);
	else
		for (off = 0; off < a.len; off += PG, i++)
			page_set(i, COVH_PG_DATA,
				 COVH_PG_OWNED(slot_of(t), a.gpa + off));
	add_tables(t, a.gpa, a.len, (u32)a.type);
	add_leaves(t, a.n,
		   (struct m_leaf){ .gpa = a.gpa,
				    .pa = a.pa,
				    .type = (u8)a.type,
				    .shared = c->op == OP_SHARED });
	if (c->op == OP_MEASURED)
		measure(t, &a);
}

static long want_pt_pages(u64 pa, u64 n)
{
	if (bad_count(COVH_PAGE_4K, n) || wraps(pa, n * PG))
		return INV_PARAM;
	return all_free(pa, n) ? 0 : INV_ADDR;
}

static void apply_pt_pages(struct m_tvm *t, u64 pa, u64 n)
{
	u32 i = page_index(pa);

	t->pt_pages += n;
	for (; n; n--, i++)
		page_set(i, COVH_PG_PT, COVH_PG_OWNED(slot_of(t), 0));
}

long want_map(const struct call *c)
{
	struct m_tvm *t = tvm_of(c->a[0]);

	if (!t)
		return INV_PARAM;
	return c->op == OP_PT_PAGES ? want_pt_pages(c->a[1], c->a[2])
				    : want_map_pages(t, c);
}

void apply_map(const struct call *c)
{
	struct m_tvm *t = tvm_of(c->a[0]);

	if (c->op == OP_PT_PAGES)
		apply_pt_pages(t, c->a[1], c->a[2]);
	else
		apply_map_pages(t, c);
}
