/* SPDX-License-Identifier: BSD-2-Clause */
/* Stress: the calls that a hart makes. */

#include <string.h>
#include "stress.h"

#define TABLES	    6
#define BLOCK_PAGES 64

struct stress stress;

unsigned long pick(struct worker *w, unsigned long n)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (w->random >> 16) % n;
}

long said(struct worker *w, struct sbiret r)
{
	w->calls++;
	w->progress++;
	if (!r.error)
		w->ok++;
	/* Errors of the ABI, and no value beside them */
	else if (r.value || (r.error < -14 && r.error != -257))
		stress_wrong(w->doing, (unsigned long)r.error);
	return r.error;
}

void stress_wrong(const char *what, unsigned long at)
{
	static int once;

	if (__atomic_exchange_n(&once, 1, __ATOMIC_RELAXED))
		return;
	stress.wrong_at = at;
	__atomic_store_n(&stress.wrong, what, __ATOMIC_RELEASE);
}

static const struct arena *some_arena(struct worker *w)
{
	if (stress.pool.pages && (!stress.plain.pages || !once_in(w, 4)))
		return &stress.pool;
	return &stress.plain;
}

unsigned long stress_page(struct worker *w, enum page_state st,
			  unsigned long pages)
{
	const struct arena *a = some_arena(w);
	unsigned long at, first, i;

	first = pick(w, a->pages / pages);
	for (i = 0; i < 24; i++) {
		at = a->base +
		     ((first + i) % (a->pages / pages) * pages << PAGE_SHIFT);
		if (page_state(at) == (int)st)
			return at;
	}
	return at;
}

/* Nothing of the host's own lies there, but all else that is wrong */
static unsigned long bad_address(struct worker *w)
{
	const unsigned long bad[] = {
		0,
		1,
		stress.plain.base + 1,
		stress.pool.base + 8,
		machine.ram[0].start,
		machine.ram[machine.nr_ram - 1].end,
		-1UL,
		-PAGE_SIZE,
		1UL << 63,
		0x10000000,
	};

	return bad[pick(w, ARRAY_SIZE(bad))];
}

static unsigned long some_page(struct worker *w, enum page_state st)
{
	return once_in(w, 24) ? bad_address(w) : stress_page(w, st, 1);
}

static unsigned long free_page(struct worker *w)
{
	return some_page(w, PG_CONF_FREE);
}

/* Never so many that they reach beyond the arenas into the host */
static unsigned long some_count(struct worker *w, unsigned long page)
{
	const struct arena *a = &stress.pool;
	unsigned long left;

	if (page - stress.plain.base < stress.plain.pages << PAGE_SHIFT)
		a = &stress.plain;
	left = a->pages - ((page - a->base) >> PAGE_SHIFT);
	if (page - a->base >= a->pages << PAGE_SHIFT)
		return 1 + pick(w, 4);
	if (once_in(w, 32))
		return once_in(w, 2) ? 0 : -1UL >> pick(w, 30);
	return 1 + pick(w, once_in(w, 8) ? left : left < 8 ? left : 8);
}

struct stress_tvm *stress_tvm(struct worker *w)
{
	return &stress.tvm[pick(w, STRESS_TVMS)];
}

static unsigned long id_of(struct worker *w, const struct stress_tvm *t)
{
	unsigned long id = __atomic_load_n(&t->id, __ATOMIC_RELAXED);

	return once_in(w, 48) ? id ^ 1UL << pick(w, 64) : id;
}

static unsigned long some_gpa(struct worker *w)
{
	const struct image_region *r = &stress.image.region[0];

	if (once_in(w, 24))
		return bad_address(w);
	return r->start +
	       (pick(w, (r->end - r->start) >> PAGE_SHIFT) << PAGE_SHIFT);
}

static unsigned long some_len(struct worker *w)
{
	if (once_in(w, 24))
		return bad_address(w);
	return (1 + pick(w, once_in(w, 8) ? 200 : 3)) << PAGE_SHIFT;
}

/* Host pages that other harts find zero in the end */
static void check_reclaimed(struct worker *w, unsigned long base,
			    unsigned long pages)
{
	unsigned long at, val;

	if (base - stress.plain.base >= stress.plain.pages << PAGE_SHIFT)
		return;
	for (at = base; at < base + (pages << PAGE_SHIFT); at += 8) {
		/* Converted again: no matter what it holds */
		if (probe_load(at, &val))
			return;
		if (val)
			stress_wrong("a reclaimed page is not zero", at);
		w->zeros++;
	}
}

