/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The X.509 form of a certificate. OpenSSL reads it; what is not as the format
 * says is refused here.
 */

#include <string.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include "priv.h"

#define NOT_AFTER "99991231235959Z"

static bool is_uccs(const ASN1_OBJECT *o)
{
	static const uint8_t oid[] = COVH_OID_UCCS_EVIDENCE;

	return OBJ_length(o) == sizeof(oid) - 1 &&
	       !memcmp(OBJ_get0_data(o), oid, sizeof(oid) - 1);
}

/* Which of the five extensions it is, -1: none of them */
static int which(const ASN1_OBJECT *o)
{
	if (is_uccs(o))
		return 0;
	switch (OBJ_obj2nid(o)) {
	case NID_key_usage:
		return 1;
	case NID_basic_constraints:
		return 2;
	case NID_authority_key_identifier:
		return 3;
	case NID_subject_key_identifier:
		return 4;
	default:
		return -1;
	}
}

/* Each of the five once, the first three critical, and no other */
static const char *extensions(const X509 *x, struct cv_bytes *uccs)
{
	unsigned int seen = 0;
	int i, k;

	for (i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *e = X509_get_ext(x, i);
		const ASN1_OCTET_STRING *v = X509_EXTENSION_get_data(e);

		k = which(X509_EXTENSION_get_object(e));
		if (k < 0)
			return "has an unknown extension";
		if (seen & 1U << k)
			return "has an extension twice";
		seen |= 1U << k;
		if (X509_EXTENSION_get_critical(e) != (k < 3))
			return "has an extension that is critical and must not "
			       "be, or the other way round";
		if (!k)
			*uccs = (struct cv_bytes){ ASN1_STRING_get0_data(v),
						   (size_t)ASN1_STRING_length(
							   v) };
	}
	return seen == 31 ? NULL : "lacks an extension";
}

static const char *is_ca(X509 *x)
{
	uint32_t flags = X509_get_extension_flags(x);

	if (flags & (EXFLAG_INVALID | EXFLAG_INVALID_POLICY))
		return "has an extension that cannot be decoded";
	if (!(flags & EXFLAG_CA) || X509_get_pathlen(x) != 0)
		return "is no CA with a path length of 0";
	if (X509_get_key_usage(x) != KU_KEY_CERT_SIGN)
		return "has another key usage than keyCertSign";
	return NULL;
}

static bool is_alg(const X509_ALGOR *alg)
{
	const ASN1_OBJECT *o;
	int type;

	X509_ALGOR_get0(&o, &type, NULL, alg);
	return OBJ_obj2nid(o) == NID_ecdsa_with_SHA384 && type == V_ASN1_UNDEF;
}

static const char *fields(const X509 *x)
{
	const ASN1_TIME *end = X509_get0_notAfter(x);
	const X509_ALGOR *alg;

	if (X509_get_version(x) != X509_VERSION_3)
		return "is not of version 3";
	X509_get0_signature(NULL, &alg, x);
	if (!is_alg(alg) || !is_alg(X509_get0_tbs_sigalg(x)))
		return "is not signed with ecdsa-with-SHA384";
	if (ASN1_STRING_length(end) != sizeof(NOT_AFTER) - 1 ||
	    memcmp(ASN1_STRING_get0_data(end), NOT_AFTER,
		   sizeof(NOT_AFTER) - 1) != 0)
		return "does not end with " NOT_AFTER;
	return NULL;
}

/* Is it DER, all of it? Of what is signed, the bytes are checked as they are. */
static bool same_bytes(X509 *x, struct cv_bytes in)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);
	bool same =
		len > 0 && (size_t)len == in.len && !memcmp(der, in.p, in.len);

	OPENSSL_free(der);
	return same;
}

