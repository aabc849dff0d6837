// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The confidential pages that a TVM has: pieces of 2 MiB, used by pages. */

#include <linux/slab.h>
#include "priv.h"

static unsigned long index_of(phys_addr_t pa)
{
	return pa / COVE_HUGE_SIZE;
}

static int more(struct cove_tvm *t, struct cove_block **b)
{
	u64 want = t->want > t->has ? t->want - t->has : 1;
	int rc = cove_block_get(t->flags, want, b);

	if (rc)
		return rc;
	rc = xa_err(xa_store(&t->block_at, index_of((*b)->pa), *b, GFP_KERNEL));
	if (rc) {
		cove_block_put(*b);
		return rc;
	}
	t->has++;
	t->pages_stock += COVE_HUGE_PAGES;
	list_add(&(*b)->node, &t->blocks);
	return 0;
}

static unsigned long room(struct cove_block *b, unsigned int n)
{
	return bitmap_find_next_zero_area(b->used, COVE_HUGE_PAGES, 0, n,
					  n - 1);
}

/* One that has been begun, if it will do */
static struct cove_block *find(struct cove_tvm *t, unsigned int n,
			       unsigned long *at)
{
	struct cove_block *b;

	list_for_each_entry(b, &t->blocks, node)
	{
		if (b->nr_used + n > COVE_HUGE_PAGES)
			continue;
		*at = room(b, n);
		if (*at < COVE_HUGE_PAGES)
			return b;
	}
	return NULL;
}

int cove_stock_get(struct cove_tvm *t, unsigned int n, phys_addr_t *pa)
{
	struct cove_block *b;
	unsigned long at;
	int rc;

	b = find(t, n, &at);
	if (!b) {
		rc = more(t, &b);
		if (rc)
			return rc;
		at = 0;
	}
	bitmap_set(b->used, at, n);
	b->nr_used += n;
	t->pages_stock -= n;
	/* Full ones are looked at last */
	if (b->nr_used == COVE_HUGE_PAGES)
		list_move_tail(&b->node, &t->blocks);
	*pa = b->pa + (at << PAGE_SHIFT);
	return 0;
}

void cove_stock_put(struct cove_tvm *t, phys_addr_t pa, unsigned int n)
{
	struct cove_block *b = xa_load(&t->block_at, index_of(pa));

	if (WARN_ON_ONCE(!b))
		return;
	bitmap_clear(b->used, (pa - b->pa) >> PAGE_SHIFT, n);
	b->nr_used -= n;
	t->pages_stock += n;
	list_move(&b->node, &t->blocks);
}

void cove_stock_release(struct cove_tvm *t)
{
	struct cove_block *b, *next;

	list_for_each_entry_safe(b, next, &t->blocks, node)
	{
		list_del(&b->node);
		cove_block_put(b);
		cond_resched();
	}
	xa_destroy(&t->block_at);
}
