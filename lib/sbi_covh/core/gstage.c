/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * G-stage page tables.
 *
 * Level 0 holds 4 KiB leaves; the root, level levels - 1, has 2048 entries,
 * every other table 512.
 */

#include "gstage.h"
#include "hart_ops.h"

#define TABLE_ENTRIES 512
#define ROOT_ENTRIES  2048

static u32 shift_of(u32 level)
{
	return COVH_PAGE_SHIFT + 9 * level;
}

u64 covh_gstage_gpa_limit(u32 levels)
{
	return BIT64(shift_of(levels) + 2);
}

static bool is_table(u64 pte)
{
	return (pte & (COVH_PTE_V | COVH_PTE_RWX)) == COVH_PTE_V;
}

void covh_gstage_give_table(struct covh_gstage *g, u64 pa)
{
	*(u64 *)covh_conf_ptr(pa) = g->pt_free;
	g->pt_free = pa;
	g->pt_free_count++;
}

static u64 take_table(struct covh_gstage *g)
{
	u64 pa = g->pt_free;
	u64 *link = covh_conf_ptr(pa);

	COVH_ASSERT(pa);
	g->pt_free = *link;
	g->pt_free_count--;
	*link = 0;
	return pa;
}

/* One load: the trampoline looks at tables while M-mode changes them */
static u64 pte_get(const u64 *e)
{
	return __atomic_load_n(e, __ATOMIC_ACQUIRE);
}

/*
 * Walk towards gpa until there is no table left or the wanted level is
 * reached. @return the entry, *level says of which level
 */
static u64 *descend(const struct covh_gstage *g, u64 gpa, u32 target,
		    u32 *level)
{
	u32 l = g->levels - 1, shift = shift_of(l);
	u64 table = g->root, i = gpa >> shift & (ROOT_ENTRIES - 1);
	u64 pte, *e;

	for (;;) {
		/* The root is four pages; each is addressed by itself */
		e = covh_conf_ptr(table + i * sizeof(u64));
		pte = pte_get(e);
		if (l == target || !is_table(pte))
			break;
		table = covh_pte_pa(pte);
		l--;
		shift -= 9;
		i = gpa >> shift & (TABLE_ENTRIES - 1);
	}
	*level = l;
	return e;
}

/* The entry of gpa, when e is that of what lies right below: as a rule the next
 * one of the same page of a table */
static u64 *advance(const struct covh_gstage *g, u64 *e, u64 gpa, u32 target,
		    u32 *level)
{
	if (e && ((u64)(unsigned long)++e & (COVH_PAGE_SIZE - 1)) &&
	    (*level == target || !is_table(*e)))
		return e;

	return descend(g, gpa, target, level);
}

/*
 * Tables needed for leaves of level target in [gpa, last], all below one
 * empty entry of the given level: at each level below, as many as entries of
 * the level above are touched.
 */
static u64 tables_below(u64 gpa, u64 last, u32 level, u32 target)
{
	u64 n = 0;

	for (; level > target; level--)
		n += (last >> shift_of(level)) - (gpa >> shift_of(level)) + 1;

	return n;
}

long covh_gstage_check_map(const struct covh_gstage *g, u64 gpa, u32 page_type,
			   u64 n)
{
	u64 last = gpa + (n << shift_of(page_type)) - 1;
	u64 i, stop, tables = 0;
	u64 *e = NULL;
	u32 level;

	for (i = 1;; i++) {
		e = advance(g, e, gpa, page_type, &level);
		if (*e)
			return COVH_ERR_INVALID_ADDRESS;

		/* Nothing lies under an empty entry: skip to its end */
		stop = gpa | (BIT64(shift_of(level)) - 1);
		if (stop > last)
			stop = last;
		tables += tables_below(gpa, stop, level, page_type);

		if (stop == last)
			break;
		gpa = stop + 1;
		if (!(i % 1024))
			covh_hart_serve_ipis();
	}

	return tables > g->pt_free_count ? COVH_ERR_OUT_OF_PTPAGES : 0;
}

