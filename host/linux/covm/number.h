/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and sizes as a user writes them. */

#ifndef COVM_NUMBER_H
#define COVM_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#define MIB (1UL << 20)
#define GIB (1UL << 30)
/** Most memory that a guest can have: beyond it may be devices */
#define MAX_MEMORY (256 * GIB)

/** Decimal, or hexadecimal with 0x; nothing else may be in @text. */
bool number_parse(const char *text, uint64_t *value);

/** A size like 512M or 2G, in bytes. NULL, or what is wrong with it. */
const char *size_parse(const char *text, uint64_t *bytes);

#endif
