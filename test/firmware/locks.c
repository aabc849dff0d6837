/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What debug builds know of locks: which ranks each hart holds, how long.
 */

#include <core/hart_ops.h>
#include <core/lock.h>

static struct {
	u32 ranks; /* mask of those held */
	struct covh_watch watch[COVH_LOCK_RANKS];
	u64 longest[COVH_LOCK_RANKS];
} locks_of[COVH_MAX_HARTS];

void covh_lock_asked(const struct covh_lock *l)
{
	u32 *ranks = &locks_of[covh_hart_self()].ranks;

	COVH_ASSERT(!(*ranks >> l->rank));
	*ranks |= 1U << l->rank;
}

void covh_lock_taken(const struct covh_lock *l)
{
	covh_watch_start(&locks_of[covh_hart_self()].watch[l->rank]);
}

void covh_lock_dropped(const struct covh_lock *l)
{
	u32 h = covh_hart_self(), rank = l->rank;
	u64 n = covh_watch_stop(&locks_of[h].watch[rank]);

	if (n > locks_of[h].longest[rank])
		locks_of[h].longest[rank] = n;
	COVH_ASSERT(locks_of[h].ranks & 1U << rank);
	locks_of[h].ranks &= ~(1U << rank);
}

void covh_lock_none_held(void)
{
	COVH_ASSERT(!locks_of[covh_hart_self()].ranks);
}

u64 covh_lock_longest(u64 rank)
{
	u64 n, max = 0;
	u32 h;

	for (h = 0; rank < COVH_LOCK_RANKS && h < covh_hart_count(); h++) {
		n = __atomic_exchange_n(&locks_of[h].longest[rank], 0,
					__ATOMIC_RELAXED);
		if (n > max)
			max = n;
	}

	return max;
}