void covh_gstage_map(struct covh_gstage *g, u64 gpa, u32 page_type, u64 n,
		     u64 pa, u64 flags)
{
	u64 i, step = covh_gstage_page_bytes(page_type);
	u64 *e = NULL;
	u32 level = page_type;

	for (i = 1; i <= n; i++, gpa += step, pa += step) {
		e = advance(g, e, gpa, page_type, &level);
		for (; level > page_type;
		     e = descend(g, gpa, page_type, &level)) {
			COVH_ASSERT(!*e);
			covh_pte_set(e, covh_pte_of(take_table(g), COVH_PTE_V));
		}
		COVH_ASSERT(!*e);
		covh_pte_set(e, covh_pte_of(pa, flags));
		if (!(i % 64))
			covh_hart_serve_ipis();
	}
}

u64 *covh_gstage_slot(const struct covh_gstage *g, u64 gpa)
{
	u32 level;
	u64 *e = descend(g, gpa, 0, &level);

	return level ? NULL : e;
}

u64 covh_gstage_leaf(const struct covh_gstage *g, u64 gpa, u32 *page_type)
{
	u32 level;
	u64 pte;

	if (gpa >= covh_gstage_gpa_limit(g->levels))
		return 0;

	pte = pte_get(descend(g, gpa, 0, &level));
	/* What was empty a moment ago may be a table by now */
	if (!(pte & COVH_PTE_V) || is_table(pte))
		return 0;
	if (page_type)
		*page_type = level;
	return pte;
}

long covh_gstage_each(const struct covh_gstage *g, u64 gpa, u64 len, void *arg,
		      long (*fn)(void *arg, u64 gpa, u64 *e, u32 type))
{
	u64 n, bytes, at, end = gpa + len;
	u64 *e = NULL;
	u32 level = 0;
	long rc;

	for (n = 1; gpa < end; gpa = at + bytes, n++) {
		e = advance(g, e, gpa, 0, &level);
		bytes = BIT64(shift_of(level));
		at = gpa & ~(bytes - 1);
		if (*e && (at < gpa || at + bytes > end))
			return COVH_ERR_INVALID_ADDRESS;
		rc = fn(arg, at, e, level);
		if (rc)
			return rc;
		if (!(n % 64))
			covh_hart_serve_ipis();
	}

	return 0;
}

struct walk {
	const struct covh_gstage *g;
	void *arg;
	void (*leaf)(void *arg, u64 gpa, u64 pte, u32 type);
	void (*table)(void *arg, u64 pa);
};

/* Most of a table is empty: eight entries at a time */
static u32 skip_empty(const u64 *t, u32 i, u32 n)
{
	for (; i + 8 <= n; i += 8, t += 8)
		if (t[0] | t[1] | t[2] | t[3] | t[4] | t[5] | t[6] | t[7])
			break;

	return i;
}

static void walk_table(const struct walk *w, u64 table, u32 level, u64 gpa);

/* Up to 512 entries that lie in one page. Depth is bounded by the levels */
static void walk_page(const struct walk *w, u64 page, u32 level, u64 gpa)
{
	const u64 *t = covh_conf_ptr(page);
	u32 i;

	for (i = 0; i < TABLE_ENTRIES; i++) {
		u64 at;

		i = skip_empty(t + i, i, TABLE_ENTRIES);
		if (i == TABLE_ENTRIES)
			break;
		at = gpa + ((u64)i << shift_of(level));
		if (level && is_table(t[i]))
			walk_table(w, covh_pte_pa(t[i]), level - 1, at);
		else if (t[i] && w->leaf)
			w->leaf(w->arg, at, t[i], level);
	}
}

static void walk_table(const struct walk *w, u64 table, u32 level, u64 gpa)
{
	walk_page(w, table, level, gpa);
	if (w->table)
		w->table(w->arg, table);
}

void covh_gstage_walk(const struct covh_gstage *g, void *arg,
		      void (*leaf)(void *arg, u64 gpa, u64 pte, u32 type),
		      void (*table)(void *arg, u64 pa))
{
	const struct walk w = { g, arg, leaf, table };
	u32 level = g->levels - 1;
	u64 i;

	for (i = 0; i < ROOT_ENTRIES / TABLE_ENTRIES; i++)
		walk_page(&w, g->root + i * COVH_PAGE_SIZE, level,
			  i * TABLE_ENTRIES << shift_of(level));
}
