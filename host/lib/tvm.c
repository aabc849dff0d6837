/* SPDX-License-Identifier: BSD-2-Clause */
/* Creation of a TVM, step by step. */

#include <string.h>
#include <host/tvm.h>

/* Pages that one add_measured_pages call takes */
#define STAGING_PAGES 64

long tvm_convert(struct tvm *t)
{
	unsigned long extra = t->cfg.window_pages;
	unsigned long align = t->cfg.huge ? HUGE_SIZE : PAGE_SIZE;
	long err;

	t->step = "convert_pages";
	if (extra > t->pages)
		extra = t->pages;
	if (extra) {
		err = conf_convert(&t->conf, false, extra, align);
		if (err)
			return err;
	}
	if (t->pages > extra) {
		err = conf_convert(&t->conf, !t->cfg.window, t->pages - extra,
				   t->cfg.window ? align : PAGE_SIZE);
		if (err)
			return err;
	}
	t->step = "fence";
	return conf_fence();
}

/*
 * Pages for the TSM's own structures come from the last range, guest memory
 * from the first: so a window that is converted beside the pool holds guest
 * memory.
 */
static unsigned long alloc_last(struct tvm *t, unsigned long pages,
				unsigned long align)
{
	if (!pages)
		return 0;
	return conf_alloc_range(&t->conf, t->conf.nr - 1, pages, align);
}

/* Up to @max pages in one piece: *@pages says how many */
static unsigned long alloc_first(struct tvm *t, unsigned long max,
				 unsigned long *pages)
{
	unsigned long at, n;
	int i;

	for (i = 0; i < t->conf.nr; i++) {
		for (n = max; n; n /= 2) {
			at = conf_alloc_range(&t->conf, i, n, PAGE_SIZE);
			if (at) {
				*pages = n;
				return at;
			}
		}
	}
	return 0;
}

long tvm_create(struct tvm *t)
{
	struct covh_tvm_create_params params;
	struct sbiret r;

	t->step = "create_tvm";
	t->pgd = alloc_last(t, COVH_PGD_SIZE / PAGE_SIZE, COVH_PGD_SIZE);
	t->state = alloc_last(t, t->info.tvm_state_pages, PAGE_SIZE);
	t->pt = alloc_last(t, t->pt_pages, PAGE_SIZE);
	params.tvm_page_directory_addr = t->pgd;
	params.tvm_state_addr = t->state;
	r = covh_create_tvm(pa(&params), sizeof(params));
	if (r.error)
		return r.error;
	t->id = r.value;
	if (!t->pt_pages)
		return 0;
	t->step = "add_tvm_page_table_pages";
	return covh_add_tvm_page_table_pages(t->id, t->pt, t->pt_pages).error;
}

long tvm_add_regions(struct tvm *t)
{
	long err = 0;
	int i;

	t->step = "add_tvm_memory_region";
	for (i = 0; i < t->nr_region && !err; i++)
		err = covh_add_tvm_memory_region(t->id, t->region[i].start,
						 t->region[i].end -
							 t->region[i].start)
			      .error;
	return err;
}

/* Measure @n pages from @gpa on; @staging has room for them. */
static long add_pages(struct tvm *t, uint64_t gpa, unsigned long n,
		      char *staging)
{
	unsigned long i, got, dest;
	long err;

	for (i = 0; i < n; i++)
		image_page(&t->image, gpa + (i << PAGE_SHIFT),
			   staging + (i << PAGE_SHIFT));
	if (n == HUGE_PAGES && tvm_huge_fits(t, gpa) &&
	    !tvm_add_huge_measured(t, pa(staging), gpa))
		return 0;
	for (i = 0; i < n; i += got) {
		dest = alloc_first(t, n - i, &got);
		if (!dest)
			return SBI_ERR_FAILED;
		if (!t->first_page)
			t->first_page = dest;
		err = covh_add_tvm_measured_pages(
			      t->id, pa(staging) + (i << PAGE_SHIFT), dest,
			      COVH_PAGE_4K, got, gpa + (i << PAGE_SHIFT))
			      .error;
		if (err)
			return err;
		tvm_note_pages(t, gpa + (i << PAGE_SHIFT), dest, got);
	}
	return 0;
}

