/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A per-hart log of PMP views, hgatp values and fences, in test builds only
 * (SBI_COVH_TEST). QEMU flushes by itself on PMP and hgatp writes, so a missing
 * fence shows nowhere else.
 */

#ifndef __COVH_FENCELOG_H__
#define __COVH_FENCELOG_H__

#include <sbi_covh/test.h>
#include "../core/shim.h"

#ifdef CONFIG_SBI_COVH_TEST
/** Append an event to this hart's log; the oldest of the last 64 falls out */
void covh_fencelog(u32 ev, u64 arg);
/** Event number i (0: the newest) of this hart; COVH_LOG_NONE if none */
u32 covh_fencelog_read(u32 i, u64 *arg);
/** The same with what a CSR holds */
#define covh_fencelog_csr(__ev, __num) covh_fencelog(__ev, csr_read(__num))
/** What stands in for a board's covh_flush_hook: counts its calls */
void covh_test_flush(void);
/** How often it was called on this hart */
u64 covh_test_flushes(void);
#else
#define covh_fencelog_csr(__ev, __num) ((void)0)
static inline void covh_fencelog(u32 ev, u64 arg)
{
	(void)ev;
	(void)arg;
}
#endif

#endif
