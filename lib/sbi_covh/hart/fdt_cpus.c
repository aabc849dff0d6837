/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the device tree says of all harts.
 */

#include <libfdt.h>
#include <sbi/sbi_string.h>
#include <sbi_utils/fdt/fdt_helper.h>
#include <sbi_covh/abi.h>
#include "hart.h"

/* The enabled hart behind node, or the first one if that is 0; negative: none */
static int next_cpu(const void *fdt, int node)
{
	const char *type;

	if (node)
		node = fdt_next_subnode(fdt, node);
	else
		node = fdt_first_subnode(fdt, fdt_path_offset(fdt, "/cpus"));
	for (; node >= 0; node = fdt_next_subnode(fdt, node)) {
		type = fdt_getprop(fdt, node, "device_type", NULL);
		if (type && !strcmp(type, "cpu") &&
		    fdt_node_is_enabled(fdt, node))
			break;
	}
	return node;
}

u32 covh_fdt_block_size(const void *fdt, const char *prop)
{
	const fdt32_t *val;
	u32 size = 0;
	int cpu, len;

	for (cpu = next_cpu(fdt, 0); cpu >= 0; cpu = next_cpu(fdt, cpu)) {
		val = fdt_getprop(fdt, cpu, prop, &len);
		if (!val || len != 4)
			return 0;
		if (size && size != fdt32_to_cpu(*val))
			return 0;
		size = fdt32_to_cpu(*val);
	}
	/* Smaller ones would make clearing a page longer, not shorter */
	return size >= 16 && size <= COVH_PAGE_SIZE / 16 && !(size & (size - 1))
		       ? size
		       : 0;
}

/* In the old form names follow each other as "_name", maybe with a version */
static bool in_isa_string(const char *isa, const char *name)
{
	unsigned long n = sbi_strlen(name);

	for (; (isa = sbi_strchr(isa, '_'));) {
		isa++;
		if (!sbi_strncmp(isa, name, n) &&
		    (!isa[n] || isa[n] == '_' ||
		     (isa[n] >= '0' && isa[n] <= '9')))
			return true;
	}
	return false;
}

static bool cpu_has(const void *fdt, int cpu, const char *name)
{
	const char *val;
	int len;

	val = fdt_getprop(fdt, cpu, "riscv,isa-extensions", &len);
	if (val)
		return fdt_stringlist_contains(val, len, name);
	val = fdt_getprop(fdt, cpu, "riscv,isa", &len);
	return val && len > 0 && !val[len - 1] && in_isa_string(val, name);
}

bool covh_fdt_isa_has(const void *fdt, const char *name)
{
	int cpu, harts = 0;

	for (cpu = next_cpu(fdt, 0); cpu >= 0; cpu = next_cpu(fdt, cpu)) {
		if (!cpu_has(fdt, cpu, name))
			return false;
		harts++;
	}
	return harts;
}
