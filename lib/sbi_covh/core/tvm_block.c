/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Taking pages away from a TVM: block, fence, remove (or unblock).
 *
 * A blocked leaf keeps everything but V and gains the TVM's TLB version. It
 * may be removed once all vCPUs that entered with that version have left.
 */

#include "hart_ops.h"
#include "page.h"
#include "tvm_priv.h"

/* One of the three calls: what it asks of each leaf and does to it */
struct block_call {
	bool (*check)(const struct covh_tvm *t, u64 pte);
	void (*act)(struct covh_tvm *t, u64 *e, u32 type);
	bool removes;
};

struct walk_arg {
	struct covh_tvm *t;
	const struct block_call *call;
};

static u64 inside(const struct covh_tvm *t, u64 ver)
{
	return t->tcount[ver & 1];
}

long covh_tvm_fence(u64 id)
{
	struct covh_tvm *t;
	long rc;

	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;

	rc = inside(t, t->tver - 1) ? COVH_ERR_ALREADY_STARTED : 0;
	if (!rc)
		t->tver++;
	covh_tvm_put(t);
	return rc;
}

/*
 * The stamp is short of the version's upper bits. A page of 1024 fences ago
 * looks new and needs one more fence; a new one never looks old.
 */
static bool fenced(const struct covh_tvm *t, u64 pte)
{
	u64 age = (t->tver - (pte >> COVH_PTE_VER_SHIFT)) & COVH_PTE_VER_MASK;

	return age > 1 || (age == 1 && !inside(t, t->tver - 1));
}

static bool is_present(const struct covh_tvm *t, u64 pte)
{
	(void)t;
	return pte & COVH_PTE_V;
}

static bool is_blocked(const struct covh_tvm *t, u64 pte)
{
	(void)t;
	return pte && !(pte & COVH_PTE_V);
}

static bool is_removable(const struct covh_tvm *t, u64 pte)
{
	return is_blocked(t, pte) && fenced(t, pte);
}

/* A page of the host has no state for this: only its mapping is blocked */
static void block_pages(u64 pte, u32 type, bool block)
{
	if (!(pte & COVH_PTE_SHARED))
		covh_page_block(covh_pte_pa(pte),
				covh_gstage_page_bytes(type) >> COVH_PAGE_SHIFT,
				block);
}

static void block(struct covh_tvm *t, u64 *e, u32 type)
{
	u64 ver = (t->tver & COVH_PTE_VER_MASK) << COVH_PTE_VER_SHIFT;

	block_pages(*e, type, true);
	covh_pte_set(e, (*e & ~COVH_PTE_V) | ver);
}

static void unblock(struct covh_tvm *t, u64 *e, u32 type)
{
	u64 mask = COVH_PTE_VER_MASK << COVH_PTE_VER_SHIFT;

	(void)t;
	block_pages(*e, type, false);
	covh_pte_set(e, (*e & ~mask) | COVH_PTE_V);
}

static void take_out(struct covh_tvm *t, u64 *e, u32 type)
{
	u64 pte = *e;

	covh_pte_set(e, 0);
	covh_tvm_free_leaf(t, pte, type);
}

static long check_one(void *arg, u64 gpa, u64 *e, u32 type)
{
	const struct walk_arg *w = arg;

	(void)gpa;
	(void)type;
	return w->call->check(w->t, *e) ? 0 : COVH_ERR_INVALID_ADDRESS;
}

static long act_one(void *arg, u64 gpa, u64 *e, u32 type)
{
	const struct walk_arg *w = arg;

	(void)gpa;
	w->call->act(w->t, e, type);
	/* Each of its pages has been looked at */
	if (type)
		covh_hart_serve_ipis();
	return 0;
}

/* Only a region with a share or unshare under way gives pages back: else a
 * host could put a zero page in the place of one that the guest uses (K-8) */
static bool region_removable(const struct covh_tvm *t, u64 gpa, u64 len)
{
	const struct covh_regions *r = &covh_tvm_page(t)->regions;

	return covh_region_within(r, gpa, len, COVH_RGN_CONF_REMOVABLE) ||
	       covh_region_within(r, gpa, len, COVH_RGN_SHARED_REMOVABLE);
}

static long check_args(const struct covh_tvm *t, const struct block_call *call,
		       u64 gpa, u64 len)
{
	if ((call->removes && t->state != COVH_TVM_RUNNABLE) ||
	    len > COVH_MAX_RANGE)
		return COVH_ERR_INVALID_PARAM;

	return covh_check_gpa_range(t, gpa, len);
}

static long block_call(const struct block_call *call, u64 id, u64 gpa, u64 len)
{
	struct walk_arg w = { .call = call };
	u64 pages = len >> COVH_PAGE_SHIFT;
	long rc;

	w.t = covh_tvm_get(id, &rc);
	if (!w.t)
		return rc;
	rc = check_args(w.t, call, gpa, len);
	if (rc) {
		covh_tvm_put(w.t);
		return rc;
	}

	covh_tvm_enter(w.t, pages);
	if (call->removes && !region_removable(w.t, gpa, len))
		rc = COVH_ERR_INVALID_ADDRESS;
	if (!rc)
		rc = covh_gstage_each(&w.t->g, gpa, len, &w, check_one);
	if (!rc)
		rc = covh_gstage_each(&w.t->g, gpa, len, &w, act_one);
	covh_tvm_leave(w.t, pages);
	return rc;
}

long covh_invalidate(u64 id, u64 gpa, u64 len)
{
	static const struct block_call call = { is_present, block, false };

	return block_call(&call, id, gpa, len);
}

long covh_validate(u64 id, u64 gpa, u64 len)
{
	static const struct block_call call = { is_blocked, unblock, false };

	return block_call(&call, id, gpa, len);
}

long covh_remove(u64 id, u64 gpa, u64 len)
{
	static const struct block_call call = { is_removable, take_out, true };

	return block_call(&call, id, gpa, len);
}
