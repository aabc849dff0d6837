/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a device tree, in the layout that dtc gives it: the same source makes
 * the same bytes, and so the same measurement.
 */

#ifndef COVM_TREE_H
#define COVM_TREE_H

#include <stddef.h>
#include <stdint.h>

struct tree {
	/** Nodes and properties; names of properties. Grown as needed */
	uint8_t *body;
	size_t len, room;
	char *names;
	size_t names_len;
};

/** A node with this name, the first one "", until tree_end(). */
void tree_begin(struct tree *t, const char *name);
void tree_end(struct tree *t);

/** A property of the node that has begun last; before its first child. */
void tree_prop(struct tree *t, const char *name, const void *data, size_t len);

void tree_empty(struct tree *t, const char *name);
void tree_string(struct tree *t, const char *name, const char *value);
void tree_cell(struct tree *t, const char *name, uint32_t value);

/** Cells, @n of them. */
void tree_cells(struct tree *t, const char *name, const uint32_t *cell,
		size_t n);

/** A number in two cells. */
void tree_u64(struct tree *t, const char *name, uint64_t value);

/** The blob, for free(), and its size in bytes. Nothing is left of @t. */
void *tree_finish(struct tree *t, size_t *size);

#endif
