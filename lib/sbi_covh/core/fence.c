/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Global fence, convert and reclaim.
 *
 * The window lock orders three things: publishing a set, stamping pages with
 * the version, and a hart's taking version and set together. A hart that takes
 * a version above a page's stamp does so after the version was raised, thus
 * after the page was stamped, thus after its set was published: the set it
 * takes holds the page. It programs the PMP without the lock and only then
 * records the version, so who sees that version sees a hart without the page.
 */

#include "fence.h"
#include "hart_ops.h"
#include "lock.h"
#include "page.h"
#include <sbi_covh/abi.h>

static struct {
	struct covh_lock lock;
	u32 entries; /* PMP entries for windows */
	struct covh_range pool;
	u64 gver; /* global version */
	u64 seq;  /* number of the published set */
	struct covh_winset set;
	u64 hver[COVH_MAX_HARTS]; /* version each hart has installed */
	u64 hseq[COVH_MAX_HARTS]; /* set each hart has installed */
} fs;

void covh_fence_init(u32 free_pmp_entries, u64 pool, u64 pool_end)
{
	memset(&fs, 0, sizeof(fs));
	fs.lock.rank = COVH_LOCK_WINDOW;
	fs.entries = free_pmp_entries;
	fs.pool.base = pool;
	fs.pool.end = pool_end;
	fs.gver = 1;
}

u32 covh_fence_pmp_entries(void)
{
	return fs.entries;
}

static u64 hart_version(u32 h)
{
	return __atomic_load_n(&fs.hver[h], __ATOMIC_ACQUIRE);
}

/* A version, and the set that belongs to it */
struct taken {
	u64 ver;
	u64 seq;
	struct covh_winset set;
};

/* With the lock held */
static void take(struct taken *t)
{
	t->ver = fs.gver;
	t->seq = fs.seq;
	covh_winset_copy(&t->set, &fs.set);
}

/* Without it: this takes long, and concerns this hart alone */
static void install(const struct taken *t)
{
	u32 self = covh_hart_self();

	covh_hart_install(&t->set);
	fs.hseq[self] = t->seq;
	__atomic_store_n(&fs.hver[self], t->ver, __ATOMIC_RELEASE);
}

u64 covh_fence_horizon(void)
{
	u64 v, min = ~(u64)0;
	u32 h, count = covh_hart_count();

	for (h = 0; h < count; h++) {
		/* The version first: a hart that is not seen STOPPED after it
		 * was read may only have moved on */
		v = hart_version(h);
		if (v < min && !covh_hart_stopped(h))
			min = v;
	}

	return min;
}

long covh_local_fence(void)
{
	struct taken t;

	covh_lock(&fs.lock);
	take(&t);
	covh_unlock(&fs.lock);
	install(&t);
	return 0;
}

void covh_fence_resume(void)
{
	/* What another hart does just now may count as later: until this hart
	 * fences it owes, asleep or awake */
	if (hart_version(covh_hart_self()) !=
		    __atomic_load_n(&fs.gver, __ATOMIC_ACQUIRE) ||
	    fs.hseq[covh_hart_self()] !=
		    __atomic_load_n(&fs.seq, __ATOMIC_ACQUIRE))
		covh_local_fence();
}

long covh_global_fence(void)
{
	struct taken t;
	long rc = 0;

	covh_lock(&fs.lock);
	if (covh_fence_horizon() < fs.gver) {
		rc = COVH_ERR_ALREADY_STARTED;
	} else {
		fs.gver++;
		take(&t);
	}
	covh_unlock(&fs.lock);
	if (!rc)
		install(&t);
	return rc;
}

void covh_fence_set(struct covh_winset *out)
{
	covh_lock(&fs.lock);
	covh_winset_copy(out, &fs.set);
	covh_unlock(&fs.lock);
}

static long check_range(u64 pa, u64 n)
{
	if (!n || n > COVH_MAX_PAGES_PER_CALL ||
	    pa + (n << COVH_PAGE_SHIFT) < pa)
		return COVH_ERR_INVALID_PARAM;
	if (pa & (COVH_PAGE_SIZE - 1))
		return COVH_ERR_INVALID_ADDRESS;

	return 0;
}

/* What of a range lies outside the pool */
#define MAX_PARTS 2

