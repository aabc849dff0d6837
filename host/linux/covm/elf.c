/* SPDX-License-Identifier: BSD-2-Clause */
/* A bare-metal program: an ELF file whose segments say where they go. */

#include <stdlib.h>
#include <string.h>
#include "die.h"
#include "file.h"
#include "memory.h"
#include "number.h"
#include "plan.h"

#define MAX_FILE (256 * MIB)

void elf_parse(struct image *img, const char *what, const void *data,
	       size_t size)
{
	const char *bad = image_parse(img, data, size);

	if (bad)
		die("%s: %s", what, bad);
}

/* Segments that are zeros from somewhere on are so already */
void elf_copy(struct plan *p, const char *what)
{
	const struct image_segment *s;
	void *to;

	for (s = p->image.seg; s < p->image.seg + p->image.nr_seg; s++) {
		to = plan_at(p, s->gpa, s->memsz);
		if (!to)
			die("%s: the segment at 0x%lx lies outside of guest "
			    "memory (0x%lx to 0x%lx)",
			    what, s->gpa, p->start, p->start + p->size - 1);
		if (s->data && s->filesz)
			memcpy(to, s->data, s->filesz);
	}
}

/* One region from the first segment's 2 MiB on */
static void place(struct plan *p, const char *path)
{
	const struct image_region *first = p->image.region;
	const struct image_region *last = first + p->image.nr_region - 1;
	uint64_t least;

	p->start = first->start & -COVE_HUGE_SIZE;
	least = (last->end - p->start + COVE_HUGE_SIZE - 1) / COVE_HUGE_SIZE;
	if (p->start > -MAX_MEMORY - COVE_HUGE_SIZE)
		die("%s: loads at 0x%lx, where no memory can be", path,
		    first->start);
	if (p->size / COVE_HUGE_SIZE < least)
		die("%s: too little memory: --memory %luM at least", path,
		    least * (COVE_HUGE_SIZE / MIB));
}

void plan_elf(struct plan *p, const struct options *o)
{
	size_t size;
	void *data = file_load(o->elf, MAX_FILE, &size);

	elf_parse(&p->image, o->elf, data, size);
	place(p, o->elf);
	p->piece = COVE_PAGE_SIZE;
	p->memory = memory_map(p->size);
	elf_copy(p, o->elf);
	p->entry = p->image.entry;
	p->arg = o->arg;
	free(data);
}
