/* SPDX-License-Identifier: BSD-2-Clause */
/* The values that guest canary leaves in its registers; tests look for them. */

#ifndef GUEST_CANARY_H
#define GUEST_CANARY_H

/** Upper 56 bits of all canaries; the low byte is the register number. */
#define CANARY_X_BASE 0xca7a570011223300
#define CANARY_F_BASE 0xca7a57f0aabbcc00
/** FP control and status register: rounding mode 3, two flags. */
#define CANARY_FCSR 0x63
/** CSRs of VS-mode; scause holds few bits, bit 0 of sepc is always 0. */
#define CANARY_STVAL  0xca7a57c5aabbcc01
#define CANARY_SCAUSE 9
#define CANARY_SEPC   0x0a7a57c5aabbcc02

/** Modes, in the guest's argument */
#define CANARY_ECALL 0
#define CANARY_WFI   1
#define CANARY_FAULT 2
#define CANARY_SPIN  3
#define CANARY_SRST  4
#define CANARY_LOAD  5
#define CANARY_STORE 6

/** Where CANARY_LOAD and CANARY_STORE go, a page declared as MMIO (WORLD_MMIO
 * has it too); what the store stores */
#define CANARY_MMIO   0xb0000000
#define CANARY_STORED 0x4a57ed

/** The byte that CANARY_ECALL prints: an exclamation mark */
#define CANARY_CHAR 33

#endif
