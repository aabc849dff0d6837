// SPDX-License-Identifier: BSD-2-Clause
/* What GCC calls where the base ISA has no instruction for it. */

#include <stdint.h>

uint32_t __bswapsi2(uint32_t x);
uint64_t __bswapdi2(uint64_t x);
int __clzdi2(uint64_t x);
int __ctzdi2(uint64_t x);

uint32_t __bswapsi2(uint32_t x)
{
	x = (x & 0x00ff00ffU) << 8 | (x >> 8 & 0x00ff00ffU);
	return x << 16 | x >> 16;
}

uint64_t __bswapdi2(uint64_t x)
{
	x = (x & 0x00ff00ff00ff00ffUL) << 8 | (x >> 8 & 0x00ff00ff00ff00ffUL);
	x = (x & 0x0000ffff0000ffffUL) << 16 | (x >> 16 & 0x0000ffff0000ffffUL);
	return x << 32 | x >> 32;
}

int __clzdi2(uint64_t x)
{
	int n = 0;

	for (int shift = 32; shift; shift >>= 1) {
		if (!(x >> (64 - shift))) {
			n += shift;
			x <<= shift;
		}
	}
	return n;
}

int __ctzdi2(uint64_t x)
{
	int n = 0;

	for (int shift = 32; shift; shift >>= 1) {
		if (!(x << (64 - shift))) {
			n += shift;
			x >>= shift;
		}
	}
	return n;
}
