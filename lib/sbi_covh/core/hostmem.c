/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Buffers that the host passes by physical address.
 */

#include "hart_ops.h"
#include "hostmem.h"
#include "page.h"
#include <sbi_covh/abi.h>

/* Bytes of [pa, pa + len) in its first page. A mapping may not cross pages: with
 * Smepmp it would take in all that a naturally aligned block of both holds */
static u64 piece(u64 pa, u64 len)
{
	u64 most = COVH_PAGE_SIZE - (pa & (COVH_PAGE_SIZE - 1));

	return len < most ? len : most;
}

long covh_copy_from_host(void *dst, u64 pa, u64 len)
{
	u8 *to = dst;
	u64 n;

	if (!covh_page_host_range(pa, len))
		return COVH_ERR_INVALID_ADDRESS;

	for (; len; pa += n, to += n, len -= n) {
		n = piece(pa, len);
		memcpy(to, covh_host_map(pa, n), n);
		covh_host_unmap(pa, n);
	}
	return 0;
}

void covh_put_to_host(u64 pa, const void *src, u64 len)
{
	const u8 *from = src;
	u64 n;

	for (; len; pa += n, from += n, len -= n) {
		n = piece(pa, len);
		memcpy(covh_host_map(pa, n), from, n);
		covh_host_unmap(pa, n);
	}
}

long covh_copy_to_host(u64 pa, const void *src, u64 len)
{
	if (!covh_page_host_range(pa, len))
		return COVH_ERR_INVALID_ADDRESS;

	covh_put_to_host(pa, src, len);
	return 0;
}
