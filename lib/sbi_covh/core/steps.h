/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Against single-stepping (SBI_COVH_STEP_LIMIT), cove-abi.md E.5: a vCPU that
 * a host interrupt brings out again and again before it has got anywhere is
 * not run for a while.
 */

#ifndef __COVH_STEPS_H__
#define __COVH_STEPS_H__

#include "shim.h"

#ifndef CONFIG_SBI_COVH_STEP_LIMIT
#define CONFIG_SBI_COVH_STEP_LIMIT 0
#endif
#define COVH_STEP_LIMIT CONFIG_SBI_COVH_STEP_LIMIT

/** Somebody wants to know how much a run executes */
#if COVH_STEP_LIMIT || defined(CONFIG_SBI_COVH_COUNTERS)
#define COVH_COUNT_INSNS 1
#else
#define COVH_COUNT_INSNS 0
#endif

/** Instructions of a run that is a step; the trampoline's are in it, about 400,
 * and more where FP and V registers change */
#define COVH_STEP_INSNS 1000

/** Of one vCPU; whoever runs it has these to itself */
struct covh_steps {
	u64 since; /**< Host time from which n counts, in ticks */
	u64 until; /**< RUN is refused before this time */
	u32 n;
};

/** A run has ended by a host interrupt after so many instructions */
static inline void covh_step(struct covh_steps *s, u64 insns, u64 now, u64 hz)
{
	if (insns >= COVH_STEP_INSNS)
		return;
	if (now - s->since >= hz) {
		s->since = now;
		s->n = 0;
	}
	if (++s->n > COVH_STEP_LIMIT)
		s->until = now + hz / 1000;
}

static inline bool covh_steps_refuse(const struct covh_steps *s, u64 now)
{
	return now < s->until;
}

#endif
