/* SPDX-License-Identifier: BSD-2-Clause */
/* A second hart rewrites pages while the TSM measures them. */

#include <string.h>
#include <host/attack.h>

#define RACE_PAGES 64
#define RACE_GPA   0xc0000000UL
#define TABLES	   3

static volatile uint64_t *racing;
static volatile int stop;

/* The whole work of the second hart */
static long rewrite(void *arg)
{
	uint64_t n = 0;
	unsigned long i;

	(void)arg;
	while (!stop) {
		n++;
		for (i = 0; i < RACE_PAGES * PAGE_SIZE / 8; i++)
			racing[i] = n;
	}
	return (long)n;
}

static void add_image(struct tvm *t, struct measure *m)
{
	const struct image_region *r = &t->image.region[0];
	void *page = page_alloc(1, PAGE_SIZE);
	uint64_t gpa;

	for (gpa = r->start; gpa < r->end; gpa += PAGE_SIZE) {
		image_page(&t->image, gpa, page);
		measure_page(m, gpa, page);
	}
	page_free(page, 1);
	CHECK_EQ(tvm_add_pages(t), 0);
}

/* Extend the prediction by what lies in the TVM's page now */
static bool measure_mapped(struct measure *m, unsigned long page, uint64_t gpa)
{
	static uint64_t copy[PAGE_SIZE / 8];
	unsigned long i, val;
	bool torn = false;

	for (i = 0; i < ARRAY_SIZE(copy); i++) {
		CHECK(peek(page + 8 * i, &val));
		copy[i] = val;
		torn |= val != copy[0];
	}
	measure_page(m, gpa, copy);
	return torn;
}

static void build(struct tvm *t, struct tvm_config *cfg)
{
	unsigned long tables;

	cfg->spare_pages = RACE_PAGES + TABLES + 2;
	CHECK(image_find("hello", &cfg->elf, &cfg->elf_size));
	CHECK(!tvm_plan(t, cfg));
	CHECK_EQ(tvm_convert(t), 0);
	CHECK_EQ(tvm_create(t), 0);
	CHECK_EQ(tvm_add_regions(t), 0);
	tables = conf_alloc(&t->conf, TABLES, PAGE_SIZE);
	CHECK_EQ(covh_add_tvm_page_table_pages(t->id, tables, TABLES).error, 0);
	CHECK_EQ(covh_add_tvm_memory_region(t->id, RACE_GPA,
					    RACE_PAGES * PAGE_SIZE)
			 .error,
		 0);
}

static void source_changes(void)
{
	struct tvm_config cfg = { .window = !free_pool.nr };
	struct hart *h = test_second_hart();
	char line[32 + DIGEST_HEX_SIZE] = "measurement 4: ";
	struct tvm *t = test_tvm();
	unsigned long dest, i, torn = 0;
	struct measure m;
	long rounds;

	need_debug();
	racing = page_zalloc(RACE_PAGES, PAGE_SIZE);
	build(t, &cfg);
	measure_init(&m);
	add_image(t, &m);
	dest = conf_alloc(&t->conf, RACE_PAGES, PAGE_SIZE);
	CHECK(dest);
	stop = 0;
	hart_post(h, rewrite, NULL);
	while (!racing[RACE_PAGES * PAGE_SIZE / 8 - 1])
		;
	CHECK_EQ(covh_add_tvm_measured_pages(t->id, pa(racing), dest, 0,
					     RACE_PAGES, RACE_GPA)
			 .error,
		 0);
	stop = 1;
	rounds = hart_wait(h);
	for (i = 0; i < RACE_PAGES; i++)
		torn += measure_mapped(&m, dest + (i << PAGE_SHIFT),
				       RACE_GPA + (i << PAGE_SHIFT));
	NOTE("%ld rewrites, %lu of %d pages caught in the middle of one",
	     rounds, torn, RACE_PAGES);
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	CHECK_EQ(tvm_finalize(t), 0);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	digest_to_hex(m.code, line + 15);
	CHECK(strstr(t->output, line));
	CHECK(rounds > 1);
	page_free((void *)racing, RACE_PAGES);
}

TEST_GROUP(race, { "T-26 the source is rewritten while it is measured",
		   source_changes });
