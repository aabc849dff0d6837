// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What the root of a host can do to TVMs from its kernel: this module is loaded
 * and tries to read and write their memory. The log has what came of it, a line
 * for each kind; nothing is lost by it if all is well.
 */

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/vmalloc.h>
#include "attack.h"

#define PATTERN 0x6472616e69647261UL

static unsigned long page;

/* Ordinary pages, before and after: these attempts must not fail */
static void attack_control(const char *when)
{
	u64 *at = (u64 *)page, val = 0;
	unsigned long load, store;

	*at = PATTERN;
	load = touch_load(at, &val);
	store = touch_store(at + 1, ~PATTERN);
	pr_info("attack: control %s: %s\n", when,
		!load && val == PATTERN && !store && at[1] == ~PATTERN
			? "read and written"
			: "wrong");
}

/* No page table has it: the trap is another one */
static void attack_unmapped(void)
{
	void *at = vmalloc(PAGE_SIZE);
	u64 val;

	if (!at)
		return;
	/* vmalloc leaves a gap behind each area */
	pr_info("attack: no mapping: cause %lu\n",
		touch_load(at + PAGE_SIZE, &val));
	vfree(at);
}

static int __init attack_init(void)
{
	int rc;

	page = __get_free_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	attack_control("before");
	attack_unmapped();
	rc = attack_pool();
	if (!rc)
		rc = attack_ram();
	attack_control("after");
	pr_info("attack: kcore control 0x%lx\n", page);
	pr_info("attack: end\n");
	if (rc)
		free_page(page);
	return rc;
}

static void __exit attack_exit(void)
{
	free_page(page);
}

module_init(attack_init);
module_exit(attack_exit);
MODULE_DESCRIPTION("What a host's kernel can try on confidential memory");
MODULE_LICENSE("Dual BSD/GPL");
