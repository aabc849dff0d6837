// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Pages of a TVM: measured ones from the VMM, zero ones on demand or ahead,
 * shared ones from the VMM's own memory. The largest piece that fits.
 */

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include "priv.h"

/* Tables that the TSM gets at a time: one page needs three */
#define TABLES 8

int cove_tables_add(struct cove_tvm *t)
{
	phys_addr_t pa;
	struct sbiret r;
	int rc;

	rc = cove_stock_get(t, TABLES, &pa);
	if (rc)
		return rc;
	r = cove_call(COVH_ADD_TVM_PAGE_TABLE_PAGES, t->id, pa, TABLES, 0, 0,
		      0);
	if (r.error) {
		cove_stock_put(t, pa, TABLES);
		return cove_errno(r.error);
	}
	t->pages_tsm += TABLES;
	return 0;
}

/* A call that may need tables */
static int add(struct cove_tvm *t, unsigned long fid, unsigned long a1,
	       unsigned long a2, unsigned long a3, unsigned long a4,
	       unsigned long a5)
{
	struct sbiret r;
	int rc;

	for (;;) {
		r = cove_call(fid, t->id, a1, a2, a3, a4, a5);
		if (r.error != COVH_ERR_OUT_OF_PTPAGES)
			return cove_errno(r.error);
		rc = cove_tables_add(t);
		if (rc)
			return rc;
	}
}

static void note(struct cove_tvm *t, u64 gpa, phys_addr_t pa, unsigned int n)
{
	u64 huge = n > 1 ? COVE_PAGE_HUGE : 0;
	u64 *page = cove_page_at(t, gpa);
	unsigned int i;

	for (i = 0; i < n; i++)
		page[i] = (pa + (i << PAGE_SHIFT)) | huge;
	if (n > 1)
		t->pages_2m++;
	else
		t->pages_4k++;
}

/* No page of the piece of 2 MiB around @gpa is there, and all are the guest's
 * own */
static bool huge_fits(struct cove_tvm *t, u64 gpa)
{
	u64 *page;
	unsigned int i;

	gpa = ALIGN_DOWN(gpa, COVE_HUGE_SIZE);
	if (!cove_within(t, gpa, COVE_HUGE_SIZE))
		return false;
	page = cove_page_at(t, gpa);
	for (i = 0; i < COVE_HUGE_PAGES; i++) {
		if (page[i])
			return false;
	}
	return true;
}

/*
 * One page or one piece of 2 MiB at @gpa: zero pages, or measured ones from
 * @source, an address of the kernel's.
 */
static int add_own(struct cove_tvm *t, u64 gpa, unsigned int n, void *source)
{
	unsigned long type = n > 1 ? COVH_PAGE_2M : COVH_PAGE_4K;
	phys_addr_t pa;
	int rc;

	rc = cove_stock_get(t, n, &pa);
	if (rc)
		return rc;
	if (source)
		rc = add(t, COVH_ADD_TVM_MEASURED_PAGES, virt_to_phys(source),
			 pa, type, 1, gpa);
	else
		rc = add(t, COVH_ADD_TVM_ZERO_PAGES, pa, type, 1, gpa, 0);
	if (rc)
		cove_stock_put(t, pa, n);
	else
		note(t, gpa, pa, n);
	return rc;
}

static int add_zero(struct cove_tvm *t, u64 gpa)
{
	if (huge_fits(t, gpa) &&
	    !add_own(t, ALIGN_DOWN(gpa, COVE_HUGE_SIZE), COVE_HUGE_PAGES, NULL))
		return 0;
	/* Where there are tables for pages already, or no such piece */
	return add_own(t, ALIGN_DOWN(gpa, PAGE_SIZE), 1, NULL);
}

static int add_shared(struct cove_tvm *t, u64 gpa, u64 *page)
{
	phys_addr_t pa;
	int rc;

	gpa = ALIGN_DOWN(gpa, PAGE_SIZE);
	rc = cove_share_pin(t, gpa, &pa);
	if (rc)
		return rc;
	rc = add(t, COVH_ADD_TVM_SHARED_PAGES, pa, COVH_PAGE_4K, 1, gpa, 0);
	if (rc) {
		cove_share_unpin(t, pa);
		return rc;
	}
	*page |= pa;
	t->pages_shared++;
	return 0;
}

int cove_pages_fault(struct cove_tvm *t, u64 gpa, bool *shared)
{
	u64 *page = cove_page_at(t, gpa);
	u64 kind;

	if (!page)
		return -EIO;
	kind = *page & COVE_PAGE_KIND;
	*shared = kind == COVE_KIND_SHARED;
	/* Another vCPU was faster, or changes it: fault again */
	if (*page & COVE_PAGE_PA)
		return 0;
	if (kind == COVE_KIND_CHANGING) {
		cove_share_hurry(t, gpa);
		return 0;
	}
	return *shared ? add_shared(t, gpa, page) : add_zero(t, gpa);
}

/* A call measures from one range of physical memory */
static int get_bounce(struct cove_tvm *t)
{
	if (t->bounce)
		return 0;
	t->bounce_order = get_order(COVE_HUGE_SIZE);
	t->bounce = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY,
				t->bounce_order);
	if (!t->bounce) {
		t->bounce_order = 0;
		t->bounce = alloc_page(GFP_KERNEL);
	}
	return t->bounce ? 0 : -ENOMEM;
}

static int add_measured(struct cove_tvm *t, u64 gpa, u64 left, u64 user,
			u64 *done)
{
	void *bounce = page_address(t->bounce);
	u64 *page = cove_page_at(t, gpa);
	unsigned int n = 1;
	int rc;

	if (t->bounce_order && IS_ALIGNED(gpa, COVE_HUGE_SIZE) &&
	    left >= COVE_HUGE_SIZE && huge_fits(t, gpa))
		n = COVE_HUGE_PAGES;
	if (*page)
		return -EEXIST;
	*done = (u64)n << PAGE_SHIFT;
	if (copy_from_user(bounce, u64_to_user_ptr(user), *done))
		return -EFAULT;
	rc = add_own(t, gpa, n, bounce);
	/* No such piece, perhaps, but pages */
	if (rc && n > 1) {
		*done = PAGE_SIZE;
		rc = add_own(t, gpa, 1, bounce);
	}
	return rc;
}

int cove_pages_add(struct cove_tvm *t, const struct cove_pages *p)
{
	u64 at, done;
	int rc;

	if (!cove_within(t, p->gpa, p->size))
		return -EINVAL;
	rc = get_bounce(t);
	for (at = 0; at < p->size && !rc; at += done) {
		if (fatal_signal_pending(current))
			return -EINTR;
		rc = add_measured(t, p->gpa + at, p->size - at,
				  p->user_addr + at, &done);
		cond_resched();
	}
	return rc;
}

int cove_pages_populate(struct cove_tvm *t, const struct cove_span *s)
{
	u64 gpa;
	u64 *page;
	int rc = 0;

	if (!cove_within(t, s->gpa, s->size))
		return -EINVAL;
	for (gpa = s->gpa; gpa < s->gpa + s->size && !rc; gpa += PAGE_SIZE) {
		page = cove_page_at(t, gpa);
		if (*page)
			continue;
		if (signal_pending(current))
			return -EINTR;
		rc = add_zero(t, gpa);
		cond_resched();
	}
	return rc;
}
