/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest loader: first code of a TVM whose kernel knows nothing of TVMs.
 * It does by COVG what the kernel cannot, as the device tree tells, and jumps
 * to the kernel. Device tree, loader and kernel are one measured image.
 */

#include <libfdt.h>
#include <guest/guest.h>
#include "loader.h"

static unsigned long find_kernel(const void *fdt)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "opensbi-cove,guest");
	const void *p;
	int len = 0;

	if (node < 0)
		loader_fail("the device tree has no opensbi-cove,guest");
	p = fdt_getprop(fdt, node, "kernel", &len);
	if (!p || len != 8)
		loader_fail("the device tree does not say where the kernel is");
	return loader_cells(p, 2);
}

/* As Linux wants it: no paging, no interrupts, a0 the hart, a1 the tree */
static void __attribute__((noreturn))
start(unsigned long kernel, unsigned long hart, const void *fdt)
{
	register unsigned long a0 __asm__("a0") = hart;
	register unsigned long a1 __asm__("a1") = (unsigned long)fdt;

	csr_write(sie, 0);
	csr_write(satp, 0);
	__asm__ __volatile__("fence.i\n"
			     "jr %0"
			     :
			     : "r"(kernel), "r"(a0), "r"(a1)
			     : "memory");
	__builtin_unreachable();
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	void *fdt = (void *)arg;

	if (!fdt || fdt_check_header(fdt))
		loader_fail("no device tree at 0x%lx", arg);
	loader_declare(fdt);
	loader_seed(fdt);
	start(find_kernel(fdt), vcpu_id, fdt);
}
