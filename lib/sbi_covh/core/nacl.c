/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * NACL shared memory. Only the hart itself writes its own slot.
 */

#include "hart_ops.h"
#include "nacl.h"
#include "page.h"
#include <sbi_covh/abi.h>

#define SHMEM_PAGES (COVH_NACL_SHMEM_SIZE / COVH_PAGE_SIZE)

u64 covh_nacl_areas[COVH_MAX_HARTS];

static void replace(u64 pa)
{
	u64 *slot = &covh_nacl_areas[covh_hart_self()];
	u64 old = *slot;

	*slot = pa;
	if (old)
		covh_page_unpin(old, SHMEM_PAGES);
}

long covh_nacl_set_shmem(u64 lo, u64 hi, u64 flags)
{
	if (flags)
		return COVH_ERR_INVALID_PARAM;
	if (lo == ~(u64)0 && hi == ~(u64)0) {
		replace(0);
		return 0;
	}
	if (lo & (COVH_PAGE_SIZE - 1))
		return COVH_ERR_INVALID_PARAM;
	if (hi || !lo)
		return COVH_ERR_INVALID_ADDRESS;

	/* The new pages first: a failure must leave the old ones registered,
	 * and pages in both areas must not be free in between */
	if (covh_page_pin(lo, SHMEM_PAGES, COVH_PG_NC_SHMEM))
		return COVH_ERR_INVALID_ADDRESS;
	replace(lo);
	return 0;
}

void covh_nacl_drop(void)
{
	replace(0);
}
