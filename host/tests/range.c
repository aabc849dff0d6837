/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges that wrap, leave RAM, are empty, endless, or overlap themselves. */

#include <string.h>
#include <host/attack.h>

typedef struct sbiret (*range_fn)(unsigned long base, unsigned long pages);

static struct tvm *tvm;
static unsigned long dest, source;

static struct sbiret tables(unsigned long base, unsigned long pages)
{
	return covh_add_tvm_page_table_pages(tvm->id, base, pages);
}

static struct sbiret measured_dest(unsigned long base, unsigned long pages)
{
	return covh_add_tvm_measured_pages(tvm->id, source, base, 0, pages,
					   BLANK_GPA);
}

static struct sbiret measured_source(unsigned long base, unsigned long pages)
{
	return covh_add_tvm_measured_pages(tvm->id, base, dest, 0, pages,
					   BLANK_GPA);
}

static struct sbiret zero(unsigned long base, unsigned long pages)
{
	return covh_add_tvm_zero_pages(tvm->id, base, 0, pages, BLANK_GPA);
}

static void hostile(range_fn fn, unsigned long good)
{
	unsigned long end = machine.ram[machine.nr_ram - 1].end;
	unsigned long start = machine.ram[0].start;
	struct sbiret r;

	REFUSED(fn(good, 0), SBI_ERR_INVALID_PARAM);
	REFUSED(fn(good, 1UL << 52), SBI_ERR_INVALID_PARAM);
	/* The size in bytes wraps to one page */
	REFUSED(fn(good, (1UL << 52) + 1), SBI_ERR_INVALID_PARAM);
	REFUSED(fn(good, -1UL), SBI_ERR_INVALID_PARAM);
	REFUSED(fn(good, 1UL << 63), SBI_ERR_INVALID_PARAM);
	REFUSED(fn(good, COVH_MAX_PAGES_PER_CALL + 1), SBI_ERR_INVALID_PARAM);
	REFUSED(fn(-PAGE_SIZE, 2), SBI_ERR_INVALID_PARAM);
	REFUSED(fn(-8 * PAGE_SIZE, 60), SBI_ERR_INVALID_PARAM);
	/* Ends at 2^64 exactly: both codes are right */
	r = fn(-PAGE_SIZE, 1);
	CHECK(r.error == SBI_ERR_INVALID_PARAM ||
	      r.error == SBI_ERR_INVALID_ADDRESS);
	REFUSED(fn(end - PAGE_SIZE, 2), SBI_ERR_INVALID_ADDRESS);
	REFUSED(fn(end, 1), SBI_ERR_INVALID_ADDRESS);
	REFUSED(fn(start - PAGE_SIZE, 2), SBI_ERR_INVALID_ADDRESS);
	REFUSED(fn(0, 1), SBI_ERR_INVALID_ADDRESS);
	REFUSED(fn(1UL << 55, 1), SBI_ERR_INVALID_ADDRESS);
	REFUSED(fn(good + 1, 1), SBI_ERR_INVALID_ADDRESS);
	REFUSED(fn(good + 2048, 1), SBI_ERR_INVALID_ADDRESS);
}

static void all_calls(void)
{
	void *src = page_zalloc(2, PAGE_SIZE);
	struct watch w = { 0 };
	unsigned long end = machine.ram[machine.nr_ram - 1].end;

	tvm = test_blank(8, !free_pool.nr);
	source = pa(src);
	dest = blank_page(tvm);
	watch_add(&w, dest, 1);
	watch_add(&w, source, 2);
	watch_add(&w, tvm->pgd, 4);
	watch_add(&w, tvm->pt, 4);
	watch_add(&w, tvm->state, 1);
	watch_add(&w, end - 2 * PAGE_SIZE, 2);
	watch_start(&w);
	hostile(covh_convert_pages, source);
	hostile(covh_reclaim_pages, source);
	hostile(covh_reclaim_pages, dest);
	hostile(tables, dest);
	hostile(measured_dest, dest);
	hostile(measured_source, source);
	CHECK(watch_same(&w));
	CHECK_EQ(tvm_add_vcpu(tvm, 0), 0);
	CHECK_EQ(covh_finalize_tvm(tvm->id, BLANK_GPA, 0, 0).error, 0);
	watch_start(&w);
	hostile(zero, dest);
	CHECK(watch_same(&w));
	page_free(src, 2);
}

