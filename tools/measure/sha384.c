/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The hash that lib/sbi_covh/core/measure.c asks for, by OpenSSL.
 */

#include <openssl/evp.h>
#include "../../lib/sbi_covh/core/hart_ops.h"
#include "measure.h"

void covh_sha384(const struct covh_bytes *in, u32 n, u8 out[48])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha384(), NULL) > 0;
	u32 i;

	for (i = 0; i < n; i++)
		ok = ok && EVP_DigestUpdate(ctx, in[i].p, in[i].len) > 0;
	if (!ok || EVP_DigestFinal_ex(ctx, out, NULL) <= 0)
		die("SHA-384 does not work");
	EVP_MD_CTX_free(ctx);
}

void extend(uint8_t reg[COVH_DIGEST_SIZE],
	    const uint8_t digest[COVH_DIGEST_SIZE])
{
	const struct covh_bytes in[] = { { reg, COVH_DIGEST_SIZE },
					 { digest, COVH_DIGEST_SIZE } };

	covh_sha384(in, 2, reg);
}
