/* SPDX-License-Identifier: BSD-2-Clause */
/* TVMs to attack, and the addresses that an attack can name. */

#include <string.h>
#include <host/attack.h>

#define TABLE_PAGES 4

bool have_windows(unsigned int n)
{
	unsigned long pages = 2 * n, i, base = pa(page_alloc(pages, PAGE_SIZE));
	bool fit = true;

	for (i = 0; i < pages && fit; i += 2)
		fit = !covh_convert_pages(base + (i << PAGE_SHIFT), 1).error;
	covh_reclaim_pages(base, pages);
	page_free((void *)base, pages);
	CHECK_EQ(conf_fence(), 0);
	return fit;
}

void need_windows(unsigned int n)
{
	if (!have_windows(n))
		SKIP("too few PMP entries for its windows");
}

struct tvm *test_blank(unsigned long spare, bool window)
{
	struct tvm_config cfg = { .spare_pages = spare + TABLE_PAGES };
	struct tvm *t = test_tvm();

	cfg.window = window || !free_pool.nr;
	CHECK(!tvm_plan(t, &cfg));
	CHECK_EQ(tvm_convert(t), 0);
	CHECK_EQ(tvm_create(t), 0);
	t->pt = conf_alloc(&t->conf, TABLE_PAGES, PAGE_SIZE);
	CHECK(t->pt);
	CHECK_EQ(covh_add_tvm_page_table_pages(t->id, t->pt, TABLE_PAGES).error,
		 0);
	CHECK_EQ(covh_add_tvm_memory_region(t->id, BLANK_GPA,
					    BLANK_PAGES * PAGE_SIZE)
			 .error,
		 0);
	return t;
}

unsigned long blank_page(struct tvm *t)
{
	unsigned long page = conf_alloc(&t->conf, 1, PAGE_SIZE);

	CHECK(page);
	return page;
}

struct tvm *test_victim(bool window, unsigned long spare)
{
	struct tvm_config cfg = { .window = window, .spare_pages = spare };

	if (!window && !free_pool.nr)
		SKIP("there is no pool");
	return test_guest("hello", &cfg, 0);
}

static void add(struct spot *s, int *n, const char *what, unsigned long addr)
{
	if (!addr)
		return;
	CHECK(*n < MAX_SPOTS);
	s[(*n)++] = (struct spot){ what, addr };
}

static bool host_owns(const struct phys_range *r)
{
	return r->start == machine.fdt.start ||
	       r->start == machine.initrd.start;
}

static bool is_ram(unsigned long addr)
{
	int i;

	for (i = 0; i < machine.nr_ram; i++) {
		if (addr >= machine.ram[i].start && addr < machine.ram[i].end)
			return true;
	}
	return false;
}

/* First and last page of everything that firmware has reserved */
static void add_reserved(struct spot *s, int *n)
{
	const struct phys_range *r;
	int i;

	for (i = 0; i < machine.nr_reserved && i < 4; i++) {
		r = &machine.reserved[i];
		if (host_owns(r) || !is_ram(r->start) ||
		    (r->start <= machine.pool.start &&
		     machine.pool.start < r->end))
			continue;
		add(s, n, "start of a firmware range", r->start);
		add(s, n, "end of a firmware range", r->end - PAGE_SIZE);
	}
}

static void add_outside(struct spot *s, int *n)
{
	const struct phys_range *ram = &machine.ram[0];

	if (!is_ram(ram->start - PAGE_SIZE))
		add(s, n, "below RAM", ram->start - PAGE_SIZE);
	ram = &machine.ram[machine.nr_ram - 1];
	if (!is_ram(ram->end))
		add(s, n, "behind RAM", ram->end);
}

int collect_spots(struct spot *s, struct tvm *t, bool ends)
{
	struct conf *window = test_conf(), *fresh = test_conf();
	int n = 0;

	/* Two neighbours at the top of RAM: one aligned window of two pages */
	need_windows(1);
	CHECK_EQ(conf_convert(window, false, 1, PAGE_SIZE), 0);
	CHECK_EQ(conf_fence(), 0);
	/* No fence any more: these stay CONVERTING */
	CHECK_EQ(conf_convert(fresh, false, 1, PAGE_SIZE), 0);
	add_reserved(s, &n);
	add(s, &n, "firmware's trampoline",
	    machine.pool.start ? machine.pool.start - PAGE_SIZE : 0);
	add_outside(s, &n);
	add(s, &n, "POOL page",
	    free_pool.nr ? free_pool.r[free_pool.nr - 1].end - PAGE_SIZE : 0);
	add(s, &n, "CONF_FREE page of a window", window->range[0].base);
	add(s, &n, "CONVERTING page", fresh->range[0].base);
	add(s, &n, "CONF_FREE page", conf_alloc(&t->conf, 1, PAGE_SIZE));
	add(s, &n, "G-stage root", t->pgd);
	add(s, &n, "TVM state page", t->state);
	add(s, &n, "G-stage table", t->pt);
	add(s, &n, "vCPU state page", t->vcpu_state);
	add(s, &n, "guest page", t->first_page);
	/* Windows grow downwards: what lies below is the host's */
	if (ends)
		add(s, &n, "end of a host page before a window",
		    fresh->range[0].base - 8);
	return n;
}
