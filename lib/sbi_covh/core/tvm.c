/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * TVMs: ids, creation, finalize, destruction.
 */

#include "attest.h"
#include "hart_ops.h"
#include "hostmem.h"
#include "measure.h"
#include "page.h"
#include "tvm_priv.h"

#define PGD_PAGES (COVH_PGD_SIZE / COVH_PAGE_SIZE)

#define HGATP_SV39X4	 8ULL
#define HGATP_SV48X4	 9ULL
#define HGATP_MODE_SHIFT 60
#define HGATP_VMID_SHIFT 44

struct covh_tvm covh_tvms[COVH_MAX_TVMS];
static u32 gstage_levels;
static u32 vmid_top; /* highest VMID; 0: the hart has too few bits */

/* A stack of free slots, so that create looks at one TVM only */
static struct {
	struct covh_lock lock;
	u32 n;
	u16 slot[COVH_MAX_TVMS];
} slots;

void covh_tvm_init(u32 levels, u32 vmid_bits)
{
	u32 i;

	memset(covh_tvms, 0, sizeof(covh_tvms));
	gstage_levels = levels;
	/* From the top, where a host's own VMIDs rarely are. It may use them
	 * all the same: every switch flushes */
	vmid_top = vmid_bits >= 7 ? (u32)BIT64(vmid_bits) - 1 : 0;

	slots.lock.rank = COVH_LOCK_SLOTS;
	slots.n = COVH_MAX_TVMS;
	for (i = 0; i < COVH_MAX_TVMS; i++) {
		covh_tvms[i].slot = i;
		covh_tvms[i].lock.rank = COVH_LOCK_TVM;
		slots.slot[i] = COVH_MAX_TVMS - 1 - i;
	}
}

#ifdef CONFIG_SBI_COVH_TEST
void covh_tvm_set_vmid_top(u32 top)
{
	vmid_top = top;
}
#endif

struct covh_tvm *covh_tvm_get(u64 id, long *err)
{
	return covh_tvm_find(id, err);
}

void covh_tvm_begin_long(struct covh_tvm *t)
{
	t->busy = true;
	covh_unlock(&t->lock);
}

void covh_tvm_end_long(struct covh_tvm *t)
{
	covh_lock(&t->lock);
	t->busy = false;
	covh_unlock(&t->lock);
}

void covh_tvm_enter(struct covh_tvm *t, u64 pages)
{
	if (pages > COVH_SHORT_PAGES)
		covh_tvm_begin_long(t);
}

void covh_tvm_leave(struct covh_tvm *t, u64 pages)
{
	if (pages > COVH_SHORT_PAGES)
		covh_tvm_end_long(t);
	else
		covh_tvm_put(t);
}

struct covh_tvm_page *covh_tvm_page(const struct covh_tvm *t)
{
	return covh_conf_ptr(t->state_page);
}

u32 covh_tvm_vmid(const struct covh_tvm *t)
{
	return vmid_top ? vmid_top - t->slot : 0;
}

static u64 hgatp_of(const struct covh_tvm *t)
{
	u64 mode = t->g.levels == 4 ? HGATP_SV48X4 : HGATP_SV39X4;

	return mode << HGATP_MODE_SHIFT |
	       (u64)covh_tvm_vmid(t) << HGATP_VMID_SHIFT |
	       t->g.root >> COVH_PAGE_SHIFT;
}

void covh_clear_pages(u64 pa, u64 n)
{
	for (; n; n--, pa += COVH_PAGE_SIZE) {
		covh_clear_page(pa);
		if (n > 1)
			covh_hart_serve_ipis();
	}
}

static struct covh_tvm *take_slot(void)
{
	struct covh_tvm *t = NULL;

	covh_lock(&slots.lock);
	if (slots.n)
		t = &covh_tvms[slots.slot[--slots.n]];
	covh_unlock(&slots.lock);
	return t;
}

static void give_slot(const struct covh_tvm *t)
{
	covh_lock(&slots.lock);
	slots.slot[slots.n++] = t->slot;
	covh_unlock(&slots.lock);
}

bool covh_tvm_any(void)
{
	return __atomic_load_n(&slots.n, __ATOMIC_SEQ_CST) < COVH_MAX_TVMS;
}

