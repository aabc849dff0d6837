/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of the interrupt controller, and the way through its gateways. */

#include <stddef.h>
#include <host/plic.h>

#define PENDING	       0x1000
#define ENABLE	       0x2000
#define ENABLE_STRIDE  0x80
#define CONTEXT	       0x200000
#define CONTEXT_STRIDE 0x1000
#define THRESHOLD      0
#define CLAIM	       4

#define PRIORITY_MASK 7

/* A gateway lets one request through until it is completed */
static void look_at_lines(struct plic *p)
{
	p->pending |= p->lines & ~p->active;
}

void plic_set(struct plic *p, unsigned int source, bool level)
{
	if (!source || source > PLIC_SOURCES)
		return;
	if (level)
		p->lines |= 1U << source;
	else
		p->lines &= ~(1U << source);
	look_at_lines(p);
}

/* The request to serve: highest priority, then lowest number; 0: none */
static unsigned int best(const struct plic *p, const struct plic_context *c)
{
	uint32_t ready = p->pending & c->enabled, most = c->threshold;
	unsigned int source, found = 0;

	for (source = 1; ready && source <= PLIC_SOURCES; source++) {
		if (ready >> source & 1 && p->priority[source] > most) {
			most = p->priority[source];
			found = source;
		}
	}
	return found;
}

bool plic_output(const struct plic *p, unsigned int context)
{
	return best(p, &p->context[context % PLIC_CONTEXTS]) != 0;
}

static uint32_t claim(struct plic *p, const struct plic_context *c)
{
	unsigned int source = best(p, c);

	if (source) {
		p->pending &= ~(1U << source);
		p->active |= 1U << source;
	}
	return source;
}

static void complete(struct plic *p, const struct plic_context *c,
		     uint32_t source)
{
	if (source <= PLIC_SOURCES && c->enabled >> source & 1)
		p->active &= ~(1U << source);
	look_at_lines(p);
}

/* The context whose registers are at @offset, and which one; or NULL */
static struct plic_context *find(struct plic *p, uint64_t offset,
				 uint64_t start, uint64_t stride, uint64_t *reg)
{
	if (offset < start || offset >= start + PLIC_CONTEXTS * stride)
		return NULL;
	*reg = (offset - start) % stride;
	return &p->context[(offset - start) / stride];
}

uint32_t plic_read(struct plic *p, uint64_t offset)
{
	struct plic_context *c;
	uint64_t reg;

	if (offset < sizeof(p->priority))
		return p->priority[offset / 4];
	if (offset == PENDING)
		return p->pending;
	c = find(p, offset, ENABLE, ENABLE_STRIDE, &reg);
	if (c)
		return reg ? 0 : c->enabled;
	c = find(p, offset, CONTEXT, CONTEXT_STRIDE, &reg);
	if (c && reg == THRESHOLD)
		return c->threshold;
	return c && reg == CLAIM ? claim(p, c) : 0;
}

void plic_write(struct plic *p, uint64_t offset, uint32_t value)
{
	struct plic_context *c;
	uint64_t reg;

	if (offset && offset < sizeof(p->priority)) {
		p->priority[offset / 4] = value & PRIORITY_MASK;
		return;
	}
	c = find(p, offset, ENABLE, ENABLE_STRIDE, &reg);
	if (c && !reg)
		c->enabled = value & ~1U;
	c = find(p, offset, CONTEXT, CONTEXT_STRIDE, &reg);
	if (c && reg == THRESHOLD)
		c->threshold = value & PRIORITY_MASK;
	else if (c && reg == CLAIM)
		complete(p, c, value);
}
