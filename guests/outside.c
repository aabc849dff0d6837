/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Touches memory that it does not have: argument 0 load, 1 store, 2 jump, at
 * GPA 0x40000000; in bits 63:12 of the argument another address may stand.
 * The vCPU must not survive it.
 */

#include <guest/guest.h>

#define OUTSIDE 0x40000000UL

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long at = arg & ~0xfffUL ? arg & ~0xfffUL : OUTSIDE;

	(void)vcpu_id;
	printf("outside=0x%lx\n", at);
	switch (arg & 0xfff) {
	case 0:
		printf("loaded=0x%lx\n", *(volatile unsigned long *)at);
		break;
	case 1:
		*(volatile unsigned long *)at = 1;
		break;
	case 2:
		((void (*)(void))at)();
		break;
	}
	puts("survived=1\n");
	return 1;
}
