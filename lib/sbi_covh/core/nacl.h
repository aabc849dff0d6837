/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * NACL shared memory of each hart, cove-abi.md B.6 and C.7.
 */

#ifndef __COVH_NACL_H__
#define __COVH_NACL_H__

#include "hart_ops.h"

/** NACL 1 for the calling hart; lo and hi all-ones disable. Errors as B.6 */
long covh_nacl_set_shmem(u64 lo, u64 hi, u64 flags);

/** Physical address of each hart's shared memory, 0 if none */
extern u64 covh_nacl_areas[COVH_MAX_HARTS];

/** That of the calling hart */
static inline u64 covh_nacl_shmem(void)
{
	return covh_nacl_areas[covh_hart_self()];
}

/** Drop the registration of the calling hart and unpin its pages */
void covh_nacl_drop(void);

#endif
