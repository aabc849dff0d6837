/* SPDX-License-Identifier: BSD-2-Clause */
/* Says so, then loops with interrupts off: only the host can end a run. */

#include <guest/guest.h>

int main(unsigned long vcpu_id, unsigned long arg)
{
	(void)vcpu_id;
	(void)arg;
	csr_write(sie, 0);
	csr_clear(sstatus, 2);
	puts("spin=1\n");
	for (;;)
		__asm__ __volatile__("");
	return 0;
}
