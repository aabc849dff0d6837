/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of the interrupt controller, and the way through its gateways. */

#include <host/plic.h>

#define PENDING	  0x1000
#define ENABLE	  0x2000
#define THRESHOLD 0x200000
#define CLAIM	  0x200004

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
static unsigned int best(const struct plic *p)
{
	uint32_t ready = p->pending & p->enabled, most = p->threshold;
	unsigned int source, found = 0;

	for (source = 1; source <= PLIC_SOURCES; source++) {
		if (ready >> source & 1 && p->priority[source] > most) {
			most = p->priority[source];
			found = source;
		}
	}
	return found;
}

bool plic_output(const struct plic *p)
{
	return best(p) != 0;
}

static uint32_t claim(struct plic *p)
{
	unsigned int source = best(p);

	if (source) {
		p->pending &= ~(1U << source);
		p->active |= 1U << source;
	}
	return source;
}

static void complete(struct plic *p, uint32_t source)
{
	if (source <= PLIC_SOURCES && p->enabled >> source & 1)
		p->active &= ~(1U << source);
	look_at_lines(p);
}

uint32_t plic_read(struct plic *p, uint64_t offset)
{
	if (offset < sizeof(p->priority))
		return p->priority[offset / 4];
	switch (offset) {
	case PENDING:
		return p->pending;
	case ENABLE:
		return p->enabled;
	case THRESHOLD:
		return p->threshold;
	case CLAIM:
		return claim(p);
	}
	return 0;
}

void plic_write(struct plic *p, uint64_t offset, uint32_t value)
{
	if (offset && offset < sizeof(p->priority)) {
		p->priority[offset / 4] = value & PRIORITY_MASK;
		return;
	}
	switch (offset) {
	case ENABLE:
		p->enabled = value & ~1U;
		break;
	case THRESHOLD:
		p->threshold = value & PRIORITY_MASK;
		break;
	case CLAIM:
		complete(p, value);
		break;
	}
}
