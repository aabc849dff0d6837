/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the group bench share. */

#include "bench.h"

/* Pages for page tables, more than any case needs */
#define TABLES 500

unsigned long bench_result(const struct meter *m)
{
	static unsigned long empty;
	struct meter none = { 0 };
	unsigned long i;

	if (!empty) {
		for (i = 0; i < 100000; i++) {
			meter_start(&none);
			meter_stop(&none, 1);
		}
		empty = none.ticks * METER_TICK / none.n;
	}
	return (m->ticks * METER_TICK - m->runs * empty) / m->n;
}

void bench_report(const char *name, const char *where, const struct meter *m)
{
	NOTE("bench %s%s %lu", name, where, bench_result(m));
}

void bench_report_pages(const char *name, const char *where, unsigned long size,
			const struct meter *m)
{
	NOTE("bench %s%s.per_page.%lu %lu", name, where, size, bench_result(m));
}

struct tvm *bench_build(unsigned long arg, unsigned long spare, bool finalize)
{
	struct tvm_config cfg = { .arg = arg, .spare_pages = spare + TABLES };
	struct tvm *t = test_tvm();
	unsigned long tables;

	CHECK(image_find("bench", &cfg.elf, &cfg.elf_size));
	CHECK(!tvm_plan(t, &cfg));
	CHECK_EQ(tvm_convert(t), 0);
	CHECK_EQ(tvm_create(t), 0);
	CHECK_EQ(tvm_add_regions(t), 0);
	CHECK_EQ(covh_add_tvm_memory_region(t->id, BENCH_GPA, BENCH_LEN).error,
		 0);
	tables = conf_alloc(&t->conf, TABLES, PAGE_SIZE);
	CHECK_EQ(covh_add_tvm_page_table_pages(t->id, tables, TABLES).error, 0);
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	if (!finalize)
		return t;
	CHECK_EQ(tvm_add_pages(t), 0);
	CHECK_EQ(tvm_finalize(t), 0);
	return t;
}
