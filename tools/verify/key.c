/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys on P-384: from COSE_Key and files, to ids and SubjectPublicKeyInfo.
 */

#include <string.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include "priv.h"

EVP_PKEY *cv_key_new(const uint8_t point[COVH_POINT_SIZE])
{
	char group[] = "P-384";
	uint8_t copy[COVH_POINT_SIZE];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
						 group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy,
						  sizeof(copy)),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *key = NULL;

	if (point[0] != 4)
		return NULL;
	memcpy(copy, point, sizeof(copy));
	ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	/* This refuses a point that is not on the curve */
	if (!ctx || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static bool on_curve(const uint8_t point[COVH_POINT_SIZE])
{
	EVP_PKEY *key = cv_key_new(point);

	EVP_PKEY_free(key);
	return key;
}

/* Labels that a guest may use besides: a name and an algorithm, not looked at */
#define KEY_KID 2
#define KEY_ALG 3

static const char *optional(struct cv_bytes map)
{
	struct cv_bytes kid = cv_get(map, KEY_KID);
	struct cv_bytes alg = cv_get(map, KEY_ALG);
	struct cv_bytes b;
	int64_t n;

	if ((kid.p && !cv_bytes(kid, &b)) || (alg.p && !cv_int(alg, &n)))
		return "has a kid or an alg that is of the wrong type";
	return NULL;
}

const char *cv_cose_key(struct cv_bytes key, uint8_t point[COVH_POINT_SIZE])
{
	static const int64_t keys[] = {
		COVH_COSE_KTY, KEY_KID,	    KEY_ALG,
		COVH_COSE_CRV, COVH_COSE_X, COVH_COSE_Y
	};
	struct cv_bytes map;
	const char *why;
	int64_t n;

	map = cv_decode(key, &why);
	if (why)
		return why;
	if (!cv_only(map, keys, CV_ARRAY_SIZE(keys)))
		return "has other things than kty, kid, alg, crv, x, y";
	why = optional(map);
	if (why)
		return why;
	if (!cv_int(cv_get(map, COVH_COSE_KTY), &n) || n != COVH_COSE_KTY_EC2 ||
	    !cv_int(cv_get(map, COVH_COSE_CRV), &n) || n != COVH_COSE_CRV_P384)
		return "is not of type EC2 on P-384";
	point[0] = 4;
	if (!cv_bytes_copy(cv_get(map, COVH_COSE_X), point + 1,
			   COVH_P384_SIZE) ||
	    !cv_bytes_copy(cv_get(map, COVH_COSE_Y), point + 1 + COVH_P384_SIZE,
			   COVH_P384_SIZE))
		return "has no coordinates of 48 bytes";
	return on_curve(point) ? NULL : "is not a point of P-384";
}

const char *cove_parse_key(const void *key, size_t len,
			   uint8_t point[COVH_POINT_SIZE])
{
	return cv_cose_key((struct cv_bytes){ key, len }, point);
}

const char *cv_read_pem(const char *path, uint8_t point[COVH_POINT_SIZE])
{
	FILE *f = fopen(path, "r");
	EVP_PKEY *key = NULL;
	char group[32];
	size_t len = 0;
	const char *why = NULL;

	if (!f)
		return "cannot be opened";
	key = PEM_read_PUBKEY(f, NULL, NULL, NULL);
	fclose(f);
	if (!key)
		return "holds no public key (PEM)";
	if (EVP_PKEY_get_group_name(key, group, sizeof(group), &len) != 1 ||
	    (strcmp(group, "secp384r1") && strcmp(group, "P-384")))
		why = "holds a key that is not on P-384";
	else if (!EVP_PKEY_set_utf8_string_param(
			 key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
			 "uncompressed") ||
		 EVP_PKEY_get_octet_string_param(
			 key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
			 COVH_POINT_SIZE, &len) != 1 ||
		 len != COVH_POINT_SIZE)
		why = "holds a key without a point";
	EVP_PKEY_free(key);
	return why;
}

bool cove_key_id(const uint8_t point[COVH_POINT_SIZE],
		 uint8_t id[COVH_KEY_ID_SIZE])
{
	char digest[] = "SHA384";
	char info[] = COVH_KDF_ID;
	uint8_t copy[COVH_POINT_SIZE];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest,
						 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, copy,
						  sizeof(copy)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info,
						  sizeof(info) - 1),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	bool ok;

	memcpy(copy, point, sizeof(copy));
	ok = ctx && EVP_KDF_derive(ctx, id, COVH_KEY_ID_SIZE, params) > 0;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok;
}

bool cove_write_key(const uint8_t point[COVH_POINT_SIZE], bool pem, FILE *out)
{
	EVP_PKEY *key = cv_key_new(point);
	bool ok;

	if (!key)
		return false;
	ok = pem ? PEM_write_PUBKEY(out, key) : i2d_PUBKEY_fp(out, key);
	EVP_PKEY_free(key);
	return ok;
}