/* The guest's side of the same calls */
static void guest_addresses(void)
{
	void *src = page_zalloc(2, PAGE_SIZE);
	struct watch w = { 0 };
	unsigned long id;

	tvm = test_blank(8, !free_pool.nr);
	id = tvm->id;
	dest = conf_alloc(&tvm->conf, 2, PAGE_SIZE);
	watch_add(&w, dest, 2);
	watch_add(&w, tvm->pgd, 4);
	watch_add(&w, tvm->pt, 4);
	watch_add(&w, tvm->state, 1);
	watch_start(&w);
	REFUSED(covh_add_tvm_measured_pages(id, pa(src), dest, 0, 2,
					    -PAGE_SIZE),
		SBI_ERR_INVALID_PARAM);
	REFUSED(covh_add_tvm_measured_pages(id, pa(src), dest, 0, 2,
					    BLANK_GPA + (BLANK_PAGES - 1) *
								PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_measured_pages(id, pa(src), dest, 0, 2,
					    BLANK_GPA - PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_memory_region(id, 0x1000, -PAGE_SIZE),
		SBI_ERR_INVALID_PARAM);
	REFUSED(covh_add_tvm_memory_region(id, -PAGE_SIZE, 2 * PAGE_SIZE),
		SBI_ERR_INVALID_PARAM);
	REFUSED(covh_add_tvm_memory_region(id, BLANK_GPA - PAGE_SIZE,
					   2 * PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_memory_region(
			id, BLANK_GPA + (BLANK_PAGES - 1) * PAGE_SIZE,
			2 * PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	/* Beyond every G-stage mode */
	REFUSED(covh_add_tvm_memory_region(id, 1UL << 59, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	CHECK(watch_same(&w));
	page_free(src, 2);
}

static void self_overlap(void)
{
	struct tvm *t = test_blank(12, !free_pool.nr);
	struct covh_tvm_create_params p;
	struct watch w = { 0 };
	int i;

	p.tvm_page_directory_addr =
		conf_alloc(&t->conf, COVH_PGD_SIZE / PAGE_SIZE, COVH_PGD_SIZE);
	CHECK(p.tvm_page_directory_addr);
	watch_add(&w, p.tvm_page_directory_addr, 4);
	watch_add(&w, t->pgd, 4);
	watch_add(&w, t->state, 1);
	watch_start(&w);
	for (i = 0; i < 4; i++) {
		p.tvm_state_addr = p.tvm_page_directory_addr + i * PAGE_SIZE;
		REFUSED(covh_create_tvm(pa(&p), sizeof(p)),
			SBI_ERR_INVALID_ADDRESS);
	}
	/* Pages that already are this TVM's */
	REFUSED(covh_create_tvm_vcpu(t->id, 0, t->pgd),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_create_tvm_vcpu(t->id, 0, t->state),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_page_table_pages(t->id, t->pt, 1),
		SBI_ERR_INVALID_ADDRESS);
	CHECK(watch_same(&w));
	CHECK_STATE(p.tvm_page_directory_addr, PG_CONF_FREE);
}

/* Half of a range is the pool's */
static void pool_edge(void)
{
	unsigned long end = machine.pool.end, start = machine.pool.start;

	if (!free_pool.nr)
		SKIP("there is no pool");
	REFUSED(covh_convert_pages(start - PAGE_SIZE, 2),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_reclaim_pages(start - PAGE_SIZE, 2),
		SBI_ERR_INVALID_ADDRESS);
	CHECK_STATE(start, PG_POOL);
	if (!ranges_contain(&free_ram, end, end + PAGE_SIZE))
		SKIP("no ordinary page behind the pool");
	CHECK_EQ(probe_store(end, 0x1111), 0);
	CHECK_EQ(covh_convert_pages(end - PAGE_SIZE, 2).error, 0);
	CHECK_EQ(conf_fence(), 0);
	CHECK_STATE(end - PAGE_SIZE, PG_CONF_FREE);
	CHECK_STATE(end, PG_CONF_FREE);
	check_denied(end - PAGE_SIZE);
	check_denied(end);
	CHECK_EQ(covh_reclaim_pages(end - PAGE_SIZE, 2).error, 0);
	CHECK_STATE(end - PAGE_SIZE, PG_POOL);
	CHECK_STATE(end, PG_NC);
	check_denied(end - PAGE_SIZE);
	CHECK_EQ(*(volatile unsigned long *)end, 0);
}

/* A host page behind firmware does not become confidential along with it */
static void firmware_edge(void)
{
	const struct phys_range *r;
	int i, n = 0;

	for (i = 0; i < machine.nr_reserved; i++) {
		r = &machine.reserved[i];
		if (r->start == machine.initrd.start ||
		    r->start == machine.fdt.start ||
		    r->end == machine.pool.end || probe_load(r->end, NULL))
			continue;
		n++;
		REFUSED(covh_convert_pages(r->end - PAGE_SIZE, 2),
			SBI_ERR_INVALID_ADDRESS);
		CHECK_STATE(r->end, PG_NC);
		CHECK_EQ(probe_amo(r->end), 0);
		check_denied(r->end - PAGE_SIZE);
	}
	if (!n)
		SKIP("no ordinary page behind a firmware range");
}

TEST_GROUP(range, { "T-09 every call with a hostile range", all_calls },
	   { "T-09 hostile guest addresses", guest_addresses },
	   { "T-09 state pages inside the root table", self_overlap },
	   { "T-09 over the edge of the pool", pool_edge },
	   { "T-09 over the edge of firmware", firmware_edge });
