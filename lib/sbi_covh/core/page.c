/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Page records.
 *
 * The loops over records are the hot part of every page call, so a claim
 * reads a record, tests it against a bit mask of accepted states and sets the
 * claim bit by compare-and-set. It never touches a record that it does not
 * accept: a page's owner would see its own claim fail otherwise.
 */

#include "fence.h"
#include "hart_ops.h"
#include "page.h"
#include <sbi_covh/abi.h>

/* Pages between two looks at pending IPIs */
#define CHUNK 1024

/* Index into a mask of states: the state and the claim. Bit 5 is always 0 */
#define REC_KEY(__r)   ((__r)&0x3F)
#define REC_STATE(__r) ((enum covh_page_state)((__r)&COVH_PG_STATE_MASK))
#define REC_INFO(__r)  ((__r) >> COVH_PG_INFO_SHIFT)
#define REC_ONE	       BIT64(COVH_PG_INFO_SHIFT)

#define ST(__s) BIT64(COVH_PG_##__s)
/* The same, counted from the top: see claim_run() */
#define TOP(__s) BIT64(63 - COVH_PG_##__s)
#define ST_HOST	 (ST(NC) | ST(NC_SHMEM) | ST(NC_SHARED))
#define ST_OWNED \
	(ST(PGD) | ST(PT) | ST(TVMSTATE) | ST(VCPU) | ST(DATA) | ST(BLOCKED))
#define ST_CONF (ST(CONVERTING) | ST(CONF_FREE) | ST_OWNED)

static struct covh_bank banks[COVH_MAX_BANKS];
static u32 nbanks;

static const u64 accepts[COVH_WANTS] = {
	[COVH_WANT_CONVERTIBLE] = TOP(NC) | TOP(POOL),
	[COVH_WANT_CONF_FREE] = TOP(CONVERTING) | TOP(CONF_FREE),
	[COVH_WANT_RECLAIMABLE] = TOP(NC) | TOP(NC_SHMEM) | TOP(NC_SHARED) |
				  TOP(POOL) | TOP(CONVERTING) | TOP(CONF_FREE),
	[COVH_WANT_OWNED] = TOP(PGD) | TOP(PT) | TOP(TVMSTATE) | TOP(VCPU) |
			    TOP(DATA) | TOP(BLOCKED),
};

/* D.1: the states that each state may become */
static const u16 arrows[COVH_PG_STATES] = {
	[COVH_PG_RSVD] = 0,
	[COVH_PG_POOL] = ST(POOL) | ST(CONVERTING),
	[COVH_PG_NC] = ST_HOST | ST(CONVERTING),
	[COVH_PG_NC_SHMEM] = ST(NC_SHMEM) | ST(NC),
	[COVH_PG_NC_SHARED] = ST(NC_SHARED) | ST(NC),
	[COVH_PG_CONVERTING] = ST(NC) | ST(POOL) | ST(CONF_FREE),
	[COVH_PG_CONF_FREE] = ST(NC) | ST(POOL) | ST(PGD) | ST(PT) |
			      ST(TVMSTATE) | ST(VCPU) | ST(DATA),
	[COVH_PG_PGD] = ST(CONF_FREE),
	[COVH_PG_PT] = ST(CONF_FREE),
	[COVH_PG_TVMSTATE] = ST(CONF_FREE),
	[COVH_PG_VCPU] = ST(CONF_FREE),
	[COVH_PG_DATA] = ST(CONF_FREE) | ST(BLOCKED),
	[COVH_PG_BLOCKED] = ST(CONF_FREE) | ST(DATA),
};

bool covh_page_allowed(enum covh_page_state from, enum covh_page_state to)
{
	return from < COVH_PG_STATES && to < COVH_PG_STATES &&
	       (arrows[from] & BIT64(to));
}

static u64 rec_load(const u64 *rec)
{
	return __atomic_load_n(rec, __ATOMIC_RELAXED);
}

static void rec_store(u64 *rec, u64 v)
{
#ifdef __SANITIZE_THREAD__
	/* The sanitizer does not know the fence of before_commit() */
	__atomic_store_n(rec, v, __ATOMIC_RELEASE);
#else
	/* A plain store: for an atomic one compilers may emit an AMO */
	*(volatile u64 *)rec = v;
#endif
}

