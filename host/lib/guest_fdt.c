/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree of a guest: its memory map, vCPUs and devices. */

#include <libfdt.h>
#include <string.h>
#include <host/guest_fdt.h>
#include <host/tvm.h>

static uint64_t cells(const fdt32_t *p, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 32 | fdt32_to_cpu(*p++);
	return v;
}

/* A number of one cell or two; 0: it is not there */
static uint64_t number(const void *fdt, int node, const char *name)
{
	const fdt32_t *p;
	int len;

	p = fdt_getprop(fdt, node, name, &len);
	return p && (len == 4 || len == 8) ? cells(p, len / 4) : 0;
}

static bool get_reg(const void *fdt, int node, struct image_region *r)
{
	int parent = fdt_parent_offset(fdt, node);
	int ac = fdt_address_cells(fdt, parent);
	int sc = fdt_size_cells(fdt, parent);
	const fdt32_t *reg;
	int len;

	reg = fdt_getprop(fdt, node, "reg", &len);
	if (!reg || ac < 1 || sc < 1 || len < (ac + sc) * (int)sizeof(*reg))
		return false;
	r->start = cells(reg, ac);
	r->end = r->start + cells(reg + ac, sc);
	return r->end > r->start;
}

static int by_type(const void *fdt, int from, const char *type)
{
	return fdt_node_offset_by_prop_value(fdt, from, "device_type", type,
					     (int)strlen(type) + 1);
}

static const char *parse_memory(struct guest_layout *l, const void *fdt)
{
	int node = by_type(fdt, -1, "memory");

	if (node < 0 || !get_reg(fdt, node, &l->ram))
		return "the device tree has no memory";
	node = fdt_node_offset_by_compatible(fdt, -1, "opensbi-cove,guest");
	if (node < 0)
		return "the device tree has no opensbi-cove,guest";
	l->kernel = number(fdt, node, "kernel");
	l->fdt = number(fdt, node, "dtb");
	if (!l->kernel || !l->fdt)
		return "the device tree does not say where the files go";
	node = fdt_path_offset(fdt, "/chosen");
	l->initrd.start = number(fdt, node, "linux,initrd-start");
	l->initrd.end = number(fdt, node, "linux,initrd-end");
	return NULL;
}

static const char *parse_cpus(struct guest_layout *l, const void *fdt)
{
	int node;

	for (node = by_type(fdt, -1, "cpu"); node >= 0;
	     node = by_type(fdt, node, "cpu")) {
		if (number(fdt, node, "reg") != l->vcpus++)
			return "its cpus are not 0, 1, 2 and so on";
	}
	if (!l->vcpus || l->vcpus > TVM_MAX_VCPUS)
		return "the device tree has no cpus, or too many";
	return NULL;
}

static void parse_devices(struct guest_layout *l, const void *fdt)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "ns16550a");

	if (node >= 0 && get_reg(fdt, node, &l->uart_at))
		l->uart_source = (unsigned int)number(fdt, node, "interrupts");
	node = fdt_node_offset_by_compatible(fdt, -1, "sifive,plic-1.0.0");
	if (node >= 0)
		get_reg(fdt, node, &l->plic_at);
}

const char *guest_fdt_parse(struct guest_layout *l, const void *fdt)
{
	const char *err;

	memset(l, 0, sizeof(*l));
	if (fdt_check_header(fdt))
		return "not a device tree";
	err = parse_memory(l, fdt);
	if (!err)
		err = parse_cpus(l, fdt);
	parse_devices(l, fdt);
	return err;
}
