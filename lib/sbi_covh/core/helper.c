/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Who owns which context of the helper.
 */

#include "hart_ops.h"
#include "helper.h"

static struct {
	u64 base;
	u64 size;
	u64 job;
	u64 all;   /* Bit n: there is a context n */
	u64 taken; /* Bit n: it has an owner */
} pool;

void covh_helper_init(u64 base, u64 size, u32 n, u64 job)
{
	pool.base = base;
	pool.size = size;
	pool.job = job;
	pool.all = n < COVH_MAX_HELPERS ? BIT64(n) - 1 : ~0ULL;
	pool.taken = 0;
}

int covh_helper_take(void)
{
	u64 taken = __atomic_load_n(&pool.taken, __ATOMIC_RELAXED), bit;

	do {
		bit = pool.all & ~taken;
		bit &= 0 - bit;
		if (!bit)
			return -1;
	} while (!__atomic_compare_exchange_n(&pool.taken, &taken, taken | bit,
					      false, __ATOMIC_ACQUIRE,
					      __ATOMIC_RELAXED));
	return __builtin_ctzll(bit);
}

void covh_helper_give(u32 i)
{
	u64 pa;

	for (pa = 0; pa < pool.size; pa += COVH_PAGE_SIZE) {
		covh_scrub_page(covh_helper_base(i) + pa);
		covh_hart_serve_ipis();
	}
	__atomic_fetch_and(&pool.taken, ~BIT64(i), __ATOMIC_RELEASE);
}

u64 covh_helper_taken(void)
{
	return __atomic_load_n(&pool.taken, __ATOMIC_RELAXED);
}

u64 covh_helper_base(u32 i)
{
	return pool.base + i * pool.size;
}

struct covh_job *covh_helper_job(u32 i)
{
	return covh_conf_ptr(covh_helper_base(i) + pool.job);
}