/* With the lock held: see whether a set fits; publish it if asked to */
static long publish(const struct covh_winset *next, bool act, u32 *need)
{
	*need = covh_winset_entries(next);
	if (*need > fs.entries)
		return COVH_ERR_FAILED;
	if (act) {
		covh_winset_copy(&fs.set, next);
		__atomic_store_n(&fs.seq, fs.seq + 1, __ATOMIC_RELAXED);
	}

	return 0;
}

static long no_room(const char *what, u64 pa, u64 n, u32 need)
{
	covh_print("opensbi-cove: %s of %lu pages at 0x%lx refused: windows "
		   "would need %u or more PMP entries, %u exist\n",
		   what, (unsigned long)n, (unsigned long)pa, need, fs.entries);
	return COVH_ERR_FAILED;
}

/* Deny the parts to the host; *ver is the stamp of their pages */
static long deny(const struct covh_winset *parts, u64 *ver, u32 *need)
{
	struct covh_winset next[MAX_PARTS];
	const struct covh_winset *set = &fs.set;
	long rc = 0;
	u32 i;

	covh_lock(&fs.lock);
	for (i = 0; i < parts->n && !rc; i++) {
		rc = covh_winset_add(set, parts->r[i].base, parts->r[i].end,
				     &next[i]);
		set = &next[i];
	}
	if (i && !rc)
		rc = publish(set, true, need);
	*ver = fs.gver;
	covh_unlock(&fs.lock);
	return rc;
}

long covh_convert(u64 pa, u64 n)
{
	struct covh_winset all, parts;
	u32 need = fs.entries + 1;
	u64 ver;
	long rc;

	rc = check_range(pa, n);
	if (rc)
		return rc;
	all.n = 1;
	all.r[0].base = pa;
	all.r[0].end = pa + (n << COVH_PAGE_SHIFT);
	covh_winset_sub(&all, fs.pool.base, fs.pool.end, &parts);
#ifdef CONFIG_SBI_COVH_STATIC
	if (parts.n)
		return COVH_ERR_INVALID_ADDRESS;
#endif
	rc = covh_page_claim(pa, n, COVH_WANT_CONVERTIBLE);
	if (rc)
		return rc;

	rc = deny(&parts, &ver, &need);
	if (rc) {
		covh_page_release(pa, n);
		return no_room("convert", pa, n, need);
	}

	covh_page_commit(pa, n, COVH_PG_CONVERTING, ver);
	return 0;
}

/* Zero what the host must not see. The claim keeps everybody else away */
static void scrub(u64 pa, u64 n)
{
	/*
	 * Where M-mode reaches confidential memory only through the window's
	 * own PMP entry (Smepmp), this hart must have that entry first.
	 */
	if (fs.hseq[covh_hart_self()] !=
	    __atomic_load_n(&fs.seq, __ATOMIC_RELAXED))
		covh_local_fence();

	for (; n; n--, pa += COVH_PAGE_SIZE) {
		if (covh_page_is_conf(pa))
			covh_scrub_page(pa);
		if (n % 8 == 1)
			covh_hart_serve_ipis();
	}
}

/* See whether a reclaim fits; do it if asked to */
static long undeny(u64 pa, u64 end, bool act, u32 *need)
{
	struct covh_winset next;
	long rc;

	covh_lock(&fs.lock);
	rc = covh_winset_sub(&fs.set, pa, end, &next);
	if (!rc)
		rc = publish(&next, act, need);
	covh_unlock(&fs.lock);
	return rc;
}

long covh_reclaim(u64 pa, u64 n)
{
	u64 end = pa + (n << COVH_PAGE_SHIFT);
	u32 need = fs.entries + 1;
	long rc;

	rc = check_range(pa, n);
	if (rc)
		return rc;
	rc = covh_page_claim(pa, n, COVH_WANT_RECLAIMABLE);
	if (rc)
		return rc;

	/*
	 * No lock is held while pages are cleared, so the set can change
	 * meanwhile: it is looked at again when the new one is published.
	 * The set never holds pool or host pages, so all can be taken out.
	 */
	rc = undeny(pa, end, false, &need);
	if (!rc) {
		scrub(pa, n);
		rc = undeny(pa, end, true, &need);
	}
	if (rc) {
		covh_page_release(pa, n);
		return no_room("reclaim", pa, n, need);
	}

	covh_page_commit_reclaim(pa, n);
	/* The caller may read at once; other harts when they next fence */
	return covh_local_fence();
}