/* Pages to convert or reclaim. Windows are few: often a block that takes one
 * PMP entry, where single pages would take two each */
static unsigned long some_range(struct worker *w, enum page_state st,
				unsigned long *pages)
{
	unsigned long page = some_page(w, st), off = page - stress.plain.base;

	*pages = some_count(w, page);
	if (off >= stress.plain.pages << PAGE_SHIFT || once_in(w, 4))
		return page;
	*pages = BLOCK_PAGES >> pick(w, 7);
	return stress.plain.base + ALIGN_DOWN(off, *pages << PAGE_SHIFT);
}

static void reclaim(struct worker *w)
{
	unsigned long n, page = some_range(w, PG_CONF_FREE, &n);

	w->doing = "reclaim_pages";
	/* What is in use may be in one half of it */
	while (said(w, covh_reclaim_pages(page, n))) {
		if (n < 2 || n > BLOCK_PAGES)
			return;
		n /= 2;
		page += once_in(w, 2) ? n << PAGE_SHIFT : 0;
	}
	check_reclaimed(w, page, n);
}

static void convert(struct worker *w)
{
	enum page_state st = once_in(w, 4) ? PG_NC : PG_POOL;
	unsigned long n, page = some_range(w, st, &n);

	w->doing = "convert_pages";
	said(w, covh_convert_pages(page, n));
}

static void memory_call(struct worker *w)
{
	switch (pick(w, 12)) {
	case 0:
		return reclaim(w);
	case 1:
	case 2:
	case 3:
		return convert(w);
	case 4:
	case 5:
		w->doing = "global_fence";
		said(w, covh_global_fence());
		return;
	default:
		w->doing = "local_fence";
		said(w, covh_local_fence());
	}
}

static void add_shared(struct worker *w, unsigned long id)
{
	unsigned long n = 1 + pick(w, 2);
	unsigned long at = stress.shared.base +
			   (pick(w, stress.shared.pages - n) << PAGE_SHIFT);

	w->doing = "add_tvm_shared_pages";
	said(w, covh_add_tvm_shared_pages(id, at, pick(w, 16) / 15, n,
					  some_gpa(w)));
}

void stress_give_way(struct worker *w, unsigned long id, unsigned long gpa,
		     unsigned long len)
{
	unsigned long at;

	w->doing = "give way";
	for (at = gpa; at - gpa < len; at += PAGE_SIZE)
		said(w, covh_tvm_invalidate_pages(id, at, PAGE_SIZE));
	said(w, covh_tvm_fence(id));
	for (at = gpa; at - gpa < len; at += PAGE_SIZE)
		said(w, covh_tvm_remove_pages(id, at, PAGE_SIZE));
}

static void tvm_call(struct worker *w)
{
	struct stress_tvm *t = stress_tvm(w);
	unsigned long id = id_of(w, t), gpa = t->gpa, len = t->len;

	w->doing = "a call on a TVM";
	switch (pick(w, 16)) {
	case 0:
		said(w, covh_add_tvm_page_table_pages(id, free_page(w), 1));
		return;
	case 1:
	case 2:
		said(w,
		     covh_add_tvm_zero_pages(id, free_page(w), pick(w, 16) / 15,
					     1, some_gpa(w)));
		return;
	case 3:
	case 4:
		return add_shared(w, id);
	case 5:
		said(w, covh_tvm_fence(id));
		return;
	case 6:
	case 7:
		said(w,
		     covh_tvm_invalidate_pages(id, some_gpa(w), some_len(w)));
		return;
	case 8:
	case 9:
		said(w, covh_tvm_validate_pages(id, some_gpa(w), some_len(w)));
		return;
	case 10:
		said(w, covh_tvm_remove_pages(id, some_gpa(w), some_len(w)));
		return;
	case 11:
		/* Too late for all of these */
		said(w,
		     covh_add_tvm_memory_region(id, some_gpa(w), some_len(w)));
		said(w, covh_create_tvm_vcpu(id, pick(w, 70), free_page(w)));
		said(w, covh_finalize_tvm(id, 0, 0, 0));
		return;
	default:
		/* Not what a vCPU cannot have asked for */
		if (len && len <= 16 * PAGE_SIZE)
			stress_give_way(w, id, gpa, len);
	}
}

