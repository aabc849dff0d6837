/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * mbedTLS' hook for a compression function of one's own. (Native tests have
 * mbedTLS' C.)
 */

#include <mbedtls/platform_util.h>
#include <mbedtls/sha512.h>
#include "../core/hart_ops.h"
#include "sha512.h"

#define BLOCK_WORDS 16

static void (*const compress[])(u64 state[8], const u64 block[16]) = {
	[COVH_SHA512_BASE] = covh_sha512_base,
	[COVH_SHA512_ZBB] = covh_sha512_zbb,
	[COVH_SHA512_ZKNH] = covh_sha512_zknh,
};

u32 covh_sha512_kinds = 1U << COVH_SHA512_BASE;
enum covh_sha512_kind covh_sha512_kind = COVH_SHA512_BASE;

/* mbedTLS' name for it. Pages and what precedes them are aligned */
int mbedtls_internal_sha512_process(mbedtls_sha512_context *ctx,
				    const unsigned char data[8 * BLOCK_WORDS])
{
	u64 copy[BLOCK_WORDS];

	if (!((unsigned long)data & 7)) {
		compress[covh_sha512_kind](ctx->MBEDTLS_PRIVATE(state),
					   (const u64 *)data);
		return 0;
	}
	memcpy(copy, data, sizeof(copy));
	compress[covh_sha512_kind](ctx->MBEDTLS_PRIVATE(state), copy);
	mbedtls_platform_zeroize(copy, sizeof(copy));
	return 0;
}
