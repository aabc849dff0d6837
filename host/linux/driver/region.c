// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A TVM's memory regions, and what is known of each page in them. */

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "priv.h"

/* Sv39x4, which every TSM has, ends here; eight bytes of ours for each page */
#define MAX_GPA	 (1ULL << 41)
#define MAX_SIZE (64ULL << 30)

/* One for states, and one of tables for each GiB of pages of 4 KiB */
u64 cove_blocks_for(u64 size)
{
	return 1 + DIV_ROUND_UP(size, COVE_HUGE_SIZE) + (size >> 30);
}

static struct cove_mem *find(struct cove_tvm *t, u64 gpa)
{
	struct cove_mem *m;

	for (m = t->mem; m < t->mem + t->nr_mem; m++) {
		if (gpa >= m->gpa && gpa - m->gpa < m->size)
			return m;
	}
	return NULL;
}

u64 *cove_page_at(struct cove_tvm *t, u64 gpa)
{
	struct cove_mem *m = find(t, gpa);

	return m ? &m->page[(gpa - m->gpa) >> PAGE_SHIFT] : NULL;
}

u64 cove_user_at(struct cove_tvm *t, u64 gpa)
{
	struct cove_mem *m = find(t, gpa);

	return m ? m->user_addr + (gpa - m->gpa) : 0;
}

bool cove_within(struct cove_tvm *t, u64 gpa, u64 size)
{
	struct cove_mem *m = find(t, gpa);

	return m && size && PAGE_ALIGNED(gpa | size) &&
	       size <= m->size - (gpa - m->gpa);
}

static int check(struct cove_tvm *t, const struct cove_region *r)
{
	struct cove_mem *m;

	if (!r->size || !PAGE_ALIGNED(r->gpa | r->size | r->user_addr) ||
	    r->size > MAX_SIZE || r->gpa > MAX_GPA - r->size ||
	    t->nr_mem == COVE_REGIONS)
		return -EINVAL;
	if (!access_ok(u64_to_user_ptr(r->user_addr), r->size))
		return -EFAULT;
	for (m = t->mem; m < t->mem + t->nr_mem; m++) {
		if (r->gpa < m->gpa + m->size && m->gpa < r->gpa + r->size)
			return -EEXIST;
	}
	return 0;
}

int cove_region_add(struct cove_tvm *t, const struct cove_region *r)
{
	struct cove_mem *m = &t->mem[t->nr_mem];
	struct sbiret ret;
	u64 *page;
	int rc;

	rc = check(t, r);
	if (rc)
		return rc;
	page = kvcalloc(r->size >> PAGE_SHIFT, sizeof(*page),
			GFP_KERNEL_ACCOUNT);
	if (!page)
		return -ENOMEM;
	ret = cove_call(COVH_ADD_TVM_MEMORY_REGION, t->id, r->gpa, r->size, 0,
			0, 0);
	if (ret.error) {
		kvfree(page);
		return ret.error == COVH_ERR_INVALID_ADDRESS
			       ? -EEXIST
			       : cove_errno(ret.error);
	}
	*m = (struct cove_mem){ r->gpa, r->size, r->user_addr, page };
	t->nr_mem++;
	t->memory_size += r->size;
	t->want = max(t->want, cove_blocks_for(t->memory_size));
	return 0;
}

void cove_regions_free(struct cove_tvm *t)
{
	unsigned int i;

	for (i = 0; i < t->nr_mem; i++)
		kvfree(t->mem[i].page);
	t->nr_mem = 0;
}
