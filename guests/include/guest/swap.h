/* SPDX-License-Identifier: BSD-2-Clause */
/* Between guest "swap" and its host. */

#ifndef GUEST_SWAP_H
#define GUEST_SWAP_H

/** The page that is replaced; a number, which only grows, is in its first
 * word */
#define SWAP_NUMBER 0x90000000UL
/** What it is at least, or SWAP_END */
#define SWAP_ANNOUNCED 0x90001000UL
#define SWAP_END       (~0UL)
/** What the guest has read last */
#define SWAP_SEEN 0x90001008UL

#endif
