/* SPDX-License-Identifier: BSD-2-Clause */
/* What guests world and illegal do, by the low byte of the argument. */

#ifndef GUEST_WORLD_H
#define GUEST_WORLD_H

/**
 * Odd values into all CSRs of VS-mode, an exit, compare; (arg >> 8) times,
 * then "initial=", "state=", "irqs=": differences and interrupts seen
 */
#define WORLD_STATE 0
/** Calls that the TSM answers: no exit between the bytes '<' and '>' */
#define WORLD_CALLS 1
/** FP registers as found: "fpinit=" those that are not 0 */
#define WORLD_FPINIT 2
/** LR, an exit, SC: "lrsc=" result of SC, 0 is success */
#define WORLD_LRSC 3
/** Time at each of 50 exits: "time.first=", "time.back=" steps backwards */
#define WORLD_TIME 4
/** WORLD_STATE, and the exits are loads of MMIO, at CANARY_MMIO; "loads=" those
 * that brought what the host says, 0 */
#define WORLD_MMIO 5

/** Guest illegal: hypervisor instructions and CSRs: "hext=" those not illegal */
#define ILLEGAL_HEXT 0
/** WRS.NTO and WRS.STO: "wrs=" traps they cause */
#define ILLEGAL_WRS 1

/** Odd values of WORLD_STATE */
#define WORLD_ODD	 0x6e57000000000000
#define WORLD_SSCRATCH	 (WORLD_ODD | 0x140)
#define WORLD_SEPC	 (WORLD_ODD | 0x142)
#define WORLD_STVAL	 (WORLD_ODD | 0x143)
#define WORLD_SCAUSE	 11
#define WORLD_STIMECMP	 (WORLD_ODD | 0x14d)
#define WORLD_SCOUNTEREN 0x7
#define WORLD_FCSR	 0x45

#endif
