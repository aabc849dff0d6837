/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's first entropy. It must not come from the host: only what this
 * hart's seed CSR gives will do, and what was measured is a placeholder.
 */

#include <libfdt.h>
#include <guest/guest.h>
#include "loader.h"

#define SEED_STATUS(v) ((v) >> 30 & 3)
#define SEED_ES16      2
#define SEED_DEAD      3
#define SEED_TRIES     1000000

#define SEED_MAX 128

static unsigned long read_seed(void)
{
	unsigned long v;

	/* csrrw v, seed, x0: a read alone is not allowed */
	__asm__ __volatile__("csrrw %0, 0x015, x0" : "=r"(v));
	return v;
}

static bool gather(uint8_t *to, int len)
{
	unsigned long v, tries = SEED_TRIES;
	int n = 0;

	while (n < len && tries--) {
		v = read_seed();
		if (SEED_STATUS(v) == SEED_DEAD)
			return false;
		if (SEED_STATUS(v) != SEED_ES16)
			continue;
		to[n++] = (uint8_t)v;
		if (n < len)
			to[n++] = (uint8_t)(v >> 8);
	}
	return n == len;
}

static bool has_zkr(const void *fdt)
{
	int cpu =
		fdt_node_offset_by_prop_value(fdt, -1, "device_type", "cpu", 4);
	const char *isa;

	if (cpu < 0)
		return false;
	if (fdt_stringlist_search(fdt, cpu, "riscv,isa-extensions", "zkr") >= 0)
		return true;
	isa = fdt_getprop(fdt, cpu, "riscv,isa", NULL);
	isa = isa ? strstr(isa, "_zkr") : NULL;
	return isa && (!isa[4] || isa[4] == '_');
}

void loader_seed(void *fdt)
{
	int chosen = fdt_path_offset(fdt, "/chosen"), len;
	uint8_t seed[SEED_MAX];

	if (chosen < 0 || !fdt_getprop(fdt, chosen, "rng-seed", &len))
		return;
	if (len <= SEED_MAX && has_zkr(fdt) && gather(seed, len))
		fdt_setprop_inplace(fdt, chosen, "rng-seed", seed, len);
	else
		fdt_nop_property(fdt, chosen, "rng-seed");
}
