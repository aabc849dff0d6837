/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The invariants of cove-abi.md D.1: a page is in one place. What tables say
 * is collected for every page and then held against its record.
 */

#include <string.h>

#include "check.h"
#include "attest.h"
#include "guest.h"
#include "invariants.h"
#include "tvm_priv.h"

#define BANK_PAGES  (RAM_SIZE / PG)
#define BANK2_PAGES (RAM2_SIZE / PG)
#define PAGES	    (BANK_PAGES + BANK2_PAGES)
#define ADDR(__e)   (((__e) >> 10 & (BIT64(44) - 1)) << 12)

/* What was found of a page */
static struct {
	u16 places; /* in tables or lists of TVMs */
	u16 pins;
	u64 rec; /* what the record has to be, if places is 1 */
} found[PAGES];

static struct covh_tvm *tvms;

void invariants_reset(void)
{
	tvms = NULL;
}

void invariants_id(u64 id)
{
	struct covh_tvm *t;
	long rc;

	if (tvms)
		return;
	t = covh_tvm_get(id, &rc);
	if (!t)
		return;
	tvms = t - t->slot;
	covh_tvm_put(t);
}

static u32 index_of(u64 pa)
{
	if (pa % PG == 0 && pa - RAM_BASE < RAM_SIZE)
		return (u32)((pa - RAM_BASE) / PG);
	if (pa % PG == 0 && pa - RAM2_BASE < RAM2_SIZE)
		return (u32)((pa - RAM2_BASE) / PG + BANK_PAGES);
	bug("0x%lx is no page of RAM", pa);
}

static u64 addr_of(u32 i)
{
	return i < BANK_PAGES ? RAM_BASE + i * PG
			      : RAM2_BASE + (i - BANK_PAGES) * PG;
}

static void place(const struct covh_tvm *t, u64 pa, enum covh_page_state st,
		  u64 gpa)
{
	u32 i = index_of(pa);

	if (found[i].places++)
		bug("page 0x%lx is in two places", pa);
	found[i].rec = st | COVH_PG_OWNED(t->slot, gpa) << COVH_PG_INFO_SHIFT;
}

static bool is_shared(u8 region)
{
	return region == COVH_RGN_SHARED || region == COVH_RGN_SHARED_REMOVABLE;
}

/* (5) Pages of the host only where the TVM has asked for them, not to be
 * executed; all others only where it has not */
static void leaf(const struct covh_tvm *t, u64 gpa, u64 pte, u32 level)
{
	const struct covh_tvm_page *page = fake_ram(t->state_page);
	bool shared = pte & COVH_PTE_SHARED;
	u64 off, n = BIT64(12 + 9 * level);

	if ((pte & ~COVH_PTE_V & 0x3FF) !=
	    ((shared ? COVH_PTE_HOST : COVH_PTE_CONF) & ~COVH_PTE_V))
		bug("GPA 0x%lx: flags 0x%lx", gpa, pte & 0x3FF);
	if (ADDR(pte) % n || gpa % n)
		bug("GPA 0x%lx: a leaf that is not aligned", gpa);
	for (off = 0; off < n; off += PG) {
		if (is_shared(covh_region_at(&page->regions, gpa + off)) !=
		    shared)
			bug("GPA 0x%lx: wrong kind of page for its region",
			    gpa + off);
		if (shared)
			found[index_of(ADDR(pte) + off)].pins++;
		else
			place(t, ADDR(pte) + off,
			      pte & COVH_PTE_V ? COVH_PG_DATA : COVH_PG_BLOCKED,
			      gpa + off);
	}
}

/* (4) No table twice, so there is no cycle and no other TVM's table */
static void table(const struct covh_tvm *t, u64 pa, u32 level, u64 gpa, u32 n)
{
	const u64 *e = fake_ram(pa);
	u32 i;

	for (i = 0; i < n; i++) {
		u64 pte = e[i], at = gpa + ((u64)i << (12 + 9 * level));

		if (!pte)
			continue;
		if (pte & COVH_PTE_RWX) {
			leaf(t, at, pte, level);
		} else if (!level || (pte & ~(BIT64(54) - 0x400)) != 1) {
			bug("GPA 0x%lx: entry 0x%lx", at, pte);
		} else {
			place(t, ADDR(pte), COVH_PG_PT, 0);
			table(t, ADDR(pte), level - 1, at, 512);
		}
	}
}

