/* SPDX-License-Identifier: BSD-2-Clause */
/* An ordinary load of the host: memory that only the host may change. */

#include <host/console.h>
#include <host/mem.h>
#include <host/work.h>

#define PAGES 256
#define WORDS (PAGE_SIZE / 8)

static uint64_t (*memory)[WORDS];
static unsigned long steps;

/* What word @i of a page must hold after step @n, by a multiplication */
static uint64_t word(unsigned long n, unsigned long i)
{
	return (n * WORDS + i + 1) * 0x9e3779b97f4a7c15;
}

static void check(unsigned long n)
{
	const uint64_t *page = memory[n % PAGES];
	unsigned long i;

	for (i = 0; i < WORDS; i++) {
		if (page[i] != word(n, i))
			fail("the host's own memory has changed at 0x%lx",
			     (unsigned long)&page[i]);
	}
}

static void write(unsigned long n)
{
	unsigned long i;

	for (i = 0; i < WORDS; i++)
		memory[n % PAGES][i] = word(n, i);
}

void work_begin(void)
{
	memory = page_alloc(PAGES, PAGE_SIZE);
	for (steps = 0; steps < PAGES; steps++)
		write(steps);
}

void work_step(void)
{
	check(steps - PAGES);
	write(steps++);
}

void work_end(void)
{
	unsigned long n;

	for (n = steps - PAGES; n < steps; n++)
		check(n);
	page_free(memory, PAGES);
	printf("host: its own work meanwhile: %lu pages written, all of them "
	       "as expected\n",
	       steps - PAGES);
}
