/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a number from a page that the host keeps replacing by one with a
 * higher number, and never less than the host has announced: else a stale
 * translation was used. For ordinary VMs whose host has such pages.
 */

#include <guest/guest.h>
#include <guest/swap.h>

int main(unsigned long vcpu_id, unsigned long arg)
{
	volatile unsigned long *number = (unsigned long *)SWAP_NUMBER;
	volatile unsigned long *announced = (unsigned long *)SWAP_ANNOUNCED;
	volatile unsigned long *seen = (unsigned long *)SWAP_SEEN;
	unsigned long want, stale = 0, changes = 0, last = 0, now;

	(void)vcpu_id;
	(void)arg;
	while ((want = *announced) != SWAP_END) {
		__asm__ __volatile__("fence r, r" ::: "memory");
		now = *number;
		stale += now < want;
		changes += now != last;
		last = now;
		*seen = now;
	}
	printf("stale=%lu\nchanges=%lu\n", stale, changes);
	return 0;
}
