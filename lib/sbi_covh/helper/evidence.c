/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The evidence job: a certificate for the key of a guest, with the evidence of
 * how the guest, the TSM and the platform came to be what they are.
 */

#include "helper.h"

static void measurements(struct covh_cbor *c, const struct covh_evidence_in *in,
			 u32 first, u32 n)
{
	struct covh_cbor_map m;
	u32 i;

	covh_cbor_array(c, n);
	for (i = first; i < first + n; i++) {
		covh_cbor_map(c, &m, 3);
		covh_cbor_key(c, &m, COVH_MEASUREMENT_INDEX);
		covh_cbor_int(c, i);
		covh_cbor_key(c, &m, COVH_MEASUREMENT_DIGEST);
		covh_cbor_bstr(c, in->msmt[i], COVH_DIGEST_SIZE);
		covh_cbor_key(c, &m, COVH_MEASUREMENT_ALG);
		covh_cbor_tstr(c, COVH_ALG_NAME);
	}
}

static int tvm_token(struct covh_cbor *c, const struct covh_evidence_in *in,
		     mbedtls_ecp_keypair *key)
{
	struct covh_cbor_map m;
	struct covh_sign1 s;

	covh_sign1_begin(c, &s, NULL);
	covh_cbor_map(c, &m, in->has_identity ? 5 : 4);
	covh_cbor_key(c, &m, COVH_CLAIM_NONCE);
	covh_cbor_bstr(c, in->challenge, sizeof(in->challenge));
	covh_cbor_key(c, &m, COVH_CLAIM_TVM_KEY);
	covh_cbor_bstr(c, in->guest_key, in->key_len);
	covh_cbor_key(c, &m, COVH_CLAIM_INITIAL);
	measurements(c, in, 0, COVH_MSMT_INITIAL);
	if (in->has_identity) {
		covh_cbor_key(c, &m, COVH_CLAIM_IDENTITY);
		covh_cbor_bstr(c, in->identity, sizeof(in->identity));
	}
	covh_cbor_key(c, &m, COVH_CLAIM_RUNTIME);
	measurements(c, in, COVH_MSMT_RUNTIME_FIRST, COVH_MSMT_RUNTIME);
	return covh_sign1_end(c, &s, key);
}

int covh_evidence_map(struct covh_cbor *c, const struct covh_evidence_in *in,
		      mbedtls_ecp_keypair *key)
{
	struct covh_cbor_map m, submods;

	covh_cbor_map(c, &m, 1);
	covh_cbor_key(c, &m, COVH_CLAIM_SUBMODS);
	covh_cbor_map(c, &submods, 3);
	covh_cbor_key_text(c, &submods, COVH_SUBMOD_TSM);
	covh_cbor_raw(c, in->id.tsm.bytes, in->id.tsm.len);
	covh_cbor_key_text(c, &submods, COVH_SUBMOD_TVM);
	if (tvm_token(c, in, key))
		return -1;
	covh_cbor_key_text(c, &submods, COVH_SUBMOD_PLATFORM);
	covh_cbor_raw(c, in->id.platform.bytes, in->id.platform.len);
	return c->overflow;
}

/* The CBOR form */
static int certificate(const struct covh_evidence_in *in,
		       struct covh_evidence_out *out, const u8 *guest_point,
		       mbedtls_ecp_keypair *key)
{
	u8 issuer[COVH_KEY_ID_SIZE], subject[COVH_KEY_ID_SIZE];
	char text[COVH_KEY_ID_TEXT];
	struct covh_cbor_map m;
	struct covh_sign1 s;
	struct covh_cbor c;
	int err;

	if (covh_key_id(in->id.point, issuer) ||
	    covh_key_id(guest_point, subject))
		return -1;
	covh_cbor_init(&c, out->bytes, sizeof(out->bytes));
	covh_sign1_begin(&c, &s, NULL);
	covh_cbor_map(&c, &m, 3);
	covh_cbor_key(&c, &m, COVH_CLAIM_ISS);
	covh_key_id_text(issuer, text);
	covh_cbor_tstr(&c, text);
	covh_cbor_key(&c, &m, COVH_CLAIM_SUB);
	covh_key_id_text(subject, text);
	covh_cbor_tstr(&c, text);
	covh_cbor_key(&c, &m, COVH_CLAIM_EVIDENCE);
	err = covh_evidence_map(&c, in, key);
	if (!err)
		err = covh_sign1_end(&c, &s, key);
	out->len = c.len;
	return err;
}

static bool valid(const struct covh_evidence_in *in)
{
	return in->id.platform.len <= COVH_TOKEN_MAX &&
	       in->id.tsm.len <= COVH_TOKEN_MAX &&
	       (in->format == COVG_CERT_CBOR || in->format == COVG_CERT_X509);
}

int covh_evidence(struct covh_evidence_in *in, struct covh_evidence_out *out)
{
	u8 guest_point[COVH_POINT_SIZE];
	mbedtls_ecp_keypair guest, key;
	int err;

	if (!valid(in))
		return COVH_ERR_FAILED;
	if (in->key_len > COVH_GUEST_KEY_MAX ||
	    covh_cose_key_decode(in->guest_key, in->key_len, guest_point))
		return COVH_ERR_INVALID_PARAM;

	mbedtls_ecp_keypair_init(&guest);
	mbedtls_ecp_keypair_init(&key);
	if (covh_key_public(&guest, guest_point))
		err = COVH_ERR_INVALID_PARAM;
	else if (covh_key_load(&key, in->id.key) ||
		 (in->format == COVG_CERT_CBOR
			  ? certificate(in, out, guest_point, &key)
			  : covh_x509(in, out, &guest, guest_point, &key)))
		err = COVH_ERR_FAILED;
	else
		err = 0;
	mbedtls_ecp_keypair_free(&key);
	mbedtls_ecp_keypair_free(&guest);
	return err;
}
