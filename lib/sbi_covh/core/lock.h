/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Locks. core/ runs with interrupts masked and sections are short: none is
 * held longer than 2,000 instructions, none while waiting for another hart.
 * Debug builds check that and the order, and count.
 */

#ifndef __COVH_LOCK_H__
#define __COVH_LOCK_H__

#include "shim.h"

/** The order: no lock is taken with one of the same or a later rank held */
enum covh_lock_rank {
	COVH_LOCK_SLOTS,  /**< Free TVM slots */
	COVH_LOCK_TVM,	  /**< One TVM, its vCPUs and tables */
	COVH_LOCK_WINDOW, /**< Published window set and versions */
	COVH_LOCK_RANKS
};

/** A test-and-set lock */
struct covh_lock {
	u32 held;
	u32 rank; /**< enum covh_lock_rank; for debug builds */
};

#ifdef COVH_DEBUG
/* Before the wait, behind it, and at the end */
void covh_lock_asked(const struct covh_lock *l);
void covh_lock_taken(const struct covh_lock *l);
void covh_lock_dropped(const struct covh_lock *l);

/** Stops the machine if this hart holds a lock: it is about to wait */
void covh_lock_none_held(void);

/** Instructions of the longest hold of a lock of this rank since the last
 * call; 0 for other numbers */
u64 covh_lock_longest(u64 rank);
#else
static inline void covh_lock_asked(const struct covh_lock *l)
{
	(void)l;
}

static inline void covh_lock_taken(const struct covh_lock *l)
{
	(void)l;
}

static inline void covh_lock_dropped(const struct covh_lock *l)
{
	(void)l;
}

static inline void covh_lock_none_held(void)
{
}
#endif

static inline void covh_lock(struct covh_lock *l)
{
	covh_lock_asked(l);
	while (__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(&l->held, __ATOMIC_RELAXED))
			;
	covh_lock_taken(l);
}

static inline void covh_unlock(struct covh_lock *l)
{
	covh_lock_dropped(l);
	__atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
}

#endif