const char *cv_x509_split(struct cv_bytes in, struct cv_cert *c)
{
	const unsigned char *p = in.p;
	struct cv_bytes uccs = { NULL, 0 };
	struct cv_bytes item;
	const char *why;
	X509 *x = d2i_X509(NULL, &p, (long)in.len);

	c->x509 = x;
	if (!x)
		return "is no X.509 certificate (DER)";
	if (p != in.p + in.len)
		return "has bytes behind its end";
	if (!same_bytes(x, in))
		return "is not DER";
	why = fields(x);
	if (!why)
		why = extensions(x, &uccs);
	if (!why)
		why = is_ca(x);
	if (why)
		return why;
	item = cv_decode(uccs, &why);
	if (why)
		return why;
	c->evidence = cv_tagged(item, COVH_TAG_UCCS);
	return c->evidence.p ? NULL : "has evidence that is not under tag 601";
}

void cv_cert_free(struct cv_cert *c)
{
	X509_free(c->x509);
	c->x509 = NULL;
}

bool cv_x509_verify(const struct cv_cert *c, const uint8_t tsm[COVH_POINT_SIZE])
{
	EVP_PKEY *key = cv_key_new(tsm);
	bool ok = key && X509_verify(c->x509, key) == 1;

	EVP_PKEY_free(key);
	return ok;
}

/* Common name or serial number, or both: all must be the id */
static bool name_is(const X509_NAME *name, const char *id)
{
	int i, nid, n = X509_NAME_entry_count(name);
	const ASN1_STRING *s;

	for (i = 0; i < n; i++) {
		const X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);

		nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(e));
		s = X509_NAME_ENTRY_get_data(e);
		if ((nid != NID_commonName && nid != NID_serialNumber) ||
		    (ASN1_STRING_type(s) != V_ASN1_UTF8STRING &&
		     ASN1_STRING_type(s) != V_ASN1_PRINTABLESTRING) ||
		    ASN1_STRING_length(s) != (int)strlen(id) ||
		    memcmp(ASN1_STRING_get0_data(s), id, strlen(id)) != 0)
			return false;
	}
	return n > 0;
}

/* The id as a positive number of 20 bytes: its first two bits are 01 */
static bool serial_is(const X509 *x, const uint8_t *id)
{
	const ASN1_INTEGER *s = X509_get0_serialNumber(x);
	const uint8_t *p = ASN1_STRING_get0_data(s);

	return ASN1_STRING_type(s) == V_ASN1_INTEGER &&
	       ASN1_STRING_length(s) == COVH_KEY_ID_SIZE &&
	       p[0] == ((id[0] & 0x3f) | 0x40) &&
	       !memcmp(p + 1, id + 1, COVH_KEY_ID_SIZE - 1);
}

static bool id_is(const ASN1_OCTET_STRING *s, const uint8_t *id)
{
	return s && ASN1_STRING_length(s) == COVH_KEY_ID_SIZE &&
	       !memcmp(ASN1_STRING_get0_data(s), id, COVH_KEY_ID_SIZE);
}

static bool key_is(const X509 *x, const uint8_t point[COVH_POINT_SIZE])
{
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x);
	EVP_PKEY *key = X509_get0_pubkey(x);
	char group[32];
	size_t len;

	return key && bits && EVP_PKEY_is_a(key, "EC") &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), &len) == 1 &&
	       !strcmp(group, "secp384r1") &&
	       ASN1_STRING_length(bits) == COVH_POINT_SIZE &&
	       !memcmp(ASN1_STRING_get0_data(bits), point, COVH_POINT_SIZE);
}

const char *cv_x509_names(const struct cv_cert *c, const struct cove_report *r,
			  const char *tsm_id, const char *guest_id,
			  const uint8_t guest[COVH_POINT_SIZE])
{
	X509 *x = c->x509;

	if (!name_is(X509_get_issuer_name(x), tsm_id))
		return "issuer is not the id of the TSM's key";
	if (!serial_is(x, r->tsm_id))
		return "serialNumber is not the id of the TSM's key";
	if (!name_is(X509_get_subject_name(x), guest_id))
		return "subject is not the id of the guest's key";
	if (!id_is(X509_get0_authority_key_id(x), r->tsm_id))
		return "authorityKeyIdentifier is not the id of the TSM's key";
	if (!id_is(X509_get0_subject_key_id(x), r->guest_id))
		return "subjectKeyIdentifier is not the id of the guest's key";
	if (!key_is(x, guest))
		return "subjectPublicKeyInfo is not the guest's key";
	return NULL;
}
