/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages of one TVM named in calls for another, and used twice. */

#include <string.h>
#include <host/attack.h>

#define MAX_USES 6

/* Everything that TVM A owns */
static int owned(struct tvm *a, struct spot *s)
{
	int n = 0;

	s[n++] = (struct spot){ "guest page", a->first_page };
	s[n++] = (struct spot){ "G-stage root", a->pgd };
	s[n++] = (struct spot){ "G-stage table", a->pt };
	s[n++] = (struct spot){ "TVM state", a->state };
	s[n++] = (struct spot){ "vCPU state", a->vcpu_state };
	return n;
}

static void watch_owned(struct watch *w, const struct spot *s, int n)
{
	memset(w, 0, sizeof(*w));
	while (n--)
		watch_add(w, s[n].addr, 1);
	watch_start(w);
}

static void refused(const char *call, const struct spot *s, long error)
{
	if (error != SBI_ERR_INVALID_ADDRESS)
		FAIL("%s with a %s: expected -5, got %ld", call, s->what,
		     error);
}

/* Name @s in every call for TVM @b that takes confidential pages */
static void name_in_all(struct tvm *b, const struct spot *s, const void *src)
{
	struct covh_tvm_create_params p;

	refused("measured", s,
		covh_add_tvm_measured_pages(b->id, pa(src), s->addr, 0, 1,
					    BLANK_GPA)
			.error);
	refused("vcpu", s, covh_create_tvm_vcpu(b->id, 1, s->addr).error);
	refused("tables", s,
		covh_add_tvm_page_table_pages(b->id, s->addr, 1).error);
	p.tvm_page_directory_addr = ALIGN_DOWN(s->addr, COVH_PGD_SIZE);
	p.tvm_state_addr = blank_page(b);
	refused("create, root", s, covh_create_tvm(pa(&p), sizeof(p)).error);
	conf_free(&b->conf, p.tvm_state_addr, 1);
	p.tvm_page_directory_addr =
		conf_alloc(&b->conf, COVH_PGD_SIZE / PAGE_SIZE, COVH_PGD_SIZE);
	CHECK(p.tvm_page_directory_addr);
	p.tvm_state_addr = s->addr;
	refused("create, state", s, covh_create_tvm(pa(&p), sizeof(p)).error);
	conf_free(&b->conf, p.tvm_page_directory_addr,
		  COVH_PGD_SIZE / PAGE_SIZE);
}

static void foreign(bool window)
{
	void *src = page_zalloc(1, PAGE_SIZE);
	struct spot s[MAX_USES];
	struct tvm *a, *b;
	struct watch w;
	int i, n;

	if (window)
		need_windows(2);
	a = test_victim(window, 0);
	b = test_blank(16, window);
	n = owned(a, s);

	watch_owned(&w, s, n);
	for (i = 0; i < n; i++)
		name_in_all(b, &s[i], src);
	/* The same pages as zero pages, which need a TVM that is RUNNABLE */
	CHECK_EQ(tvm_add_vcpu(b, 0), 0);
	CHECK_EQ(covh_finalize_tvm(b->id, BLANK_GPA, 0, 0).error, 0);
	for (i = 0; i < n; i++)
		refused("zero", &s[i],
			covh_add_tvm_zero_pages(b->id, s[i].addr, 0, 1,
						BLANK_GPA)
				.error);
	CHECK(watch_same(&w));
	page_free(src, 1);
	CHECK_EQ(tvm_run(a, 0), TVM_SHUTDOWN);
	CHECK_EQ(a->exit.a[1], 0);
}

static void foreign_pool(void)
{
	foreign(false);
}

static void foreign_window(void)
{
	foreign(true);
}

