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

/* What one call converts at most, and what it reclaims at first */
#define STEP (COVH_MAX_PAGES_PER_CALL << PAGE_SHIFT)
#define FEW  (2 * COVE_HUGE_SIZE)

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

static long call(unsigned long fid, phys_addr_t pa, u64 size)
{
	return covh_call(fid, pa, size >> PAGE_SHIFT, 0, 0, 0, 0).error;
}

static void lost(phys_addr_t pa, u64 size)
{
	pr_err("cove: 0x%llx bytes at %pa are lost\n", size, &pa);
}

/*
 * The start of it, as much as there are PMP entries for. -> bytes; 0: *rc is
 * ENOSPC (the one reason why converting fails that has nothing to do with the
 * pages) or another error
 */
static u64 convert(phys_addr_t pa, u64 size, int *rc)
{
	long error = 0;
	u64 at, n;

	for (at = 0; at < size; at += n) {
		n = min_t(u64, size - at, STEP);
		error = call(COVH_CONVERT_PAGES, pa + at, n);
		if (error)
			break;
		cond_resched();
	}
	*rc = error == COVH_ERR_FAILED ? -ENOSPC : cove_errno(error);
	return at;
}

/*
 * The end of what is left of a range. A little at a time, for the TSM zeroes it
 * with the kernel's interrupts off; more of it where what stayed would need a
 * PMP entry that is not there. -> bytes, 0: not now
 */
static u64 reclaim(phys_addr_t pa, u64 size)
{
	u64 n = min_t(u64, size, FEW);

	while (call(COVH_RECLAIM_PAGES, pa + size - n, n)) {
		if (n == size || n == STEP)
			return 0;
		n = min3(2 * n, size, (u64)STEP);
	}
	return n;
}

/*
 * As much as there are PMP entries for what stays: a piece out of the middle of
 * ranges that touch would make two of one. It goes as it came, the end first.
 */
static void shrink(struct cove_range *r)
{
	u64 size = bytes(r->size), n;

	for (; size; size -= n) {
		n = reclaim(r->pa, size);
		if (!n)
			break;
		cond_resched();
	}
	n = bytes(r->size) - size;
	r->size = size / COVE_HUGE_SIZE;
	if (!n)
		return;
	if (cove_fence())
		lost(r->pa + size, n);
	else if (!r->pool)
		cove_ram_put(r->pa + size, n);
}

/* All that nobody has. What cannot go yet goes when another has, or is used
 * again. With range_lock */
static void shrink_empty(bool pool)
{
	struct cove_range *r, *next;
	unsigned long before;
	bool again;

	do {
		again = false;
		list_for_each_entry_safe(r, next, &ranges, node)
		{
			if (r->used || (r->pool && !pool))
				continue;
			before = r->size;
			shrink(r);
			again |= r->size != before;
			if (r->size)
				continue;
			list_del(&r->node);
			kvfree(r);
		}
	} while (again);
}

/* What is not converted is the kernel's again. With range_lock */
static int add_range(phys_addr_t pa, u64 size, bool pool)
{
	unsigned long blocks = size / COVE_HUGE_SIZE;
	struct cove_range *r;
	int rc = -ENOMEM;
	u64 done = 0;

	r = kvzalloc(struct_size(r, map, BITS_TO_LONGS(blocks)), GFP_KERNEL);
	if (r)
		done = convert(pa, size, &rc);
	if (done < size && !pool)
		cove_ram_put(pa + done, size - done);
	if (done && cove_fence()) {
		lost(pa, done);
		done = 0;
		rc = -EIO;
	}
	if (!done) {
		kvfree(r);
		return rc;
	}
	r->pa = pa;
	r->size = done / COVE_HUGE_SIZE;
	r->pool = pool;
	list_add_tail(&r->node, &ranges);
	return 0;
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

/* With range_lock */
static void take(struct cove_range *r, struct cove_block *b)
{
	unsigned long i;

	i = find_first_zero_bit(r->map, r->size);
	__set_bit(i, r->map);
	r->used++;
	b->range = r;
	b->pa = r->pa + bytes(i);
}

/* -> false: there is none */
static bool get(u32 flags, struct cove_block *b)
{
	struct cove_range *r;

	mutex_lock(&range_lock);
	r = find(flags, true);
	if (!r)
		r = find(flags, false);
	if (r)
		take(r, b);
	mutex_unlock(&range_lock);
	return r;
}

/*
 * To look for memory can take long. Who has no need of that does not wait for
 * it, and who has can be killed.
 */
static int grow(u32 flags, u64 want, struct cove_block *b)
{
	static DEFINE_MUTEX(lock);
	phys_addr_t pa;
	int rc = 0;
	u64 size;

	if (mutex_lock_killable(&lock))
		return -EINTR;
	/* Another one may have been here before */
	if (get(flags, b))
		goto out;
	rc = -ENOMEM;
	size = cove_ram_get(bytes(max_t(u64, want, 1)), &pa);
	if (!size)
		goto out;
	mutex_lock(&range_lock);
	rc = add_range(pa, size, false);
	/* Of this one: a range that nobody begins to use would stay */
	if (!rc)
		take(list_last_entry(&ranges, struct cove_range, node), b);
	mutex_unlock(&range_lock);
out:
	mutex_unlock(&lock);
	return rc;
}

int cove_block_get(u32 flags, u64 want, struct cove_block **block)
{
	struct cove_block *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int rc = 0;

	if (!b)
		return -ENOMEM;
	if (!get(flags, b))
		rc = !flags || flags & COVE_FROM_RAM ? grow(flags, want, b)
						     : -ENOMEM;
	if (rc)
		kfree(b);
	else
		*block = b;
	return rc;
}

void cove_block_put(struct cove_block *b)
{
	struct cove_range *r = b->range;

	mutex_lock(&range_lock);
	__clear_bit((b->pa - r->pa) / COVE_HUGE_SIZE, r->map);
	if (!--r->used && !r->pool)
		shrink_empty(false);
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
	int rc;

	if (!find_pool(&pa, &size))
		return 0;
	mutex_lock(&range_lock);
	rc = add_range(pa, size, true);
	mutex_unlock(&range_lock);
	if (rc)
		pr_err("cove: the firmware's pool at 0x%llx: error %d\n", pa,
		       rc);
	return rc;
}

void cove_range_give_back(void)
{
	mutex_lock(&range_lock);
	shrink_empty(true);
	mutex_unlock(&range_lock);
}

/* There is no TVM */
void cove_range_exit(void)
{
	struct cove_range *r, *next;

	mutex_lock(&range_lock);
	shrink_empty(true);
	list_for_each_entry_safe(r, next, &ranges, node)
	{
		lost(r->pa, bytes(r->size));
		list_del(&r->node);
		kvfree(r);
	}
	mutex_unlock(&range_lock);
}
