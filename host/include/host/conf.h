/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Confidential pages: conversion from the boot-time pool or from ordinary
 * memory (a "window"), an allocator over what was converted, and reclaim.
 */

#ifndef HOST_CONF_H
#define HOST_CONF_H

#include <stdbool.h>
#include <host/mem.h>

#define CONF_MAX_RANGES 8

/** One range that was given to convert_pages. */
struct conf_range {
	unsigned long base;
	unsigned long pages;
	/** From the pool; else from free_ram */
	bool pool;
};

/** A stock of confidential pages. All zero: empty. */
struct conf {
	struct conf_range range[CONF_MAX_RANGES];
	int nr;
	/** Converted pages that nothing uses yet */
	struct ranges free;
};

/** Pool pages that are not converted. Filled by conf_init. */
extern struct ranges free_pool;

/** Set up free_pool from machine. */
void conf_init(void);

/**
 * Convert @pages from the pool (@pool) or from free RAM, aligned to @align
 * bytes. They can be used after conf_fence(). SBI error code; FAILED also
 * when there is no room. A window for which PMP entries are short is rounded
 * up to a power of two.
 */
long conf_convert(struct conf *c, bool pool, unsigned long pages,
		  unsigned long align);

/** global_fence, then local_fence on every started hart. SBI error code. */
long conf_fence(void);

/** Take @pages converted pages aligned to @align bytes; 0: no room. */
unsigned long conf_alloc(struct conf *c, unsigned long pages,
			 unsigned long align);

/** The same, but the lowest addresses of range number @range only. */
unsigned long conf_alloc_range(struct conf *c, int range, unsigned long pages,
			       unsigned long align);

/** Give pages back that the TSM has released (destroyed TVM). */
void conf_free(struct conf *c, unsigned long base, unsigned long pages);

/**
 * Reclaim every range, fence, and return the memory to where it came from;
 * @c is empty afterwards. SBI error code of the first failure; ranges that
 * failed stay in @c.
 */
long conf_reclaim(struct conf *c);

#endif