static bool rec_swap(u64 *rec, u64 old, u64 v)
{
#ifdef __SANITIZE_THREAD__
	return __atomic_compare_exchange_n(rec, &old, v, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
#else
	return __atomic_compare_exchange_n(rec, &old, v, false,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
#endif
}

/* One fence per call instead of one per record */
static void after_claim(void)
{
	COVH_FENCE(__ATOMIC_ACQUIRE);
}

static void before_commit(void)
{
	COVH_FENCE(__ATOMIC_RELEASE);
}

static const struct covh_bank *bank_of(u64 pa)
{
	u32 i;

	for (i = 0; i < nbanks; i++)
		if (pa - banks[i].base < banks[i].pages << COVH_PAGE_SHIFT)
			return &banks[i];

	return NULL;
}

/* First of n records; NULL unless all lie in one bank */
static u64 *records(u64 pa, u64 n)
{
	const struct covh_bank *b = bank_of(pa);
	u64 i;

	if (!b || !n || (pa & (COVH_PAGE_SIZE - 1)))
		return NULL;

	i = (pa - b->base) >> COVH_PAGE_SHIFT;
	if (n > b->pages - i)
		return NULL;

	return b->rec + covh_index_nospec(i, b->pages);
}

static u64 *record(u64 pa)
{
	return records(pa & ~(u64)(COVH_PAGE_SIZE - 1), 1);
}

static bool bank_overlaps(u64 base, u64 pages)
{
	u64 end = base + (pages << COVH_PAGE_SHIFT);
	u32 i;

	for (i = 0; i < nbanks; i++)
		if (base < banks[i].base +
				    (banks[i].pages << COVH_PAGE_SHIFT) &&
		    banks[i].base < end)
			return true;

	return false;
}

long covh_page_add_bank(u64 base, u64 pages, u64 *rec)
{
	u64 i;

	if (nbanks == COVH_MAX_BANKS || !pages || !rec ||
	    (base & (COVH_PAGE_SIZE - 1)) ||
	    pages > (~(u64)0 >> COVH_PAGE_SHIFT) ||
	    base + (pages << COVH_PAGE_SHIFT) <= base ||
	    bank_overlaps(base, pages))
		return COVH_ERR_FAILED;

	/* RSVD. A loop over words: this is 1/512 of RAM */
	for (i = 0; i < pages; i++)
		rec_store(rec + i, COVH_PG_RSVD);
	banks[nbanks].base = base;
	banks[nbanks].pages = pages;
	banks[nbanks].rec = rec;
	nbanks++;
	return 0;
}

void covh_page_reset(void)
{
	nbanks = 0;
}

/* Part of bank b that [pa, last] touches: first record and their number */
static u64 *clip(const struct covh_bank *b, u64 pa, u64 last, u64 *n)
{
	u64 bank_last = b->base + (b->pages << COVH_PAGE_SHIFT) - 1;
	u64 i;

	*n = 0;
	if (pa > bank_last || last < b->base)
		return b->rec;
	if (pa < b->base)
		pa = b->base;
	if (last > bank_last)
		last = bank_last;

	i = (pa - b->base) >> COVH_PAGE_SHIFT;
	*n = ((last - b->base) >> COVH_PAGE_SHIFT) - i + 1;
	return b->rec + covh_index_nospec(i, b->pages);
}

void covh_page_boot_set(u64 base, u64 pages, enum covh_page_state st)
{
	u64 v = st | (st == COVH_PG_POOL ? COVH_PG_POOLED : 0);
	u64 last = base + (pages << COVH_PAGE_SHIFT) - 1;
	u64 n, *rec;
	u32 i;

	if (!pages)
		return;

	for (i = 0; i < nbanks; i++)
		for (rec = clip(&banks[i], base, last, &n); n; n--)
			*rec++ = v;
}

/* A fenced CONVERTING page is CONF_FREE for everybody */
static bool fenced(u64 r, u64 horizon)
{
	return REC_INFO(r) < horizon;
}

enum covh_page_state covh_page_state(u64 pa)
{
	const u64 *rec = record(pa);
	u64 r = rec ? rec_load(rec) : COVH_PG_RSVD;

	if (REC_STATE(r) == COVH_PG_CONVERTING &&
	    fenced(r, covh_fence_horizon()))
		return COVH_PG_CONF_FREE;

	return REC_STATE(r);
}

bool covh_page_is_ram(u64 pa)
{
	return bank_of(pa) != NULL;
}

bool covh_page_is_conf(u64 pa)
{
	const u64 *rec = record(pa);

	return rec && (ST_CONF >> REC_STATE(rec_load(rec)) & 1);
}

/* A claimed page has a key that ST_HOST does not hold: it may be on its way
 * to a TVM, so it is refused as well */
static bool all_host(const u64 *rec, u64 n)
{
	for (; n; n--, rec++)
		if (!(ST_HOST >> REC_KEY(rec_load(rec)) & 1))
			return false;

	return true;
}

bool covh_page_host_range(u64 pa, u64 len)
{
	u64 first = pa & ~(u64)(COVH_PAGE_SIZE - 1);
	u64 n, *rec;

	if (!len || pa + (len - 1) < pa)
		return false;

	n = ((pa + (len - 1) - first) >> COVH_PAGE_SHIFT) + 1;
	rec = records(first, n);
	return rec && all_host(rec, n);
}

bool covh_page_host_may_touch(u64 pa, u64 len)
{
	u64 last = pa + (len ? len - 1 : 0);
	u64 n, *rec;
	u32 i;

	if (last < pa)
		return false;

	for (i = 0; i < nbanks; i++) {
		rec = clip(&banks[i], pa, last, &n);
		if (!all_host(rec, n))
			return false;
	}

	return true;
}

/*
 * Claim up to n records whose key is accepted; returns how many. Here the
 * mask counts keys from the top, so that a shift by the record itself (which
 * uses its lowest 6 bits) brings the answer into the sign bit. CONVERTING is
 * accepted once fenced, if the mask has it and fence says to look.
 */
static inline u64 claim_run(u64 *rec, u64 n, u64 accept, bool fence,
			    u64 horizon)
{
	u64 *p, *end = rec + n;

	for (p = rec; p != end; p++) {
		u64 r = rec_load(p);

		if ((s64)(accept << REC_KEY(r)) >= 0 ||
		    (fence && REC_STATE(r) == COVH_PG_CONVERTING &&
		     !fenced(r, horizon)) ||
		    !rec_swap(p, r, r | COVH_PG_CLAIM))
			break;
	}

	return p - rec;
}

/* Serves IPIs on the way */
static void each(u64 *rec, u64 n, void (*fn)(u64 *rec))
{
	u64 i;

	for (i = 1; i <= n; i++, rec++) {
		fn(rec);
		if (!(i % CHUNK))
			covh_hart_serve_ipis();
	}
}

/* Atomic, because a pin count can change under a claim */
static void unclaim(u64 *rec)
{
	__atomic_fetch_and(rec, ~COVH_PG_CLAIM, __ATOMIC_RELEASE);
}

long covh_page_claim(u64 pa, u64 n, enum covh_page_want want)
{
	bool free = want == COVH_WANT_CONF_FREE;
	u64 horizon = free ? covh_fence_horizon() : 0;
	u64 *rec = records(pa, n);
	u64 done, got, run;

	if (!rec)
		return COVH_ERR_INVALID_ADDRESS;

	for (done = 0; done < n; done += got) {
		run = n - done < CHUNK ? n - done : CHUNK;
		if (free)
			got = claim_run(rec + done, run, accepts[want], true,
					horizon);
		else
			got = claim_run(rec + done, run, accepts[want], false,
					0);
		if (got < run) {
			each(rec, done + got, unclaim);
			return COVH_ERR_INVALID_ADDRESS;
		}
		if (got == CHUNK)
			covh_hart_serve_ipis();
	}

	after_claim();
	return 0;
}

u64 *covh_page_claim_one(u64 pa, u64 horizon)
{
	u64 *rec = records(pa, 1);

	if (!rec ||
	    !claim_run(rec, 1, accepts[COVH_WANT_CONF_FREE], true, horizon))
		return NULL;

	after_claim();
	return rec;
}

void covh_page_release(u64 pa, u64 n)
{
	u64 *rec = records(pa, n);

	COVH_ASSERT(rec);
	if (rec)
		each(rec, n, unclaim);
}

/* For asserts: whoever holds the claim of a CONVERTING page has seen that it
 * was fenced, if it gives it a use */
static bool may_commit(u64 r, enum covh_page_state to)
{
	enum covh_page_state from = REC_STATE(r);

	if (!(r & COVH_PG_CLAIM))
		return false;
	if (to == COVH_PG_NC || to == COVH_PG_POOL)
		if ((to == COVH_PG_POOL) != !!(r & COVH_PG_POOLED))
			return false;

	return covh_page_allowed(from, to) ||
	       (from == COVH_PG_CONVERTING &&
		covh_page_allowed(COVH_PG_CONF_FREE, to));
}

/* Give claimed records the values v, v + step, ... and drop the claims */
static void fill(u64 pa, u64 n, u64 v, u64 step)
{
	u64 *end, *rec = records(pa, n);

	COVH_ASSERT(rec);
	before_commit();
	while (rec && n) {
		end = rec + (n < CHUNK ? n : CHUNK);
		n -= end - rec;
		for (; rec != end; rec++, v += step) {
			u64 r = rec_load(rec);

			COVH_ASSERT(may_commit(r, REC_STATE(v)));
			rec_store(rec, (r & COVH_PG_POOLED) | v);
		}
		if (n)
			covh_hart_serve_ipis();
	}
}

void covh_page_commit(u64 pa, u64 n, enum covh_page_state st, u64 info)
{
	fill(pa, n, st | info << COVH_PG_INFO_SHIFT, 0);
}

void covh_page_commit_owned(u64 pa, u64 n, enum covh_page_state st, u32 slot,
			    u64 gpa)
{
	u64 step = COVH_PG_OWNED(0, COVH_PAGE_SIZE) << COVH_PG_INFO_SHIFT;

	fill(pa, n, st | COVH_PG_OWNED(slot, gpa) << COVH_PG_INFO_SHIFT,
	     st == COVH_PG_DATA ? step : 0);
}

void covh_page_commit_data(u64 *rec, u32 slot, u64 gpa)
{
	u64 r = rec_load(rec);

	COVH_ASSERT(may_commit(r, COVH_PG_DATA));
	before_commit();
	rec_store(rec, (r & COVH_PG_POOLED) | COVH_PG_DATA |
			       COVH_PG_OWNED(slot, gpa) << COVH_PG_INFO_SHIFT);
}

static void reclaim_one(u64 *rec)
{
	u64 r = rec_load(rec);

	if (ST_HOST >> REC_STATE(r) & 1)
		unclaim(rec);
	else if (r & COVH_PG_POOLED)
		rec_store(rec, COVH_PG_POOL | COVH_PG_POOLED);
	else
		rec_store(rec, COVH_PG_NC);
}

void covh_page_commit_reclaim(u64 pa, u64 n)
{
	u64 *rec = records(pa, n);

	COVH_ASSERT(rec);
	before_commit();
	if (rec)
		each(rec, n, reclaim_one);
}

bool covh_page_free_owned(u64 pa, u32 slot)
{
	u64 *rec = records(pa, 1);
	u64 r = rec ? rec_load(rec) : COVH_PG_RSVD;

	if (!(ST_OWNED >> REC_KEY(r) & 1) || COVH_PG_OWNER(REC_INFO(r)) != slot)
		return false;

	before_commit();
	return rec_swap(rec, r, (r & COVH_PG_POOLED) | COVH_PG_CONF_FREE);
}

void covh_page_block(u64 pa, u64 n, bool block)
{
	enum covh_page_state from = block ? COVH_PG_DATA : COVH_PG_BLOCKED;
	u64 *rec = records(pa, n);

	COVH_ASSERT(rec);
	(void)from;
	for (; rec && n; n--, rec++) {
		COVH_ASSERT(REC_KEY(rec_load(rec)) == from);
		rec_store(rec, rec_load(rec) ^ COVH_PG_DATA ^ COVH_PG_BLOCKED);
		if (!(n % CHUNK))
			covh_hart_serve_ipis();
	}
}

static bool pin_one(u64 *rec, enum covh_page_state st)
{
	u64 r, v;

	do {
		r = rec_load(rec);
		if (r == COVH_PG_NC)
			v = st | REC_ONE;
		else if (REC_KEY(r) == st)
			v = r + REC_ONE;
		else
			return false;
	} while (!rec_swap(rec, r, v));

	return true;
}

/* Keeps the claim that a reclaim, for which the page stays as it is, holds */
static void unpin_one(u64 *rec)
{
	u64 r, v;

	do {
		r = rec_load(rec);
		COVH_ASSERT(REC_STATE(r) == COVH_PG_NC_SHMEM ||
			    REC_STATE(r) == COVH_PG_NC_SHARED);
		v = r - REC_ONE;
		if (!REC_INFO(v))
			v = (r & COVH_PG_CLAIM) | COVH_PG_NC;
	} while (!rec_swap(rec, r, v));
}

long covh_page_pin(u64 pa, u64 n, enum covh_page_state st)
{
	u64 *rec = records(pa, n);
	u64 i;

	if (!rec)
		return COVH_ERR_INVALID_ADDRESS;

	for (i = 0; i < n; i++) {
		if (!pin_one(rec + i, st)) {
			each(rec, i, unpin_one);
			return COVH_ERR_INVALID_ADDRESS;
		}
		if (i % CHUNK == CHUNK - 1)
			covh_hart_serve_ipis();
	}

	after_claim();
	return 0;
}

void covh_page_unpin(u64 pa, u64 n)
{
	u64 *rec = records(pa, n);

	COVH_ASSERT(rec);
	before_commit();
	if (rec)
		each(rec, n, unpin_one);
}
