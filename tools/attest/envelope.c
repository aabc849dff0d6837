/* SPDX-License-Identifier: BSD-2-Clause */

#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include "envelope.h"

#define GCM_KEY 32
#define PURPOSE "opensbi-cove attest: secret"
#define PROOF	"have it"

static EVP_PKEY *public_key(const uint8_t *point)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0),
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point,
					COVH_POINT_SIZE),
		OSSL_PARAM_END,
	};

	if (!ctx || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* A key for this once: the shared secret @z, and our public half */
static bool agree(const uint8_t *guest, uint8_t *z, uint8_t *point)
{
	EVP_PKEY *peer = public_key(guest), *ours = EVP_EC_gen("P-384");
	EVP_PKEY_CTX *ctx = ours ? EVP_PKEY_CTX_new(ours, NULL) : NULL;
	size_t size = COVH_P384_SIZE, n = 0;
	bool good;

	good = peer && ctx &&
	       EVP_PKEY_get_octet_string_param(ours, OSSL_PKEY_PARAM_PUB_KEY,
					       point, COVH_POINT_SIZE,
					       &n) > 0 &&
	       n == COVH_POINT_SIZE && EVP_PKEY_derive_init(ctx) > 0 &&
	       EVP_PKEY_derive_set_peer(ctx, peer) > 0 &&
	       EVP_PKEY_derive(ctx, z, &size) > 0 && size == COVH_P384_SIZE;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(ours);
	EVP_PKEY_free(peer);
	return good;
}

static bool hkdf(const uint8_t *z, const uint8_t *salt, const uint8_t *info,
		 size_t info_len, uint8_t *key)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA384", 0),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (void *)z,
					COVH_P384_SIZE),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt,
					COVH_CHALLENGE_SIZE),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, (void *)info,
					info_len),
		OSSL_PARAM_END,
	};
	bool good = ctx && EVP_KDF_derive(ctx, key, GCM_KEY, params) > 0;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return good;
}

static bool derive(struct envelope *e, const uint8_t *guest,
		   const uint8_t *challenge, uint8_t *key)
{
	uint8_t info[sizeof(PURPOSE) - 1 + 2 * COVH_POINT_SIZE], *p = info;
	uint8_t z[COVH_P384_SIZE];
	bool good = agree(guest, z, e->point);

	memcpy(p, PURPOSE, sizeof(PURPOSE) - 1);
	p += sizeof(PURPOSE) - 1;
	memcpy(p, e->point, COVH_POINT_SIZE);
	memcpy(p + COVH_POINT_SIZE, guest, COVH_POINT_SIZE);
	good = good && hkdf(z, challenge, info, sizeof(info), key);
	OPENSSL_cleanse(z, sizeof(z));
	return good;
}

static bool encrypt(struct envelope *e, const uint8_t *secret,
		    const uint8_t *challenge, const uint8_t *key)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n, len = (int)e->len;
	bool good;

	good = ctx && RAND_bytes(e->iv, GCM_IV) > 0 &&
	       EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, e->iv) >
		       0 &&
	       EVP_EncryptUpdate(ctx, NULL, &n, challenge,
				 COVH_CHALLENGE_SIZE) > 0 &&
	       EVP_EncryptUpdate(ctx, e->text, &n, secret, len) > 0 &&
	       EVP_EncryptFinal_ex(ctx, e->text + n, &n) > 0 &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GCM_TAG,
				   e->tag) > 0;
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

bool envelope_close(struct envelope *e, const uint8_t *secret, size_t len,
		    const uint8_t guest[COVH_POINT_SIZE],
		    const uint8_t challenge[COVH_CHALLENGE_SIZE])
{
	uint8_t key[GCM_KEY];
	bool good;

	if (!len || len > SECRET_MAX)
		return false;
	e->len = len;
	good = derive(e, guest, challenge, key) &&
	       encrypt(e, secret, challenge, key);
	OPENSSL_cleanse(key, sizeof(key));
	return good;
}

bool expected_proof(const uint8_t *secret, size_t len,
		    const uint8_t challenge[COVH_CHALLENGE_SIZE],
		    uint8_t proof[COVH_DIGEST_SIZE])
{
	uint8_t text[COVH_CHALLENGE_SIZE + sizeof(PROOF) - 1];
	unsigned int n = COVH_DIGEST_SIZE;

	memcpy(text, challenge, COVH_CHALLENGE_SIZE);
	memcpy(text + COVH_CHALLENGE_SIZE, PROOF, sizeof(PROOF) - 1);
	return HMAC(EVP_sha384(), secret, (int)len, text, sizeof(text), proof,
		    &n);
}

void expected_register(const uint8_t before[COVH_DIGEST_SIZE],
		       const uint8_t *secret, size_t len,
		       uint8_t after[COVH_DIGEST_SIZE])
{
	uint8_t both[2 * COVH_DIGEST_SIZE];

	memcpy(both, before, COVH_DIGEST_SIZE);
	SHA384(secret, len, both + COVH_DIGEST_SIZE);
	SHA384(both, sizeof(both), after);
}
