/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Regions and pages of a TVM.
 *
 * Pages are claimed and cleared before the TVM is looked at for good, so that
 * running vCPUs are not held up by pages that are being cleared; everything
 * about the TVM is then checked again, because it may have changed. A single
 * page is not worth that.
 */

#include "fence.h"
#include "hart_ops.h"
#include "measure.h"
#include "page.h"
#include "tvm_priv.h"

/* n pages of a type that go to gpa, into a region of its kind */
struct mapping {
	enum covh_region_type region;
	u64 pa;
	u64 gpa;
	u32 type;
	u64 n;	   /* of that type */
	u64 pages; /* of 4 KiB */
	u64 bytes;
};

/* The bound is on 4 KiB pages, but one page of any type is always allowed */
static long check_count(u64 type, u64 n)
{
	if (type > COVH_PAGE_1G || !n ||
	    (n > 1 && n > COVH_MAX_PAGES_PER_CALL >> (9 * type)))
		return COVH_ERR_INVALID_PARAM;

	return 0;
}

static inline long check_scalars(struct mapping *m,
				 enum covh_region_type region, u64 pa, u64 type,
				 u64 n, u64 gpa)
{
	if (check_count(type, n))
		return COVH_ERR_INVALID_PARAM;

	m->region = region;
	m->pa = pa;
	m->gpa = gpa;
	m->type = (u32)type;
	m->n = n;
	m->pages = n << (9 * type);
	m->bytes = m->pages << COVH_PAGE_SHIFT;
	if (covh_wraps(pa, m->bytes) || covh_wraps(gpa, m->bytes))
		return COVH_ERR_INVALID_PARAM;

	return 0;
}

static bool aligned(const struct mapping *m, u64 addr)
{
	return !(addr & (covh_gstage_page_bytes(m->type) - 1));
}

/* Regions lie below the GPA limit, so what is inside one does too */
static inline long check_addresses(const struct covh_tvm *t,
				   const struct mapping *m)
{
	if (!aligned(m, m->pa) || !aligned(m, m->gpa) ||
	    !covh_region_within(&covh_tvm_page(t)->regions, m->gpa, m->bytes,
				m->region))
		return COVH_ERR_INVALID_ADDRESS;

	return 0;
}

/* Pages that are claimed and filled, or pinned; nothing can fail any more */
static void map_pages(struct covh_tvm *t, const struct mapping *m)
{
	bool conf = m->region == COVH_RGN_CONF;

	if (conf)
		covh_page_commit_owned(m->pa, m->pages, COVH_PG_DATA, t->slot,
				       m->gpa);
	covh_gstage_map(&t->g, m->gpa, m->type, m->n, m->pa,
			conf ? COVH_PTE_CONF : COVH_PTE_HOST);
}

long covh_check_gpa_range(const struct covh_tvm *t, u64 gpa, u64 len)
{
	if (!len || (len & (COVH_PAGE_SIZE - 1)) || covh_wraps(gpa, len))
		return COVH_ERR_INVALID_PARAM;
	if ((gpa & (COVH_PAGE_SIZE - 1)) ||
	    gpa + len > covh_gstage_gpa_limit(t->g.levels))
		return COVH_ERR_INVALID_ADDRESS;

	return 0;
}

long covh_add_region(u64 id, u64 gpa, u64 len)
{
	u64 rec[2] = { gpa, len };
	struct covh_tvm_page *page;
	struct covh_tvm *t;
	long rc;

	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;

	page = covh_tvm_page(t);
	rc = COVH_ERR_INVALID_PARAM;
	if (t->state == COVH_TVM_INITIALIZING)
		rc = covh_check_gpa_range(t, gpa, len);
	if (!rc)
		rc = covh_region_add(&page->regions, gpa, len, COVH_RGN_CONF);
	if (rc) {
		covh_tvm_put(t);
		return rc;
	}

	covh_tvm_begin_long(t);
	covh_measure_record(page->msmt[COVH_MSMT_TVM_CONFIG],
			    COVH_MSMT_TAG_REGION, rec, sizeof(rec));
	covh_tvm_end_long(t);
	return 0;
}

