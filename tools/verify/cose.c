/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COSE_Sign1 with ES384 (RFC 9052, RFC 9053).
 */

#include <string.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include "priv.h"

static const char *protected_header(struct cv_sign1 *s)
{
	static const int64_t keys[] = { COVH_COSE_ALG, COVH_COSE_KID };
	struct cv_bytes map, kid;
	const char *why;
	int64_t alg;

	map = cv_decode(s->prot, &why);
	if (why)
		return why;
	if (!cv_only(map, keys, CV_ARRAY_SIZE(keys)))
		return "has a protected header with other things than alg, kid";
	if (!cv_int(cv_get(map, COVH_COSE_ALG), &alg) || alg != COVH_COSE_ES384)
		return "is not signed with ES384";
	kid = cv_get(map, COVH_COSE_KID);
	s->has_kid = kid.p;
	if (kid.p && !cv_bytes_copy(kid, s->kid, sizeof(s->kid)))
		return "has a key id that is not 20 bytes";
	return NULL;
}

/* The four parts; false: it is no array of four */
static bool four(struct cv_bytes item, struct cv_bytes e[4])
{
	struct cv_iter it;
	size_t i;

	if (!cv_array(item, &it) || it.left != 4)
		return false;
	for (i = 0; i < 4; i++) {
		if (!cv_next(&it, &e[i]))
			return false;
	}
	return true;
}

const char *cv_sign1(struct cv_bytes item, struct cv_sign1 *out)
{
	struct cv_bytes e[4];
	struct cv_iter it;

	memset(out, 0, sizeof(*out));
	if (!four(cv_tagged(item, COVH_TAG_COSE_SIGN1), e))
		return "is no COSE_Sign1 (tag 18 of four)";
	if (!cv_bytes(e[0], &out->prot) || !cv_bytes(e[2], &out->payload) ||
	    !cv_bytes(e[3], &out->sig))
		return "has a part that is no byte string";
	if (!cv_map(e[1], &it) || it.left)
		return "has an unprotected header";
	if (out->sig.len != COVH_SIGNATURE_SIZE)
		return "has a signature that is not 96 bytes";
	return protected_header(out);
}

/* COSE has r and s side by side, OpenSSL wants them in DER */
static int to_der(const uint8_t *raw, uint8_t **der)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, COVH_P384_SIZE, NULL);
	BIGNUM *s = BN_bin2bn(raw + COVH_P384_SIZE, COVH_P384_SIZE, NULL);
	int len = -1;

	if (sig && r && s && ECDSA_SIG_set0(sig, r, s)) {
		r = s = NULL;
		len = i2d_ECDSA_SIG(sig, der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return len;
}

/* As a byte string; parts of evidence are below 64 KiB */
static bool update_string(EVP_MD_CTX *ctx, struct cv_bytes b)
{
	uint8_t head[3] = { CV_BYTES << 5 };
	size_t n = 1;

	if (b.len < 24) {
		head[0] |= (uint8_t)b.len;
	} else if (b.len < 256) {
		head[0] |= 24;
		head[n++] = (uint8_t)b.len;
	} else {
		head[0] |= 25;
		head[n++] = (uint8_t)(b.len >> 8);
		head[n++] = (uint8_t)b.len;
	}
	return EVP_DigestVerifyUpdate(ctx, head, n) > 0 &&
	       EVP_DigestVerifyUpdate(ctx, b.p, b.len) > 0;
}

/* Sig_structure of RFC 9052, 4.4, without external data */
static bool verify(EVP_MD_CTX *ctx, EVP_PKEY *key, const struct cv_sign1 *s,
		   const uint8_t *der, size_t len)
{
	static const uint8_t start[] = "\x84\x6aSignature1";

	return EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, key) > 0 &&
	       EVP_DigestVerifyUpdate(ctx, start, sizeof(start) - 1) > 0 &&
	       update_string(ctx, s->prot) &&
	       update_string(ctx, (struct cv_bytes){ NULL, 0 }) &&
	       update_string(ctx, s->payload) &&
	       EVP_DigestVerifyFinal(ctx, der, len) == 1;
}

bool cv_sign1_verify(const struct cv_sign1 *s,
		     const uint8_t point[COVH_POINT_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *key = cv_key_new(point);
	uint8_t *der = NULL;
	int len = to_der(s->sig.p, &der);
	bool ok;

	ok = ctx && key && len > 0 && verify(ctx, key, s, der, (size_t)len);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	EVP_MD_CTX_free(ctx);
	return ok;
}

struct cv_bytes cv_sign1_claims(const struct cv_sign1 *s, const char **why)
{
	struct cv_bytes item = cv_decode(s->payload, why);

	if (*why)
		return item;
	item = cv_tagged(item, COVH_TAG_CWT);
	if (!cv_is_map(item))
		*why = "has a payload that is no map under tag 61";
	return item;
}
