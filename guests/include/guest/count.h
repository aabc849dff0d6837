/* SPDX-License-Identifier: BSD-2-Clause */
/* How often guest count leaves, and why; answered by whom. And what it does
 * without leaving. */

#ifndef GUEST_COUNT_H
#define GUEST_COUNT_H

/** The trampoline */
#define COUNT_BASE  30
#define COUNT_TIMER 40
/** M-mode */
#define COUNT_STATUS 5
/** The host */
#define COUNT_WFI   3
#define COUNT_BYTES 7
/** Nobody: turns of a loop of two instructions */
#define COUNT_TURNS 500000

#endif
