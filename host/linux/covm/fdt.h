/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree of a Linux guest. */

#ifndef COVM_FDT_H
#define COVM_FDT_H

#include <stddef.h>
#include <stdint.h>
#include "isa.h"

/** The guest's memory map (guests/linux/dts.py says the same) */
#define GUEST_RAM    0x80000000UL
#define GUEST_DTB    (GUEST_RAM + 0x100000)
#define GUEST_KERNEL (GUEST_RAM + 0x200000)
#define GUEST_UART   0x10000000UL
#define UART_SIZE    0x1000UL
#define UART_IRQ     10
#define GUEST_PLIC   0x0c000000UL
#define PLIC_SIZE    0x400000UL
/** The kernel's first entropy, zeros for who will fill it in */
#define SEED_BYTES 64

struct fdt_config {
	const char *bootargs;
	/** Bytes from GUEST_RAM on */
	uint64_t memory;
	/** Guest addresses; both 0: there is none */
	uint64_t initrd_start, initrd_end;
	unsigned int vcpus;
	struct isa isa;
	uint8_t seed[SEED_BYTES];
};

/** The blob, for free(), and its size in bytes. */
void *fdt_make(const struct fdt_config *c, size_t *size);

#endif
