/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device tree of a Linux guest, node by node as guests/linux/dts.py has it.
 * It is measured with the guest and names all there is.
 */

#include <stdio.h>
#include <string.h>
#include <cove.h>
#include "fdt.h"
#include "tree.h"

#define TIMEBASE   10000000
#define UART_CLOCK 3686400
#define PLIC_NDEV  31
/* The interrupt that a PLIC context makes: supervisor external */
#define IRQ_S_EXT 9

/* Handles of what is pointed at, in the order in which dtc gives them */
#define PHANDLE_PLIC	1
#define PHANDLE_CPU(id) (2 + (id))

#define MODEL "opensbi-cove TVM"
#define OURS  "opensbi-cove,tvm"
#define GUEST "opensbi-cove,guest"
#define MMIO  "opensbi-cove,mmio"
#define UART  "/soc/serial@10000000"

static void cells_64_64(struct tree *t)
{
	tree_cell(t, "#address-cells", 2);
	tree_cell(t, "#size-cells", 2);
}

static void reg(struct tree *t, uint64_t base, uint64_t size)
{
	const uint32_t cell[] = { (uint32_t)(base >> 32), (uint32_t)base,
				  (uint32_t)(size >> 32), (uint32_t)size };

	tree_cells(t, "reg", cell, 4);
}

static void chosen(struct tree *t, const struct fdt_config *c)
{
	tree_begin(t, "chosen");
	tree_string(t, "bootargs", c->bootargs);
	tree_string(t, "stdout-path", "serial0");
	if (c->initrd_end) {
		tree_u64(t, "linux,initrd-start", c->initrd_start);
		tree_u64(t, "linux,initrd-end", c->initrd_end);
	}
	tree_prop(t, "rng-seed", c->seed, sizeof(c->seed));
	tree_begin(t, "opensbi-cove");
	tree_string(t, "compatible", GUEST);
	tree_u64(t, "kernel", GUEST_KERNEL);
	tree_u64(t, "dtb", GUEST_DTB);
	tree_end(t);
	tree_end(t);
}

static void memory(struct tree *t, const struct fdt_config *c)
{
	tree_begin(t, "memory@80000000");
	tree_string(t, "device_type", "memory");
	reg(t, GUEST_RAM, c->memory);
	tree_end(t);
}

static void extensions(struct tree *t, const struct isa *isa)
{
	char list[sizeof(isa->name)];
	size_t i, len = 0;

	for (i = 0; i < isa->nr; i++) {
		strcpy(list + len, isa->name[i]);
		len += strlen(isa->name[i]) + 1;
	}
	tree_prop(t, "riscv,isa-extensions", list, len);
}

static void interrupt_controller(struct tree *t)
{
	tree_empty(t, "interrupt-controller");
	tree_cell(t, "#interrupt-cells", 1);
	tree_cell(t, "#address-cells", 0);
}

static void cpu(struct tree *t, const struct fdt_config *c, unsigned int id)
{
	char name[16];

	snprintf(name, sizeof(name), "cpu@%x", id);
	tree_begin(t, name);
	tree_string(t, "device_type", "cpu");
	tree_string(t, "compatible", "riscv");
	tree_cell(t, "reg", id);
	tree_string(t, "riscv,isa", c->isa.old);
	tree_string(t, "riscv,isa-base", "rv64i");
	extensions(t, &c->isa);
	tree_string(t, "mmu-type", "riscv,sv48");
	tree_begin(t, "interrupt-controller");
	tree_string(t, "compatible", "riscv,cpu-intc");
	interrupt_controller(t);
	tree_cell(t, "phandle", PHANDLE_CPU(id));
	tree_end(t);
	tree_end(t);
}

static void cpus(struct tree *t, const struct fdt_config *c)
{
	unsigned int id;

	tree_begin(t, "cpus");
	tree_cell(t, "#address-cells", 1);
	tree_cell(t, "#size-cells", 0);
	tree_cell(t, "timebase-frequency", TIMEBASE);
	for (id = 0; id < c->vcpus; id++)
		cpu(t, c, id);
	tree_end(t);
}

static void plic(struct tree *t, unsigned int vcpus)
{
	static const char compatible[] = "sifive,plic-1.0.0\0riscv,plic0";
	uint32_t context[2 * COVE_MAX_VCPUS];
	unsigned int id;

	/* Linux takes a PLIC only if it has a context for every CPU */
	for (id = 0; id < vcpus; id++) {
		context[2 * id] = PHANDLE_CPU(id);
		context[2 * id + 1] = IRQ_S_EXT;
	}
	tree_begin(t, "interrupt-controller@c000000");
	tree_prop(t, "compatible", compatible, sizeof(compatible));
	reg(t, GUEST_PLIC, PLIC_SIZE);
	interrupt_controller(t);
	tree_cells(t, "interrupts-extended", context, 2 * vcpus);
	tree_cell(t, "riscv,ndev", PLIC_NDEV);
	tree_empty(t, MMIO);
	tree_cell(t, "phandle", PHANDLE_PLIC);
	tree_end(t);
}

static void uart(struct tree *t)
{
	tree_begin(t, "serial@10000000");
	tree_string(t, "compatible", "ns16550a");
	reg(t, GUEST_UART, UART_SIZE);
	tree_cell(t, "clock-frequency", UART_CLOCK);
	tree_cell(t, "interrupts", UART_IRQ);
	tree_empty(t, MMIO);
	tree_end(t);
}

static void soc(struct tree *t, const struct fdt_config *c)
{
	tree_begin(t, "soc");
	cells_64_64(t);
	tree_string(t, "compatible", "simple-bus");
	tree_cell(t, "interrupt-parent", PHANDLE_PLIC);
	tree_empty(t, "ranges");
	plic(t, c->vcpus);
	uart(t);
	tree_end(t);
}

void *fdt_make(const struct fdt_config *c, size_t *size)
{
	struct tree t = { 0 };

	tree_begin(&t, "");
	cells_64_64(&t);
	tree_string(&t, "compatible", OURS);
	tree_string(&t, "model", MODEL);
	tree_begin(&t, "aliases");
	tree_string(&t, "serial0", UART);
	tree_end(&t);
	chosen(&t, c);
	memory(&t, c);
	cpus(&t, c);
	soc(&t, c);
	tree_end(&t);
	return tree_finish(&t, size);
}