/* An overlap fails too: the second claim meets the first */
static long claim_create(u64 pgd, u64 state)
{
	if ((pgd & (COVH_PGD_SIZE - 1)) || (state & (COVH_PAGE_SIZE - 1)) ||
	    covh_page_claim(pgd, PGD_PAGES, COVH_WANT_CONF_FREE))
		return COVH_ERR_INVALID_ADDRESS;

	if (covh_page_claim(state, COVH_TVM_STATE_PAGES, COVH_WANT_CONF_FREE)) {
		covh_page_release(pgd, PGD_PAGES);
		return COVH_ERR_INVALID_ADDRESS;
	}

	return 0;
}

/* Nobody else can see the TVM before its state is set, under the lock */
static u64 start_tvm(struct covh_tvm *t, u64 pgd, u64 state)
{
	struct covh_tvm_page *page = covh_conf_ptr(state);
	u64 id;

	page->gstage_root = pgd;
	page->gstage_levels = gstage_levels;
	covh_attest_init_tvm(page);

	covh_lock(&t->lock);
	t->g.root = pgd;
	t->g.levels = gstage_levels;
	t->g.pt_free = 0;
	t->g.pt_free_count = 0;
	t->state_page = state;
	t->created = 0;
	t->nrunning = 0;
	t->tver = 1;
	t->tcount[0] = t->tcount[1] = 0;
	t->dead = false;
	t->have_htimedelta = false;
	t->gen++;
	id = t->gen << COVH_ID_SLOT_BITS | (t->slot + 1U);
	t->id = id;
	t->state = COVH_TVM_INITIALIZING;
	covh_unlock(&t->lock);
	/* Another hart that guesses it may have destroyed the TVM by now */
	return id;
}

long covh_create_tvm(u64 params_pa, u64 len, u64 *id)
{
	struct covh_tvm_create_params p;
	struct covh_tvm *t;

	if (len < sizeof(p))
		return COVH_ERR_INVALID_PARAM;
	if ((params_pa & 7) || covh_copy_from_host(&p, params_pa, sizeof(p)))
		return COVH_ERR_INVALID_ADDRESS;
	if (claim_create(p.tvm_page_directory_addr, p.tvm_state_addr))
		return COVH_ERR_INVALID_ADDRESS;

	t = take_slot();
	if (!t) {
		covh_page_release(p.tvm_state_addr, COVH_TVM_STATE_PAGES);
		covh_page_release(p.tvm_page_directory_addr, PGD_PAGES);
		return COVH_ERR_FAILED;
	}

	covh_clear_pages(p.tvm_page_directory_addr, PGD_PAGES);
	covh_clear_pages(p.tvm_state_addr, COVH_TVM_STATE_PAGES);
	covh_page_commit_owned(p.tvm_page_directory_addr, PGD_PAGES,
			       COVH_PG_PGD, t->slot, 0);
	covh_page_commit_owned(p.tvm_state_addr, COVH_TVM_STATE_PAGES,
			       COVH_PG_TVMSTATE, t->slot, 0);
	*id = start_tvm(t, p.tvm_page_directory_addr, p.tvm_state_addr);
	return 0;
}

/* A bad identity address is INVALID_PARAM (K-23) */
static long read_identity(u64 pa, u8 identity[COVH_IDENTITY_SIZE])
{
	memset(identity, 0, COVH_IDENTITY_SIZE);
	if (!pa)
		return 0;
	if ((pa & (COVH_IDENTITY_SIZE - 1)) ||
	    covh_copy_from_host(identity, pa, COVH_IDENTITY_SIZE))
		return COVH_ERR_INVALID_PARAM;

	return 0;
}

/* Long: the hash */
static void freeze(struct covh_tvm *t, u64 sepc, u64 arg,
		   const u8 identity[COVH_IDENTITY_SIZE], bool has_identity)
{
	struct covh_tvm_page *page = covh_tvm_page(t);
	u64 rec[2] = { sepc, arg };

	/* The identity is not measured (F.3) */
	covh_measure_record(page->msmt[COVH_MSMT_TVM_CONFIG],
			    COVH_MSMT_TAG_FINALIZE, rec, sizeof(rec));
	memcpy(page->identity, identity, COVH_IDENTITY_SIZE);
	page->has_identity = has_identity;
}

