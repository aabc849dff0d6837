/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guarded accesses: they try, and say what trap came of it. Addresses are
 * physical, since satp is Bare. Each returns 0 when there was no trap, else
 * scause (5 load, 7 store, 1 fetch access fault; see csr.h).
 */

#ifndef HOST_PROBE_H
#define HOST_PROBE_H

#include <stdint.h>
#include <host/csr.h>

/** Load 8 bytes into *@val; @val may be NULL and is kept on a trap. */
unsigned long probe_load(unsigned long addr, unsigned long *val);

/** Load one byte. */
unsigned long probe_load8(unsigned long addr, uint8_t *val);

/** Store 8 bytes. */
unsigned long probe_store(unsigned long addr, unsigned long val);

/** Store 4 bytes. */
unsigned long probe_store32(unsigned long addr, uint32_t val);

/** Atomic add of 0: needs read and write permission, changes nothing. */
unsigned long probe_amo(unsigned long addr);

/**
 * Call @addr. What lies there should be a return instruction (0x00008067);
 * should it be something else, a trap of its first instruction is returned
 * as well, for example 2 (illegal instruction).
 */
unsigned long probe_exec(unsigned long addr);

/** Read a CSR that may not exist : scause, or 0 and *val. */
#define csr_probe_read(csr, val)                            \
	({                                                  \
		unsigned long __c, __v;                     \
		__asm__ __volatile__(                       \
			"	lla	%0, 1f\n"                     \
			"	csrrw	t0, stvec, %0\n"            \
			"	li	%0, 0\n"                       \
			"	csrr	%1, " CSR_STR(      \
				csr) "\n"                   \
				     "	j	2f\n"              \
				     "	.balign 4\n"         \
				     "1:	csrr	%0, scause\n" \
				     "	li	%1, 0\n"          \
				     "2:	csrw	stvec, t0\n"  \
			: "=&r"(__c), "=&r"(__v)            \
			:                                   \
			: "t0", "memory");                  \
		*(val) = __v;                               \
		__c;                                        \
	})

#endif
