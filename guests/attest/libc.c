/* SPDX-License-Identifier: BSD-2-Clause */
/* What mbedTLS asks of a C library, beyond the memory functions of guests. */

#include <mbedtls/memory_buffer_alloc.h>
#include "attest.h"

/* Key and ECDH on P-384 take 8 KiB at most */
#define HEAP_SIZE 32768

static unsigned char heap[HEAP_SIZE] __attribute__((aligned(16)));

void *memmove(void *dest, const void *src, size_t n)
{
	const unsigned char *s = src;
	unsigned char *d = dest;

	if (d <= s)
		return memcpy(dest, src, n);
	while (n--)
		d[n] = s[n];
	return dest;
}

void heap_init(void)
{
	mbedtls_memory_buffer_alloc_init(heap, sizeof(heap));
}
