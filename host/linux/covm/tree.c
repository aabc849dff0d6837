/* SPDX-License-Identifier: BSD-2-Clause */
/* A flattened device tree, version 17, without memory reservations. */

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include "die.h"
#include "tree.h"

#define MAGIC	   0xd00dfeed
#define VERSION	   17
#define COMPATIBLE 16

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, END = 9 };

struct header {
	uint32_t magic, size, body, names, reservations, version, compatible,
		boot_cpu, names_size, body_size;
};

/* One of zeros ends the list */
struct reservation {
	uint64_t address, size;
};

static uint8_t *grow(struct tree *t, size_t len)
{
	uint8_t *at;

	len = (len + 3) & ~(size_t)3;
	if (t->len + len > t->room) {
		t->room = 2 * (t->len + len);
		t->body = xrealloc(t->body, t->room);
	}
	at = t->body + t->len;
	memset(at, 0, len);
	t->len += len;
	return at;
}

static void put(struct tree *t, uint32_t cell)
{
	cell = htobe32(cell);
	memcpy(grow(t, sizeof(cell)), &cell, sizeof(cell));
}

/* A name may be the end of one that is there */
static uint32_t name_offset(struct tree *t, const char *name)
{
	size_t n = strlen(name) + 1, i;

	for (i = 0; i + n <= t->names_len; i++) {
		if (!memcmp(t->names + i, name, n))
			return (uint32_t)i;
	}
	t->names = xrealloc(t->names, t->names_len + n);
	memcpy(t->names + t->names_len, name, n);
	t->names_len += n;
	return (uint32_t)(t->names_len - n);
}

void tree_begin(struct tree *t, const char *name)
{
	size_t n = strlen(name) + 1;

	put(t, BEGIN_NODE);
	memcpy(grow(t, n), name, n);
}

void tree_end(struct tree *t)
{
	put(t, END_NODE);
}

void tree_prop(struct tree *t, const char *name, const void *data, size_t len)
{
	put(t, PROP);
	put(t, (uint32_t)len);
	put(t, name_offset(t, name));
	if (len)
		memcpy(grow(t, len), data, len);
}

void tree_empty(struct tree *t, const char *name)
{
	tree_prop(t, name, NULL, 0);
}

void tree_string(struct tree *t, const char *name, const char *value)
{
	tree_prop(t, name, value, strlen(value) + 1);
}

void tree_cells(struct tree *t, const char *name, const uint32_t *cell,
		size_t n)
{
	size_t i;

	put(t, PROP);
	put(t, (uint32_t)(n * sizeof(*cell)));
	put(t, name_offset(t, name));
	for (i = 0; i < n; i++)
		put(t, cell[i]);
}

void tree_cell(struct tree *t, const char *name, uint32_t value)
{
	tree_cells(t, name, &value, 1);
}

void tree_u64(struct tree *t, const char *name, uint64_t value)
{
	tree_cells(t, name,
		   (const uint32_t[]){ (uint32_t)(value >> 32),
				       (uint32_t)value },
		   2);
}

void *tree_finish(struct tree *t, size_t *size)
{
	size_t body = sizeof(struct header) + sizeof(struct reservation);
	struct header h;
	uint8_t *blob;

	put(t, END);
	*size = body + t->len + t->names_len;
	h = (struct header){
		.magic = htobe32(MAGIC),
		.size = htobe32((uint32_t)*size),
		.body = htobe32((uint32_t)body),
		.names = htobe32((uint32_t)(body + t->len)),
		.reservations = htobe32((uint32_t)sizeof(h)),
		.version = htobe32(VERSION),
		.compatible = htobe32(COMPATIBLE),
		.names_size = htobe32((uint32_t)t->names_len),
		.body_size = htobe32((uint32_t)t->len),
	};
	blob = xzalloc(*size);
	memcpy(blob, &h, sizeof(h));
	memcpy(blob + body, t->body, t->len);
	memcpy(blob + body + t->len, t->names, t->names_len);
	free(t->body);
	free(t->names);
	memset(t, 0, sizeof(*t));
	return blob;
}