static void give_tables(struct covh_tvm *t, u64 pa, u64 n)
{
	u64 i;

	covh_page_commit_owned(pa, n, COVH_PG_PT, t->slot, 0);
	/* Last page first, so that they are taken in ascending order */
	for (i = n; i--;) {
		covh_gstage_give_table(&t->g, pa + i * COVH_PAGE_SIZE);
		if (i % 1024 == 1023)
			covh_hart_serve_ipis();
	}
}

long covh_add_pt_pages(u64 id, u64 pa, u64 n)
{
	struct covh_tvm *t;
	long rc;

	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;
	covh_tvm_put(t);

	if (check_count(COVH_PAGE_4K, n) ||
	    covh_wraps(pa, n << COVH_PAGE_SHIFT))
		return COVH_ERR_INVALID_PARAM;
	if (covh_page_claim(pa, n, COVH_WANT_CONF_FREE))
		return COVH_ERR_INVALID_ADDRESS;
	covh_clear_pages(pa, n);

	t = covh_tvm_get(id, &rc);
	if (!t) {
		covh_page_release(pa, n);
		return rc;
	}

	covh_tvm_enter(t, n);
	give_tables(t, pa, n);
	covh_tvm_leave(t, n);
	return 0;
}

/* A word at a time: what OpenSBI offers goes byte by byte */
static void copy_page(u64 *dst, const u64 *src)
{
	u32 i;

	for (i = 0; i < COVH_PAGE_SIZE / sizeof(*dst); i += 4) {
		dst[i] = src[i];
		dst[i + 1] = src[i + 1];
		dst[i + 2] = src[i + 2];
		dst[i + 3] = src[i + 3];
	}
}

/*
 * Copy first, hash the copy: the source can change at any time, the copy is
 * out of the host's reach. It needs no buffer of the firmware in between,
 * because confidential memory stays mapped while a host page is.
 */
static void copy_and_measure(struct covh_tvm *t, const struct mapping *m,
			     u64 src)
{
	u8 *reg = covh_tvm_page(t)->msmt[COVH_MSMT_TVM_CODE];
	u64 off;

	for (off = 0; off < m->bytes; off += COVH_PAGE_SIZE) {
		void *dst = covh_conf_ptr(m->pa + off);

		copy_page(dst, covh_host_map(src + off, COVH_PAGE_SIZE));
		covh_host_unmap(src + off, COVH_PAGE_SIZE);
		covh_measure_page(reg, m->gpa + off, dst);
		covh_hart_serve_ipis();
	}
}

static long check_measured(struct covh_tvm *t, struct mapping *m, u64 src)
{
	long rc;

	if (covh_wraps(src, m->bytes))
		return COVH_ERR_INVALID_PARAM;
	if (!aligned(m, src) || !covh_page_host_range(src, m->bytes))
		return COVH_ERR_INVALID_ADDRESS;
	rc = check_addresses(t, m);
	if (rc)
		return rc;

	rc = covh_gstage_check_map(&t->g, m->gpa, m->type, m->n);
	if (rc == COVH_ERR_INVALID_ADDRESS)
		return rc;
	/* The destination before the table pool: addresses before resources */
	if (covh_page_claim(m->pa, m->pages, COVH_WANT_CONF_FREE))
		return COVH_ERR_INVALID_ADDRESS;
	if (rc)
		covh_page_release(m->pa, m->pages);
	return rc;
}

long covh_add_measured(u64 id, u64 src, u64 dst, u64 type, u64 n, u64 gpa)
{
	struct mapping m;
	struct covh_tvm *t;
	long rc;

	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;
	if (t->state != COVH_TVM_INITIALIZING) {
		covh_tvm_put(t);
		return COVH_ERR_INVALID_PARAM;
	}

	covh_tvm_begin_long(t);
	rc = check_scalars(&m, COVH_RGN_CONF, dst, type, n, gpa);
	if (!rc)
		rc = check_measured(t, &m, src);
	if (!rc) {
		copy_and_measure(t, &m, src);
		map_pages(t, &m);
	}
	covh_tvm_end_long(t);
	return rc;
}

