// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Confidential memory: the firmware's pool, and ranges of ordinary memory that
 * come when there is need for them and go when they are empty. All of it is
 * converted and fenced, so that a fault in a TVM needs no fence, and handed
 * out in pieces of 2 MiB.
 */

#include <linux/of.h>
#include <linux/slab.h>
#include "priv.h"

/* What one call converts at most */
#define STEP (COVH_MAX_PAGES_PER_CALL << PAGE_SHIFT)

struct cove_range {
	struct list_head node;
	phys_addr_t pa;
	/** In blocks */
	unsigned long size, used;
	bool pool;
	unsigned long map[];
};

static DEFINE_MUTEX(range_lock);
static LIST_HEAD(ranges);

static u64 bytes(unsigned long blocks)
{
	return (u64)blocks * COVE_HUGE_SIZE;
}

/* All that was converted of a range, as far as it came */
static int reclaim(phys_addr_t pa, u64 size)
{
	struct sbiret r = { 0 };
	u64 at, n;
	int rc;

	for (at = 0; at < size && !r.error; at += n) {
		n = min_t(u64, size - at, STEP);
		r = covh_call(COVH_RECLAIM_PAGES, pa + at, n >> PAGE_SHIFT, 0,
			      0, 0, 0);
	}
	rc = cove_fence();
	if (!r.error && !rc)
		return 0;
	pr_err("cove: 0x%llx bytes at %pa are lost: reclaim: error %ld\n", size,
	       &pa, r.error);
	return -EIO;
}

/*
 * -> ENOSPC: no PMP entry (the one reason why converting fails that has nothing
 * to do with the pages). lost: they are the TSM's for ever.
 */
static int convert(phys_addr_t pa, u64 size, bool *lost)
{
	struct sbiret r = { 0 };
	u64 at, n;
	int rc;

	*lost = false;
	for (at = 0; at < size && !r.error; at += n) {
		n = min_t(u64, size - at, STEP);
		r = covh_call(COVH_CONVERT_PAGES, pa + at, n >> PAGE_SHIFT, 0,
			      0, 0, 0);
	}
	rc = r.error == COVH_ERR_FAILED ? -ENOSPC : cove_errno(r.error);
	if (!rc)
		rc = cove_fence();
	if (rc)
		*lost = reclaim(pa, size);
	return rc;
}

/* With range_lock */
static struct cove_range *add_range(phys_addr_t pa, u64 size, bool pool,
				    int *rc, bool *lost)
{
	unsigned long blocks = size / COVE_HUGE_SIZE;
	struct cove_range *r;

	*lost = false;
	*rc = -ENOMEM;
	r = kvzalloc(struct_size(r, map, BITS_TO_LONGS(blocks)), GFP_KERNEL);
	if (!r)
		return NULL;
	*rc = convert(pa, size, lost);
	if (*rc) {
		kvfree(r);
		return NULL;
	}
	r->pa = pa;
	r->size = blocks;
	r->pool = pool;
	list_add_tail(&r->node, &ranges);
	return r;
}

static int add_ram(u64 blocks)
{
	phys_addr_t pa;
	bool lost;
	u64 size;
	int rc;

	size = cove_ram_get(bytes(max_t(u64, blocks, 1)), &pa);
	if (!size)
		return -ENOMEM;
	if (!add_range(pa, size, false, &rc, &lost) && !lost)
		cove_ram_put(pa, size);
	return rc;
}

static void remove_range(struct cove_range *r)
{
	list_del(&r->node);
	if (!reclaim(r->pa, bytes(r->size)) && !r->pool)
		cove_ram_put(r->pa, bytes(r->size));
	kvfree(r);
}

static struct cove_range *find(u32 flags, bool pool)
{
	struct cove_range *r;

	if (flags && !(flags & (pool ? COVE_FROM_POOL : COVE_FROM_RAM)))
		return NULL;
	list_for_each_entry(r, &ranges, node)
	{
		if (r->pool == pool && r->used < r->size)
			return r;
	}
	return NULL;
}

int cove_block_get(u32 flags, u64 want, struct cove_block **block)
{
	struct cove_block *b = kzalloc(sizeof(*b), GFP_KERNEL);
	struct cove_range *r;
	unsigned long i;
	int rc = -ENOMEM;

	if (!b)
		return -ENOMEM;
	mutex_lock(&range_lock);
	r = find(flags, true);
	if (!r)
		r = find(flags, false);
	if (!r && (!flags || flags & COVE_FROM_RAM)) {
		rc = add_ram(want);
		if (!rc)
			r = find(flags, false);
	}
	if (r) {
		i = find_first_zero_bit(r->map, r->size);
		__set_bit(i, r->map);
		r->used++;
		b->range = r;
		b->pa = r->pa + bytes(i);
	}
	mutex_unlock(&range_lock);
	if (!r) {
		kfree(b);
		return rc;
	}
	*block = b;
	return 0;
}

void cove_block_put(struct cove_block *b)
{
	struct cove_range *r = b->range;

	mutex_lock(&range_lock);
	__clear_bit((b->pa - r->pa) / COVE_HUGE_SIZE, r->map);
	if (!--r->used && !r->pool)
		remove_range(r);
	mutex_unlock(&range_lock);
	kfree(b);
}

void cove_range_info(struct cove_info *info)
{
	struct cove_range *r;

	mutex_lock(&range_lock);
	list_for_each_entry(r, &ranges, node)
	{
		if (r->pool) {
			info->pool_size += bytes(r->size);
			info->pool_free += bytes(r->size - r->used);
		} else {
			info->ram_size += bytes(r->size);
			info->ram_ranges++;
		}
	}
	mutex_unlock(&range_lock);
}

/* Firmware without a pool has the node, but no such property */
static bool find_pool(u64 *pa, u64 *size)
{
	struct device_node *node;
	u64 pool[2];
	int rc;

	node = of_find_compatible_node(NULL, NULL, "opensbi-cove,pool");
	if (!node)
		return false;
	rc = of_property_read_u64_array(node, "opensbi-cove,pool", pool, 2);
	of_node_put(node);
	if (rc)
		return false;
	*pa = ALIGN(pool[0], COVE_HUGE_SIZE);
	*size = pool[0] + pool[1] - *pa;
	*size = pool[0] + pool[1] < *pa ? 0 : ALIGN_DOWN(*size, COVE_HUGE_SIZE);
	return *size;
}

int cove_range_init(void)
{
	u64 pa, size;
	bool lost;
	int rc = 0;

	if (!find_pool(&pa, &size))
		return 0;
	mutex_lock(&range_lock);
	if (!add_range(pa, size, true, &rc, &lost))
		pr_err("cove: the firmware's pool at 0x%llx: error %d\n", pa,
		       rc);
	mutex_unlock(&range_lock);
	return rc;
}

void cove_range_exit(void)
{
	struct cove_range *r, *next;

	mutex_lock(&range_lock);
	list_for_each_entry_safe(r, next, &ranges, node) remove_range(r);
	mutex_unlock(&range_lock);
}
