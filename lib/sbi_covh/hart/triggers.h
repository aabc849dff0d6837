/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Debug triggers of the host, set through SBI DBTR: none is armed while a TVM
 * runs (T-56). One that fired inside the trampoline would do worse than
 * disturb the TVM: the trap would come at a place where none can be taken.
 */

#ifndef __COVH_TRIGGERS_H__
#define __COVH_TRIGGERS_H__

#include "../core/shim.h"

#define COVH_MAX_TRIGGERS 32

/** What the host had armed on one hart */
struct covh_triggers {
	u32 n;	    /**< Triggers of the hart */
	bool armed; /**< Any of them was */
	u64 tdata1[COVH_MAX_TRIGGERS];
};

/** Number of triggers of the calling hart, at most COVH_MAX_TRIGGERS */
u32 covh_triggers_count(void);

void covh_triggers_disarm_all(struct covh_triggers *t);
void covh_triggers_rearm_all(const struct covh_triggers *t);

/** Save and disarm all; t->n is set */
static inline void covh_triggers_disarm(struct covh_triggers *t)
{
	if (t->n)
		covh_triggers_disarm_all(t);
}

/** Arm again what was armed */
static inline void covh_triggers_rearm(const struct covh_triggers *t)
{
	if (t->armed)
		covh_triggers_rearm_all(t);
}

#endif
