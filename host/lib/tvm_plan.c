/* SPDX-License-Identifier: BSD-2-Clause */
/* What a TVM needs: its memory map, and the pages to convert for it. */

#include <string.h>
#include <host/console.h>
#include <host/tvm.h>

/* Slack for the 16 KiB alignment of the root table */
#define PGD_ALIGN_PAGES 3

long tsm_info(struct covh_tsm_info *info)
{
	struct sbiret r;

	memset(info, 0, sizeof(*info));
	r = covh_get_tsm_info(pa(info), sizeof(*info));
	if (r.error)
		return r.error;
	covh_tsm_info_update(info);
	return info->tsm_state == COVH_TSM_READY ? 0 : SBI_ERR_FAILED;
}

static unsigned long span(const struct image_region *r, int shift)
{
	return ((r->end - 1) >> shift) - (r->start >> shift) + 1;
}

/*
 * Tables below the root, for three levels (Sv48x4). Regions that share a
 * table are counted twice, and Sv39x4 needs one level less: a few pages too
 * many, which destroy gives back.
 */
static unsigned long count_tables(const struct tvm *t)
{
	unsigned long n = 0;
	int i;

	for (i = 0; i < t->nr_region; i++)
		n += span(&t->region[i], 21) + span(&t->region[i], 30) +
		     span(&t->region[i], 39);
	return n;
}

/* All that the image has lies in one region, with zeros in between */
static const char *plan_ram(struct tvm *t)
{
	const struct image_region *ram = &t->cfg.ram;
	const struct image_segment *s;
	const char *err;
	int i;

	for (i = 0; i < t->cfg.nr_file; i++) {
		err = image_add(&t->image, t->cfg.file[i].gpa,
				t->cfg.file[i].data, t->cfg.file[i].size);
		if (err)
			return err;
	}
	for (s = t->image.seg; s < t->image.seg + t->image.nr_seg; s++) {
		if (s->gpa < ram->start || s->gpa + s->memsz > ram->end)
			return "a file lies outside of guest memory";
	}
	t->image.region[0] = *ram;
	t->image.nr_region = 1;
	if (t->cfg.huge && (ram->start | ram->end) & (HUGE_SIZE - 1))
		return "guest memory is not aligned to 2 MiB";
	return NULL;
}

static const char *plan_memory(struct tvm *t)
{
	const char *err = image_parse(&t->image, t->cfg.elf, t->cfg.elf_size);
	struct image_region *last;
	int i;

	if (!err && t->cfg.ram.end)
		err = plan_ram(t);
	if (err)
		return err;
	memcpy(t->region, t->image.region, sizeof(t->region));
	t->nr_region = t->image.nr_region;
	last = &t->region[t->nr_region - 1];
	t->cfg.extra_ram = ALIGN_UP(t->cfg.extra_ram, PAGE_SIZE);
	if (t->cfg.extra_ram > -PAGE_SIZE - last->end)
		return "no room for the extra memory";
	last->end += t->cfg.extra_ram;
	for (i = 0; i < t->nr_region; i++)
		t->nr_page +=
			(t->region[i].end - t->region[i].start) >> PAGE_SHIFT;
	return NULL;
}

/* Registered until tvm_destroy, so that a test may fail at any point; as many
 * as the TSM has slots */
static struct tvm *live[64];

static void enlist(struct tvm *t)
{
	unsigned int i, slot = ARRAY_SIZE(live);

	for (i = 0; i < ARRAY_SIZE(live); i++) {
		if (live[i] == t)
			return;
		if (!live[i])
			slot = i;
	}
	if (slot == ARRAY_SIZE(live))
		fail("too many TVMs at a time for the host");
	live[slot] = t;
}

/* Guest memory comes from a window of its own, the rest from the pool; if
 * there is none, from a piece of 2 MiB more in the same window */
static void plan_huge(struct tvm *t)
{
	if (t->cfg.window)
		t->pages = ALIGN_UP(t->pages, HUGE_PAGES);
	else
		t->cfg.window_pages = t->nr_page;
}

static unsigned long count_measured(const struct tvm *t)
{
	const struct image_region *r;
	unsigned long n = 0;
	uint64_t gpa;

	for (r = t->image.region; r < t->image.region + t->image.nr_region; r++)
		for (gpa = r->start; gpa < r->end; gpa += PAGE_SIZE)
			n += tvm_is_measured(t, gpa);
	return n;
}

static unsigned long table_pages(const struct tvm *t)
{
	return ALIGN_UP(t->nr_page * sizeof(*t->page), PAGE_SIZE) >> PAGE_SHIFT;
}

/* Pages that were shared with the guest are the host's alone again */
static void free_page_table(struct tvm *t)
{
	unsigned long i;

	if (!t->page)
		return;
	for (i = 0; i < t->nr_page; i++) {
		if (t->page[i].kind == TVM_PAGE_SHARED && t->page[i].pa)
			page_free((void *)t->page[i].pa, 1);
	}
	page_free(t->page, table_pages(t));
	t->page = NULL;
}

const char *tvm_plan(struct tvm *t, const struct tvm_config *cfg)
{
	const char *err;

	memset(t, 0, sizeof(*t));
	t->cfg = *cfg;
	t->step = "get_tsm_info";
	if (tsm_info(&t->info))
		return "the TSM is not ready";
	t->step = "plan";
	if (cfg->elf) {
		err = plan_memory(t);
		if (err)
			return err;
	}
	t->pt_pages = count_tables(t);
	if (!t->cfg.vcpus)
		t->cfg.vcpus = 1;
	t->pages = COVH_PGD_SIZE / PAGE_SIZE + PGD_ALIGN_PAGES + t->pt_pages +
		   t->info.tvm_state_pages +
		   t->cfg.vcpus * t->info.tvm_vcpu_state_pages +
		   cfg->spare_pages + t->nr_page;
	t->nr_measured = count_measured(t);
	if (t->cfg.huge)
		plan_huge(t);
	if (t->nr_page)
		t->page = page_zalloc(table_pages(t), PAGE_SIZE);
	enlist(t);
	return NULL;
}

long tvm_destroy(struct tvm *t)
{
	unsigned int i;
	long err = 0;

	if (t->id) {
		t->step = "destroy_tvm";
		err = covh_destroy_tvm(t->id).error;
		if (err)
			return err;
		t->id = 0;
	}
	free_page_table(t);
	if (t->conf.nr) {
		t->step = "reclaim_pages";
		err = conf_reclaim(&t->conf);
	}
	for (i = 0; !err && i < ARRAY_SIZE(live); i++) {
		if (live[i] == t)
			live[i] = NULL;
	}
	return err;
}

void tvm_destroy_all(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(live); i++) {
		if (!live[i])
			continue;
		tvm_destroy(live[i]);
		live[i] = NULL;
	}
}
