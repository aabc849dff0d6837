/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Registers 4 and 5, by the firmware's own code.
 */

#include <string.h>
#include "../../lib/sbi_covh/core/measure.h"
#include "measure.h"

static bool good_range(uint64_t gpa, uint64_t len)
{
	return !((gpa | len) & (PAGE_SIZE - 1)) && len && gpa + len > gpa;
}

static void add_event(struct guest *g, struct event e)
{
	if (g->nevent == MAX_EVENTS)
		die("more than %d regions and vCPUs", MAX_EVENTS);
	g->event[g->nevent++] = e;
}

void guest_region(struct guest *g, uint64_t gpa, uint64_t len)
{
	if (!good_range(gpa, len))
		die("region at 0x%llx: not of whole pages, empty, or too long",
		    (unsigned long long)gpa);
	add_event(g, (struct event){ EVENT_REGION, gpa, len });
}

void guest_vcpu(struct guest *g, uint64_t id)
{
	add_event(g, (struct event){ EVENT_VCPU, id, 0 });
}

void guest_measure(struct guest *g, uint64_t gpa, uint64_t len, uint64_t piece)
{
	if (g->nmeasured == MAX_EVENTS)
		die("more than %d measured ranges", MAX_EVENTS);
	if (!good_range(gpa, len) || (piece && (gpa | len) & (piece - 1)))
		die("measured range at 0x%llx: not of whole pages or pieces, "
		    "empty, or too long",
		    (unsigned long long)gpa);
	g->measured[g->nmeasured++] = (struct measured){ gpa, len, piece };
}

void guest_place(struct guest *g, const char *what, struct segment s)
{
	const struct segment *o;

	if (!s.memsz)
		return;
	if (s.gpa + s.memsz < s.gpa)
		die("%s: goes beyond the end of the address space", what);
	for (o = g->seg; o < g->seg + g->nseg; o++) {
		if (s.gpa < o->gpa + o->memsz && o->gpa < s.gpa + s.memsz)
			die("%s: what goes to 0x%llx overlaps what is at 0x%llx",
			    what, (unsigned long long)s.gpa,
			    (unsigned long long)o->gpa);
	}
	if (g->nseg == MAX_SEGMENTS)
		die("%s: more than %d files and segments", what, MAX_SEGMENTS);
	g->seg[g->nseg++] = s;
}

static bool has_bytes(const struct guest *g, uint64_t gpa, uint64_t len)
{
	const struct segment *s;

	for (s = g->seg; s < g->seg + g->nseg; s++) {
		if (s->filesz && s->gpa < gpa + len && gpa < s->gpa + s->filesz)
			return true;
	}
	return false;
}

static void fill_page(const struct guest *g, uint64_t gpa, uint8_t *page)
{
	const struct segment *s;
	uint64_t start, end;

	memset(page, 0, PAGE_SIZE);
	for (s = g->seg; s < g->seg + g->nseg; s++) {
		start = s->gpa > gpa ? s->gpa : gpa;
		end = s->gpa + s->filesz;
		if (end > gpa + PAGE_SIZE)
			end = gpa + PAGE_SIZE;
		if (start < end)
			memcpy(page + (start - gpa), s->data + (start - s->gpa),
			       end - start);
	}
}

static bool in_region(const struct guest *g, uint64_t gpa, uint64_t len)
{
	const struct event *e;

	for (e = g->event; e < g->event + g->nevent; e++) {
		if (e->kind == EVENT_REGION && gpa >= e->a &&
		    gpa - e->a < e->b && len <= e->b - (gpa - e->a))
			return true;
	}
	return false;
}

static void measure_range(const struct guest *g, const struct measured *m,
			  uint8_t *reg)
{
	uint8_t page[PAGE_SIZE];
	uint64_t at, gpa;

	if (!in_region(g, m->gpa, m->len))
		die("measured range at 0x%llx: not in a memory region",
		    (unsigned long long)m->gpa);
	for (at = 0; at < m->len; at += PAGE_SIZE) {
		gpa = m->gpa + at;
		if (m->piece && !has_bytes(g, gpa & -m->piece, m->piece))
			continue;
		fill_page(g, gpa, page);
		covh_measure_page(reg, gpa, page);
	}
}

static void put_le64(uint8_t *p, uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void record(uint8_t *reg, uint32_t tag, uint64_t a, uint64_t b,
		   uint32_t len)
{
	uint8_t payload[16];

	put_le64(payload, a);
	put_le64(payload + 8, b);
	covh_measure_record(reg, tag, payload, len);
}

/* Where the measured pages from @at on end */
static uint64_t measured_to(const struct guest *g, uint64_t at)
{
	const struct measured *m = g->measured;

	while (m < g->measured + g->nmeasured) {
		if (at >= m->gpa && at - m->gpa < m->len) {
			at = m->gpa + m->len;
			m = g->measured;
		} else {
			m++;
		}
	}
	return at;
}

/* What is in no measured page is not there when the guest starts */
static void check_measured(const struct guest *g)
{
	const struct segment *s;

	for (s = g->seg; s < g->seg + g->nseg; s++) {
		if (s->filesz && measured_to(g, s->gpa) < s->gpa + s->filesz)
			die("what goes to 0x%llx is not measured to its end",
			    (unsigned long long)s->gpa);
	}
}

void guest_registers(const struct guest *g, uint8_t code[COVH_DIGEST_SIZE],
		     uint8_t config[COVH_DIGEST_SIZE])
{
	const struct event *e;
	size_t i;

	if (!g->has_entry)
		die("the guest has no entry");
	check_measured(g);
	memset(code, 0, COVH_DIGEST_SIZE);
	memset(config, 0, COVH_DIGEST_SIZE);
	for (i = 0; i < g->nmeasured; i++)
		measure_range(g, &g->measured[i], code);
	for (e = g->event; e < g->event + g->nevent; e++) {
		if (e->kind == EVENT_REGION)
			record(config, COVH_MSMT_TAG_REGION, e->a, e->b, 16);
		else
			record(config, COVH_MSMT_TAG_VCPU, e->a, 0, 8);
	}
	record(config, COVH_MSMT_TAG_FINALIZE, g->entry, g->arg, 16);
}
