/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Comparing the core with the model. A call that failed has left the model
 * as it was, so this also says that it has changed nothing.
 */

#include <string.h>

#include "check.h"
#include "invariants.h"
#include "tvm_priv.h"

const u8 platform_msmt[4][COVH_DIGEST_SIZE] = { { 1, 2 }, { 3 }, { 4 }, { 5 } };

static void check_bank(u64 base, const u64 *want, u64 pages)
{
	const u64 *have = fake_rec(base);
	u64 i;

	if (!memcmp(have, want, pages * sizeof(*want)))
		return;
	for (i = 0; have[i] == want[i]; i++)
		;
	bug("page 0x%lx: record 0x%lx, expected 0x%lx", base + i * PG, have[i],
	    want[i]);
}

/* Pages that a TVM may hold, as far as each hart is concerned */
static void fenced_windows(struct covh_winset *out)
{
	u64 horizon = model_horizon(), bits;
	u64 map[COVH_ARRAY_SIZE(m.window)];
	u32 w, i;

	memcpy(map, m.window, sizeof(map));
	for (w = 0; w < COVH_ARRAY_SIZE(map); w++)
		for (bits = map[w]; bits; bits &= bits - 1) {
			i = 64 * w + __builtin_ctzl(bits);
			if (rec_state(i) == COVH_PG_CONVERTING &&
			    m.rec[i] >> COVH_PG_INFO_SHIFT >= horizon)
				map[w] &= ~BIT64(i % 64);
		}
	model_runs(map, out);
}

static void check_windows(void)
{
	struct covh_winset want, have;
	u32 h, i;

	model_runs(m.window, &want);
	covh_fence_set(&have);
	if (want.n != have.n ||
	    memcmp(want.r, have.r, want.n * sizeof(*want.r)))
		bug("%u windows are published, expected %u or others", have.n,
		    want.n);
	if (covh_winset_entries(&have) > covh_fence_pmp_entries())
		bug("windows take %u PMP entries", covh_winset_entries(&have));
	if (covh_fence_horizon() != model_horizon())
		bug("horizon %lu, expected %lu", covh_fence_horizon(),
		    model_horizon());

	/* What can be a TVM's is out of reach of every hart that runs */
	fenced_windows(&want);
	for (h = 0; h < FAKE_HARTS; h++)
		for (i = 0; i < want.n && !fake.stopped[h]; i++)
			if (!covh_winset_covers(fake_installed(h),
						want.r[i].base, want.r[i].end))
				bug("hart %u reaches 0x%lx-0x%lx", h,
				    want.r[i].base, want.r[i].end);
}

static void check_shmem(void)
{
	u32 h;

	for (h = 0; h < FAKE_HARTS; h++)
		AS_HART(h)
	if (covh_nacl_shmem() != m.hart[h].shmem)
		bug("hart %u: NACL memory 0x%lx, expected 0x%lx", h,
		    covh_nacl_shmem(), m.hart[h].shmem);
}

/* G-stage: a walk of its own, in ascending order of GPA */

static u32 seen[M_PAGES], epoch;

struct walk {
	struct m_tvm *t;
	u32 leaves, tables;
};

/* A page is part of one table, once, and the TVM's own */
static void visit(const struct walk *w, u64 pa, enum covh_page_state st)
{
	int i = page_index(pa);

	if (i < 0 || rec_state(i) != st ||
	    COVH_PG_OWNER(m.rec[i] >> COVH_PG_INFO_SHIFT) != slot_of(w->t))
		bug("TVM 0x%lx: table 0x%lx is not its own", w->t->id, pa);
	if (seen[i] == epoch)
		bug("TVM 0x%lx: table 0x%lx twice", w->t->id, pa);
	seen[i] = epoch;
}

static u64 pte_of(const struct m_leaf *l)
{
	u64 pte = l->shared ? COVH_PTE_HOST : COVH_PTE_CONF;

	if (l->blocked)
		pte = (pte & ~COVH_PTE_V) | (l->ver % 1024) << 54;
	return pte | l->pa >> 12 << 10;
}

