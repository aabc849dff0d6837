// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* T-01: ordinary memory that is confidential now, and still mapped. */

#include <linux/io.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include "attack.h"

/*
 * The driver marks pages offline that it has converted. Where they are is no
 * secret: its owner could have it print them, or look for pages that fault.
 */
static bool converted(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);

	return page && PageOffline(page);
}

int attack_ram(void)
{
	unsigned long pfn, first = 0, last = 0, ranges = 0;
	unsigned long end = PFN_DOWN(virt_to_phys(high_memory - 1)) + 1;
	struct tally t = { 0 };

	for (pfn = PFN_DOWN(virt_to_phys((void *)PAGE_OFFSET)); pfn < end;
	     pfn++) {
		if (!converted(pfn))
			continue;
		ranges += pfn != last + 1;
		last = pfn;
		if (!first)
			first = pfn;
		touch_page(&t, pfn_to_kaddr(pfn));
		if (!(t.pages % 1024))
			cond_resched();
	}
	pr_info("attack: converted memory: %lu ranges\n", ranges);
	if (first)
		pr_info("attack: kcore converted 0x%lx\n",
			(unsigned long)pfn_to_kaddr(first));
	touch_report("converted memory", &t);
	return 0;
}
