/* SPDX-License-Identifier: BSD-2-Clause */
/* Guest "churn", and what whoever runs it has to answer. */

#ifndef GUEST_CHURN_H
#define GUEST_CHURN_H

/** Rounds of each vCPU (0: without end); so many MiB are touched first. */
#define CHURN_ARG(rounds, mib) ((unsigned long)(mib) << 32 | (rounds))
#define CHURN_ROUNDS(arg)      ((arg)&0xffffffff)
#define CHURN_MIB(arg)	       ((arg) >> 32)

/** vCPUs that it uses, if they are there. */
#define CHURN_VCPUS 4

/** Memory that it touches, behind the 2 MiB that the image is in. */
#define CHURN_MORE 0x80200000UL

/** Register 0 of the device takes a number, register 1 gives its complement. */
#define CHURN_DEVICE 0x10000000UL

/** A dot is printed so often, in rounds. */
#define CHURN_DOT 16

#endif
