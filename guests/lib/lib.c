/* SPDX-License-Identifier: BSD-2-Clause */
/* SBI calls and traps. */

#include <guest/guest.h>

struct sbiret sbi_ecall(unsigned long eid, unsigned long a6,
			const unsigned long *args)
{
	register unsigned long r0 __asm__("a0");
	register unsigned long r1 __asm__("a1");
	register unsigned long r2 __asm__("a2");
	register unsigned long r3 __asm__("a3");
	register unsigned long r4 __asm__("a4");
	register unsigned long r5 __asm__("a5");
	register unsigned long r6 __asm__("a6") = a6;
	register unsigned long r7 __asm__("a7") = eid;

	r0 = args[0];
	r1 = args[1];
	r2 = args[2];
	r3 = args[3];
	r4 = args[4];
	r5 = args[5];
	__asm__ __volatile__("ecall"
			     : "+r"(r0), "+r"(r1)
			     : "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r6),
			       "r"(r7)
			     : "memory");
	return (struct sbiret){ (long)r0, (long)r1 };
}

void guest_exit(unsigned long type, unsigned long reason)
{
	sbi_call(SBI_EID_SRST, 0, type, reason ? 1 : 0);
	for (;;)
		__asm__ __volatile__("wfi");
}

/*
 * The TSM writes only to memory that the guest has; with lazy loading that
 * means memory it has touched.
 */
long guest_read_measurement(unsigned long index, void *buf)
{
	memset(buf, 0, COVH_DIGEST_SIZE);
	return sbi_call(COVH_EID_COVG, COVG_READ_MEASUREMENT,
			(unsigned long)buf, COVH_DIGEST_SIZE, index)
		.error;
}

__attribute__((weak)) unsigned long
guest_trap(unsigned long cause, unsigned long pc, unsigned long tval)
{
	printf("guest: trap: scause 0x%lx, sepc 0x%lx, stval 0x%lx\n", cause,
	       pc, tval);
	guest_exit(0, 1);
}
