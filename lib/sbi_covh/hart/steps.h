/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Counting what a run executes, without showing it: minstret runs meanwhile
 * and then holds again what it held before (T-55).
 */

#ifndef __COVH_HART_STEPS_H__
#define __COVH_HART_STEPS_H__

#include <sbi/sbi_timer.h>
#include "../core/counters.h"
#include "hart.h"

static inline void covh_steps_enter(struct covh_hart *h)
{
#if COVH_COUNT_INSNS
	h->minstret = csr_read(CSR_MINSTRET);
#else
	(void)h;
#endif
}

/** At once: what M-mode does from here on is not the guest's */
static inline void covh_steps_leave(struct covh_hart *h, u64 scause, u64 now)
{
#if COVH_COUNT_INSNS
	u64 insns = csr_read(CSR_MINSTRET) - h->minstret;
#endif

#ifdef CONFIG_SBI_COVH_COUNTERS
	covh_count_insns(h->run.vcpu, insns);
#endif
#if COVH_STEP_LIMIT
	if (scause & MCAUSE_IRQ_MASK)
		covh_step(&h->run.vcpu->steps, insns, now,
			  sbi_timer_get_device()->timer_freq);
#else
	(void)h;
	(void)scause;
	(void)now;
#endif
}

/** After mcountinhibit is the host's again */
static inline void covh_steps_hide(const struct covh_hart *h)
{
#if COVH_COUNT_INSNS
	csr_write(CSR_MINSTRET, h->minstret);
#else
	(void)h;
#endif
}

#endif
