/* SPDX-License-Identifier: BSD-2-Clause */
/* The host reaches for confidential and firmware memory by itself. */

#include <string.h>
#include <host/attack.h>
#include <host/paging.h>

/* One page of each use, in the TVM's memory and in its spare pages */
static int pages_of(struct tvm *t, unsigned long *page)
{
	int n = 0;

	page[n++] = t->first_page;
	page[n++] = t->pgd;
	page[n++] = t->pgd + COVH_PGD_SIZE - PAGE_SIZE;
	page[n++] = t->pt;
	page[n++] = t->pt + ((t->pt_pages - 1) << PAGE_SHIFT);
	page[n++] = t->state;
	page[n++] = t->vcpu_state;
	page[n++] = blank_page(t);
	return n;
}

static void check_states(const unsigned long *page)
{
	static const int want[] = {
		PG_DATA, PG_PGD,      PG_PGD,  PG_PT,
		PG_PT,	 PG_TVMSTATE, PG_VCPU, PG_CONF_FREE
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(want); i++)
		CHECK_STATE(page[i], want[i]);
}

/* Attack a TVM before it ran and after; it must not notice */
static void attack(bool window, void (*deny)(unsigned long addr))
{
	struct tvm *t = test_victim(window, 4);
	struct watch w = { 0 };
	unsigned long page[8];
	int i, n = pages_of(t, page);

	check_states(page);
	for (i = 0; i < n; i++)
		watch_add(&w, page[i], 1);
	watch_start(&w);
	for (i = 0; i < n; i++)
		deny(page[i]);
	CHECK(watch_same(&w));
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(t->exit.a[1], 0);
	watch_start(&w);
	for (i = 0; i < n; i++)
		deny(page[i]);
	CHECK(watch_same(&w));
}

static void pool_bare(void)
{
	attack(false, check_denied);
}

static void window_bare(void)
{
	attack(true, check_denied);
}

static void pool_virtual(void)
{
	attack(false, check_denied_virtual);
}

static void window_virtual(void)
{
	attack(true, check_denied_virtual);
}

static void pool_guest(void)
{
	attack(false, check_denied_guest);
}

static void window_guest(void)
{
	attack(true, check_denied_guest);
}

static void pool_walk(void)
{
	attack(false, check_denied_walk);
}

static void window_walk(void)
{
	attack(true, check_denied_walk);
}

static void deny_all(unsigned long page)
{
	check_denied(page);
	check_denied_virtual(page);
	check_denied_guest(page);
	check_denied_walk(page);
}

/* The attacks do reach memory that is the host's own */
static void positive(void)
{
	uint32_t *page = page_zalloc(1, PAGE_SIZE);
	unsigned int k;

	page[0] = 0x00008067;
	for (k = 0; k < ACCESS_KINDS; k++) {
		if (k == ACCESS_STORE)
			continue;
		CHECK_EQ(access_bare(k, pa(page)), 0);
		CHECK_EQ(access_mapped(k, pa(page)), 0);
		CHECK_EQ(access_guest(k, pa(page)), 0);
	}
	page[0] = 0;
	CHECK_EQ(access_mapped(ACCESS_STORE, pa(page)), 0);
	CHECK_EQ(page[0], 0x55555555);
	CHECK_EQ(access_guest(ACCESS_STORE, pa(page)), 0);
	CHECK_EQ(page[0], 0);
	page_free(page, 1);
}

static void pool_states(void)
{
	struct conf *c = test_conf();
	unsigned long page;

	if (!free_pool.nr)
		SKIP("there is no pool");
	CHECK_STATE(free_pool.r[0].start, PG_POOL);
	deny_all(free_pool.r[0].start);
	CHECK_EQ(conf_convert(c, true, 1, PAGE_SIZE), 0);
	page = c->range[0].base;
	CHECK_STATE(page, PG_CONVERTING);
	deny_all(page);
	CHECK_EQ(conf_fence(), 0);
	CHECK_STATE(page, PG_CONF_FREE);
	deny_all(page);
	CHECK_EQ(conf_reclaim(c), 0);
	CHECK_STATE(page, PG_POOL);
	deny_all(page);
}

static long local_fence(void *arg)
{
	(void)arg;
	return covh_local_fence().error;
}

/* Until the second hart has fenced, the page is CONVERTING for everybody */
static void window_converting(void)
{
	struct conf *c = test_conf();
	unsigned long page;

	test_second_hart();
	CHECK_EQ(conf_convert(c, false, 1, PAGE_SIZE), 0);
	page = c->range[0].base;
	CHECK_EQ(covh_global_fence().error, 0);
	CHECK_STATE(page, PG_CONVERTING);
	deny_all(page);
	CHECK_EQ(hart_each(local_fence, NULL), 0);
	CHECK_STATE(page, PG_CONF_FREE);
	deny_all(page);
}

static void firmware(void)
{
	const struct phys_range *r;
	unsigned int i, n = 0;

	for (i = 0; i < (unsigned int)machine.nr_reserved; i++) {
		r = &machine.reserved[i];
		if (r->start == machine.fdt.start ||
		    r->start == machine.initrd.start)
			continue;
		n++;
		deny_all(r->start);
		deny_all(ALIGN_DOWN((r->start + r->end) / 2, PAGE_SIZE));
		deny_all(r->end - PAGE_SIZE);
	}
	/* Firmware code, firmware data, page records, pool and trampoline */
	CHECK(n >= 3);
	for (i = 1; machine.pool.start && i <= 2; i++)
		deny_all(machine.pool.start - i * PAGE_SIZE);
}

TEST_GROUP(access, { "the attacks reach ordinary memory", positive },
	   { "T-01 T-25 pool pages, bare", pool_bare },
	   { "T-01 T-25 window pages, bare", window_bare },
	   { "T-01 T-25 pool pages, virtual", pool_virtual },
	   { "T-01 T-25 window pages, virtual", window_virtual },
	   { "T-03 T-25 pool pages, an ordinary VM's G-stage", pool_guest },
	   { "T-03 T-25 window pages, an ordinary VM's G-stage", window_guest },
	   { "T-01 T-25 pool pages as page tables of the host", pool_walk },
	   { "T-01 T-25 window pages as page tables of the host", window_walk },
	   { "T-01 POOL, CONVERTING and CONF_FREE pages of the pool",
	     pool_states },
	   { "T-01 CONVERTING page of a window", window_converting },
	   { "T-02 firmware, page records, trampoline", firmware });
