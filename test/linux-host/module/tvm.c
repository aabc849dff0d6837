// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Making and ending a TVM. */

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <sbi_covh/test.h>
#include "cove.h"

static long create(struct cove_tvm *t)
{
	struct covh_tvm_create_params *p = kzalloc(sizeof(*p), GFP_KERNEL);
	struct sbiret r;

	if (!p)
		return COVH_ERR_FAILED;
	p->tvm_page_directory_addr = t->pgd;
	p->tvm_state_addr = t->state;
	r = covh_call(COVH_CREATE_TVM, virt_to_phys(p), sizeof(*p), 0, 0, 0, 0);
	kfree(p);
	if (r.error)
		return r.error;
	t->id = r.value;
	return 0;
}

static long add_structures(struct cove_tvm *t)
{
	struct sbiret r;

	r = covh_call(COVH_ADD_TVM_PAGE_TABLE_PAGES, t->id, t->pt,
		      COVE_PT_PAGES, 0, 0, 0);
	if (!r.error)
		r = covh_call(COVH_ADD_TVM_MEMORY_REGION, t->id, COVE_TEST_BASE,
			      t->memory_size, 0, 0, 0);
	if (!r.error)
		r = covh_call(COVH_CREATE_TVM_VCPU, t->id, COVE_VCPU, t->vcpu,
			      0, 0, 0);
	return r.error;
}

static int add_image(struct cove_tvm *t, const struct cove_test_create *p)
{
	void *staging = (void *)__get_free_page(GFP_KERNEL);
	unsigned long at, n;
	struct sbiret r;
	int rc = 0;

	if (!staging)
		return -ENOMEM;
	for (at = 0; at < p->image_size && !rc; at += PAGE_SIZE) {
		n = min(p->image_size - at, PAGE_SIZE);
		memset(staging, 0, PAGE_SIZE);
		if (copy_from_user(staging, u64_to_user_ptr(p->image + at),
				   n)) {
			rc = -EFAULT;
			break;
		}
		r = covh_call(COVH_ADD_TVM_MEASURED_PAGES, t->id,
			      virt_to_phys(staging),
			      cove_conf_take(&t->conf, 1), COVH_PAGE_4K, 1,
			      COVE_TEST_BASE + at);
		rc = cove_errno(r.error);
	}
	free_page((unsigned long)staging);
	return rc;
}

/* VMIDs of TVMs go downwards, by slot, and the id has the slot in it */
static int choose_vmid(const struct cove_tvm *t, u32 vmid)
{
	struct sbiret r;

	if (!vmid)
		return 0;
	r = sbi_ecall(COVH_TEST_EID, COVH_TEST_VMID_TOP,
		      vmid + (t->id & 0xffff) - 1, 0, 0, 0, 0, 0);
	return cove_errno(r.error);
}

static int build(struct cove_tvm *t, const struct cove_test_create *p)
{
	long err;
	int rc;

	err = create(t);
	if (!err)
		err = add_structures(t);
	rc = cove_errno(err);
	if (!rc)
		rc = choose_vmid(t, p->vmid);
	if (!rc)
		rc = add_image(t, p);
	if (!rc)
		rc = cove_errno(covh_call(COVH_FINALIZE_TVM, t->id,
					  COVE_TEST_BASE, p->arg, 0, 0, 0)
					.error);
	return rc;
}

int cove_tvm_create(struct cove_tvm *t, const struct cove_test_create *p)
{
	unsigned long own = COVE_PGD_PAGES + 2 + COVE_PT_PAGES;
	phys_addr_t end;
	int rc;

	if (t->id || !p->memory_size || p->memory_size > COVE_MAX_MEMORY ||
	    !PAGE_ALIGNED(p->memory_size) || p->image_size > p->memory_size)
		return -EINVAL;
	t->memory_size = p->memory_size;
	rc = cove_conf_get(&t->conf,
			   ALIGN((p->memory_size >> PAGE_SHIFT) + own,
				 COVE_PGD_PAGES),
			   p->window);
	if (rc)
		return rc;
	/* The root at the very end, where it is aligned */
	end = t->conf.base + (t->conf.pages << PAGE_SHIFT);
	t->pgd = end - COVH_PGD_SIZE;
	t->state = t->pgd - PAGE_SIZE;
	t->vcpu = t->state - PAGE_SIZE;
	t->pt = t->vcpu - COVE_PT_PAGES * PAGE_SIZE;
	rc = build(t, p);
	if (rc)
		cove_tvm_destroy(t);
	return rc;
}

int cove_tvm_destroy(struct cove_tvm *t)
{
	struct sbiret r;

	if (t->id) {
		r = covh_call(COVH_DESTROY_TVM, t->id, 0, 0, 0, 0, 0);
		if (r.error)
			pr_err("cove-test: destroy: %ld\n", r.error);
		t->id = 0;
	}
	return cove_conf_put(&t->conf);
}
