// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Confidential pages: from the firmware's pool, or from ordinary memory. */

#include <linux/bitmap.h>
#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/smp.h>
#include "cove.h"

static struct {
	struct mutex lock;
	phys_addr_t base;
	unsigned long pages;
	unsigned long *used;
} pool;

int cove_conf_init(void)
{
	struct device_node *node;
	u64 range[2];

	mutex_init(&pool.lock);
	node = of_find_compatible_node(NULL, NULL, "opensbi-cove,pool");
	if (!node)
		return 0;
	if (!of_property_read_u64_array(node, "opensbi-cove,pool", range, 2)) {
		pool.base = range[0];
		pool.pages = range[1] >> PAGE_SHIFT;
	}
	of_node_put(node);
	if (!pool.pages)
		return 0;
	pool.used = bitmap_zalloc(pool.pages, GFP_KERNEL);
	return pool.used ? 0 : -ENOMEM;
}

void cove_conf_exit(void)
{
	bitmap_free(pool.used);
}

unsigned long cove_pool_pages(void)
{
	return pool.pages;
}

static void local_fence(void *failed)
{
	struct sbiret r = covh_call(COVH_LOCAL_FENCE, 0, 0, 0, 0, 0, 0);

	if (r.error)
		atomic_inc(failed);
}

/* A CPU that comes online later fences by itself (main.c) */
static int fence(void)
{
	static DEFINE_MUTEX(lock);
	atomic_t failed = ATOMIC_INIT(0);
	struct sbiret r;

	mutex_lock(&lock);
	cpus_read_lock();
	r = covh_call(COVH_GLOBAL_FENCE, 0, 0, 0, 0, 0, 0);
	on_each_cpu(local_fence, &failed, 1);
	cpus_read_unlock();
	mutex_unlock(&lock);
	if (r.error)
		return cove_errno(r.error);
	return atomic_read(&failed) ? -EIO : 0;
}

/* Aligned to 16 KiB, for the root table */
static int reserve_pool(struct cove_conf *c)
{
	unsigned long at, skew = pool.base >> PAGE_SHIFT & (COVE_PGD_PAGES - 1);

	if (!pool.pages)
		return -ENOMEM;
	mutex_lock(&pool.lock);
	at = bitmap_find_next_zero_area_off(pool.used, pool.pages, 0, c->pages,
					    COVE_PGD_PAGES - 1, skew);
	if (at < pool.pages)
		bitmap_set(pool.used, at, c->pages);
	mutex_unlock(&pool.lock);
	if (at >= pool.pages)
		return -ENOMEM;
	c->base = pool.base + (at << PAGE_SHIFT);
	return 0;
}

/* A naturally aligned power of two costs one PMP entry */
static int reserve_window(struct cove_conf *c)
{
	unsigned int order = get_order(c->pages << PAGE_SHIFT);

	c->window = alloc_pages(GFP_KERNEL, order);
	if (!c->window)
		return -ENOMEM;
	c->pages = 1UL << order;
	c->base = page_to_phys(c->window);
	return 0;
}

static void unreserve(struct cove_conf *c)
{
	if (c->window) {
		__free_pages(c->window, get_order(c->pages << PAGE_SHIFT));
	} else if (c->pages) {
		mutex_lock(&pool.lock);
		bitmap_clear(pool.used, (c->base - pool.base) >> PAGE_SHIFT,
			     c->pages);
		mutex_unlock(&pool.lock);
	}
	memset(c, 0, sizeof(*c));
}

int cove_conf_get(struct cove_conf *c, unsigned long pages, bool window)
{
	struct sbiret r;
	int rc;

	memset(c, 0, sizeof(*c));
	c->pages = pages;
	rc = window ? reserve_window(c) : reserve_pool(c);
	if (rc) {
		memset(c, 0, sizeof(*c));
		return rc;
	}
	r = covh_call(COVH_CONVERT_PAGES, c->base, c->pages, 0, 0, 0, 0);
	if (r.error) {
		unreserve(c);
		return cove_errno(r.error);
	}
	rc = fence();
	if (rc)
		cove_conf_put(c);
	return rc;
}

phys_addr_t cove_conf_take(struct cove_conf *c, unsigned long pages)
{
	phys_addr_t pa = c->base + (c->used << PAGE_SHIFT);

	if (pages > c->pages - c->used)
		return 0;
	c->used += pages;
	return pa;
}

static int count_dirty(const struct cove_conf *c)
{
	unsigned long i;
	int n = 0;

	for (i = 0; c->window && i < c->pages; i++)
		n += memchr_inv(page_address(c->window + i), 0, PAGE_SIZE) !=
		     NULL;
	return n;
}

int cove_conf_put(struct cove_conf *c)
{
	struct sbiret r;
	int rc, dirty;

	if (!c->pages)
		return 0;
	r = covh_call(COVH_RECLAIM_PAGES, c->base, c->pages, 0, 0, 0, 0);
	rc = fence();
	if (r.error || rc) {
		pr_err("cove-test: %lu pages lost: %ld, %d\n", c->pages,
		       r.error, rc);
		memset(c, 0, sizeof(*c));
		return -EIO;
	}
	dirty = count_dirty(c);
	unreserve(c);
	return dirty;
}
