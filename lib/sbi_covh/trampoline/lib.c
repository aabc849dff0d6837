/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the compiler and shared code expect of a C library.
 */

#include "tramp.h"

void *memcpy(void *dst, const void *src, size_t n)
{
	const u8 *s = src;
	u8 *d = dst;

	while (n--)
		*d++ = *s++;
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	u8 *d = dst;

	while (n--)
		*d++ = (u8)c;
	return dst;
}
