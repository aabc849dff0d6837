/* SPDX-License-Identifier: BSD-2-Clause */
/* Nothing of a TVM is left in pages that others get after it. */

#include <string.h>
#include <host/attack.h>

#define ARENA_PAGES 8

/* A guest that fills pages of its own and shuts down */
static struct tvm *filled(bool window)
{
	struct tvm_config cfg = { .window = window, .lazy = true };
	struct tvm *t;
	long dirty;

	if (!window && !free_pool.nr)
		SKIP("there is no pool");
	t = test_guest("peek", &cfg, ARENA_PAGES);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK(tvm_value_long(t, "dirty", &dirty));
	CHECK_EQ(dirty, 0);
	return t;
}

/* Physical pages of a TVM, from its stock: all of its ranges */
static void check_zero_for_host(const struct conf *c)
{
	unsigned long page, i, val, end;
	int r;

	for (r = 0; r < c->nr; r++) {
		page = c->range[r].base;
		end = page + (c->range[r].pages << PAGE_SHIFT);
		for (i = page; i < end; i += 8) {
			CHECK_EQ(probe_load(i, &val), 0);
			if (val)
				FAIL("0x%lx holds 0x%lx", i, val);
		}
		CHECK_STATE(page, PG_NC);
		CHECK_EQ(probe_store(page, 1), 0);
	}
}

static void check_zero_for_m(const struct conf *c)
{
	unsigned long page, i, val;
	int r;

	for (r = 0; r < c->nr; r++) {
		page = c->range[r].base;
		for (i = 0; i < c->range[r].pages << PAGE_SHIFT; i += 8) {
			if (!(i & (PAGE_SIZE - 1)))
				check_denied(page + i);
			if (!peek(page + i, &val))
				break;
			if (val)
				FAIL("0x%lx holds 0x%lx", page + i, val);
		}
		CHECK_STATE(page, PG_POOL);
	}
}

static void reclaimed_window(void)
{
	struct tvm *t = filled(true);
	struct conf old = t->conf;

	CHECK_EQ(tvm_destroy(t), 0);
	check_zero_for_host(&old);
}

static void reclaimed_pool(void)
{
	struct tvm *t = filled(false);
	struct conf old = t->conf;
	unsigned long val, at;
	int seen = 0;

	/* There was something to clear */
	for (at = old.range[0].base; at < old.range[0].base + 64 * PAGE_SIZE;
	     at += PAGE_SIZE)
		seen += peek(at, &val) && val;
	CHECK(seen || !debug_present());
	CHECK_EQ(tvm_destroy(t), 0);
	check_zero_for_m(&old);
}

/* What the host wrote before it converted must not come back either */
static void own_data(void)
{
	struct conf *c = test_conf();
	struct conf old;
	unsigned long at =
		ranges_alloc_top(&free_ram, 4 * PAGE_SIZE, PAGE_SIZE);

	memset((void *)at, 0xa5, 4 * PAGE_SIZE);
	page_free((void *)at, 4);
	CHECK_EQ(conf_convert(c, false, 4, PAGE_SIZE), 0);
	CHECK_EQ(c->range[0].base, at);
	CHECK_EQ(conf_fence(), 0);
	old = *c;
	CHECK_EQ(conf_reclaim(c), 0);
	check_zero_for_host(&old);
}

/* A conversion that is called off before its fence */
static void cancelled(void)
{
	struct conf *c = test_conf();
	struct conf old;

	CHECK_EQ(conf_convert(c, false, 2, PAGE_SIZE), 0);
	CHECK_STATE(c->range[0].base, PG_CONVERTING);
	old = *c;
	CHECK_EQ(conf_reclaim(c), 0);
	check_zero_for_host(&old);
}

/*
 * TVM A fills pages and is destroyed; TVM B gets the very same pages as zero
 * pages and reads them before it writes.
 */
static void handed_on(bool window)
{
	struct tvm_config cfg = { .window = window, .lazy = true };
	struct conf_range r;
	struct conf stock;
	struct tvm *a, *b;
	long dirty, pages;

	if (window)
		need_windows(2);
	a = filled(window);
	stock = a->conf;
	CHECK_EQ(covh_destroy_tvm(a->id).error, 0);
	a->id = 0;
	/* B's TVM is made of other pages; its arena will be A's pages */
	b = test_guest("peek", &cfg, ARENA_PAGES);
	r = stock.range[0];
	memset(&b->conf.free, 0, sizeof(b->conf.free));
	ranges_add(&b->conf.free, r.base, r.base + (r.pages << PAGE_SHIFT));
	CHECK_EQ(tvm_run(b, 0), TVM_SHUTDOWN);
	CHECK(b->faults >= ARENA_PAGES);
	CHECK(tvm_value_long(b, "pages", &pages));
	CHECK_EQ(pages, ARENA_PAGES);
	CHECK(tvm_value_long(b, "dirty", &dirty));
	CHECK_EQ(dirty, 0);
	CHECK_STATE(r.base, PG_DATA);
	CHECK_EQ(tvm_destroy(b), 0);
	CHECK_EQ(tvm_destroy(a), 0);
}

static void handed_on_pool(void)
{
	handed_on(false);
}

static void handed_on_window(void)
{
	handed_on(true);
}

/* The rest of a page that is measured comes from the source, not from A */
static void measured_over(void)
{
	struct tvm *a = filled(!free_pool.nr), *b = test_blank(1, true);
	uint64_t *src = page_zalloc(1, PAGE_SIZE);
	unsigned long page = a->conf.range[0].base, i, val;

	need_debug();
	src[7] = 0x1234;
	CHECK_EQ(covh_destroy_tvm(a->id).error, 0);
	a->id = 0;
	CHECK_EQ(covh_add_tvm_measured_pages(b->id, pa(src), page, 0, 1,
					     BLANK_GPA)
			 .error,
		 0);
	for (i = 0; i < PAGE_SIZE; i += 8) {
		CHECK(peek(page + i, &val));
		CHECK_EQ(val, i == 56 ? 0x1234 : 0);
	}
	page_free(src, 1);
	CHECK_EQ(tvm_destroy(b), 0);
	CHECK_EQ(tvm_destroy(a), 0);
}

TEST_GROUP(clear,
	   { "T-07 window pages after destroy and reclaim", reclaimed_window },
	   { "T-07 pool pages after destroy and reclaim", reclaimed_pool },
	   { "T-07 the host's own data after a conversion", own_data },
	   { "T-07 a conversion that is called off", cancelled },
	   { "T-08 a pool page of TVM A as zero page of TVM B",
	     handed_on_pool },
	   { "T-08 a window page of TVM A as zero page of TVM B",
	     handed_on_window },
	   { "T-08 a page of TVM A as measured page of TVM B", measured_over });