/* Take what COVH 12 and 13 are given */
static bool take_pages(const struct mapping *m)
{
	if (m->region == COVH_RGN_SHARED)
		return !covh_page_pin(m->pa, m->pages, COVH_PG_NC_SHARED);
	return !covh_page_claim(m->pa, m->pages, COVH_WANT_CONF_FREE);
}

static void give_pages_back(const struct mapping *m)
{
	if (m->region == COVH_RGN_SHARED)
		covh_page_unpin(m->pa, m->pages);
	else
		covh_page_release(m->pa, m->pages);
}

/* Pages are taken and cleared. The TVM may have changed since it was looked at */
static long map_late(u64 id, const struct mapping *m)
{
	struct covh_tvm *t;
	long rc;

	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;

	covh_tvm_enter(t, m->pages);
	rc = check_addresses(t, m);
	if (!rc)
		rc = covh_gstage_check_map(&t->g, m->gpa, m->type, m->n);
	if (!rc)
		map_pages(t, m);
	covh_tvm_leave(t, m->pages);
	return rc;
}

/* Many pages, without the lock while they are taken and cleared */
static long add_many(u64 id, const struct mapping *m)
{
	long rc;

	if (!take_pages(m))
		return COVH_ERR_INVALID_ADDRESS;
	if (m->region == COVH_RGN_CONF)
		covh_clear_pages(m->pa, m->pages);
	rc = map_late(id, m);
	if (rc)
		give_pages_back(m);
	return rc;
}

/* No place for a leaf that is known: 0 if a table will be there */
static long check_slot(const struct covh_tvm *t, const struct mapping *m,
		       const u64 *slot)
{
	if (slot)
		return *slot ? COVH_ERR_INVALID_ADDRESS : 0;
	return covh_gstage_check_map(&t->g, m->gpa, m->type, m->n);
}

/*
 * The page that a guest has touched, by far the most frequent call: in one go,
 * with the TVM locked.
 */
static long add_one_conf(struct covh_tvm *t, const struct mapping *m,
			 u64 horizon)
{
	u64 *slot, *rec = covh_page_claim_one(m->pa, horizon);
	long rc;

	if (!rec)
		return COVH_ERR_INVALID_ADDRESS;
	slot = covh_gstage_slot(&t->g, m->gpa);
	rc = check_slot(t, m, slot);
	if (rc) {
		covh_page_release(m->pa, 1);
		return rc;
	}

	covh_clear_page(m->pa);
	if (!slot) {
		map_pages(t, m);
		return 0;
	}
	covh_page_commit_data(rec, t->slot, m->gpa);
	covh_pte_set(slot, covh_pte_of(m->pa, COVH_PTE_CONF));
	return 0;
}

static inline __attribute__((always_inline)) long
add_late(u64 id, enum covh_region_type region, u64 pa, u64 type, u64 n, u64 gpa)
{
	bool one = region == COVH_RGN_CONF && type == COVH_PAGE_4K && n == 1;
	/* Before the lock: it looks at all harts */
	u64 horizon = one ? covh_fence_horizon() : 0;
	struct covh_tvm *t;
	struct mapping m;
	long rc;

	t = covh_tvm_find(id, &rc);
	if (!t)
		return rc;

	rc = COVH_ERR_INVALID_PARAM;
	if (t->state == COVH_TVM_RUNNABLE)
		rc = check_scalars(&m, region, pa, type, n, gpa);
	if (!rc)
		rc = check_addresses(t, &m);
	if (!rc && one)
		rc = add_one_conf(t, &m, horizon);
	covh_tvm_put(t);
	return rc || one ? rc : add_many(id, &m);
}

long covh_add_zero(u64 id, u64 pa, u64 type, u64 n, u64 gpa)
{
	return add_late(id, COVH_RGN_CONF, pa, type, n, gpa);
}

long covh_add_shared(u64 id, u64 pa, u64 type, u64 n, u64 gpa)
{
	return add_late(id, COVH_RGN_SHARED, pa, type, n, gpa);
}
