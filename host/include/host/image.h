/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's ELF file: where it comes from, and what it puts where. */

#ifndef HOST_IMAGE_H
#define HOST_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_MAX_SEGMENTS 16

/** One loadable segment. Guest physical addresses, sizes in bytes. */
struct image_segment {
	uint64_t gpa;
	uint64_t filesz;
	uint64_t memsz;
	const uint8_t *data;
};

/** Page-aligned guest memory [start, end). */
struct image_region {
	uint64_t start;
	uint64_t end;
};

struct image {
	struct image_segment seg[IMAGE_MAX_SEGMENTS];
	int nr_seg;
	/** The segments rounded to pages and merged, ascending */
	struct image_region region[IMAGE_MAX_SEGMENTS];
	int nr_region;
	uint64_t entry;
};

/**
 * Find a guest: @name in the initrd (or in the embedded guest) if that is a
 * cpio archive ("newc"), else the initrd or embedded guest itself, whatever
 * @name. NULL: the first one. False when there is none.
 */
bool image_find(const char *name, const void **data, size_t *size);

/**
 * Read an ELF file that nobody has checked. NULL when it is good, else one
 * line that says what is wrong with it.
 */
const char *image_parse(struct image *img, const void *data, size_t size);

/**
 * Put @size bytes of another file at @gpa, beside the segments. Regions stay
 * as they are. NULL, or one line that says what is wrong.
 */
const char *image_add(struct image *img, uint64_t gpa, const void *data,
		      size_t size);

/** True if some byte of the @size ones at @gpa comes from a file. */
bool image_in_file(const struct image *img, uint64_t gpa, uint64_t size);

/** True if some byte of the page at @gpa comes from a file. */
bool image_page_in_file(const struct image *img, uint64_t gpa);

/** Write the 4 KiB of guest page @gpa as they must be at start to @buf. */
void image_page(const struct image *img, uint64_t gpa, void *buf);

#endif
