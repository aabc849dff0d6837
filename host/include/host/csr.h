/* SPDX-License-Identifier: BSD-2-Clause */
/* Access to control and status registers, by name or by number. */

#ifndef HOST_CSR_H
#define HOST_CSR_H

#define __CSR_STR(x) #x
#define CSR_STR(x)   __CSR_STR(x)

/** Read a CSR; @csr is a name the assembler knows, or a number. */
#define csr_read(csr)                                         \
	({                                                    \
		unsigned long __v;                            \
		__asm__ __volatile__("csrr %0, " CSR_STR(csr) \
				     : "=r"(__v)              \
				     :                        \
				     : "memory");             \
		__v;                                          \
	})

/** Write a CSR. */
#define csr_write(csr, val)                                      \
	do {                                                     \
		unsigned long __v = (unsigned long)(val);        \
		__asm__ __volatile__("csrw " CSR_STR(csr) ", %0" \
				     :                           \
				     : "rK"(__v)                 \
				     : "memory");                \
	} while (0)

/** Write a CSR and return what it held before. */
#define csr_swap(csr, val)                                            \
	({                                                            \
		unsigned long __v = (unsigned long)(val);             \
		__asm__ __volatile__("csrrw %0, " CSR_STR(csr) ", %1" \
				     : "=&r"(__v)                     \
				     : "r"(__v)                       \
				     : "memory");                     \
		__v;                                                  \
	})

/** Set bits of a CSR. */
#define csr_set(csr, bits)                                       \
	do {                                                     \
		unsigned long __v = (unsigned long)(bits);       \
		__asm__ __volatile__("csrs " CSR_STR(csr) ", %0" \
				     :                           \
				     : "rK"(__v)                 \
				     : "memory");                \
	} while (0)

/** Clear bits of a CSR. */
#define csr_clear(csr, bits)                                     \
	do {                                                     \
		unsigned long __v = (unsigned long)(bits);       \
		__asm__ __volatile__("csrc " CSR_STR(csr) ", %0" \
				     :                           \
				     : "rK"(__v)                 \
				     : "memory");                \
	} while (0)

/* Numbers of CSRs that older assemblers do not know by name */
#define CSR_STIMECMP   0x14D
#define CSR_HSTATUS    0x600
#define CSR_HTIMEDELTA 0x605
#define CSR_HTVAL      0x643
#define CSR_HVIP       0x645
#define CSR_HTINST     0x64A
#define CSR_HGATP      0x680
#define CSR_VSIE       0x204
#define CSR_VSTIMECMP  0x24D
#define CSR_VSATP      0x280

#define SSTATUS_SIE	   (1UL << 1)
#define SSTATUS_FS	   (3UL << 13)
#define SSTATUS_FS_INITIAL (1UL << 13)
#define SSTATUS_VS	   (3UL << 9)
#define SSTATUS_VS_INITIAL (1UL << 9)

#define SIP_SSIP (1UL << 1)
#define SIP_STIP (1UL << 5)
#define SIP_SEIP (1UL << 9)

#define HVIP_VSEIP (1UL << 10)

#define SCAUSE_IRQ (1UL << 63)
#define IRQ_SSI	   1
#define IRQ_STI	   5
#define IRQ_SEI	   9

#define CAUSE_FETCH_ACCESS 1
#define CAUSE_ILLEGAL	   2
#define CAUSE_LOAD_ACCESS  5
#define CAUSE_STORE_ACCESS 7
#define CAUSE_FETCH_PAGE   12
#define CAUSE_STORE_PAGE   15
#define CAUSE_VS_ECALL	   10
#define CAUSE_FETCH_GPF	   20
#define CAUSE_LOAD_GPF	   21
#define CAUSE_VIRTUAL_INSN 22
#define CAUSE_STORE_GPF	   23

#endif