static void tvm(const struct covh_tvm *t)
{
	u64 i, pa, left;
	u32 running = 0;

	for (i = 0; i < 4; i++)
		place(t, t->g.root + i * PG, COVH_PG_PGD, 0);
	place(t, t->state_page, COVH_PG_TVMSTATE, 0);
	table(t, t->g.root, t->g.levels - 1, 0, 2048);
	for (i = 0, pa = t->g.pt_free; pa; i++) {
		place(t, pa, COVH_PG_PT, 0);
		memcpy(&pa, fake_ram(pa), sizeof(pa));
	}
	if (i != t->g.pt_free_count)
		bug("TVM 0x%lx: %lu free tables, not %lu", t->id,
		    t->g.pt_free_count, i);
	for (left = t->created; left; left &= left - 1) {
		i = (u64)__builtin_ctzl(left);
		place(t, t->vcpu[i].page, COVH_PG_VCPU, 0);
		running += t->vcpu[i].state == COVH_VCPU_RUNNING;
	}
	if (t->busy || t->nrunning != running ||
	    t->tcount[0] + t->tcount[1] != running)
		bug("TVM 0x%lx: busy %d, %u vCPUs run, not %u", t->id, t->busy,
		    t->nrunning, running);
}

static void registered(void)
{
	u64 pa, i;
	u32 h;

	for (h = 0; h < FAKE_HARTS; h++) {
		AS_HART(h)
		pa = covh_nacl_shmem();
		for (i = 0; pa && i < COVH_NACL_SHMEM_SIZE; i += PG)
			found[index_of(pa + i)].pins++;
	}
}

/* Every page is accounted for */
static void record(u32 i)
{
	u64 rec = *fake_rec(addr_of(i)), st = rec & COVH_PG_STATE_MASK;
	bool pinned = st == COVH_PG_NC_SHMEM || st == COVH_PG_NC_SHARED;

	if (found[i].places ? (rec & ~COVH_PG_POOLED) != found[i].rec
			    : st >= COVH_PG_PGD)
		bug("page 0x%lx: record 0x%lx, in %u places (0x%lx)",
		    addr_of(i), rec, found[i].places, found[i].rec);
	if (found[i].pins != (pinned ? rec >> COVH_PG_INFO_SHIFT : 0))
		bug("page 0x%lx: record 0x%lx, pinned by %u", addr_of(i), rec,
		    found[i].pins);
}

/* Bit n: context n is owned by a vCPU that is blocked in it, or on a hart */
static u64 owners(void)
{
	const struct covh_vcpu *in[COVH_MAX_HELPERS] = { NULL }, *v;
	u64 mask = 0, i, left;
	u32 k;

	for (k = 0; tvms && k < COVH_MAX_TVMS; k++)
		for (left = tvms[k].state ? tvms[k].created : 0; left;
		     left &= left - 1) {
			v = &tvms[k].vcpu[__builtin_ctzl(left)];
			if (v->resume != COVH_RESUME_HELPER)
				continue;
			if (v->pc >= HELPER_COUNT || in[v->pc])
				bug("a vCPU is blocked in context %lu", v->pc);
			in[v->pc] = v;
			mask |= BIT64(v->pc);
		}
	for (k = 0; k < FAKE_HARTS; k++) {
		if (!fake.runs[k] || fake.runs[k]->resume != COVH_RESUME_HELPER)
			continue;
		i = fake.runs[k]->pc;
		if (i >= HELPER_COUNT || (in[i] && in[i] != fake.runs[k]->vcpu))
			bug("hart %u works in context %lu", k, i);
		in[i] = fake.runs[k]->vcpu;
		mask |= BIT64(i);
	}
	return mask;
}

/* A context that nobody owns holds nothing (helper.h) */
static void contexts(void)
{
	static const u8 zero[HELPER_SIZE];
	u64 mask = owners();
	u32 i;

	if (covh_helper_taken() != mask)
		bug("contexts 0x%lx have an owner, 0x%lx are in use",
		    covh_helper_taken(), mask);
	for (i = 0; i < HELPER_COUNT; i++)
		if (!(mask >> i & 1) &&
		    memcmp(fake_ram(covh_helper_base(i)), zero, HELPER_SIZE))
			bug("context %u is not zero", i);
}

void invariants_check(void)
{
	u32 i;

	fake_check();
	memset(found, 0, sizeof(found));
	for (i = 0; tvms && i < COVH_MAX_TVMS; i++)
		if (tvms[i].state != COVH_TVM_NONE)
			tvm(&tvms[i]);
	registered();
	contexts();
	for (i = 0; i < PAGES; i++)
		record(i);
}
