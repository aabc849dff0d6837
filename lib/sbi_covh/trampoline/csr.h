/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * CSR access and the few numbers and bits that the trampoline needs.
 */

#ifndef __COVH_TRAMP_CSR_H__
#define __COVH_TRAMP_CSR_H__

/* clang-format off */

#define CSR_SSTATUS		0x100
#define CSR_SEPC		0x141
#define CSR_SCAUSE		0x142
#define CSR_STVAL		0x143
#define CSR_VSSTATUS		0x200
#define CSR_VSIE		0x204
#define CSR_VSTVEC		0x205
#define CSR_VSEPC		0x241
#define CSR_VSCAUSE		0x242
#define CSR_VSTVAL		0x243
#define CSR_VSTIMECMP		0x24D
#define CSR_CYCLE		0xC00
#define CSR_TIME		0xC01
#define CSR_INSTRET		0xC02
#define CSR_HSTATUS		0x600
#define CSR_HEDELEG		0x602
#define CSR_HTIMEDELTA		0x605
#define CSR_HTVAL		0x643
#define CSR_HVIP		0x645
#define CSR_HTINST		0x64A

#define SSTATUS_SIE		(1UL << 1)
#define SSTATUS_SPIE		(1UL << 5)
#define SSTATUS_SPP		(1UL << 8)
#define SSTATUS_FS		(3UL << 13)
#define SSTATUS_UXL_64		(2UL << 32)
#define HSTATUS_SPV		(1UL << 7)
#define HSTATUS_SPVP		(1UL << 8)
#define HVIP_VSSIP		(1UL << 2)
#define HEDELEG_ILLEGAL		(1UL << 2)

#define CAUSE_IRQ		(1UL << 63)
#define CAUSE_FETCH_ACCESS	1
#define CAUSE_ILLEGAL		2
#define CAUSE_LOAD_ACCESS	5
#define CAUSE_STORE_ACCESS	7
#define CAUSE_VS_ECALL		10
#define CAUSE_FETCH_GUEST_PAGE	20
#define CAUSE_LOAD_GUEST_PAGE	21
#define CAUSE_VIRTUAL_INSN	22
#define CAUSE_STORE_GUEST_PAGE	23

#define INSN_WFI		0x10500073UL
#define INSN_WRS_NTO		0x00D00073UL

#define __csr_str(__s)		#__s
#define csr_read(__csr)							\
({									\
	u64 __v;							\
	__asm__ __volatile__("csrr %0, " __csr_str(__csr)		\
			     : "=r"(__v) : : "memory");			\
	__v;								\
})
#define csr_write(__csr, __val)						\
	__asm__ __volatile__("csrw " __csr_str(__csr) ", %0"		\
			     : : "rK"((u64)(__val)) : "memory")
#define csr_set(__csr, __val)						\
	__asm__ __volatile__("csrs " __csr_str(__csr) ", %0"		\
			     : : "rK"((u64)(__val)) : "memory")
#define csr_clear(__csr, __val)						\
	__asm__ __volatile__("csrc " __csr_str(__csr) ", %0"		\
			     : : "rK"((u64)(__val)) : "memory")

/* clang-format on */

#endif
