/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The CSRs that belong to a vCPU: loaded by the trampoline at entry, saved at
 * exit. Columns: name, number, needs (ALWAYS, STATEEN).
 *
 * The order is that of the load: vsatp last. hvip is not here: what is pending
 * may change at any moment, so M-mode keeps it.
 */

#ifndef __COVH_VCPU_CSRS_H__
#define __COVH_VCPU_CSRS_H__

/* clang-format off */

#define COVH_VCPU_CSRS(X)			\
	X(VSSTATUS,	0x200, ALWAYS)		\
	X(VSIE,		0x204, ALWAYS)		\
	X(VSTVEC,	0x205, ALWAYS)		\
	X(VSSCRATCH,	0x240, ALWAYS)		\
	X(VSEPC,	0x241, ALWAYS)		\
	X(VSCAUSE,	0x242, ALWAYS)		\
	X(VSTVAL,	0x243, ALWAYS)		\
	X(VSTIMECMP,	0x24D, ALWAYS)		\
	X(SCOUNTEREN,	0x106, ALWAYS)		\
	X(SENVCFG,	0x10A, ALWAYS)		\
	X(SSTATEEN0,	0x10C, STATEEN)		\
	X(SEPC,		0x141, ALWAYS)		\
	X(VSATP,	0x280, ALWAYS)

/* clang-format on */

#endif
