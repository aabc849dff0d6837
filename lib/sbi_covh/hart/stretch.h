/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How long a hart stays in M-mode for one call without a look at its pending
 * IPIs, in test builds only (SBI_COVH_TEST). Time is counted: where an
 * instruction takes a fixed time (QEMU's -icount) that counts instructions.
 */

#ifndef __COVH_STRETCH_H__
#define __COVH_STRETCH_H__

#include "../core/shim.h"

#ifdef CONFIG_SBI_COVH_TEST
/** A call has come in: its extension, its function */
void covh_stretch_start(u64 eid, u64 fid);
/** Pending IPIs are served now; no call may be under way */
void covh_stretch_serve(void);
/** The call returns, or the guest goes on */
void covh_stretch_end(void);
/** Longest stretch of a call on any hart since it was asked for, in ticks of
 * the timer */
u64 covh_stretch_longest(u64 eid, u64 fid);
#else
static inline void covh_stretch_start(u64 eid, u64 fid)
{
	(void)eid;
	(void)fid;
}

static inline void covh_stretch_serve(void)
{
}

static inline void covh_stretch_end(void)
{
}
#endif

#endif
