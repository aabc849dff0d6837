/* SPDX-License-Identifier: BSD-2-Clause */
/* Traps that nobody expected: they end the test case, or the host. */

#include <host/entry.h>
#include <host/hart.h>
#include <host/test.h>

void trap_unexpected(unsigned long cause, unsigned long pc, unsigned long tval)
{
	static int once;

	extern char trap_entry[], _start[];

	csr_write(stvec, (unsigned long)trap_entry);
	if (test_running() && this_hart() == hart_get(0))
		test_fail("trap", 0,
			  "unexpected trap: scause 0x%lx, sepc 0x%lx "
			  "(host.elf 0x%lx), stval 0x%lx",
			  cause, pc, pc - (unsigned long)_start, tval);
	if (__atomic_exchange_n(&once, 1, __ATOMIC_RELAXED))
		sbi_shutdown(false);
	fail("unexpected trap: scause 0x%lx, sepc 0x%lx (host.elf 0x%lx), "
	     "stval 0x%lx",
	     cause, pc, pc - (unsigned long)_start, tval);
}
