/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree, read once at start into struct machine. */

#include <libfdt.h>
#include <string.h>
#include <host/console.h>
#include <host/fdt.h>

struct machine machine;

#define POOL "opensbi-cove,pool"

static uint64_t cells(const fdt32_t *p, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 32 | fdt32_to_cpu(*p++);
	return v;
}

/* Entry @idx of a node's reg property; false if there is none. */
static bool get_reg(const void *fdt, int parent, int node, int idx,
		    struct phys_range *r)
{
	int ac = fdt_address_cells(fdt, parent);
	int sc = fdt_size_cells(fdt, parent);
	const fdt32_t *reg;
	int len;

	reg = fdt_getprop(fdt, node, "reg", &len);
	if (!reg || ac < 1 || sc < 0 ||
	    len < (idx + 1) * (ac + sc) * (int)sizeof(*reg))
		return false;
	reg += idx * (ac + sc);
	r->start = cells(reg, ac);
	r->end = r->start + cells(reg + ac, sc);
	return r->end >= r->start;
}

static bool enabled(const void *fdt, int node)
{
	const char *s = fdt_getprop(fdt, node, "status", NULL);

	return !s || !strcmp(s, "okay") || !strcmp(s, "ok");
}

static void reserve(unsigned long start, unsigned long end)
{
	if (machine.nr_reserved == FDT_MAX_RANGES)
		fail("more than %d reserved ranges", FDT_MAX_RANGES);
	machine.reserved[machine.nr_reserved++] =
		(struct phys_range){ start, end };
}

static void parse_memory(const void *fdt)
{
	const char *type;
	int node, i;

	fdt_for_each_subnode (node, fdt, 0) {
		type = fdt_getprop(fdt, node, "device_type", NULL);
		if (!type || strcmp(type, "memory") || !enabled(fdt, node))
			continue;
		for (i = 0; machine.nr_ram < FDT_MAX_RANGES; i++) {
			if (!get_reg(fdt, 0, node, i,
				     &machine.ram[machine.nr_ram]))
				break;
			machine.nr_ram++;
		}
	}
	if (!machine.nr_ram)
		fail("the device tree has no memory node");
}

static void parse_pool(const void *fdt, int node)
{
	const fdt32_t *p;
	int len;

	p = fdt_getprop(fdt, node, POOL, &len);
	if (!p || len < 16)
		return;
	machine.pool.start = cells(p, 2);
	machine.pool.end = machine.pool.start + cells(p + 2, 2);
	if (machine.pool.end < machine.pool.start)
		fail("the device tree's pool wraps around");
}

static void parse_facts(const void *fdt, int node)
{
	const fdt32_t *p;
	const char *state;
	int len, i;

	p = fdt_getprop(fdt, node, "opensbi-cove,pmp-entries", &len);
	for (i = 0; p && len == 12 && i < 3; i++)
		machine.pmp[i] = fdt32_to_cpu(p[i]);
	state = fdt_getprop(fdt, node, "opensbi-cove,platform-state", NULL);
	if (state)
		snprintf(machine.platform_state, sizeof(machine.platform_state),
			 "%s", state);
}

static void parse_reserved(const void *fdt)
{
	int parent = fdt_path_offset(fdt, "/reserved-memory");
	struct phys_range r;
	uint64_t base, size;
	int node, i;

	for (i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		if (!fdt_get_mem_rsv(fdt, i, &base, &size))
			reserve(base, base + size);
	}
	if (parent < 0)
		return;
	fdt_for_each_subnode (node, fdt, parent) {
		bool pool = !fdt_node_check_compatible(fdt, node, POOL);

		if (!enabled(fdt, node))
			continue;
		for (i = 0; get_reg(fdt, parent, node, i, &r); i++) {
			reserve(r.start, r.end);
			if (!pool && fdt_getprop(fdt, node, "no-map", NULL) &&
			    (!machine.firmware.end ||
			     r.start < machine.firmware.start))
				machine.firmware = r;
		}
		if (pool) {
			parse_pool(fdt, node);
			parse_facts(fdt, node);
		}
	}
}

static void parse_chosen(const void *fdt)
{
	int node = fdt_path_offset(fdt, "/chosen");
	const void *start, *end;
	const char *args;
	int slen, elen;

	if (node < 0)
		return;
	args = fdt_getprop(fdt, node, "bootargs", NULL);
	if (args)
		snprintf(machine.bootargs, sizeof(machine.bootargs), "%s",
			 args);
	start = fdt_getprop(fdt, node, "linux,initrd-start", &slen);
	end = fdt_getprop(fdt, node, "linux,initrd-end", &elen);
	if (!start || !end)
		return;
	machine.initrd.start = cells(start, slen / 4);
	machine.initrd.end = cells(end, elen / 4);
	if (machine.initrd.end <= machine.initrd.start)
		fail("the device tree's initrd is empty");
	reserve(machine.initrd.start, machine.initrd.end);
}

static bool has_isa_extension(const void *fdt, int cpu, const char *ext)
{
	const char *isa = fdt_getprop(fdt, cpu, "riscv,isa", NULL);
	size_t n = strlen(ext);

	if (fdt_stringlist_search(fdt, cpu, "riscv,isa-extensions", ext) >= 0)
		return true;
	for (; isa && (isa = strchr(isa, '_')); isa++) {
		if (!strncmp(isa + 1, ext, n) &&
		    (!isa[1 + n] || isa[1 + n] == '_'))
			return true;
	}
	return false;
}

static void parse_cpus(const void *fdt, unsigned long boot_hartid)
{
	int parent = fdt_path_offset(fdt, "/cpus");
	const fdt32_t *p;
	const char *type;
	int node, len;

	if (parent < 0)
		fail("the device tree has no /cpus");
	p = fdt_getprop(fdt, parent, "timebase-frequency", &len);
	machine.timebase = p ? cells(p, len / 4) : 10000000;
	fdt_for_each_subnode (node, fdt, parent) {
		type = fdt_getprop(fdt, node, "device_type", NULL);
		p = fdt_getprop(fdt, node, "reg", &len);
		if (!type || strcmp(type, "cpu") || !p || !enabled(fdt, node))
			continue;
		if (machine.nr_harts == FDT_MAX_HARTS)
			break;
		machine.hartid[machine.nr_harts] = cells(p, len / 4);
		if (machine.hartid[machine.nr_harts] == boot_hartid)
			machine.sstc = has_isa_extension(fdt, node, "sstc");
		machine.nr_harts++;
	}
}

static void parse_test_device(const void *fdt)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "sifive,test0");
	struct phys_range r;

	if (node < 0 || !enabled(fdt, node))
		return;
	if (get_reg(fdt, fdt_parent_offset(fdt, node), node, 0, &r))
		machine.test_device = r.start;
}

void fdt_parse(const void *fdt, unsigned long boot_hartid)
{
	if (!fdt || fdt_check_header(fdt))
		fail("no device tree at 0x%lx", (unsigned long)fdt);
	machine.fdt.start = (unsigned long)fdt;
	machine.fdt.end = machine.fdt.start + fdt_totalsize(fdt);
	parse_test_device(fdt);
	reserve(machine.fdt.start, machine.fdt.end);
	parse_memory(fdt);
	parse_reserved(fdt);
	parse_chosen(fdt);
	parse_cpus(fdt, boot_hartid);
}
