/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * SHA-384 by mbedTLS, with a compression function of our own.
 */

#include <mbedtls/platform_util.h>
#include <mbedtls/sha512.h>
#include "../core/hart_ops.h"
#include "sha512.h"

#define BLOCK_BYTES 128

static void (*compress)(u64 state[8], const u64 block[16]) = covh_sha512_base;

void covh_sha512_choose(bool zbb, bool zknh)
{
	compress = zknh	 ? covh_sha512_zknh
		   : zbb ? covh_sha512_zbb
			 : covh_sha512_base;
}

/* mbedTLS' name for it. Pages and what precedes them are aligned */
int mbedtls_internal_sha512_process(mbedtls_sha512_context *ctx,
				    const unsigned char data[BLOCK_BYTES])
{
	u64 copy[BLOCK_BYTES / sizeof(u64)];

	if (!((unsigned long)data & 7)) {
		compress(ctx->MBEDTLS_PRIVATE(state), (const u64 *)data);
		return 0;
	}
	memcpy(copy, data, sizeof(copy));
	compress(ctx->MBEDTLS_PRIVATE(state), copy);
	mbedtls_platform_zeroize(copy, sizeof(copy));
	return 0;
}

void covh_sha384(const struct covh_bytes *in, u32 n, u8 out[48])
{
	mbedtls_sha512_context ctx;
	u32 i;

	mbedtls_sha512_init(&ctx);
	mbedtls_sha512_starts(&ctx, 1);
	for (i = 0; i < n; i++)
		mbedtls_sha512_update(&ctx, in[i].p, in[i].len);
	mbedtls_sha512_finish(&ctx, out);
	mbedtls_sha512_free(&ctx);
}
