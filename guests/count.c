/* SPDX-License-Identifier: BSD-2-Clause */
/* A known number of exits of each kind between the bytes '<' and '>', and of
 * instructions without any. */

#include <guest/count.h>
#include <guest/smp.h>

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long i;

	(void)arg;
	putchar('<');
	for (i = 0; i < COUNT_BASE; i++)
		sbi_call(SBI_EID_BASE, 0, 0);
	for (i = 0; i < COUNT_TIMER; i++)
		sbi_call(SBI_EID_TIME, 0, -1UL);
	for (i = 0; i < COUNT_STATUS; i++)
		guest_status(vcpu_id);
	for (i = 0; i < COUNT_WFI; i++)
		__asm__ __volatile__("wfi");
	for (i = 0; i < COUNT_BYTES; i++)
		putchar('.');
	i = COUNT_TURNS;
	__asm__ __volatile__("1: addi %0, %0, -1\n"
			     "bnez %0, 1b"
			     : "+r"(i));
	putchar('>');
	return 0;
}
