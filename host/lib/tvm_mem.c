/* SPDX-License-Identifier: BSD-2-Clause */
/* Guest memory while the guest runs: pages on demand, ranges that it shares. */

#include <string.h>
#include <host/tvm.h>

struct tvm_page *tvm_page_at(const struct tvm *t, unsigned long gpa)
{
	struct tvm_page *p = t->page;
	int i;

	for (i = 0; i < t->nr_region; i++) {
		if (gpa >= t->region[i].start && gpa < t->region[i].end)
			return p + ((gpa - t->region[i].start) >> PAGE_SHIFT);
		p += (t->region[i].end - t->region[i].start) >> PAGE_SHIFT;
	}
	return NULL;
}

void tvm_note_pages(struct tvm *t, unsigned long gpa, unsigned long pa,
		    unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n << PAGE_SHIFT; i += PAGE_SIZE)
		tvm_page_at(t, gpa + i)->pa = pa + i;
}

bool tvm_again(long err, unsigned long *until)
{
	if (err != SBI_ERR_FAILED)
		return false;
	if (!*until)
		*until = time_now() + time_us(1000000);
	return time_now() < *until;
}

static long add_zero(struct tvm *t, struct tvm_page *p, unsigned long gpa)
{
	unsigned long page, until = 0;
	long err;

	if (tvm_huge_fits(t, gpa) && !tvm_add_huge_zero(t, gpa))
		return 0;
	page = conf_alloc(&t->conf, 1, PAGE_SIZE);
	t->step = "add_tvm_zero_pages";
	if (!page)
		return SBI_ERR_FAILED;
	do
		err = covh_add_tvm_zero_pages(t->id, page, COVH_PAGE_4K, 1, gpa)
			      .error;
	while (tvm_again(err, &until));
	if (err)
		conf_free(&t->conf, page, 1);
	else
		p->pa = page;
	return err;
}

static long add_shared(struct tvm *t, struct tvm_page *p, unsigned long gpa)
{
	void *page = page_zalloc(1, PAGE_SIZE);
	unsigned long until = 0;
	long err;

	t->step = "add_tvm_shared_pages";
	do
		err = covh_add_tvm_shared_pages(t->id, pa(page), COVH_PAGE_4K,
						1, gpa)
			      .error;
	while (tvm_again(err, &until));
	if (err)
		page_free(page, 1);
	else
		p->pa = pa(page);
	return err;
}

long tvm_add_page(struct tvm *t, unsigned long gpa)
{
	struct tvm_page *p;
	long err = 0;

	gpa = ALIGN_DOWN(gpa, PAGE_SIZE);
	p = tvm_page_at(t, gpa);
	if (!p) {
		t->step = "a fault outside the guest's memory";
		return SBI_ERR_FAILED;
	}
	spin_lock(&t->lock);
	/* While it is changing the vCPU faults again until that is done */
	if (!p->pa && p->kind == TVM_PAGE_CONF)
		err = add_zero(t, p, gpa);
	else if (!p->pa && p->kind == TVM_PAGE_SHARED)
		err = add_shared(t, p, gpa);
	spin_unlock(&t->lock);
	return err;
}

static void release(struct tvm *t, struct tvm_page *p, enum tvm_page_kind from)
{
	if (!p->pa)
		return;
	if (from == TVM_PAGE_SHARED)
		page_free((void *)p->pa, 1);
	else
		conf_free(&t->conf, p->pa, 1);
	p->pa = 0;
}

/* Pages in a row; from is what they have been */
typedef long (*run_call)(struct tvm *t, unsigned long gpa, unsigned long len,
			 enum tvm_page_kind from);

static long invalidate_run(struct tvm *t, unsigned long gpa, unsigned long len,
			   enum tvm_page_kind from)
{
	(void)from;
	return covh_tvm_invalidate_pages(t->id, gpa, len).error;
}

static long validate_run(struct tvm *t, unsigned long gpa, unsigned long len,
			 enum tvm_page_kind from)
{
	(void)from;
	return covh_tvm_validate_pages(t->id, gpa, len).error;
}

static long remove_run(struct tvm *t, unsigned long gpa, unsigned long len,
		       enum tvm_page_kind from)
{
	long err = covh_tvm_remove_pages(t->id, gpa, len).error;
	unsigned long at;

	if (err)
		return err;
	spin_lock(&t->lock);
	for (at = gpa; at < gpa + len; at += PAGE_SIZE)
		release(t, tvm_page_at(t, at), from);
	spin_unlock(&t->lock);
	return 0;
}

/* fn for each run of pages in the range that are mapped, whatever became of
 * those before; first error */
static long each_mapped(struct tvm *t, unsigned long gpa, unsigned long len,
			enum tvm_page_kind from, run_call fn)
{
	unsigned long at, end = gpa + len, until;
	long err, first = 0;

	for (; gpa < end; gpa = at + PAGE_SIZE) {
		for (at = gpa; at < end && tvm_page_at(t, at)->pa;)
			at += PAGE_SIZE;
		if (at == gpa)
			continue;
		until = 0;
		do
			err = fn(t, gpa, at - gpa, from);
		while (tvm_again(err, &until));
		if (!first)
			first = err;
	}
	return first;
}

/*
 * Until nobody is inside who may still use an old translation. If another
 * hart's fence is open, the kick ends that one, and ours comes next.
 */
static long fence(struct tvm *t)
{
	unsigned long until = 0;
	long err;

	t->step = "tvm_fence";
	do {
		err = covh_tvm_fence(t->id).error;
		tvm_kick(t);
	} while (err == SBI_ERR_ALREADY_STARTED || tvm_again(err, &until));
	return err;
}

static void set_kind(struct tvm *t, unsigned long gpa, unsigned long len,
		     enum tvm_page_kind kind)
{
	unsigned long at;

	for (at = gpa; at < gpa + len; at += PAGE_SIZE)
		tvm_page_at(t, at)->kind = kind;
}

void tvm_settle_range(struct tvm *t, unsigned long vcpu)
{
	struct tvm_vcpu *v = &t->vcpu[vcpu % TVM_MAX_VCPUS];

	if (!v->change.len)
		return;
	spin_lock(&t->lock);
	set_kind(t, v->change.gpa, v->change.len, v->change.to);
	spin_unlock(&t->lock);
	v->change.len = 0;
}

long tvm_change_range(struct tvm *t, unsigned long vcpu, unsigned long gpa,
		      unsigned long len, enum tvm_page_kind to)
{
	struct tvm_vcpu *v = &t->vcpu[vcpu % TVM_MAX_VCPUS];
	enum tvm_page_kind from =
		to == TVM_PAGE_CONF ? TVM_PAGE_SHARED : TVM_PAGE_CONF;
	unsigned long at;
	long err;

	/* A test may have added regions that are not in our list */
	for (at = gpa; at - gpa < len; at += PAGE_SIZE) {
		if (!tvm_page_at(t, at))
			return SBI_ERR_FAILED;
	}
	spin_lock(&t->lock);
	set_kind(t, gpa, len, TVM_PAGE_CHANGING);
	spin_unlock(&t->lock);

	t->step = "tvm_invalidate_pages";
	err = each_mapped(t, gpa, len, from, invalidate_run);
	if (!err)
		err = fence(t);
	if (!err)
		err = each_mapped(t, gpa, len, from, remove_run);
	/* The guest goes on with what it had, as far as it is there */
	if (err)
		each_mapped(t, gpa, len, from, validate_run);

	/* The TSM waits for our answer, which it hears when the vCPU runs */
	v->change.gpa = gpa;
	v->change.len = len;
	v->change.to = err ? from : to;
	return err;
}
