/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The X.509 form of a certificate with evidence.
 *
 * Issuer and subject are names of one attribute, serialNumber, with the id of
 * the TSM's and of the guest's key in hexadecimal. The certificate's serial
 * number is the TSM's id as well, as the specification wants it: with its first
 * two bits set to 01, so that it is positive and 20 bytes long.
 */

#include "helper.h"
#include <mbedtls/asn1write.h>
#include <mbedtls/oid.h>
#include <mbedtls/x509_crt.h>
#include <string.h>

#define NOT_BEFORE  "20240101000000"
#define NOT_AFTER   "99991231235959"
#define NAME_PREFIX "serialNumber="

/* An id as a name for mbedTLS */
struct name {
	char prefix[sizeof(NAME_PREFIX) - 1];
	char id[COVH_KEY_ID_TEXT];
};

static void make_name(struct name *name, const u8 *id)
{
	memcpy(name->prefix, NAME_PREFIX, sizeof(name->prefix));
	covh_key_id_text(id, name->id);
}

static int set_names(mbedtls_x509write_cert *crt, const u8 *issuer,
		     const u8 *subject)
{
	struct name name;
	int err;

	make_name(&name, issuer);
	err = mbedtls_x509write_crt_set_issuer_name(crt, name.prefix);
	make_name(&name, subject);
	return err || mbedtls_x509write_crt_set_subject_name(crt, name.prefix);
}

static int set_serial(mbedtls_x509write_cert *crt, const u8 *id)
{
	u8 serial[COVH_KEY_ID_SIZE];

	memcpy(serial, id, sizeof(serial));
	serial[0] = (serial[0] & 0x3F) | 0x40;
	return mbedtls_x509write_crt_set_serial_raw(crt, serial,
						    sizeof(serial));
}

/* authorityKeyIdentifier: SEQUENCE { [0] id }, subjectKeyIdentifier: OCTET
 * STRING. mbedTLS' own functions for them would hash the keys with SHA-1 */
static int set_key_ids(mbedtls_x509write_cert *crt, const u8 *issuer,
		       const u8 *subject)
{
	u8 aki[4 + COVH_KEY_ID_SIZE] = { MBEDTLS_ASN1_CONSTRUCTED |
						 MBEDTLS_ASN1_SEQUENCE,
					 2 + COVH_KEY_ID_SIZE,
					 MBEDTLS_ASN1_CONTEXT_SPECIFIC,
					 COVH_KEY_ID_SIZE };
	u8 ski[2 + COVH_KEY_ID_SIZE] = { MBEDTLS_ASN1_OCTET_STRING,
					 COVH_KEY_ID_SIZE };
	int err;

	memcpy(aki + 4, issuer, COVH_KEY_ID_SIZE);
	memcpy(ski + 2, subject, COVH_KEY_ID_SIZE);
	err = mbedtls_x509write_crt_set_extension(
		crt, MBEDTLS_OID_AUTHORITY_KEY_IDENTIFIER,
		MBEDTLS_OID_SIZE(MBEDTLS_OID_AUTHORITY_KEY_IDENTIFIER), 0, aki,
		sizeof(aki));
	return err ||
	       mbedtls_x509write_crt_set_extension(
		       crt, MBEDTLS_OID_SUBJECT_KEY_IDENTIFIER,
		       MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_KEY_IDENTIFIER), 0,
		       ski, sizeof(ski));
}

static int set_extensions(mbedtls_x509write_cert *crt, const u8 *issuer,
			  const u8 *subject, const struct covh_cbor *evidence)
{
	return set_key_ids(crt, issuer, subject) ||
	       mbedtls_x509write_crt_set_key_usage(
		       crt, MBEDTLS_X509_KU_KEY_CERT_SIGN) ||
	       mbedtls_x509write_crt_set_basic_constraints(crt, 1, 0) ||
	       mbedtls_x509write_crt_set_extension(
		       crt, COVH_OID_UCCS_EVIDENCE,
		       MBEDTLS_OID_SIZE(COVH_OID_UCCS_EVIDENCE), 1,
		       evidence->buf, evidence->len);
}

/* The certificate, to the end of out and from there to its beginning */
static int write_der(mbedtls_x509write_cert *crt, struct covh_evidence_out *out)
{
	int len = mbedtls_x509write_crt_der(crt, out->bytes, sizeof(out->bytes),
					    covh_no_rng, NULL);

	if (len <= 0)
		return -1;
	memmove(out->bytes, out->bytes + sizeof(out->bytes) - len, len);
	out->len = len;
	return 0;
}

int covh_x509(const struct covh_evidence_in *in, struct covh_evidence_out *out,
	      mbedtls_ecp_keypair *guest, const u8 *guest_point,
	      mbedtls_ecp_keypair *key)
{
	const mbedtls_pk_info_t *info =
		mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY);
	mbedtls_pk_context guest_pk = { .pk_info = info, .pk_ctx = guest };
	mbedtls_pk_context key_pk = { .pk_info = info, .pk_ctx = key };
	u8 issuer[COVH_KEY_ID_SIZE], subject[COVH_KEY_ID_SIZE];
	mbedtls_x509write_cert crt;
	struct covh_cbor c;
	int err;

	/* mbedTLS copies extensions: out serves for the evidence first */
	covh_cbor_init(&c, out->bytes, sizeof(out->bytes));
	covh_cbor_tag(&c, COVH_TAG_UCCS);
	if (covh_evidence_map(&c, in, key) ||
	    covh_key_id(in->id.point, issuer) ||
	    covh_key_id(guest_point, subject))
		return -1;

	mbedtls_x509write_crt_init(&crt);
	mbedtls_x509write_crt_set_md_alg(&crt, MBEDTLS_MD_SHA384);
	mbedtls_x509write_crt_set_subject_key(&crt, &guest_pk);
	mbedtls_x509write_crt_set_issuer_key(&crt, &key_pk);
	err = mbedtls_x509write_crt_set_validity(&crt, NOT_BEFORE, NOT_AFTER) ||
	      set_serial(&crt, issuer) || set_names(&crt, issuer, subject) ||
	      set_extensions(&crt, issuer, subject, &c) || write_der(&crt, out);
	mbedtls_x509write_crt_free(&crt);
	return err;
}
