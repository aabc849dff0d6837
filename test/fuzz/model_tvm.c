/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The model: TVMs and vCPUs.
 */

#include <string.h>

#include "model.h"

struct m_tvm *tvm_of(u64 id)
{
	u64 slot = (id & 0xFFFF) - 1;

	if (!id || slot >= COVH_MAX_TVMS || m.tvm[slot].id != id)
		return NULL;
	return &m.tvm[slot];
}

u32 slot_of(const struct m_tvm *t)
{
	return (u32)(t - m.tvm);
}

static void own(u64 pa, u64 n, enum covh_page_state st, u32 slot)
{
	u32 i = page_index(pa);

	for (; n; n--, i++)
		page_set(i, st, COVH_PG_OWNED(slot, 0));
}

static u32 live(void)
{
	u32 i, n = 0;

	for (i = 0; i < COVH_MAX_TVMS; i++)
		n += m.tvm[i].id != 0;
	return n;
}

static long want_create(u64 params, u64 len, u64 pgd, u64 state)
{
	if (len < 16)
		return INV_PARAM;
	if (params % 8 || !host_range(params, 16))
		return INV_ADDR;
	if (pgd % COVH_PGD_SIZE || !all_free(pgd, 4) || !all_free(state, 1) ||
	    state - pgd < COVH_PGD_SIZE)
		return INV_ADDR;
	return live() == COVH_MAX_TVMS ? FAILED : 0;
}

static void apply_create(const struct call *c)
{
	u32 slot = (u32)(c->value & 0xFFFF) - 1;
	struct m_tvm *t = &m.tvm[slot];

	/* An id that is new, for a slot that is free */
	assert_true(slot < COVH_MAX_TVMS);
	assert_int_equal(t->id, 0);
	assert_true(c->value >> 16 > m.last_gen[slot]);
	m.last_gen[slot] = c->value >> 16;

	t->id = c->value;
	t->state = COVH_TVM_INITIALIZING;
	t->dead = false;
	t->root = c->a[2];
	t->state_page = c->a[3];
	t->pt_pages = 0;
	t->tver = 1;
	t->created = 0;
	t->nrunning = t->nregions = t->nleaves = t->ntables = 0;
	memset(t->vcpu, 0, sizeof(t->vcpu));
	memset(t->code, 0, sizeof(t->code));
	memset(t->config, 0, sizeof(t->config));
	memset(t->runtime, 0, sizeof(t->runtime));
	own(t->root, 4, COVH_PG_PGD, slot);
	own(t->state_page, 1, COVH_PG_TVMSTATE, slot);
}

static void record(struct m_tvm *t, u32 tag, const u64 *payload, u32 n)
{
	u32 head[2] = { tag, 8 * n };

	fold(t->config, head, sizeof(head), payload, 8 * n);
}

static long want_finalize(struct m_tvm *t, u64 identity)
{
	if (t->state != COVH_TVM_INITIALIZING ||
	    t->vcpu[0].state == COVH_VCPU_NONE)
		return INV_PARAM;
	if (identity && (identity % COVH_IDENTITY_SIZE ||
			 !host_range(identity, COVH_IDENTITY_SIZE)))
		return INV_PARAM;
	return 0;
}

static void apply_finalize(struct m_tvm *t, u64 pc, u64 arg)
{
	record(t, COVH_MSMT_TAG_FINALIZE, (u64[]){ pc, arg }, 2);
	t->state = COVH_TVM_RUNNABLE;
	t->vcpu[0].state = COVH_VCPU_RUNNABLE;
	t->vcpu[0].resume = COVH_RESUME_START;
	t->vcpu[0].pc = pc;
	t->vcpu[0].arg = arg;
}

