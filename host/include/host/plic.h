/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A platform-level interrupt controller (sifive,plic-1.0.0) with 31
 * level-triggered sources. Context n is the external interrupt of hart n.
 */

#ifndef HOST_PLIC_H
#define HOST_PLIC_H

#include <stdbool.h>
#include <stdint.h>

#define PLIC_SOURCES  31
#define PLIC_CONTEXTS 64

/** Bit n of a mask is source n; there is no source 0. */
struct plic {
	uint32_t priority[PLIC_SOURCES + 1];
	struct plic_context {
		uint32_t threshold;
		uint32_t enabled;
	} context[PLIC_CONTEXTS];
	uint32_t pending;
	/** Claimed, and not completed */
	uint32_t active;
	/** Levels of the lines */
	uint32_t lines;
};

/** A device sets its line. */
void plic_set(struct plic *p, unsigned int source, bool level);

/** The guest loads the 32-bit register at @offset. */
uint32_t plic_read(struct plic *p, uint64_t offset);

/** The guest stores to the 32-bit register at @offset. */
void plic_write(struct plic *p, uint64_t offset, uint32_t value);

/** The interrupt that a context sends to its hart. */
bool plic_output(const struct plic *p, unsigned int context);

#endif