static void walk_leaf(struct walk *w, u64 gpa, u64 pte, u32 level)
{
	const struct m_leaf *l = &w->t->leaf[w->leaves];

	if (w->leaves >= w->t->nleaves || l->gpa != gpa || l->type != level ||
	    pte != pte_of(l))
		bug("TVM 0x%lx: PTE 0x%lx of level %u for GPA 0x%lx", w->t->id,
		    pte, level, gpa);
	w->leaves++;
}

static void walk_table(struct walk *w, u64 pa, u32 level, u64 gpa, u32 n)
{
	const u64 *t = fake_ram(pa);
	u64 pte, at;
	u32 i;

	for (i = 0; i < n; i++) {
		pte = t[i];
		if (!pte)
			continue;
		at = gpa + i * leaf_bytes(level);
		if (pte & 0xE || !level) {
			walk_leaf(w, at, pte, level);
			continue;
		}
		if ((pte & 0x3FF) != 1 || pte >> 54)
			bug("TVM 0x%lx: PTE 0x%lx for GPA 0x%lx", w->t->id, pte,
			    at);
		visit(w, pte >> 10 << 12, COVH_PG_PT);
		w->tables++;
		walk_table(w, pte >> 10 << 12, level - 1, at, 512);
	}
}

static void check_gstage(struct m_tvm *t, const struct covh_gstage *g)
{
	struct walk w = { .t = t };
	u64 i, pa;

	epoch++;
	if (g->root != t->root || g->levels != m.levels)
		bug("TVM 0x%lx: root 0x%lx", t->id, g->root);
	for (i = 0; i < 4; i++)
		visit(&w, t->root + i * PG, COVH_PG_PGD);
	walk_table(&w, t->root, m.levels - 1, 0, 2048);
	if (w.leaves != t->nleaves || w.tables != t->ntables)
		bug("TVM 0x%lx: %u leaves and %u tables, expected %u, %u",
		    t->id, w.leaves, w.tables, t->nleaves, t->ntables);

	for (i = 0, pa = g->pt_free; pa; i++) {
		visit(&w, pa, COVH_PG_PT);
		memcpy(&pa, fake_ram(pa), sizeof(pa));
	}
	if (i != g->pt_free_count || i + t->ntables != t->pt_pages)
		bug("TVM 0x%lx: %lu free tables, expected %lu", t->id, i,
		    t->pt_pages - t->ntables);
}

static void check_regions(const struct m_tvm *t,
			  const struct covh_regions *have)
{
	const struct m_region *r = t->region;
	u32 i;

	if (have->n != t->nregions)
		bug("TVM 0x%lx: %lu regions, expected %u", t->id, have->n,
		    t->nregions);
	for (i = 0; i < t->nregions; i++, r++)
		if (have->r[i].first != r->gpa / PG ||
		    have->r[i].count_type !=
			    ((r->end - r->gpa) / PG << 8 | r->type))
			bug("TVM 0x%lx: region %u at 0x%lx, expected 0x%lx",
			    t->id, i, have->r[i].first * PG, r->gpa);
}

static void check_vcpus(const struct m_tvm *t, const struct covh_tvm *have)
{
	const struct m_vcpu *v = t->vcpu;
	u32 i;

	if (have->created != t->created || have->nrunning != t->nrunning ||
	    have->dead != t->dead || have->tver != t->tver)
		bug("TVM 0x%lx: vCPUs 0x%lx, %u run, dead %d, version %lu",
		    t->id, have->created, have->nrunning, have->dead,
		    have->tver);
	for (i = 0; i < COVH_MAX_VCPUS; i++, v++)
		if (have->vcpu[i].state != v->state ||
		    (v->state && have->vcpu[i].page != v->page) ||
		    (v->state == COVH_VCPU_RUNNABLE &&
		     have->vcpu[i].resume != v->resume) ||
		    (v->state && have->vcpu[i].sig != v->sig))
			bug("TVM 0x%lx: vCPU %u in state %u, expected %u",
			    t->id, i, have->vcpu[i].state, v->state);
}

