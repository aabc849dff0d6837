/* SPDX-License-Identifier: BSD-2-Clause */
/* Guest smp and its test. */

#ifndef GUEST_SMP_TEST_H
#define GUEST_SMP_TEST_H

/** In the argument: number of vCPUs, and of repetitions above it */
#define SMP_VCPUS  0xffUL
#define SMP_ROUNDS 8

/** What the guest keeps for itself, what it tells, and what it is told */
#define SMP_SECRET 0x5ec4e75ec4e7aaaaUL
#define SMP_HELLO  0x4e110f407de90e57UL
#define SMP_ANSWER 0xa45be40000005e4eUL

#endif
