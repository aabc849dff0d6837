/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's memory in our address space. */

#ifndef COVM_MEMORY_H
#define COVM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/** @size bytes of zeros, aligned to 2 MiB, that are there once touched. */
uint8_t *memory_map(uint64_t size);

void memory_unmap(uint8_t *memory, uint64_t size);

/** Give back what is in it: it is zeros again. */
void memory_drop(uint8_t *at, uint64_t size);

/** Bring all of it in. False: there is not so much memory. */
bool memory_fill(uint8_t *at, uint64_t size);

#endif
