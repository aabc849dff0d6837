/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Guests as the reference host of this repository lays them out: the order of
 * its calls is that of host/lib/tvm.c, tvm_build(); Linux: host/linux_build.c.
 */

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "measure.h"

#define HUGE_SIZE (1ULL << 21)
#define MAX_VCPUS 64

struct range {
	uint64_t start;
	uint64_t end;
};

/* Segments rounded to pages, those that touch merged, ascending */
static size_t merge(const struct guest *g, struct range *r)
{
	size_t i, n = 0;

	for (i = 0; i < g->nseg; i++) {
		const struct segment *s = &g->seg[i];
		uint64_t start = s->gpa & -PAGE_SIZE;
		uint64_t end = (s->gpa + s->memsz + PAGE_SIZE - 1) & -PAGE_SIZE;
		size_t from = 0, to;

		while (from < n && r[from].end < start)
			from++;
		for (to = from; to < n && r[to].start <= end; to++) {
			start = r[to].start < start ? r[to].start : start;
			end = r[to].end > end ? r[to].end : end;
		}
		memmove(&r[from + 1], &r[to], (n - to) * sizeof(*r));
		n = n - (to - from) + 1;
		r[from] = (struct range){ start, end };
	}
	return n;
}

void host_elf(struct guest *g, const char *path, const struct host_options *o)
{
	struct range r[MAX_SEGMENTS + 1];
	uint64_t extra = (o->extra_ram + PAGE_SIZE - 1) & -PAGE_SIZE;
	size_t i, n;

	elf_place(g, path);
	n = merge(g, r);
	if (extra < o->extra_ram || extra > -PAGE_SIZE - r[n - 1].end)
		die("--extra-ram: no room for it");
	for (i = 0; i < n; i++)
		guest_region(g, r[i].start,
			     r[i].end - r[i].start + (i == n - 1 ? extra : 0));
	for (i = 0; i < n; i++)
		guest_measure(g, r[i].start, r[i].end - r[i].start,
			      o->lazy ? PAGE_SIZE : 0);
	for (i = 0; i < o->vcpus; i++)
		guest_vcpu(g, i);
	g->arg = o->arg;
}

/* A number of one cell or two */
static uint64_t cells(const fdt32_t *p, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 32 | fdt32_to_cpu(*p++);
	return v;
}

static uint64_t number(const void *fdt, int node, const char *name)
{
	const fdt32_t *p = NULL;
	int len = 0;

	if (node >= 0)
		p = fdt_getprop(fdt, node, name, &len);
	if (!p || (len != 4 && len != 8))
		die("the device tree has no %s", name);
	return cells(p, len / 4);
}

static int by_type(const void *fdt, int from, const char *type)
{
	return fdt_node_offset_by_prop_value(fdt, from, "device_type", type,
					     (int)strlen(type) + 1);
}

static void memory(const void *fdt, uint64_t *gpa, uint64_t *len)
{
	int node = by_type(fdt, -1, "memory");
	int ac = fdt_address_cells(fdt, 0), sc = fdt_size_cells(fdt, 0);
	const fdt32_t *reg = NULL;
	int n = 0;

	if (node >= 0)
		reg = fdt_getprop(fdt, node, "reg", &n);
	if (!reg || ac < 1 || sc < 1 || n < 4 * (ac + sc))
		die("the device tree has no memory");
	*gpa = cells(reg, ac);
	*len = cells(reg + ac, sc);
}

static uint64_t count_cpus(const void *fdt)
{
	uint64_t n = 0;
	int node;

	for (node = by_type(fdt, -1, "cpu"); node >= 0;
	     node = by_type(fdt, node, "cpu")) {
		if (number(fdt, node, "reg") != n++)
			die("the device tree's cpus are not 0, 1, 2 and so on");
	}
	if (!n || n > MAX_VCPUS)
		die("the device tree has no cpus, or too many");
	return n;
}

static struct file file_of(const char *dir, const char *name)
{
	char *path = NULL;
	struct file f;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		die("no memory");
	f = read_file(path);
	free(path);
	return f;
}

static void place(struct guest *g, const char *what, struct file f,
		  uint64_t gpa)
{
	guest_place(g, what, (struct segment){ gpa, f.size, f.size, f.data });
}

void host_linux(struct guest *g, const char *dir)
{
	struct file fdt = file_of(dir, "dtb"), initrd = file_of(dir, "initrd");
	uint64_t gpa, len, start, i, vcpus;
	char *loader = NULL;
	int node, chosen;

	if (fdt_check_full(fdt.data, fdt.size))
		die("%s/dtb: not a device tree", dir);
	node = fdt_node_offset_by_compatible(fdt.data, -1,
					     "opensbi-cove,guest");
	chosen = fdt_path_offset(fdt.data, "/chosen");
	memory(fdt.data, &gpa, &len);
	if ((gpa | len) & (HUGE_SIZE - 1))
		die("guest memory is not aligned to 2 MiB");
	start = number(fdt.data, chosen, "linux,initrd-start");
	if (number(fdt.data, chosen, "linux,initrd-end") - start != initrd.size)
		die("the initrd is not as long as the device tree says");
	if (asprintf(&loader, "%s/loader.elf", dir) < 0)
		die("no memory");
	elf_place(g, loader);
	free(loader);
	g->arg = number(fdt.data, node, "dtb");
	place(g, "dtb", fdt, g->arg);
	place(g, "Image", file_of(dir, "Image"),
	      number(fdt.data, node, "kernel"));
	place(g, "initrd", initrd, start);
	guest_region(g, gpa, len);
	guest_measure(g, gpa, len, HUGE_SIZE);
	vcpus = count_cpus(fdt.data);
	for (i = 0; i < vcpus; i++)
		guest_vcpu(g, i);
}
