/* SPDX-License-Identifier: BSD-2-Clause */
/* Stocks of confidential pages. */

#include <host/conf.h>
#include <host/cove.h>
#include <host/hart.h>

struct ranges free_pool;

void conf_init(void)
{
	ranges_add(&free_pool, ALIGN_UP(machine.pool.start, PAGE_SIZE),
		   ALIGN_DOWN(machine.pool.end, PAGE_SIZE));
}

static long convert(unsigned long base, unsigned long pages)
{
	unsigned long done, n;
	long err;

	for (done = 0; done < pages; done += n) {
		n = pages - done;
		if (n > COVH_MAX_PAGES_PER_CALL)
			n = COVH_MAX_PAGES_PER_CALL;
		err = covh_convert_pages(base + (done << PAGE_SHIFT), n).error;
		if (err) {
			/* Cancels what is still CONVERTING */
			if (done)
				covh_reclaim_pages(base, done);
			return err;
		}
	}
	return 0;
}

static long reclaim(unsigned long base, unsigned long pages)
{
	unsigned long done, n;
	long err;

	for (done = 0; done < pages; done += n) {
		n = pages - done;
		if (n > COVH_MAX_PAGES_PER_CALL)
			n = COVH_MAX_PAGES_PER_CALL;
		err = covh_reclaim_pages(base + (done << PAGE_SHIFT), n).error;
		if (err)
			return err;
	}
	return 0;
}

static long convert_range(struct conf *c, bool pool, unsigned long pages,
			  unsigned long align)
{
	struct ranges *from = pool ? &free_pool : &free_ram;
	unsigned long base, size = pages << PAGE_SHIFT;
	long err;

	if (c->nr == CONF_MAX_RANGES)
		return SBI_ERR_FAILED;
	/*
	 * Windows come from the top of memory, one below the other: the TSM
	 * merges neighbours, so they cost the fewest PMP entries there.
	 */
	base = pool ? ranges_alloc(from, size, align)
		    : ranges_alloc_top(from, size, align);
	if (!base)
		return SBI_ERR_FAILED;
	err = convert(base, pages);
	if (err) {
		ranges_add(from, base, base + size);
		return err;
	}
	c->range[c->nr++] = (struct conf_range){ base, pages, pool };
	ranges_add(&c->free, base, base + size);
	return 0;
}

long conf_convert(struct conf *c, bool pool, unsigned long pages,
		  unsigned long align)
{
	long err = convert_range(c, pool, pages, align);
	unsigned long n = 1;

	if (err != SBI_ERR_FAILED || pool)
		return err;
	/* A naturally aligned power of two costs one PMP entry, not two */
	while (n < pages)
		n *= 2;
	if (align < n << PAGE_SHIFT)
		align = n << PAGE_SHIFT;
	return n > pages ? convert_range(c, false, n, align) : err;
}

static long local_fence(void *arg)
{
	(void)arg;
	return covh_local_fence().error;
}

long conf_fence(void)
{
	long err = covh_global_fence().error;

	return err ? err : hart_each(local_fence, NULL);
}

unsigned long conf_alloc(struct conf *c, unsigned long pages,
			 unsigned long align)
{
	return ranges_alloc(&c->free, pages << PAGE_SHIFT, align);
}

unsigned long conf_alloc_range(struct conf *c, int range, unsigned long pages,
			       unsigned long align)
{
	const struct conf_range *r = &c->range[range];
	unsigned long end = r->base + (r->pages << PAGE_SHIFT);
	unsigned long size = pages << PAGE_SHIFT;
	unsigned long at;

	for (at = ALIGN_UP(r->base, align); at + size <= end; at += align) {
		if (ranges_contain(&c->free, at, at + size)) {
			ranges_remove(&c->free, at, at + size);
			return at;
		}
	}
	return 0;
}

void conf_free(struct conf *c, unsigned long base, unsigned long pages)
{
	ranges_add(&c->free, base, base + (pages << PAGE_SHIFT));
}

long conf_reclaim(struct conf *c)
{
	struct conf old = *c;
	const struct conf_range *r;
	long err, first = 0;
	int i;

	*c = (struct conf){ .nr = 0 };
	for (i = 0; i < old.nr; i++) {
		r = &old.range[i];
		err = reclaim(r->base, r->pages);
		if (err) {
			c->range[c->nr++] = *r;
			if (!first)
				first = err;
			continue;
		}
		ranges_add(r->pool ? &free_pool : &free_ram, r->base,
			   r->base + (r->pages << PAGE_SHIFT));
	}
	/* Other harts reach a reclaimed window only after their fence */
	err = conf_fence();
	return first ? first : err;
}
