// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Ranges that a guest shares with the VMM, and takes back. What the guest and
 * the VMM see of a shared page is a page of the VMM's, pinned for as long as it
 * is mapped.
 */

#include <linux/mm.h>
#include <linux/sched/mm.h>
#include "priv.h"

int cove_share_pin(struct cove_tvm *t, u64 gpa, phys_addr_t *pa)
{
	struct page *page;
	int rc;

	rc = account_locked_vm(t->mm, 1, true);
	if (rc)
		return rc;
	rc = pin_user_pages_fast(cove_user_at(t, gpa), 1,
				 FOLL_WRITE | FOLL_LONGTERM, &page);
	if (rc != 1) {
		account_locked_vm(t->mm, 1, false);
		return rc < 0 ? rc : -EFAULT;
	}
	*pa = page_to_phys(page);
	return 0;
}

void cove_share_unpin(struct cove_tvm *t, phys_addr_t pa)
{
	struct page *page = pfn_to_page(PHYS_PFN(pa));

	unpin_user_pages_dirty_lock(&page, 1, true);
	/* The address space may be gone, and its account with it */
	if (mmget_not_zero(t->mm)) {
		account_locked_vm(t->mm, 1, false);
		mmput(t->mm);
	}
}

static void release(struct cove_tvm *t, u64 *page, unsigned long from)
{
	phys_addr_t pa = *page & COVE_PAGE_PA;

	if (!pa)
		return;
	if (from == COVE_KIND_SHARED) {
		cove_share_unpin(t, pa);
		t->pages_shared--;
	} else {
		cove_stock_put(t, pa, 1);
		if (!(*page & COVE_PAGE_HUGE))
			t->pages_4k--;
		else if (IS_ALIGNED(pa, COVE_HUGE_SIZE))
			t->pages_2m--;
	}
	*page &= COVE_PAGE_KIND;
}

static void set_kind(struct cove_tvm *t, u64 gpa, u64 size, unsigned long kind)
{
	u64 *page = cove_page_at(t, gpa);
	u64 i;

	for (i = 0; i < size >> PAGE_SHIFT; i++) {
		page[i] = (page[i] & ~COVE_PAGE_KIND) | kind;
		cove_breathe(i);
	}
}

/* A call for each run of pages of the range that are mapped, whatever became of
 * those before; the first error */
static long each_mapped(struct cove_tvm *t, unsigned long fid, u64 gpa,
			u64 size, unsigned long from)
{
	u64 *page = cove_page_at(t, gpa);
	u64 end = size >> PAGE_SHIFT, i, n, at;
	struct sbiret r;
	long first = 0;

	for (i = 0; i < end; i += n + 1) {
		for (n = 0; i + n < end && page[i + n] & COVE_PAGE_PA &&
			    n << PAGE_SHIFT < COVH_MAX_RANGE;)
			n++;
		if (!n) {
			cove_breathe(i);
			continue;
		}
		r = cove_call(fid, t->id, gpa + (i << PAGE_SHIFT),
			      n << PAGE_SHIFT, 0, 0, 0);
		if (r.error && !first)
			first = r.error;
		if (!r.error && fid == COVH_TVM_REMOVE_PAGES) {
			for (at = i; at < i + n; at++) {
				release(t, &page[at], from);
				cove_breathe(at);
			}
		}
		/* Cut short by the limit: the next is mapped as well */
		if (n << PAGE_SHIFT == COVH_MAX_RANGE)
			n--;
		cond_resched();
	}
	return first;
}

/* If another fence is open, the vCPUs that come out end it */
static long fence(struct cove_tvm *t)
{
	struct sbiret r;

	do {
		r = cove_call(COVH_TVM_FENCE, t->id, 0, 0, 0, 0, 0);
		cove_vcpus_out(t);
	} while (r.error == COVH_ERR_ALREADY_STARTED);
	return r.error;
}

/* With tvm->lock */
static void settle(struct cove_vcpu *v)
{
	if (v->change.size)
		set_kind(v->tvm, v->change.gpa, v->change.size, v->change.kind);
	WRITE_ONCE(v->change.size, 0);
}

void cove_share_release(struct cove_tvm *t)
{
	struct cove_mem *m;
	u64 i;

	/* A range that was not given up, by a guest that did not run again */
	for (i = 0; i < COVE_MAX_VCPUS; i++) {
		if (t->vcpu[i])
			settle(t->vcpu[i]);
	}
	for (m = t->mem; m < t->mem + t->nr_mem && t->pages_shared; m++) {
		for (i = 0; i < m->size >> PAGE_SHIFT; i++) {
			if ((m->page[i] & COVE_PAGE_KIND) == COVE_KIND_SHARED)
				release(t, &m->page[i], COVE_KIND_SHARED);
			cove_breathe(i);
		}
	}
}

static bool overlaps(const struct cove_vcpu *v, u64 gpa, u64 size)
{
	return v && v->change.size && v->change.gpa < gpa + size &&
	       gpa < v->change.gpa + v->change.size;
}

/*
 * The TSM lets a guest change a range again as soon as it has heard the answer
 * to the last change, which is when the vCPU that has asked for it goes in. Its
 * thread may come to settle that much later, when it would undo this change.
 */
static void settle_others(struct cove_tvm *t, u64 gpa, u64 size)
{
	unsigned int i;

	for (i = 0; i < COVE_MAX_VCPUS; i++) {
		if (overlaps(t->vcpu[i], gpa, size))
			settle(t->vcpu[i]);
	}
}

void cove_share_hurry(struct cove_tvm *t, u64 gpa)
{
	unsigned int i;

	for (i = 0; i < COVE_MAX_VCPUS; i++) {
		if (overlaps(t->vcpu[i], gpa, 1))
			cove_vcpu_kick(t->vcpu[i]);
	}
}

long cove_share(struct cove_vcpu *v, u64 gpa, u64 size, unsigned long kind)
{
	unsigned long from =
		kind == COVE_KIND_SHARED ? COVE_KIND_CONF : COVE_KIND_SHARED;
	struct cove_tvm *t = v->tvm;
	long err = SBI_ERR_FAILURE;

	mutex_lock(&t->lock);
	if (!cove_within(t, gpa, size))
		goto out;
	settle_others(t, gpa, size);
	set_kind(t, gpa, size, COVE_KIND_CHANGING);
	err = each_mapped(t, COVH_TVM_INVALIDATE_PAGES, gpa, size, from);
	if (!err)
		err = fence(t);
	if (!err)
		err = each_mapped(t, COVH_TVM_REMOVE_PAGES, gpa, size, from);
	/* The guest goes on with what it had, as far as it is there */
	if (err)
		each_mapped(t, COVH_TVM_VALIDATE_PAGES, gpa, size, from);
	v->change.gpa = gpa;
	WRITE_ONCE(v->change.size, size);
	v->change.kind = err ? from : kind;
out:
	mutex_unlock(&t->lock);
	/* Of the TSM's own numbers the guest knows nothing */
	return err < SBI_ERR_NO_SHMEM ? SBI_ERR_FAILURE : err;
}

void cove_share_settle(struct cove_vcpu *v)
{
	/* Another vCPU may do it for this one meanwhile, but none begins it */
	if (!READ_ONCE(v->change.size))
		return;
	mutex_lock(&v->tvm->lock);
	settle(v);
	mutex_unlock(&v->tvm->lock);
}
