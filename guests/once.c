/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waits right after a forwarded call, with known values in the registers that
 * the call's answer went to: the wait has no answer to take.
 */

#include <guest/guest.h>

#define CANARY 0x5ca1ab1e0ddba11UL
#define ROUNDS 8

static int wait_changes_answer_registers(void)
{
	register unsigned long a0 __asm__("a0") = CANARY;
	register unsigned long a1 __asm__("a1") = CANARY;

	__asm__ __volatile__("wfi" : "+r"(a0), "+r"(a1) : : "memory");
	return a0 != CANARY || a1 != CANARY;
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long i, bad = 0;

	(void)vcpu_id;
	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		sbi_call(SBI_EID_DBCN, 2, '.');
		bad += wait_changes_answer_registers();
	}
	printf("\nbad=%lu\n", bad);
	return 0;
}
