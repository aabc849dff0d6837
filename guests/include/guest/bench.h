/* SPDX-License-Identifier: BSD-2-Clause */
/* What host and guest of the benchmark agree on. */

#ifndef GUEST_BENCH_H
#define GUEST_BENCH_H

/** Argument: one forwarded call after the other, for ever. */
#define BENCH_FORWARD 0
/** The same, with floating point in between. */
#define BENCH_FORWARD_FP 1
/** Store to page after page from BENCH_GPA on. */
#define BENCH_TOUCH 2
/** Share all from BENCH_GPA on, make a forwarded call, take it back. */
#define BENCH_SHARE 3
/** Call every function of COVG, all wrong; report how many are supported. */
#define BENCH_FUNCTIONS 4
/** A larger argument: that many calls that the trampoline answers, timed. */

/** Memory that the host declares beside the guest's own. */
#define BENCH_GPA 0x100000000UL
#define BENCH_LEN 0x40000000UL

/** Functions of COVG, from 0 */
#define BENCH_COVG_FUNCTIONS 11

#endif
