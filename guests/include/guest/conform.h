/* SPDX-License-Identifier: BSD-2-Clause */
/* What guest conform is told: see there. */

#ifndef GUEST_CONFORM_H
#define GUEST_CONFORM_H

/** Bits of a word that one answer of the host carries, the lowest first */
#define CONFORM_BITS 3
/** Answers before, that say how many follow */
#define CONFORM_COUNT 2

/** Low byte of the first word: what to do */
/** A call of (op >> 8) arguments; words: a7, a6, arguments. Out: a0, a1 */
#define CONFORM_CALL 1
/** Start vCPU (op >> 8), which then spins. Out: a0, a1 */
#define CONFORM_START 2
/** Spin. Out: one word before */
#define CONFORM_SPIN 3
/** Put a COSE_Key at an address, the next word. Out: one word */
#define CONFORM_KEY 4

#endif
