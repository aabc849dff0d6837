/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest loader: what it does before the kernel runs. */

#ifndef GUEST_LOADER_H
#define GUEST_LOADER_H

#include <stdint.h>

/** Print "loader: " and a line, and shut down with reason 1. */
#define loader_fail(...)                        \
	do {                                    \
		printf("loader: " __VA_ARGS__); \
		puts("\n");                     \
		guest_exit(0, 1);               \
	} while (0)

/** COVG 0 for each node that says so, COVG 4 for all interrupts. */
void loader_declare(const void *fdt);

/** Fill /chosen rng-seed from this hart, or take it out. */
void loader_seed(void *fdt);

/** Number in @n cells at @p. */
static inline uint64_t loader_cells(const void *p, int n)
{
	const uint8_t *byte = p;
	uint64_t v = 0;

	for (n *= 4; n > 0; n--)
		v = v << 8 | *byte++;
	return v;
}

#endif
