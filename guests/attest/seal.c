/* SPDX-License-Identifier: BSD-2-Clause */
/* The envelope that the secret comes in, and the proof that it was opened. */

#include <mbedtls/gcm.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha512.h>
#include "attest.h"

#define PURPOSE "opensbi-cove attest: secret"
#define PROOF	"have it"

static const mbedtls_md_info_t *sha384(void)
{
	return mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
}

/*
 * The key depends on both public keys and on the challenge: an envelope opens
 * in the exchange that it was made for, and nowhere else.
 */
static bool derive(const struct envelope *e, const uint8_t *challenge,
		   uint8_t *key)
{
	uint8_t info[sizeof(PURPOSE) - 1 + 2 * COVH_POINT_SIZE], *p = info;
	uint8_t z[COVH_P384_SIZE];
	bool good;

	memcpy(p, PURPOSE, sizeof(PURPOSE) - 1);
	p += sizeof(PURPOSE) - 1;
	memcpy(p, e->point, COVH_POINT_SIZE);
	memcpy(p + COVH_POINT_SIZE, key_point(), COVH_POINT_SIZE);
	good = key_agree(e->point, z) &&
	       !mbedtls_hkdf(sha384(), challenge, COVH_CHALLENGE_SIZE, z,
			     sizeof(z), info, sizeof(info), key, GCM_KEY);
	mbedtls_platform_zeroize(z, sizeof(z));
	return good;
}

bool envelope_open(const struct envelope *e, const uint8_t *challenge,
		   uint8_t *secret)
{
	mbedtls_gcm_context gcm;
	uint8_t key[GCM_KEY];
	bool good;

	if (!derive(e, challenge, key))
		return false;
	mbedtls_gcm_init(&gcm);
	good = !mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, key,
				   8 * GCM_KEY) &&
	       !mbedtls_gcm_auth_decrypt(&gcm, e->len, e->iv, GCM_IV, challenge,
					 COVH_CHALLENGE_SIZE, e->tag, GCM_TAG,
					 e->text, secret);
	mbedtls_gcm_free(&gcm);
	mbedtls_platform_zeroize(key, sizeof(key));
	return good;
}

void prove(const uint8_t *secret, size_t len, const uint8_t *challenge,
	   uint8_t *proof)
{
	uint8_t text[COVH_CHALLENGE_SIZE + sizeof(PROOF) - 1];

	memcpy(text, challenge, COVH_CHALLENGE_SIZE);
	memcpy(text + COVH_CHALLENGE_SIZE, PROOF, sizeof(PROOF) - 1);
	if (mbedtls_md_hmac(sha384(), secret, len, text, sizeof(text), proof))
		die("no HMAC");
}

void digest(const void *data, size_t len, uint8_t *out)
{
	if (mbedtls_sha512(data, len, out, 1))
		die("no SHA-384");
}
