/* SPDX-License-Identifier: BSD-2-Clause */
/* One of many: says its number, which nothing in its memory may have changed
 * while all the others ran. */

#include <guest/guest.h>

static volatile unsigned long mine[2 * PAGE_SIZE / sizeof(long)];

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long i, bad = 0;

	(void)vcpu_id;
	for (i = 0; i < sizeof(mine) / sizeof(mine[0]); i++)
		mine[i] = arg ^ i << 32;
	/* Each byte is an exit */
	printf("mine=%lu\n", mine[0]);
	for (i = 0; i < sizeof(mine) / sizeof(mine[0]); i++)
		bad += mine[i] != (arg ^ i << 32);
	printf("bad=%lu\n", bad);
	return 0;
}