bool tvm_is_measured(const struct tvm *t, uint64_t gpa)
{
	if (t->cfg.huge)
		return image_in_file(&t->image, ALIGN_DOWN(gpa, HUGE_SIZE),
				     HUGE_SIZE);
	return !t->cfg.lazy || image_page_in_file(&t->image, gpa);
}

long tvm_add_pages(struct tvm *t)
{
	unsigned long max = t->cfg.huge ? HUGE_PAGES : STAGING_PAGES;
	char *staging = page_alloc(max, max << PAGE_SHIFT);
	const struct image_region *r;
	unsigned long n, done = 0;
	uint64_t gpa;
	long err = 0;
	int i;

	t->step = "add_tvm_measured_pages";
	for (i = 0; i < t->image.nr_region && !err; i++) {
		r = &t->image.region[i];
		for (gpa = r->start; gpa < r->end && !err;) {
			n = 0;
			while (n < max && gpa + (n << PAGE_SHIFT) < r->end &&
			       tvm_is_measured(t, gpa + (n << PAGE_SHIFT)))
				n++;
			err = add_pages(t, gpa, n, staging);
			gpa += (n ? n : 1) << PAGE_SHIFT;
			done += n;
			if (n && t->cfg.progress)
				t->cfg.progress(t, done);
		}
	}
	page_free(staging, max);
	return err;
}

long tvm_add_vcpu(struct tvm *t, unsigned long id)
{
	t->step = "create_tvm_vcpu";
	t->vcpu_state = alloc_last(t, t->info.tvm_vcpu_state_pages, PAGE_SIZE);
	return covh_create_tvm_vcpu(t->id, id, t->vcpu_state).error;
}

long tvm_finalize(struct tvm *t)
{
	t->step = "finalize_tvm";
	t->vcpu[0].state = TVM_VCPU_READY;
	return covh_finalize_tvm(t->id, t->image.entry, t->cfg.arg,
				 pa(t->cfg.identity))
		.error;
}

long tvm_build(struct tvm *t, const struct tvm_config *cfg)
{
	const char *bad = tvm_plan(t, cfg);
	unsigned int i;
	long err;

	if (bad) {
		t->step = bad;
		return SBI_ERR_FAILED;
	}
	err = tvm_convert(t);
	if (!err)
		err = tvm_create(t);
	if (!err)
		err = tvm_add_regions(t);
	if (!err)
		err = tvm_add_pages(t);
	for (i = 0; !err && i < t->cfg.vcpus; i++)
		err = tvm_add_vcpu(t, i);
	if (!err)
		err = tvm_finalize(t);
	return err;
}

/*
 * Computed from the file and the configuration alone, page by page: nothing
 * of what was handed to the TSM is looked at.
 */
void tvm_predict(const struct tvm *t, struct measure *m)
{
	const struct image_region *r;
	char *page = page_alloc(1, PAGE_SIZE);
	unsigned int vcpu;
	uint64_t gpa;
	int i;

	measure_init(m);
	for (i = 0; i < t->nr_region; i++) {
		r = &t->region[i];
		measure_region(m, r->start, r->end - r->start);
	}
	for (i = 0; i < t->image.nr_region; i++) {
		r = &t->image.region[i];
		for (gpa = r->start; gpa < r->end; gpa += PAGE_SIZE) {
			if (!tvm_is_measured(t, gpa))
				continue;
			image_page(&t->image, gpa, page);
			measure_page(m, gpa, page);
		}
	}
	for (vcpu = 0; vcpu < t->cfg.vcpus; vcpu++)
		measure_vcpu(m, vcpu);
	measure_finalize(m, t->image.entry, t->cfg.arg);
	page_free(page, 1);
}
