/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * hart/stretch.h
 */

#include <sbi/sbi_timer.h>
#include <sbi_covh/abi.h>
#include <sbi_covh/test.h>
#include <core/hart_ops.h>
#include <hart/stretch.h>
#include <trampoline/layout.h>

#define FUNCTIONS 32 /* of one extension; the last stands for all others */

static const u64 extensions[] = {
	COVH_EID_NACL,
	COVH_EID_COVH,
	COVH_TRAMP_EID,
};

static u64 longest[COVH_ARRAY_SIZE(extensions)][FUNCTIONS];

static struct {
	u64 *call; /* NULL: none is under way */
	u64 since;
} stretch[COVH_MAX_HARTS];

static u64 *longest_of(u64 eid, u64 fid)
{
	u32 i;

	for (i = 0; i < COVH_ARRAY_SIZE(extensions); i++)
		if (extensions[i] == eid)
			return &longest[i]
				       [fid < FUNCTIONS ? fid : FUNCTIONS - 1];
	return NULL;
}

void covh_stretch_start(u64 eid, u64 fid)
{
	u32 h = covh_hart_self();

	stretch[h].call = longest_of(eid, fid);
	stretch[h].since = sbi_timer_value();
}

static void note(u64 *max, u64 n)
{
	u64 old = __atomic_load_n(max, __ATOMIC_RELAXED);

	while (n > old &&
	       !__atomic_compare_exchange_n(max, &old, n, true,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

void covh_stretch_serve(void)
{
	u32 h = covh_hart_self();
	u64 now;

	if (!stretch[h].call)
		return;
	now = sbi_timer_value();
	note(stretch[h].call, now - stretch[h].since);
	stretch[h].since = now;
}

void covh_stretch_end(void)
{
	covh_stretch_serve();
	stretch[covh_hart_self()].call = NULL;
}

u64 covh_stretch_longest(u64 eid, u64 fid)
{
	u64 *max = longest_of(eid, fid);

	return max ? __atomic_exchange_n(max, 0, __ATOMIC_RELAXED) : 0;
}
