/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A per-hart log of PMP views, hgatp values and fences, in test builds only
 * (SBI_COVH_TEST). QEMU flushes by itself on PMP and hgatp writes, so a missing
 * fence shows nowhere else.
 */

#ifndef __COVH_FENCELOG_H__
#define __COVH_FENCELOG_H__

#include "../core/shim.h"

enum covh_log_event {
	COVH_LOG_NONE = 0,
	COVH_LOG_PMP_GUEST,	/**< Guest view on; arg: 0 */
	COVH_LOG_PMP_HOST,	/**< Host view on; arg: 0 */
	COVH_LOG_PMP_INSTALL,	/**< Window set installed; arg: its entries */
	COVH_LOG_HGATP,		/**< hgatp written; arg: value */
	COVH_LOG_SFENCE,
	COVH_LOG_HFENCE_GVMA,
	COVH_LOG_HFENCE_VVMA,	/**< arg: hgatp at that time */
};

#ifdef CONFIG_SBI_COVH_TEST
/** Append an event to this hart's log; the oldest of the last 64 falls out */
void covh_fencelog(enum covh_log_event ev, u64 arg);
/** Event number i (0: the newest) of this hart; COVH_LOG_NONE if none */
enum covh_log_event covh_fencelog_read(u32 i, u64 *arg);
#else
static inline void covh_fencelog(enum covh_log_event ev, u64 arg)
{
	(void)ev;
	(void)arg;
}
#endif

#endif
