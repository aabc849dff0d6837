/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The invariants of cove-abi.md D.1, from the core's own state alone.
 */

#ifndef __FUZZ_INVARIANTS_H__
#define __FUZZ_INVARIANTS_H__

#include "fake_hart.h"

/** A TVM exists or has existed: how the table of TVMs is found */
void invariants_id(u64 id);

/** Forget it */
void invariants_reset(void);

/** Look at everything; no call is in progress. Stops at the first violation */
void invariants_check(void);

#endif
