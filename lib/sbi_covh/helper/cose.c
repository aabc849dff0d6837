/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COSE (RFC 9052) as far as evidence needs it: Sign1 with ES384, EC2 keys.
 */

#include "helper.h"
#include <mbedtls/sha512.h>

void covh_sign1_begin(struct covh_cbor *c, struct covh_sign1 *s, const u8 *kid)
{
	struct covh_cbor_map m;
	u32 begin;

	covh_cbor_tag(c, COVH_TAG_COSE_SIGN1);
	covh_cbor_array(c, 4);
	s->head = c->len;
	begin = covh_cbor_begin(c);
	covh_cbor_map(c, &m, kid ? 2 : 1);
	covh_cbor_key(c, &m, COVH_COSE_ALG);
	covh_cbor_int(c, COVH_COSE_ES384);
	if (kid) {
		covh_cbor_key(c, &m, COVH_COSE_KID);
		covh_cbor_bstr(c, kid, COVH_KEY_ID_SIZE);
	}
	covh_cbor_end(c, begin);
	covh_cbor_map(c, &m, 0);
	s->payload = covh_cbor_begin(c);
	covh_cbor_tag(c, COVH_TAG_CWT);
}

/* The Sig_structure: header and payload are in it as they are in the token,
 * with the empty map of the unprotected header between them left out */
static int digest_of(const struct covh_cbor *c, const struct covh_sign1 *s,
		     u8 *digest)
{
	static const u8 context[] = "\x84\x6aSignature1";
	static const u8 external_aad = COVH_CBOR_BSTR << 5;
	const u8 *head = c->buf + s->head, *payload = c->buf + s->payload;
	mbedtls_sha512_context sha;
	int err;

	mbedtls_sha512_init(&sha);
	err = mbedtls_sha512_starts(&sha, 1);
	if (!err)
		err = mbedtls_sha512_update(&sha, context, sizeof(context) - 1);
	if (!err)
		err = mbedtls_sha512_update(&sha, head, payload - 1 - head);
	if (!err)
		err = mbedtls_sha512_update(&sha, &external_aad, 1);
	if (!err)
		err = mbedtls_sha512_update(&sha, payload, c->len - s->payload);
	if (!err)
		err = mbedtls_sha512_finish(&sha, digest);
	mbedtls_sha512_free(&sha);
	return err;
}

int covh_sign1_end(struct covh_cbor *c, const struct covh_sign1 *s,
		   mbedtls_ecp_keypair *key)
{
	u8 signature[COVH_SIGNATURE_SIZE], digest[COVH_DIGEST_SIZE];
	int err;

	covh_cbor_end(c, s->payload);
	if (c->overflow)
		return -1;
	err = digest_of(c, s, digest);
	if (!err)
		err = covh_key_sign(key, digest, signature);
	if (!err)
		covh_cbor_bstr(c, signature, sizeof(signature));
	return err ? err : c->overflow;
}

void covh_cose_key(struct covh_cbor *c, const u8 *point)
{
	u32 begin = covh_cbor_begin(c);
	struct covh_cbor_map m;

	covh_cbor_map(c, &m, 4);
	covh_cbor_key(c, &m, COVH_COSE_KTY);
	covh_cbor_int(c, COVH_COSE_KTY_EC2);
	covh_cbor_key(c, &m, COVH_COSE_CRV);
	covh_cbor_int(c, COVH_COSE_CRV_P384);
	covh_cbor_key(c, &m, COVH_COSE_X);
	covh_cbor_bstr(c, point + 1, COVH_P384_SIZE);
	covh_cbor_key(c, &m, COVH_COSE_Y);
	covh_cbor_bstr(c, point + 1 + COVH_P384_SIZE, COVH_P384_SIZE);
	covh_cbor_end(c, begin);
}
