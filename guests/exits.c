/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a load from a device that the VMM emulates costs: the least of some
 * rounds, which has none of the host's own work in it. As a TVM or as an
 * ordinary VM.
 */

#include <guest/guest.h>

#define DEVICE 0x10000000UL
#define ROUNDS 20
#define EXITS  50

static unsigned long least = -1UL;

static void loads(void)
{
	volatile unsigned int *device = (volatile unsigned int *)DEVICE;
	unsigned long start = guest_time(), ticks;
	int i;

	for (i = 0; i < EXITS; i++)
		(void)*device;
	ticks = guest_time() - start;
	if (ticks < least)
		least = ticks;
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	int i;

	(void)vcpu_id;
	(void)arg;
	/* An ordinary VM need not say so */
	sbi_call(COVH_EID_COVG, COVG_ADD_MMIO_REGION, DEVICE, PAGE_SIZE);
	for (i = 0; i < ROUNDS; i++)
		loads();
	printf("exits: %lu ticks for %d loads\n", least, EXITS);
	return 0;
}
