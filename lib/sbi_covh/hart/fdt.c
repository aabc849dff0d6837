/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the TSM reads from and writes into the device tree, but for RAM and harts.
 */

#include <libfdt.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_string.h>
#include <sbi_utils/fdt/fdt_helper.h>
#include <sbi_covh/abi.h>
#include "dice.h"
#include "hart.h"

struct covh_range covh_deny[COVH_MAX_DENY];
u32 covh_ndeny;
u64 covh_finisher;

#define SIFIVE_TEST "sifive,test0"

/* Nodes that tell an OS to reset the machine by itself */
static const char *const reset_compatible[] = {
	"syscon-poweroff",
	"syscon-reboot",
	SIFIVE_TEST,
	"sifive,test1",
};

static void deny_add(u64 addr, u64 size)
{
	u64 base = addr & ~(COVH_PAGE_SIZE - 1);
	u64 end = (addr + size + COVH_PAGE_SIZE - 1) & ~(COVH_PAGE_SIZE - 1);
	u32 i;

	for (i = 0; i < covh_ndeny; i++)
		if (covh_deny[i].base == base)
			return;
	if (end <= base)
		return;
	if (covh_ndeny == COVH_MAX_DENY) {
		sbi_printf(
			"opensbi-cove: the host can reach the reset device at 0x%lx\n",
			(unsigned long)base);
		return;
	}
	covh_deny[covh_ndeny].base = base;
	covh_deny[covh_ndeny++].end = end;
}

/* A syscon-* node only points at the device; the others are it */
static int reset_device_of(const void *fdt, int node)
{
	const fdt32_t *val;
	int len;

	val = fdt_getprop(fdt, node, "regmap", &len);
	if (!val)
		return node;
	return len < 4 ? -1
		       : fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(*val));
}

void covh_fdt_find_reset(const void *fdt)
{
	u64 addr, size;
	u32 i;
	int node, dev;

	for (i = 0; i < COVH_ARRAY_SIZE(reset_compatible); i++) {
		node = -1;
		while ((node = fdt_node_offset_by_compatible(
				fdt, node, reset_compatible[i])) >= 0) {
			dev = reset_device_of(fdt, node);
			if (dev >= 0 &&
			    !fdt_get_node_addr_size(fdt, dev, 0, &addr, &size))
				deny_add(addr, size);
		}
	}

	node = fdt_node_offset_by_compatible(fdt, -1, SIFIVE_TEST);
	if (node >= 0 && !fdt_get_node_addr_size(fdt, node, 0, &addr, &size))
		covh_finisher = addr;
}

bool covh_fdt_advertise_nacl(const void *fdt)
{
	int node = fdt_path_offset(fdt, "/chosen/opensbi-cove");

	return node >= 0 && fdt_getprop(fdt, node, "advertise-nacl", NULL);
}

int covh_fdt_handover(const void *fdt, u64 *pa)
{
	int node = fdt_path_offset(fdt, "/chosen/opensbi-cove"), len;
	const fdt32_t *val;

	if (node < 0)
		return SBI_ENOENT;
	val = fdt_getprop(fdt, node, "dice-handover", &len);
	if (!val)
		return SBI_ENOENT;
	if (len != 8)
		return SBI_EINVAL;
	*pa = (u64)fdt32_to_cpu(val[0]) << 32 | fdt32_to_cpu(val[1]);
	return 0;
}

static void delete_reset_nodes(void *fdt)
{
	u32 i;
	int node;

	for (i = 0; i < COVH_ARRAY_SIZE(reset_compatible); i++)
		while ((node = fdt_node_offset_by_compatible(
				fdt, -1, reset_compatible[i])) >= 0)
			if (fdt_del_node(fdt, node))
				break;
}

/* The node that OpenSBI made of the block's memory region */
static int find_block_node(const void *fdt)
{
	u64 addr, size;
	int parent, node;

	parent = fdt_path_offset(fdt, "/reserved-memory");
	if (parent < 0)
		return parent;
	fdt_for_each_subnode (node, fdt, parent)
		if (!fdt_get_node_addr_size(fdt, node, 0, &addr, &size) &&
		    addr == covh_place.block)
			return node;
	return -1;
}

static void put_u64(fdt32_t *cell, u64 val)
{
	cell[0] = cpu_to_fdt32((u32)(val >> 32));
	cell[1] = cpu_to_fdt32((u32)val);
}

/* What the boot will say about itself, for whoever has not seen it */
static int put_facts(void *fdt, int node)
{
	u32 used, n = covh_pmp_forecast(&used);
	fdt32_t entries[3] = { cpu_to_fdt32(n), cpu_to_fdt32(used),
			       cpu_to_fdt32(n - used) };
	int rc = fdt_setprop(fdt, node, "opensbi-cove,pmp-entries", entries,
			     sizeof(entries));

	return rc ? rc
		  : fdt_setprop_string(fdt, node, "opensbi-cove,platform-state",
				       covh_dice_state_name());
}

int covh_fdt_fixup(void *fdt)
{
	fdt32_t pool[4];
	int node, rc;

	rc = fdt_open_into(fdt, fdt, fdt_totalsize(fdt) + 256);
	if (rc)
		return rc;
	delete_reset_nodes(fdt);

	node = find_block_node(fdt);
	if (node < 0)
		return SBI_ENODEV;
	rc = fdt_setprop_string(fdt, node, "compatible", "opensbi-cove,pool");
	if (!rc)
		rc = put_facts(fdt, node);
	if (rc || !covh_place.pool)
		return rc;
	put_u64(&pool[0], covh_place.pool);
	put_u64(&pool[2], covh_place.pool_size);
	return fdt_setprop(fdt, node, "opensbi-cove,pool", pool, sizeof(pool));
}
