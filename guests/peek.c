/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads pages before it has written any, tells how many were not zero, and
 * fills them, so that whoever gets these pages next has something to find.
 * The argument is the number of pages, 0: all.
 */

#include <guest/guest.h>

#define PAGES 64
#define WORDS (PAGE_SIZE / 8)
#define FILL  0x5ec4e75ec4e75ec4

static volatile uint64_t arena[PAGES][WORDS]
	__attribute__((aligned(PAGE_SIZE)));

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long n = arg && arg < PAGES ? arg : PAGES;
	unsigned long i, j, dirty = 0;
	uint64_t seen;

	(void)vcpu_id;
	for (i = 0; i < n; i++) {
		for (seen = 0, j = 0; j < WORDS; j++)
			seen |= arena[i][j];
		dirty += seen != 0;
	}
	for (i = 0; i < n; i++) {
		for (j = 0; j < WORDS; j++)
			arena[i][j] = FILL + i;
	}
	printf("pages=%lu\ndirty=%lu\n", n, dirty);
	return 0;
}
