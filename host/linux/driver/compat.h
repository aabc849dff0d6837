/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What differs between the kernels that the driver is for: 6.12 and later. No
 * other file looks at the kernel's version.
 */

#ifndef COVE_COMPAT_H
#define COVE_COMPAT_H

#include <linux/gfp.h>
#include <linux/sched.h>
#include <linux/thread_info.h>
#include <linux/version.h>

/* 6.17: what was the migrate type became flags, and MIGRATE_MOVABLE would be
 * taken for the one that says "for CMA" */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define COVE_CONTIG ACR_FLAGS_NONE
#else
#define COVE_CONTIG MIGRATE_MOVABLE
#endif

/* 6.13: with PREEMPT_LAZY a thread that should make room for another has a flag
 * of its own, which need_resched() and cond_resched() do not look at: the way
 * to userspace does, and so does the way to a guest */
#ifdef TIF_NEED_RESCHED_LAZY
static inline bool cove_need_resched(void)
{
	return need_resched() || test_thread_flag(TIF_NEED_RESCHED_LAZY);
}

static inline void cove_resched(void)
{
	if (cove_need_resched())
		schedule();
	else
		cond_resched();
}
#else
static inline bool cove_need_resched(void)
{
	return need_resched();
}

static inline void cove_resched(void)
{
	cond_resched();
}
#endif

#endif
