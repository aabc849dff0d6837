/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The CBOR form of a certificate: a COSE_Sign1 around three claims.
 */

#include "priv.h"

const char *cv_cbor_split(struct cv_bytes in, struct cv_cert *c)
{
	static const int64_t keys[] = { COVH_CLAIM_ISS, COVH_CLAIM_SUB,
					COVH_CLAIM_EVIDENCE };
	struct cv_bytes item;
	const char *why;

	item = cv_decode(in, &why);
	if (why)
		return why;
	why = cv_sign1(item, &c->sign1);
	if (why)
		return why;
	if (c->sign1.has_kid)
		return "names a key id";
	c->claims = cv_sign1_claims(&c->sign1, &why);
	if (why)
		return why;
	if (!cv_only(c->claims, keys, CV_ARRAY_SIZE(keys)))
		return "has an unknown claim";
	c->evidence = cv_get(c->claims, COVH_CLAIM_EVIDENCE);
	return c->evidence.p ? NULL : "has no evidence";
}

bool cv_cbor_verify(const struct cv_cert *c, const uint8_t tsm[COVH_POINT_SIZE])
{
	return cv_sign1_verify(&c->sign1, tsm);
}

const char *cv_cbor_names(const struct cv_cert *c, const char *tsm_id,
			  const char *guest_id)
{
	if (!cv_text_is(cv_get(c->claims, COVH_CLAIM_ISS), tsm_id))
		return "iss is not the id of the TSM's key";
	if (!cv_text_is(cv_get(c->claims, COVH_CLAIM_SUB), guest_id))
		return "sub is not the id of the guest's key";
	return NULL;
}
