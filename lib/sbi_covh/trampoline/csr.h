/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * CSR access and numbers, from OpenSBI's headers, and what they lack or have
 * longer names for.
 */

#ifndef __COVH_TRAMP_CSR_H__
#define __COVH_TRAMP_CSR_H__

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>

/* clang-format off */

#define CSR_VSTIMECMP		0x24D

#define SSTATUS_UXL_64		(2UL << 32)
#define SSTATUS_UBE		(1UL << 6)
#define HVIP_VSSIP		(1UL << 2)
#define HVIP_VSEIP		(1UL << 10)
#define COUNTEREN_TM		(1UL << 1)
#define HEDELEG_ILLEGAL		(1UL << 2)

#define VTYPE_VILL		(1UL << 63)

#define CAUSE_IRQ		(1UL << 63)
#define CAUSE_ILLEGAL		CAUSE_ILLEGAL_INSTRUCTION
#define CAUSE_VS_ECALL		CAUSE_VIRTUAL_SUPERVISOR_ECALL
#define CAUSE_FETCH_GUEST_PAGE	CAUSE_FETCH_GUEST_PAGE_FAULT
#define CAUSE_LOAD_GUEST_PAGE	CAUSE_LOAD_GUEST_PAGE_FAULT
#define CAUSE_VIRTUAL_INSN	CAUSE_VIRTUAL_INST_FAULT
#define CAUSE_STORE_GUEST_PAGE	CAUSE_STORE_GUEST_PAGE_FAULT

#define INSN_WFI		0x10500073UL
#define INSN_WRS_NTO		0x00D00073UL

/* clang-format on */

#endif
