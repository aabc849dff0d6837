/* SPDX-License-Identifier: BSD-2-Clause */
/* From creation to destruction: a small TVM, alone and among many. */

#include "bench.h"

#define SMALL  16 /* measured pages of a small TVM */
#define TABLES 4

/* With those, what else is measured meets no limit of the TSM */
#define OTHERS	    60
#define OTHER_PAGES 8192

struct small {
	struct covh_tvm_create_params p;
	unsigned long tables, vcpu, page, id;
};

#define PAGES_OF(image) (4 + 1 + TABLES + 1 + (image))

struct life {
	struct meter create, region, vcpu, finalize, destroy;
};

/* What the measured pages are filled with */
static unsigned long source;

static void take_pages(struct small *s, struct conf *c, unsigned long image)
{
	s->p.tvm_page_directory_addr = conf_alloc(c, 4, COVH_PGD_SIZE);
	s->p.tvm_state_addr = conf_alloc(c, 1, PAGE_SIZE);
	s->tables = conf_alloc(c, TABLES, PAGE_SIZE);
	s->vcpu = conf_alloc(c, 1, PAGE_SIZE);
	s->page = conf_alloc(c, image, PAGE_SIZE);
	CHECK(s->p.tvm_page_directory_addr && s->p.tvm_state_addr &&
	      s->tables && s->vcpu && s->page);
}

#define METER(m, r, call)             \
	do {                          \
		meter_start(m);       \
		r = (call);           \
		meter_stop(m, 1);     \
		CHECK_EQ(r.error, 0); \
	} while (0)

/* One region, one vCPU, @image measured pages */
static void make(struct small *s, unsigned long image, struct life *l)
{
	struct sbiret r;

	METER(&l->create, r, covh_create_tvm(pa(&s->p), sizeof(s->p)));
	s->id = r.value;
	CHECK_EQ(covh_add_tvm_page_table_pages(s->id, s->tables, TABLES).error,
		 0);
	METER(&l->region, r,
	      covh_add_tvm_memory_region(s->id, BENCH_GPA, SMALL * PAGE_SIZE));
	CHECK_EQ(covh_add_tvm_measured_pages(s->id, source, s->page,
					     COVH_PAGE_4K, image, BENCH_GPA)
			 .error,
		 0);
	METER(&l->vcpu, r, covh_create_tvm_vcpu(s->id, 0, s->vcpu));
	METER(&l->finalize, r, covh_finalize_tvm(s->id, BENCH_GPA, 0, 0));
}

static void unmake(struct small *s, struct life *l)
{
	struct sbiret r;

	METER(&l->destroy, r, covh_destroy_tvm(s->id));
}

void bench_life(const char *where)
{
	struct life l = { 0 };
	struct small s;

	source = pa(page_alloc(SMALL, PAGE_SIZE));
	take_pages(&s, test_conf_pages(PAGES_OF(SMALL) + 3), SMALL);
	while (!meter_enough(&l.create) || !meter_enough(&l.destroy)) {
		make(&s, SMALL, &l);
		unmake(&s, &l);
	}
	page_free((void *)source, SMALL);
	bench_report("create", where, &l.create);
	bench_report("region", where, &l.region);
	bench_report("vcpu", where, &l.vcpu);
	bench_report("finalize", where, &l.finalize);
	bench_report("destroy", where, &l.destroy);
}

void bench_crowded(void)
{
	static struct small other[OTHERS];
	struct life unused = { 0 };
	struct conf *c;
	unsigned long i;

	c = test_conf_pages(OTHER_PAGES + OTHERS * (PAGES_OF(1) + 3));
	source = pa(page_alloc(1, PAGE_SIZE));
	for (i = 0; i < OTHERS; i++) {
		take_pages(&other[i], c, 1);
		make(&other[i], 1, &unused);
	}
	page_free((void *)source, 1);
	CHECK(ranges_total(&c->free) >= OTHER_PAGES * PAGE_SIZE);
	bench_convert(&free_pool, ".crowded", 1024);
	bench_fences(".crowded");
	bench_life(".crowded");
	bench_forwarded("run.forwarded_ecall", ".crowded", BENCH_FORWARD);
	bench_zero_fault(".crowded");
	for (i = 0; i < OTHERS; i++)
		unmake(&other[i], &unused);
}
