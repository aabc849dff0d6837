/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of a kernel image, and the room that a kernel wants. */

#ifndef COVM_KERNEL_H
#define COVM_KERNEL_H

#include <stdint.h>

#define KERNEL_HEADER 64

/**
 * How much memory the kernel takes, in bytes: its header says so, but it is not
 * less than its file. NULL, or what is wrong with the image.
 */
const char *kernel_size(const uint8_t head[KERNEL_HEADER], uint64_t file_size,
			uint64_t *size);

/** Guest address where a kernel of that size ends: the next 2 MiB. */
uint64_t kernel_end(uint64_t size);

/** Bytes of guest memory that it needs at least if its files end at @end. */
uint64_t kernel_least(uint64_t end, unsigned int vcpus);

#endif
