/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host needs to know from its device tree, parsed once. */

#ifndef HOST_FDT_H
#define HOST_FDT_H

#include <stdbool.h>
#include <stdint.h>

#define FDT_MAX_RANGES 32
#define FDT_MAX_HARTS  64

/** A physical range: first byte, and the byte after the last one. */
struct phys_range {
	unsigned long start;
	unsigned long end;
};

struct machine {
	struct phys_range fdt;
	struct phys_range initrd;
	struct phys_range ram[FDT_MAX_RANGES];
	int nr_ram;
	/** Everything in RAM that is not the host's: reserved, FDT, initrd */
	struct phys_range reserved[FDT_MAX_RANGES];
	int nr_reserved;
	/** The firmware's own memory: the lowest no-map node; 0, 0 if none */
	struct phys_range firmware;
	/** The pool's convertible pages; 0, 0 when there is no pool */
	struct phys_range pool;
	/** PMP entries: all, used, free; and the platform's state, or "" */
	unsigned int pmp[3];
	char platform_state[16];
	/** Usable harts, in the order of the device tree */
	unsigned long hartid[FDT_MAX_HARTS];
	int nr_harts;
	/** Ticks per second of the time CSR */
	unsigned long timebase;
	/** The boot hart has Sstc (stimecmp) */
	bool sstc;
	/** A sifive,test device that firmware left to the host, or 0 */
	unsigned long test_device;
	/** NUL-terminated copy of /chosen bootargs */
	char bootargs[512];
};

extern struct machine machine;

/** Fill machine from the FDT at @fdt; fails on a bad tree. */
void fdt_parse(const void *fdt, unsigned long boot_hartid);

/**
 * Value of the word key=VALUE in the boot arguments, copied to @buf; NULL if
 * it is not there.
 */
const char *bootarg(const char *key, char *buf, unsigned long size);

/** The same as a number (decimal, or hexadecimal with 0x), else @def. */
unsigned long bootarg_ulong(const char *key, unsigned long def);

#endif
