/* SPDX-License-Identifier: BSD-2-Clause */
/* Guest stress and its test. */

#ifndef GUEST_STRESS_H
#define GUEST_STRESS_H

/** vCPUs that the guest may start, number 0 included */
#define STRESS_VCPUS 4

/** The guest's argument is a seed. A guest that finds its memory or registers
 * changed asks for a shutdown with this reason */
#define STRESS_WRONG 0x57e55

#endif
