/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * RAM keeps its content over a reset, and one from outside (a button, a
 * watchdog) asks nobody. So the page records outlive the run they describe: a
 * note in memory that only M-mode and the trampoline reach tells the next boot
 * where they are, and that boot zeroes every page that was confidential (T-72).
 *
 * The same firmware with the same device tree chooses the same places, so a
 * note is looked for in one place only and must be, to the bit, the one that
 * this boot will write. Then all that the walk goes by is this boot's. What
 * stood there before our first boot may have been put there by anybody: it can
 * have pages zeroed that nobody uses yet, and nothing else.
 */

#include <sbi_covh/abi.h>
#include "../core/hart_ops.h"
#include "place.h"

/* Changes with the layout of records or note */
#define MAGIC 0x436F5645526563A1ULL

struct note {
	u64 magic;
	u64 records;
	u64 block;
	u64 block_size;
	u64 nram;
	struct covh_range ram[COVH_MAX_BANKS];
};

static struct note *place_of_note(void)
{
	return covh_conf_ptr(covh_place.tramp + covh_place.tramp_size -
			     COVH_PAGE_SIZE);
}

static void make_note(struct note *n)
{
	u32 i;

	memset(n, 0, sizeof(*n));
	n->magic = MAGIC;
	n->records = covh_place.records;
	n->block = covh_place.block;
	n->block_size = covh_place.block_size;
	n->nram = covh_nram;
	for (i = 0; i < covh_nram; i++) {
		n->ram[i].base = covh_ram[i].base;
		n->ram[i].end = covh_ram[i].end;
	}
}

static bool touches_loaded(u64 page)
{
	u32 i;

	for (i = 0; i < covh_nloaded; i++)
		if (page < covh_loaded[i].end &&
		    covh_loaded[i].base < page + COVH_PAGE_SIZE)
			return true;
	return false;
}

/* End of what has been put where pa is, or pa if that is nothing */
static u64 loaded_to(u64 pa)
{
	u32 i;

	for (i = 0; i < covh_nloaded; i++)
		if (pa >= covh_loaded[i].base && pa < covh_loaded[i].end)
			return covh_loaded[i].end;
	return pa;
}

/* All that the boot loader has left of a page */
static void clear_around(u64 page)
{
	volatile u8 *p = covh_conf_ptr(page);
	u64 i = 0, next;

	while (i < COVH_PAGE_SIZE) {
		next = loaded_to(page + i) - page;
		if (next == i)
			p[i++] = 0;
		else
			i = next;
	}
}

/* A record that makes no sense counts as one of a confidential page */
static bool was_confidential(u64 record)
{
	return (record & COVH_PG_STATE_MASK) >= COVH_PG_CONVERTING;
}

/* @return pages zeroed; *spared of them in part */
static u64 scrub(u64 *spared)
{
	const volatile u64 *rec = covh_conf_ptr(covh_place.records);
	u64 pa, pages = 0;
	u32 i;

	for (i = 0; i < covh_nram; i++)
		for (pa = covh_ram[i].base; pa < covh_ram[i].end;
		     pa += COVH_PAGE_SIZE) {
			if (!was_confidential(*rec++))
				continue;
			if (touches_loaded(pa)) {
				clear_around(pa);
				covh_flush_page(pa);
				++*spared;
			} else {
				covh_scrub_page(pa);
			}
			pages++;
		}
	return pages;
}

void covh_previous_scrub(void)
{
	const struct note *old = place_of_note();
	struct note want;
	u64 pages, spared = 0;

	make_note(&want);
	if (memcmp(old, &want, sizeof(want))) {
		covh_print("opensbi-cove: previous run: %s, nothing zeroed\n",
			   old->magic == MAGIC
				   ? "page records of another memory map"
				   : "no page records");
		return;
	}
	pages = scrub(&spared);
	covh_print("opensbi-cove: previous run: %lu confidential pages zeroed"
		   ", %lu of them around new data\n",
		   (unsigned long)pages, (unsigned long)spared);
}

void covh_previous_note(void)
{
	make_note(place_of_note());
}
