/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of ranges, and the page allocator on top of one. */

#include <string.h>
#include <host/console.h>
#include <host/hart.h>
#include <host/mem.h>

struct ranges free_ram;

extern char _start[], _end[];

static bool insert(struct ranges *s, int at, unsigned long start,
		   unsigned long end)
{
	if (s->nr == RANGES_MAX)
		return false;
	memmove(&s->r[at + 1], &s->r[at], (s->nr - at) * sizeof(s->r[0]));
	s->r[at] = (struct phys_range){ start, end };
	s->nr++;
	return true;
}

static void drop(struct ranges *s, int at)
{
	s->nr--;
	memmove(&s->r[at], &s->r[at + 1], (s->nr - at) * sizeof(s->r[0]));
}

bool ranges_add(struct ranges *s, unsigned long start, unsigned long end)
{
	int i = 0;

	if (start >= end)
		return true;
	while (i < s->nr && s->r[i].end < start)
		i++;
	while (i < s->nr && s->r[i].start <= end) {
		if (s->r[i].start < start)
			start = s->r[i].start;
		if (s->r[i].end > end)
			end = s->r[i].end;
		drop(s, i);
	}
	return insert(s, i, start, end);
}

bool ranges_remove(struct ranges *s, unsigned long start, unsigned long end)
{
	struct phys_range old;
	int i = 0;

	while (i < s->nr) {
		old = s->r[i];
		if (old.end <= start || old.start >= end) {
			i++;
			continue;
		}
		drop(s, i);
		if (old.start < start)
			insert(s, i++, old.start, start);
		if (old.end > end && !insert(s, i++, end, old.end))
			return false;
	}
	return true;
}

bool ranges_contain(const struct ranges *s, unsigned long start,
		    unsigned long end)
{
	int i;

	for (i = 0; i < s->nr; i++) {
		if (s->r[i].start <= start && end <= s->r[i].end)
			return true;
	}
	return false;
}

unsigned long ranges_alloc(struct ranges *s, unsigned long size,
			   unsigned long align)
{
	unsigned long at;
	int i;

	for (i = 0; i < s->nr; i++) {
		at = ALIGN_UP(s->r[i].start, align);
		if (at < s->r[i].start || at > s->r[i].end ||
		    s->r[i].end - at < size)
			continue;
		return ranges_remove(s, at, at + size) ? at : 0;
	}
	return 0;
}

unsigned long ranges_alloc_top(struct ranges *s, unsigned long size,
			       unsigned long align)
{
	unsigned long at;
	int i;

	for (i = s->nr - 1; i >= 0; i--) {
		if (s->r[i].end - s->r[i].start < size)
			continue;
		at = ALIGN_DOWN(s->r[i].end - size, align);
		if (at < s->r[i].start)
			continue;
		return ranges_remove(s, at, at + size) ? at : 0;
	}
	return 0;
}

unsigned long ranges_total(const struct ranges *s)
{
	unsigned long sum = 0;
	int i;

	for (i = 0; i < s->nr; i++)
		sum += s->r[i].end - s->r[i].start;
	return sum;
}

void mem_init(void)
{
	const struct phys_range *r;
	int i;

	for (i = 0; i < machine.nr_ram; i++) {
		r = &machine.ram[i];
		ranges_add(&free_ram, ALIGN_UP(r->start, PAGE_SIZE),
			   ALIGN_DOWN(r->end, PAGE_SIZE));
	}
	for (i = 0; i < machine.nr_reserved; i++) {
		r = &machine.reserved[i];
		ranges_remove(&free_ram, ALIGN_DOWN(r->start, PAGE_SIZE),
			      ALIGN_UP(r->end, PAGE_SIZE));
	}
	/* Address 0 stands for "none" everywhere */
	ranges_remove(&free_ram, 0, PAGE_SIZE);
	ranges_remove(&free_ram, (unsigned long)_start,
		      ALIGN_UP((unsigned long)_end, PAGE_SIZE));
	if (!free_ram.nr)
		fail("the device tree leaves no free memory");
}

static int free_ram_lock;

void *page_alloc(unsigned long num, unsigned long align)
{
	unsigned long at;

	spin_lock(&free_ram_lock);
	at = ranges_alloc(&free_ram, num << PAGE_SHIFT, align);
	spin_unlock(&free_ram_lock);
	if (!at)
		fail("out of memory: %lu pages aligned to 0x%lx", num, align);
	return (void *)at;
}

void *page_zalloc(unsigned long num, unsigned long align)
{
	return memset(page_alloc(num, align), 0, num << PAGE_SHIFT);
}

void page_free(void *p, unsigned long num)
{
	unsigned long at = (unsigned long)p;
	bool ok;

	spin_lock(&free_ram_lock);
	ok = ranges_add(&free_ram, at, at + (num << PAGE_SHIFT));
	spin_unlock(&free_ram_lock);
	if (!ok)
		fail("free memory is too fragmented");
}