/*
 * A page that nobody but a TVM may have, before and after, cannot have been the
 * host's in between: that takes a fence of this hart.
 */
static void steal(struct worker *w)
{
	unsigned long page = stress_page(w, PG_DATA, 1), val;
	int before, after;
	bool got;

	w->doing = "reading";
	before = page_state(page);
	got = !probe_load(page + 8 * pick(w, 512), &val);
	after = page_state(page);
	w->progress++;
	w->steals++;
	if (got && before >= PG_CONF_FREE && after >= PG_CONF_FREE)
		stress_wrong("the host reads a confidential page", page);
}

/* NACL memory of its own, or none for a while; the rest is wrong */
static void shmem_call(struct worker *w)
{
	w->doing = "set_shmem";
	said(w, nacl_set_shmem(bad_address(w) | 1, 0, 0));
	said(w, nacl_set_shmem(stress.pool.base, 0, 0));
	if (once_in(w, 4))
		said(w, nacl_set_shmem(-1UL, -1UL, 0));
	said(w, nacl_set_shmem(pa(w->shmem), 0, 0));
}

/* The host's end of a TVM: nobody keeps the id of one that still exists */
static void end_tvm(struct worker *w, struct stress_tvm *t)
{
	unsigned long id = __atomic_load_n(&t->id, __ATOMIC_RELAXED);

	w->doing = "destroy_tvm";
	if (id && !said(w, covh_destroy_tvm(id)))
		__atomic_compare_exchange_n(&t->id, &id, 0, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static bool build_steps(struct worker *w, unsigned long id)
{
	const struct image_region *r = &stress.image.region[0];
	unsigned long i, gpa;

	if (said(w,
		 covh_add_tvm_memory_region(id, r->start, r->end - r->start)))
		return false;
	for (i = 0; i < TABLES; i++)
		said(w, covh_add_tvm_page_table_pages(id, free_page(w), 1));
	for (i = 0; i < STRESS_VCPUS; i++)
		said(w, covh_create_tvm_vcpu(id, i, free_page(w)));
	for (gpa = r->start; gpa < r->end; gpa += PAGE_SIZE) {
		if (!image_page_in_file(&stress.image, gpa))
			continue;
		image_page(&stress.image, gpa, w->staging);
		/* A page may be gone before we have it */
		for (i = 0; i < 4; i++)
			if (!said(w, covh_add_tvm_measured_pages(
					     id, pa(w->staging), free_page(w),
					     0, 1, gpa)))
				break;
		if (i == 4)
			return false;
	}
	return !said(w, covh_finalize_tvm(id, stress.image.entry,
					  w->random >> 8, 0));
}

static void build(struct worker *w, struct stress_tvm *t)
{
	struct sbiret r;
	unsigned long none = 0;

	w->doing = "create_tvm";
	w->params[0] = stress_page(w, PG_CONF_FREE, 4);
	w->params[1] = free_page(w);
	r = covh_create_tvm(pa(w->params), 16);
	if (r.error) {
		said(w, r);
		return;
	}
	w->doing = "building a TVM";
	w->ok++;
	w->calls++;
	if (build_steps(w, r.value) &&
	    __atomic_compare_exchange_n(&t->id, &none, r.value, false,
					__ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
		t->len = 0;
		t->over = false;
		w->lives++;
		return;
	}
	said(w, covh_destroy_tvm(r.value));
}

static void life_and_death(struct worker *w)
{
	struct stress_tvm *t = stress_tvm(w);

	if (!t->id)
		build(w, t);
	else if (t->over || once_in(w, 40))
		end_tvm(w, t);
}

void stress_step(struct worker *w)
{
	switch (pick(w, 16)) {
	case 0:
	case 1:
		return life_and_death(w);
	case 2:
	case 3:
	case 4:
	case 5:
		return memory_call(w);
	case 6:
	case 7:
	case 8:
		return tvm_call(w);
	case 9:
		return once_in(w, 16) ? shmem_call(w) : steal(w);
	default:
		stress_run(w);
	}
}
