/* SPDX-License-Identifier: BSD-2-Clause */
/* The compiler calls this for byte swaps; there is no libgcc for our ABI. */

#include <stdint.h>
#include <sbi/sbi_byteorder.h>

uint64_t __bswapdi2(uint64_t x);
uint32_t __bswapsi2(uint32_t x);

uint64_t __bswapdi2(uint64_t x)
{
	return be64_to_cpu(x);
}

uint32_t __bswapsi2(uint32_t x)
{
	return be32_to_cpu(x);
}
