// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* T-01, T-02: memory that the kernel has never had can be mapped as well. */

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/printk.h>
#include "attack.h"

/* Where OpenSBI is on QEMU virt */
#define FIRMWARE      0x80000000UL
#define FIRMWARE_SIZE 0x40000UL

static int attack_range(const char *name, phys_addr_t base, size_t size,
			void *(*map)(phys_addr_t, size_t),
			void (*unmap)(void *))
{
	struct tally t = { 0 };
	void *at = map(base, size);
	size_t i;

	if (!at) {
		pr_info("attack: %s: not mapped\n", name);
		return -ENOMEM;
	}
	for (i = 0; i < size; i += PAGE_SIZE)
		touch_page(&t, at + i);
	unmap(at);
	touch_report(name, &t);
	return 0;
}

static void *map_cached(phys_addr_t base, size_t size)
{
	return memremap(base, size, MEMREMAP_WB);
}

static void *map_uncached(phys_addr_t base, size_t size)
{
	return (void __force *)ioremap(base, size);
}

static void unmap_uncached(void *at)
{
	iounmap((void __iomem __force *)at);
}

static bool find_pool(u64 range[2])
{
	struct device_node *node;
	int rc;

	node = of_find_compatible_node(NULL, NULL, "opensbi-cove,pool");
	if (!node)
		return false;
	rc = of_property_read_u64_array(node, "opensbi-cove,pool", range, 2);
	of_node_put(node);
	return !rc && range[1];
}

int attack_pool(void)
{
	u64 pool[2];
	int rc;

	rc = attack_range("firmware", FIRMWARE, FIRMWARE_SIZE, map_cached,
			  memunmap);
	if (rc)
		return rc;
	if (!find_pool(pool)) {
		pr_info("attack: pool: none\n");
		return 0;
	}
	rc = attack_range("pool, memremap", pool[0], pool[1], map_cached,
			  memunmap);
	if (rc)
		return rc;
	return attack_range("pool, ioremap", pool[0], pool[1], map_uncached,
			    unmap_uncached);
}