static void apply_destroy(struct m_tvm *t)
{
	u32 i, slot = slot_of(t);
	const struct m_leaf *l;

	for (i = 0; i < t->nleaves; i++) {
		l = &t->leaf[i];
		if (l->shared)
			pin_pages(l->pa, leaf_bytes(l->type) / PG,
				  COVH_PG_NC_SHARED, -1);
	}
	for (i = 0; i < M_PAGES; i++)
		if (rec_state(i) >= COVH_PG_PGD &&
		    COVH_PG_OWNER(m.rec[i] >> COVH_PG_INFO_SHIFT) == slot)
			page_set(i, COVH_PG_CONF_FREE, 0);
	for (i = 0; i < COVH_MAX_VCPUS; i++)
		if (t->vcpu[i].resume == COVH_RESUME_HELPER)
			drop_context(t->vcpu[i].pc);
	t->id = 0;
	t->nleaves = 0;
}

long want_gpa_range(u64 gpa, u64 len)
{
	if (!len || len % PG || gpa + len < gpa)
		return INV_PARAM;
	if (gpa % PG || gpa + len > BIT64(m.levels == 4 ? 50 : 41))
		return INV_ADDR;
	return 0;
}

long want_free(const struct m_tvm *t, u64 gpa, u64 len)
{
	u32 i;

	for (i = 0; i < t->nregions; i++)
		if (gpa < t->region[i].end && t->region[i].gpa < gpa + len)
			return INV_ADDR;
	return t->nregions == COVH_MAX_REGIONS ? FAILED : 0;
}

static long want_region(const struct m_tvm *t, u64 gpa, u64 len)
{
	long rc = want_gpa_range(gpa, len);

	if (t->state != COVH_TVM_INITIALIZING)
		return INV_PARAM;
	return rc ? rc : want_free(t, gpa, len);
}

void insert_region(struct m_tvm *t, u64 gpa, u64 len, u8 type)
{
	u32 i = t->nregions++;

	for (; i && t->region[i - 1].gpa > gpa; i--)
		t->region[i] = t->region[i - 1];
	t->region[i] = (struct m_region){ gpa, gpa + len, type };
}

static void apply_region(struct m_tvm *t, u64 gpa, u64 len)
{
	insert_region(t, gpa, len, COVH_RGN_CONF);
	record(t, COVH_MSMT_TAG_REGION, (u64[]){ gpa, len }, 2);
}

static long want_vcpu(const struct m_tvm *t, u64 vcpu, u64 page)
{
	if (vcpu >= COVH_MAX_VCPUS || t->state != COVH_TVM_INITIALIZING ||
	    t->vcpu[vcpu].state != COVH_VCPU_NONE)
		return INV_PARAM;
	return all_free(page, 1) ? 0 : INV_ADDR;
}

static void apply_vcpu(struct m_tvm *t, u64 vcpu, u64 page)
{
	own(page, 1, COVH_PG_VCPU, slot_of(t));
	t->vcpu[vcpu] = (struct m_vcpu){ .page = page, .state = COVH_VCPU_OFF };
	t->created |= BIT64(vcpu);
	record(t, COVH_MSMT_TAG_VCPU, &vcpu, 1);
}

long want_tvm(const struct call *c)
{
	struct m_tvm *t = tvm_of(c->a[0]);

	if (c->op == OP_CREATE)
		return want_create(c->a[0], c->a[1], c->a[2], c->a[3]);
	if (!t)
		return INV_PARAM;
	switch (c->op) {
	case OP_FINALIZE:
		return want_finalize(t, c->a[3]);
	case OP_DESTROY:
		return t->nrunning ? FAILED : 0;
	case OP_REGION:
		return want_region(t, c->a[1], c->a[2]);
	default:
		return want_vcpu(t, c->a[1], c->a[2]);
	}
}

void apply_tvm(const struct call *c)
{
	struct m_tvm *t = tvm_of(c->a[0]);

	switch (c->op) {
	case OP_CREATE:
		apply_create(c);
		break;
	case OP_FINALIZE:
		apply_finalize(t, c->a[1], c->a[2]);
		break;
	case OP_DESTROY:
		apply_destroy(t);
		break;
	case OP_REGION:
		apply_region(t, c->a[1], c->a[2]);
		break;
	default:
		apply_vcpu(t, c->a[1], c->a[2]);
	}
}
