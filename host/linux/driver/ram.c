// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Ordinary memory in a row. PMP entries are few, so a TVM's memory has to be
 * one range, longer than the page allocator gives: what is in the way moves.
 */

#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/page-flags.h>
#include "compat.h"
#include "priv.h"

/*
 * The first page of [pfn, end) that rules a range out, from its end: the search
 * goes down and can go on below it. @end: there is none.
 */
static unsigned long obstacle(unsigned long pfn, unsigned long end)
{
	const struct zone *zone = NULL;
	unsigned long at;
	struct page *page;

	for (at = end; at-- > pfn;) {
		page = pfn_to_online_page(at);
		if (!page || PageReserved(page) || PageHuge(page))
			return at;
		if (zone && page_zone(page) != zone)
			return at;
		zone = page_zone(page);
		cove_breathe(at);
	}
	return end;
}

static bool take(unsigned long pfn, unsigned long n)
{
	return !alloc_contig_range(pfn, pfn + n, COVE_CONTIG,
				   GFP_KERNEL | __GFP_NOWARN);
}

/*
 * From the top of a node down: the kernel is at the bottom. Where something
 * does not move, a place a quarter further is as good as the next one: to try
 * takes long.
 */
static unsigned long search_node(int nid, unsigned long n, unsigned long align)
{
	unsigned long low = NODE_DATA(nid)->node_start_pfn;
	unsigned long end = low + NODE_DATA(nid)->node_spanned_pages;
	unsigned long step = max(align, n / 4), pfn, bad;

	while (end >= low + n && !fatal_signal_pending(current)) {
		pfn = ALIGN_DOWN(end - n, align);
		if (pfn < low)
			break;
		bad = obstacle(pfn, pfn + n);
		if (bad < pfn + n)
			end = bad;
		else if (take(pfn, n))
			return pfn;
		else
			end = pfn + n - min(step, n);
		cond_resched();
	}
	return 0;
}

static unsigned long search(unsigned long n, unsigned long align)
{
	unsigned long pfn;
	int nid;

	for_each_online_node(nid)
	{
		pfn = search_node(nid, n, align);
		if (pfn)
			return pfn;
	}
	return 0;
}

u64 cove_ram_get(u64 size, phys_addr_t *pa)
{
	unsigned long n = size >> PAGE_SHIFT, pfn = 0, i;

	/* More than there is need not be looked for */
	n = min_t(unsigned long, n, max(si_mem_available(), 0L));
	for (; n >= COVE_HUGE_PAGES && !pfn; n /= 2) {
		n = ALIGN_DOWN(n, COVE_HUGE_PAGES);
		/* One PMP entry if it is a power of two, else two */
		if (is_power_of_2(n))
			pfn = search(n, n);
		if (!pfn)
			pfn = search(n, COVE_HUGE_PAGES);
		if (pfn || fatal_signal_pending(current))
			break;
	}
	if (!pfn)
		return 0;
	/* Whoever goes through all of memory, as /proc/kcore does, is to leave
	 * these out */
	for (i = 0; i < n; i++) {
		__SetPageOffline(pfn_to_page(pfn + i));
		cove_breathe(i);
	}
	*pa = PFN_PHYS(pfn);
	return (u64)n << PAGE_SHIFT;
}

/* A range and its parts are of pieces of 2 MiB */
void cove_ram_put(phys_addr_t pa, u64 size)
{
	unsigned long pfn = PHYS_PFN(pa), n = size >> PAGE_SHIFT, i;

	for (i = 0; i < n; i++) {
		__ClearPageOffline(pfn_to_page(pfn + i));
		if ((i + 1) % COVE_HUGE_PAGES)
			continue;
		free_contig_range(pfn + i + 1 - COVE_HUGE_PAGES,
				  COVE_HUGE_PAGES);
		cond_resched();
	}
}
