/* SPDX-License-Identifier: BSD-2-Clause */
/* Big-endian conversions for libfdt; without calls into libgcc. */

#ifndef HOST_SBI_BYTEORDER_H
#define HOST_SBI_BYTEORDER_H

#include <stdint.h>

static inline uint16_t be16_to_cpu(uint16_t x)
{
	return (uint16_t)(x << 8 | x >> 8);
}

static inline uint32_t be32_to_cpu(uint32_t x)
{
	return x << 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00) | x >> 24;
}

static inline uint64_t be64_to_cpu(uint64_t x)
{
	return (uint64_t)be32_to_cpu((uint32_t)x) << 32 |
	       be32_to_cpu((uint32_t)(x >> 32));
}

#define cpu_to_be16(x) be16_to_cpu(x)
#define cpu_to_be32(x) be32_to_cpu(x)
#define cpu_to_be64(x) be64_to_cpu(x)

#endif