static void live_reclaim(bool window)
{
	struct tvm *a = test_victim(window, 1);
	struct spot s[MAX_USES];
	int i, n = owned(a, s);
	struct watch w;

	watch_owned(&w, s, n);
	for (i = 0; i < n; i++) {
		refused("reclaim", &s[i],
			covh_reclaim_pages(s[i].addr, 1).error);
		check_denied(s[i].addr);
	}
	/* A range of which only some pages are in use goes as a whole */
	for (i = 0; i < a->conf.nr; i++)
		CHECK_EQ(covh_reclaim_pages(a->conf.range[i].base,
					    a->conf.range[i].pages)
				 .error,
			 SBI_ERR_INVALID_ADDRESS);
	CHECK(watch_same(&w));
	for (i = 0; i < n; i++)
		check_denied(s[i].addr);
	CHECK_EQ(tvm_run(a, 0), TVM_SHUTDOWN);
}

static void reclaim_pool(void)
{
	live_reclaim(false);
}

static void reclaim_window(void)
{
	live_reclaim(true);
}

/* Trampoline, records, firmware: they are nobody's to convert or reclaim */
static void firmware_pages(void)
{
	struct spot s[MAX_SPOTS];
	struct tvm *t = test_victim(!free_pool.nr, 1);
	int i, n = collect_spots(s, t, false);

	for (i = 0; i < n; i++) {
		if (!strstr(s[i].what, "firmware") && !strstr(s[i].what, "RAM"))
			continue;
		refused("reclaim", &s[i],
			covh_reclaim_pages(s[i].addr, 1).error);
		refused("convert", &s[i],
			covh_convert_pages(s[i].addr, 1).error);
	}
}

static long measured(struct tvm *t, const void *src, unsigned long dest,
		     unsigned long gpa)
{
	return covh_add_tvm_measured_pages(t->id, pa(src), dest, 0, 1, gpa)
		.error;
}

static long zero(struct tvm *t, unsigned long page, unsigned long gpa)
{
	return covh_add_tvm_zero_pages(t->id, page, 0, 1, gpa).error;
}

static void twice(void)
{
	struct tvm *t = test_blank(16, !free_pool.nr);
	void *src = page_zalloc(1, PAGE_SIZE);
	unsigned long page = blank_page(t);
	struct watch w = { 0 };

	memset(src, 0x77, PAGE_SIZE);
	CHECK_EQ(measured(t, src, page, BLANK_GPA), 0);
	watch_add(&w, page, 1);
	watch_add(&w, t->pgd, 4);
	watch_add(&w, t->pt, 4);
	watch_start(&w);
	CHECK_EQ(measured(t, src, page, BLANK_GPA + PAGE_SIZE),
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(measured(t, src, page, BLANK_GPA), SBI_ERR_INVALID_ADDRESS);
	/* The second page of a call is the first of the TVM */
	CHECK_EQ(covh_add_tvm_measured_pages(t->id, pa(src), page - PAGE_SIZE,
					     0, 2, BLANK_GPA + PAGE_SIZE)
			 .error,
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	CHECK_EQ(covh_finalize_tvm(t->id, BLANK_GPA, 0, 0).error, 0);
	CHECK_EQ(zero(t, page, BLANK_GPA + PAGE_SIZE), SBI_ERR_INVALID_ADDRESS);
	CHECK(watch_same(&w));
	page_free(src, 1);
}

static void over_mapping(void)
{
	struct tvm *t = test_victim(!free_pool.nr, 4);
	unsigned long page = blank_page(t), gpa = t->image.region[0].start;
	struct watch w = { 0 };

	watch_add(&w, t->first_page, 2);
	watch_add(&w, t->pgd, 4);
	watch_add(&w, t->pt, t->pt_pages);
	watch_add(&w, page, 1);
	watch_start(&w);
	CHECK_EQ(zero(t, page, gpa), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(zero(t, page, gpa + PAGE_SIZE), SBI_ERR_INVALID_ADDRESS);
	CHECK(watch_same(&w));
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(t->exit.a[1], 0);
}

TEST_GROUP(steal, { "T-04 pages of another TVM, pool", foreign_pool },
	   { "T-04 pages of another TVM, window", foreign_window },
	   { "T-06 reclaim of a live TVM's pages, pool", reclaim_pool },
	   { "T-06 reclaim of a live TVM's pages, window", reclaim_window },
	   { "T-06 convert and reclaim of firmware pages", firmware_pages },
	   { "T-21 one page at two guest addresses", twice },
	   { "T-22 a zero page over a mapping", over_mapping });