static void check_inside(const struct m_tvm *t, const struct covh_tvm *have)
{
	u32 h, count[2] = { 0, 0 };

	for (h = 0; h < FAKE_HARTS; h++) {
		if (!m.hart[h].inside || tvm_on(h) != t)
			continue;
		count[m.hart[h].tver & 1]++;
		if (fake.runs[h]->hvip != m.hart[h].hvip)
			bug("hart %u: hvip 0x%lx, expected 0x%lx", h,
			    fake.runs[h]->hvip, m.hart[h].hvip);
	}
	if (have->tcount[0] != count[0] || have->tcount[1] != count[1])
		bug("TVM 0x%lx: %u and %u vCPUs inside, expected %u, %u", t->id,
		    have->tcount[0], have->tcount[1], count[0], count[1]);
}

static void check_tvm(struct m_tvm *t)
{
	const struct covh_tvm_page *page = fake_ram(t->state_page);
	struct covh_tvm *have;
	long rc;

	have = covh_tvm_get(t->id, &rc);
	if (!have)
		bug("TVM 0x%lx cannot be had: %ld", t->id, rc);
	covh_tvm_put(have);
	if (have->state != t->state || have->slot != slot_of(t) ||
	    have->state_page != t->state_page)
		bug("TVM 0x%lx in state %u, expected %u", t->id, have->state,
		    t->state);
	check_vcpus(t, have);
	check_inside(t, have);
	check_regions(t, &page->regions);
	check_gstage(t, &have->g);
	if (memcmp(page->msmt, platform_msmt, sizeof(platform_msmt)) ||
	    memcmp(page->msmt[COVH_MSMT_RUNTIME_FIRST], t->runtime,
		   sizeof(t->runtime)) ||
	    memcmp(page->msmt[COVH_MSMT_TVM_CODE], t->code, sizeof(t->code)) ||
	    memcmp(page->msmt[COVH_MSMT_TVM_CONFIG], t->config,
		   sizeof(t->config)))
		bug("TVM 0x%lx: measurement", t->id);
}

static void check_contexts(void)
{
	u64 taken = 0;
	u32 i;

	for (i = 0; i < HELPER_COUNT; i++)
		if (m.context[i].owned)
			taken |= BIT64(i);
	if (covh_helper_taken() != taken)
		bug("contexts 0x%lx have an owner, expected 0x%lx",
		    covh_helper_taken(), taken);
}

void check_fast(int slot)
{
	check_bank(RAM_BASE, m.rec, M_BANK_PAGES);
	check_bank(RAM2_BASE, m.rec + M_BANK2, M_BANK2_PAGES);
	check_windows();
	check_contexts();
	if (slot >= 0 && m.tvm[slot].id)
		check_tvm(&m.tvm[slot]);
}

void check_all(void)
{
	u32 i;

	check_fast(-1);
	check_shmem();
	invariants_check();
	for (i = 0; i < COVH_MAX_TVMS; i++)
		if (m.tvm[i].id)
			check_tvm(&m.tvm[i]);
}

static void must_be_zero(u64 pa, u64 n, const char *what)
{
	static const u8 zero[PG];

	for (; n; n--, pa += PG)
		if (memcmp(fake_ram(pa), zero, PG))
			bug("%s 0x%lx is not zero", what, pa);
}

/* Called before the model has seen the reclaim: host pages keep theirs */
static void reclaimed(u64 pa, u64 n)
{
	for (; n; n--, pa += PG)
		if (rec_state(page_index(pa)) >= COVH_PG_CONVERTING)
			must_be_zero(pa, 1, "reclaimed page");
}

void check_content(const struct call *c, bool alone)
{
	switch (c->op) {
	case OP_MEASURED:
		if (alone && memcmp(fake_ram(c->a[1]), fake_ram(c->a[2]),
				    c->a[4] * leaf_bytes(c->a[3])))
			bug("measured pages 0x%lx differ", c->a[2]);
		break;
	case OP_RECLAIM:
		reclaimed(c->a[0], c->a[1]);
		break;
	case OP_ZERO:
		must_be_zero(c->a[1], c->a[3] * leaf_bytes(c->a[2]) / PG,
			     "zero page");
		break;
	case OP_VCPU:
		must_be_zero(c->a[2], 1, "vCPU page");
		break;
	case OP_EVIDENCE:
	case OP_WORK_DONE:
		if (alone)
			check_attest(c);
		break;
	case OP_DESTROY:
		must_be_zero(tvm_of(c->a[0])->state_page, 1,
			     "state page of a destroyed TVM");
		break;
	default:
		break;
	}
}
