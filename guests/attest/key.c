/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's key: P-384, made anew at each start, never outside of the VM. */

#include <mbedtls/ecdh.h>
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/platform_util.h>
#include "attest.h"

static mbedtls_hmac_drbg_context random;
static mbedtls_ecp_group p384;
static mbedtls_mpi scalar;
static uint8_t point[COVH_POINT_SIZE];

static void write_point(const mbedtls_ecp_point *q)
{
	size_t n;

	if (mbedtls_ecp_point_write_binary(&p384, q,
					   MBEDTLS_ECP_PF_UNCOMPRESSED, &n,
					   point, sizeof(point)) ||
	    n != sizeof(point))
		die("the public key cannot be written");
}

void key_make(void)
{
	mbedtls_ecp_point q;

	mbedtls_hmac_drbg_init(&random);
	if (mbedtls_hmac_drbg_seed(&random,
				   mbedtls_md_info_from_type(MBEDTLS_MD_SHA384),
				   seed_entropy, NULL, NULL, 0))
		die("the hart's entropy source has failed");
	mbedtls_ecp_group_init(&p384);
	mbedtls_ecp_point_init(&q);
	mbedtls_mpi_init(&scalar);
	if (mbedtls_ecp_group_load(&p384, MBEDTLS_ECP_DP_SECP384R1) ||
	    mbedtls_ecdh_gen_public(&p384, &scalar, &q,
				    mbedtls_hmac_drbg_random, &random))
		die("no key");
	write_point(&q);
	mbedtls_ecp_point_free(&q);
}

const uint8_t *key_point(void)
{
	return point;
}

/* Deterministic CBOR, so there is only one way: {1: 2, -1: 2, -2: X, -3: Y} */
void key_encode(uint8_t *out)
{
	static const uint8_t before_x[] = { 0xa4, 0x01, 0x02, 0x20,
					    0x02, 0x21, 0x58, COVH_P384_SIZE };
	static const uint8_t before_y[] = { 0x22, 0x58, COVH_P384_SIZE };

	memcpy(out, before_x, sizeof(before_x));
	out += sizeof(before_x);
	memcpy(out, point + 1, COVH_P384_SIZE);
	out += COVH_P384_SIZE;
	memcpy(out, before_y, sizeof(before_y));
	out += sizeof(before_y);
	memcpy(out, point + 1 + COVH_P384_SIZE, COVH_P384_SIZE);
}

bool key_agree(const uint8_t *peer, uint8_t *out)
{
	mbedtls_ecp_point q;
	mbedtls_mpi z;
	bool good;

	mbedtls_ecp_point_init(&q);
	mbedtls_mpi_init(&z);
	good = !mbedtls_ecp_point_read_binary(&p384, &q, peer,
					      COVH_POINT_SIZE) &&
	       !mbedtls_ecp_check_pubkey(&p384, &q) &&
	       !mbedtls_ecdh_compute_shared(&p384, &z, &q, &scalar,
					    mbedtls_hmac_drbg_random,
					    &random) &&
	       !mbedtls_mpi_write_binary(&z, out, COVH_P384_SIZE);
	mbedtls_mpi_free(&z);
	mbedtls_ecp_point_free(&q);
	return good;
}
