/* SPDX-License-Identifier: BSD-2-Clause */
/* What the device tree of a guest says to the host. */

#ifndef HOST_GUEST_FDT_H
#define HOST_GUEST_FDT_H

#include <host/devices.h>

struct guest_layout {
	/** All of its memory */
	struct image_region ram;
	/** Guest addresses of files */
	uint64_t kernel, fdt;
	struct image_region initrd;
	unsigned int vcpus;
	struct image_region uart_at, plic_at;
	/** The serial port's interrupt */
	unsigned int uart_source;
};

/** NULL, or one line that says what is wrong with the tree. */
const char *guest_fdt_parse(struct guest_layout *l, const void *fdt);

#endif