long covh_finalize_tvm(u64 id, u64 sepc, u64 arg, u64 identity_pa)
{
	u8 identity[COVH_IDENTITY_SIZE];
	struct covh_tvm *t;
	long rc;

	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;

	if (t->state != COVH_TVM_INITIALIZING ||
	    t->vcpu[0].state == COVH_VCPU_NONE ||
	    read_identity(identity_pa, identity)) {
		covh_tvm_put(t);
		return COVH_ERR_INVALID_PARAM;
	}

	covh_tvm_begin_long(t);
	freeze(t, sepc, arg, identity, identity_pa != 0);

	covh_lock(&t->lock);
	t->vcpu[0].pc = sepc;
	t->vcpu[0].arg = arg;
	t->vcpu[0].resume = COVH_RESUME_START;
	t->vcpu[0].state = COVH_VCPU_RUNNABLE;
	t->hgatp = hgatp_of(t);
	t->state = COVH_TVM_RUNNABLE;
	t->busy = false;
	covh_unlock(&t->lock);
	return 0;
}

static void free_page(const struct covh_tvm *t, u64 pa)
{
	bool freed = covh_page_free_owned(pa, t->slot);

	/* Only this TVM's calls change its pages, and none is under way */
	COVH_ASSERT(freed);
	(void)freed;
}

void covh_tvm_free_leaf(const struct covh_tvm *t, u64 pte, u32 type)
{
	u64 i, n = covh_gstage_page_bytes(type) >> COVH_PAGE_SHIFT;
	u64 pa = covh_pte_pa(pte);

	if (pte & COVH_PTE_SHARED) {
		covh_page_unpin(pa, n);
		return;
	}
	for (i = 0; i < n; i++) {
		free_page(t, pa + (i << COVH_PAGE_SHIFT));
		if (i % 64 == 63)
			covh_hart_serve_ipis();
	}
}

static void free_leaf(void *arg, u64 gpa, u64 pte, u32 type)
{
	(void)gpa;
	covh_tvm_free_leaf(arg, pte, type);
	covh_hart_serve_ipis();
}

static void free_table(void *arg, u64 pa)
{
	free_page(arg, pa);
	covh_hart_serve_ipis();
}

static void free_table_pool(struct covh_tvm *t)
{
	u64 next, pa;

	/* The link is read before somebody else can own the page */
	for (pa = t->g.pt_free; pa; pa = next) {
		next = *(u64 *)covh_conf_ptr(pa);
		free_page(t, pa);
		covh_hart_serve_ipis();
	}
}

static void free_pages_of(struct covh_tvm *t)
{
	u64 i;

	covh_gstage_walk(&t->g, t, free_leaf, free_table);
	free_table_pool(t);
	for (i = 0; i < PGD_PAGES; i++)
		free_page(t, t->g.root + i * COVH_PAGE_SIZE);
	for (; t->created; t->created &= t->created - 1) {
		i = (u64)__builtin_ctzll(t->created);
		covh_work_drop(&t->vcpu[i]);
		free_page(t, t->vcpu[i].page);
		t->vcpu[i].state = COVH_VCPU_NONE;
	}
	/* Keys are derived from what is in here: gone now, not at next use */
	covh_clear_page(t->state_page);
	free_page(t, t->state_page);
}

long covh_destroy_tvm(u64 id)
{
	struct covh_tvm *t;
	long rc;

	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;
	if (t->nrunning) {
		covh_tvm_put(t);
		return COVH_ERR_FAILED;
	}

	covh_tvm_begin_long(t);
	/*
	 * This hart forgets the VMID here. Others may keep translations, but
	 * can never use them: a VMID is only live inside the guest world, and
	 * the switch into it always runs hfence.gvma.
	 */
	covh_hart_flush_vmid(covh_tvm_vmid(t));
	free_pages_of(t);

	covh_lock(&t->lock);
	t->id = 0;
	t->state = COVH_TVM_NONE;
	t->busy = false;
	covh_unlock(&t->lock);
	give_slot(t);
	return 0;
}
