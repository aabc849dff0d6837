/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an unmodified kernel cannot tell the TSM: where its devices are, and
 * that they may interrupt it. All of it comes from the measured device tree,
 * nothing from the host.
 */

#include <libfdt.h>
#include <guest/guest.h>
#include "loader.h"

#define MMIO "opensbi-cove,mmio"
#define ALL  (-1UL)
#define PAGE ((uint64_t)PAGE_SIZE)

static void add_region(const char *name, uint64_t base, uint64_t size)
{
	uint64_t start = base & -PAGE;
	uint64_t end = (base + size + PAGE - 1) & -PAGE;
	long err = sbi_call(COVH_EID_COVG, COVG_ADD_MMIO_REGION, start,
			    end - start)
			   .error;

	if (err)
		loader_fail("%s: add_mmio_region 0x%lx, 0x%lx: error %ld", name,
			    start, end - start, err);
}

static void add_node(const void *fdt, int node)
{
	int parent = fdt_parent_offset(fdt, node);
	int ac = fdt_address_cells(fdt, parent);
	int sc = fdt_size_cells(fdt, parent);
	const char *name = fdt_get_name(fdt, node, NULL);
	const fdt32_t *reg;
	int len, entry;

	reg = fdt_getprop(fdt, node, "reg", &len);
	entry = (ac + sc) * (int)sizeof(*reg);
	if (!reg || ac < 1 || sc < 1 || len < entry || len % entry)
		loader_fail("%s: no good reg property", name);
	for (; len; len -= entry, reg += ac + sc)
		add_region(name, loader_cells(reg, ac),
			   loader_cells(reg + ac, sc));
}

void loader_declare(const void *fdt)
{
	long err;
	int node;

	for (node = fdt_next_node(fdt, -1, NULL); node >= 0;
	     node = fdt_next_node(fdt, node, NULL)) {
		if (fdt_getprop(fdt, node, MMIO, NULL))
			add_node(fdt, node);
	}
	err = sbi_call(COVH_EID_COVG, COVG_ALLOW_EXTERNAL_INTERRUPT, ALL).error;
	if (err)
		loader_fail("allow_external_interrupt: error %ld", err);
}
