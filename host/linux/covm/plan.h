/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest is made of: the same for a TVM, an ordinary guest and the
 * computation of a measurement.
 */

#ifndef COVM_PLAN_H
#define COVM_PLAN_H

#include <host/image.h>
#include "options.h"

struct plan {
	/** Where bytes of files are. Their content is in memory */
	struct image image;
	/** The one region: guest address, bytes; 2 MiB-aligned */
	uint64_t start, size;
	/**
	 * Bytes that are measured, and mapped, together if one of them is of a
	 * file: COVE_HUGE_SIZE, or COVE_PAGE_SIZE for a guest that shares
	 * parts of its image: 2 MiB in one piece cannot be split
	 */
	uint64_t piece;
	/** It has a serial port and an interrupt controller */
	bool devices;
	unsigned int vcpus;
	/** Where vCPU 0 starts, and its register a1 */
	uint64_t entry, arg;
	/** The region in our memory, files in place */
	uint8_t *memory;
};

/** Read all files and put them in their places; dies if anything is wrong. */
void plan_make(struct plan *p, const struct options *o);

void plan_free(struct plan *p);

/**
 * The next piece that is measured, at or after @gpa: it has a byte of a file.
 * False: there is none. The rest of the region is zeros.
 */
bool plan_piece(const struct plan *p, uint64_t *gpa);

/** How many there are. */
uint64_t plan_pieces(const struct plan *p);

/** Our address of @size bytes of guest memory; NULL: outside. */
void *plan_at(const struct plan *p, uint64_t gpa, uint64_t size);

/** linux.c: a kernel with its files. */
void plan_linux(struct plan *p, const struct options *o);

/** elf.c: a bare-metal program. */
void plan_elf(struct plan *p, const struct options *o);

/**
 * elf.c: what an ELF file loads, into the image; its bytes: elf_copy(). @what:
 * for messages.
 */
void elf_parse(struct image *img, const char *what, const void *data,
	       size_t size);

/** Put its segments into guest memory. */
void elf_copy(struct plan *p, const char *what);

#endif
