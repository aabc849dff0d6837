/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest is made of. */

#include <string.h>
#include "memory.h"
#include "plan.h"

void plan_make(struct plan *p, const struct options *o)
{
	memset(p, 0, sizeof(*p));
	p->vcpus = o->vcpus;
	p->size = o->memory;
	if (o->kernel)
		plan_linux(p, o);
	else
		plan_elf(p, o);
}

void plan_free(struct plan *p)
{
	memory_unmap(p->memory, p->size);
	p->memory = NULL;
}

bool plan_piece(const struct plan *p, uint64_t *gpa)
{
	for (; *gpa - p->start < p->size; *gpa += p->piece) {
		if (image_in_file(&p->image, *gpa, p->piece))
			return true;
	}
	return false;
}

uint64_t plan_pieces(const struct plan *p)
{
	uint64_t gpa, n = 0;

	for (gpa = p->start; plan_piece(p, &gpa); gpa += p->piece)
		n++;
	return n;
}

void *plan_at(const struct plan *p, uint64_t gpa, uint64_t size)
{
	if (gpa < p->start || gpa - p->start > p->size ||
	    size > p->size - (gpa - p->start))
		return NULL;
	return p->memory + (gpa - p->start);
}
