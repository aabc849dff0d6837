/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's memory in our address space. For a TVM these are not the pages
 * that it runs in: they hold files until they are copied, and later what the
 * guest shares.
 */

#include <sys/mman.h>
#include <cove.h>
#include "die.h"
#include "memory.h"

/* Newer than the headers of some C libraries */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

uint8_t *memory_map(uint64_t size)
{
	uint64_t all = size + COVE_HUGE_SIZE;
	uint8_t *at = mmap(NULL, all, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint64_t skip;

	if (at == MAP_FAILED)
		die_errno("address space for %lu MiB of guest memory",
			  size >> 20);
	skip = -(uint64_t)at % COVE_HUGE_SIZE;
	if (skip)
		munmap(at, skip);
	munmap(at + skip + size, COVE_HUGE_SIZE - skip);
	madvise(at + skip, size, MADV_DONTFORK);
	return at + skip;
}

void memory_unmap(uint8_t *memory, uint64_t size)
{
	munmap(memory, size);
}

void memory_drop(uint8_t *at, uint64_t size)
{
	madvise(at, size, MADV_DONTNEED);
}

bool memory_fill(uint8_t *at, uint64_t size)
{
	return !madvise(at, size, MADV_POPULATE_WRITE);
}
