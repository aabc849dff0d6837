/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * SHA-384 by mbedTLS.
 */

#include <mbedtls/sha512.h>
#include "../core/hart_ops.h"

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
