/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The model: invalidate, fence, validate, remove.
 */

#include <string.h>

#include "check.h"

/* A vCPU that entered with this version or an earlier one is inside */
static bool inside(const struct m_tvm *t, u64 ver)
{
	u32 h;

	for (h = 0; h < FAKE_HARTS; h++)
		if (m.hart[h].inside && m.hart[h].slot == slot_of(t) &&
		    m.hart[h].tver <= ver)
			return true;
	return false;
}

/* The stamp in a PTE has 10 bits: after 1024 fences it looks new again */
static bool fenced(const struct m_tvm *t, const struct m_leaf *l)
{
	u64 age = (t->tver - l->ver) % 1024;

	return age > 1 || (age == 1 && !inside(t, t->tver - 1));
}

static bool suits(const struct m_tvm *t, const struct m_leaf *l, enum op op)
{
	switch (op) {
	case OP_INVALIDATE:
		return !l->blocked;
	case OP_VALIDATE:
		return l->blocked;
	default:
		return l->blocked && fenced(t, l);
	}
}

static bool removable(const struct m_tvm *t, u64 gpa, u64 len)
{
	u32 i;

	for (i = 0; i < t->nregions; i++)
		if (t->region[i].gpa <= gpa && gpa + len <= t->region[i].end)
			return t->region[i].type == COVH_RGN_CONF_REMOVABLE ||
			       t->region[i].type == COVH_RGN_SHARED_REMOVABLE;
	return false;
}

/* Every page of the range belongs to a leaf that suits, and no leaf to more */
static long want_leaves(struct m_tvm *t, u64 gpa, u64 len, enum op op)
{
	const struct m_leaf *l;
	u64 end = gpa + len;

	for (; gpa < end; gpa += leaf_bytes(l->type)) {
		l = leaf_at(t, gpa);
		if (!l || l->gpa != gpa || leaf_bytes(l->type) > end - gpa ||
		    !suits(t, l, op))
			return INV_ADDR;
	}
	return 0;
}

long want_block(const struct call *c)
{
	struct m_tvm *t = tvm_of(c->a[0]);
	u64 gpa = c->a[1], len = c->a[2];
	long rc;

	if (!t)
		return INV_PARAM;
	if (c->op == OP_TVM_FENCE)
		return inside(t, t->tver - 1) ? COVH_ERR_ALREADY_STARTED : 0;
	if ((c->op == OP_REMOVE && t->state != COVH_TVM_RUNNABLE) ||
	    len > COVH_MAX_RANGE)
		return INV_PARAM;
	rc = want_gpa_range(gpa, len);
	if (rc)
		return rc;
	if (c->op == OP_REMOVE && !removable(t, gpa, len))
		return INV_ADDR;
	return want_leaves(t, gpa, len, c->op);
}

static void set_pages(const struct m_tvm *t, const struct m_leaf *l,
		      enum covh_page_state st)
{
	u64 off, n = leaf_bytes(l->type);
	u32 i = page_index(l->pa);

	if (l->shared)
		return;
	for (off = 0; off < n; off += PG, i++)
		page_set(i, st, COVH_PG_OWNED(slot_of(t), l->gpa + off));
}

/* No hart can know the translation any more */
static void check_forgotten(const struct m_tvm *t, const struct m_leaf *l)
{
	u32 h;

	for (h = 0; h < FAKE_HARTS; h++)
		if (m.hart[h].inside && m.hart[h].slot == slot_of(t) &&
		    m.hart[h].entered_at <= l->blocked_at)
			bug("hart %u may still translate GPA 0x%lx", h, l->gpa);
}

static void take_out(struct m_tvm *t, struct m_leaf *l)
{
	u64 n = leaf_bytes(l->type) / PG;
	u32 i = page_index(l->pa);

	check_forgotten(t, l);
	if (l->shared)
		pin_pages(l->pa, n, COVH_PG_NC_SHARED, -1);
	else
		for (; n; n--, i++)
			page_set(i, COVH_PG_CONF_FREE, 0);
	t->nleaves--;
	memmove(l, l + 1, (t->leaf + t->nleaves - l) * sizeof(*l));
}

static void apply_one(struct m_tvm *t, struct m_leaf *l, enum op op)
{
	switch (op) {
	case OP_INVALIDATE:
		l->blocked = true;
		l->ver = t->tver;
		l->blocked_at = m.clock;
		set_pages(t, l, COVH_PG_BLOCKED);
		break;
	case OP_VALIDATE:
		l->blocked = false;
		set_pages(t, l, COVH_PG_DATA);
		break;
	default:
		take_out(t, l);
	}
}

void apply_block(const struct call *c)
{
	struct m_tvm *t = tvm_of(c->a[0]);
	u64 gpa = c->a[1], end = gpa + c->a[2], bytes;
	struct m_leaf *l;

	if (c->op == OP_TVM_FENCE) {
		t->tver++;
		return;
	}
	for (; gpa < end; gpa += bytes) {
		l = leaf_at(t, gpa);
		bytes = leaf_bytes(l->type);
		apply_one(t, l, c->op);
	}
}
