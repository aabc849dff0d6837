/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory: sets of ranges, and the allocator of the host's RAM. */

#ifndef HOST_MEM_H
#define HOST_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <host/fdt.h>

#define PAGE_SHIFT	 12
#define PAGE_SIZE	 (1UL << PAGE_SHIFT)
#define HUGE_SIZE	 (1UL << 21)
#define HUGE_PAGES	 (HUGE_SIZE >> PAGE_SHIFT)
#define ALIGN_UP(x, a)	 (((x) + (a)-1) & ~((unsigned long)(a)-1))
#define ALIGN_DOWN(x, a) ((x) & ~((unsigned long)(a)-1))
#define ARRAY_SIZE(a)	 (sizeof(a) / sizeof((a)[0]))

#define RANGES_MAX 64

/** A sorted set of disjoint ranges of physical addresses. */
struct ranges {
	struct phys_range r[RANGES_MAX];
	int nr;
};

/** Add [start, end); touching ranges merge. False when the set is full. */
bool ranges_add(struct ranges *s, unsigned long start, unsigned long end);

/** Take [start, end) out, as far as it is in. False when the set is full. */
bool ranges_remove(struct ranges *s, unsigned long start, unsigned long end);

/** True if all of [start, end) is in the set. */
bool ranges_contain(const struct ranges *s, unsigned long start,
		    unsigned long end);

/** Take @size bytes aligned to @align, lowest first; 0 if there is no room. */
unsigned long ranges_alloc(struct ranges *s, unsigned long size,
			   unsigned long align);

/** The same, highest first. */
unsigned long ranges_alloc_top(struct ranges *s, unsigned long size,
			       unsigned long align);

/** Sum of all sizes, in bytes. */
unsigned long ranges_total(const struct ranges *s);

/** Free RAM of the host. */
extern struct ranges free_ram;

/** Set up free_ram from machine and the host's own image. */
void mem_init(void);

/**
 * @num pages of free RAM aligned to @align bytes (a power of two, at least
 * PAGE_SIZE). Content is undefined. Fails the host when there is no room.
 */
void *page_alloc(unsigned long num, unsigned long align);

/** The same, zeroed. */
void *page_zalloc(unsigned long num, unsigned long align);

/** Give pages back. Only pages that the host can reach again. */
void page_free(void *p, unsigned long num);

#endif
