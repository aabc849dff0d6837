/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * P-384 keys: made of secrets, their ids, their signatures.
 */

#include "helper.h"
#include <mbedtls/ecdsa.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/platform_util.h>
#include <string.h>

static const mbedtls_md_info_t *sha384(void)
{
	return mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
}

int covh_kdf(const u8 *ikm, u32 len, const char *info, u8 *out, u32 out_len)
{
	return mbedtls_hkdf(sha384(), NULL, 0, ikm, len, (const u8 *)info,
			    strlen(info), out, out_len);
}

int covh_key_derive(mbedtls_ecp_keypair *key, const u8 *secret)
{
	mbedtls_hmac_drbg_context rng;
	u8 seed[COVH_DIGEST_SIZE];
	int err;

	mbedtls_hmac_drbg_init(&rng);
	err = mbedtls_ecp_group_load(&key->grp, MBEDTLS_ECP_DP_SECP384R1);
	if (!err)
		err = covh_kdf(secret, COVH_DIGEST_SIZE, COVH_KDF_KEY, seed,
			       sizeof(seed));
	if (!err)
		err = mbedtls_hmac_drbg_seed_buf(&rng, sha384(), seed,
						 sizeof(seed));
	mbedtls_platform_zeroize(seed, sizeof(seed));
	if (!err)
		err = mbedtls_ecp_gen_privkey(&key->grp, &key->d,
					      mbedtls_hmac_drbg_random, &rng);
	/* What the generator brings from now on blinds, no more */
	if (!err)
		err = mbedtls_ecp_mul(&key->grp, &key->Q, &key->d, &key->grp.G,
				      mbedtls_hmac_drbg_random, &rng);
	mbedtls_hmac_drbg_free(&rng);
	return err;
}

int covh_key_load(mbedtls_ecp_keypair *key, const u8 *scalar)
{
	int err = mbedtls_ecp_group_load(&key->grp, MBEDTLS_ECP_DP_SECP384R1);

	if (!err)
		err = mbedtls_mpi_read_binary(&key->d, scalar, COVH_P384_SIZE);
	if (!err)
		err = mbedtls_ecp_check_privkey(&key->grp, &key->d);
	return err;
}

int covh_key_public(mbedtls_ecp_keypair *key, const u8 *point)
{
	int err = mbedtls_ecp_group_load(&key->grp, MBEDTLS_ECP_DP_SECP384R1);

	/* mbedTLS' reader of points knows compressed ones, and brings square
	 * roots with it */
	if (!err)
		err = mbedtls_mpi_read_binary(&key->Q.X, point + 1,
					      COVH_P384_SIZE);
	if (!err)
		err = mbedtls_mpi_read_binary(
			&key->Q.Y, point + 1 + COVH_P384_SIZE, COVH_P384_SIZE);
	if (!err)
		err = mbedtls_mpi_lset(&key->Q.Z, 1);
	if (!err)
		err = mbedtls_ecp_check_pubkey(&key->grp, &key->Q);
	return err;
}

int covh_key_point(mbedtls_ecp_keypair *key, u8 *point)
{
	size_t len;

	return mbedtls_ecp_point_write_binary(&key->grp, &key->Q,
					      MBEDTLS_ECP_PF_UNCOMPRESSED, &len,
					      point, COVH_POINT_SIZE);
}

int covh_key_id(const u8 *point, u8 *id)
{
	return covh_kdf(point, COVH_POINT_SIZE, COVH_KDF_ID, id,
			COVH_KEY_ID_SIZE);
}

void covh_key_id_text(const u8 *id, char *text)
{
	u32 i;

	for (i = 0; i < 2 * COVH_KEY_ID_SIZE; i++)
		text[i] = "0123456789abcdef"[id[i / 2] >> (i & 1 ? 0 : 4) & 15];
	text[i] = 0;
}

int covh_no_rng(void *state, unsigned char *out, size_t len)
{
	(void)state;
	(void)out;
	(void)len;
	return -1;
}

int covh_key_sign(mbedtls_ecp_keypair *key, const u8 *digest, u8 *signature)
{
	mbedtls_mpi r, s;
	int err;

	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	err = mbedtls_ecdsa_sign_det_ext(&key->grp, &r, &s, &key->d, digest,
					 COVH_DIGEST_SIZE, MBEDTLS_MD_SHA384,
					 covh_no_rng, NULL);
	if (!err)
		err = mbedtls_mpi_write_binary(&r, signature, COVH_P384_SIZE);
	if (!err)
		err = mbedtls_mpi_write_binary(&s, signature + COVH_P384_SIZE,
					       COVH_P384_SIZE);
	mbedtls_mpi_free(&s);
	mbedtls_mpi_free(&r);
	return err;
}
