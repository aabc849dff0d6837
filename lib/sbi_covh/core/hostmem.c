/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Buffers that the host passes by physical address.
 */

#include "hart_ops.h"
#include "hostmem.h"
#include "page.h"
#include <sbi_covh/abi.h>

long covh_copy_from_host(void *dst, u64 pa, u64 len)
{
	if (!covh_page_host_range(pa, len))
		return COVH_ERR_INVALID_ADDRESS;

	memcpy(dst, covh_host_map(pa, len), len);
	covh_host_unmap(pa, len);
	return 0;
}

long covh_copy_to_host(u64 pa, const void *src, u64 len)
{
	if (!covh_page_host_range(pa, len))
		return COVH_ERR_INVALID_ADDRESS;

	memcpy(covh_host_map(pa, len), src, len);
	covh_host_unmap(pa, len);
	return 0;
}
