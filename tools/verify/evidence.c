/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The claims of the three tokens: all that must be there is, in its form, and
 * nothing else. Whether it is as the policy wants it is for rules.c.
 */

#include <string.h>
#include <openssl/evp.h>
#include "priv.h"

/* A version number as text: decimal, no sign, no leading zero */
static bool parse_svn(struct cv_bytes item, uint32_t *svn)
{
	struct cv_bytes t;
	uint64_t v = 0;
	size_t i;

	if (!cv_text(item, &t) || !t.len || t.len > 10 ||
	    (t.p[0] == '0' && t.len > 1))
		return false;
	for (i = 0; i < t.len; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
		v = v * 10 + (t.p[i] - '0');
	}
	*svn = (uint32_t)v;
	return v <= UINT32_MAX;
}

/* A name of printable ASCII, so that it can be shown and written in a policy */
static bool parse_type(struct cv_bytes item, char type[COVE_NAME_SIZE])
{
	struct cv_bytes t;
	size_t i;

	if (!cv_text(item, &t) || !t.len || t.len >= COVE_NAME_SIZE)
		return false;
	for (i = 0; i < t.len; i++) {
		if (t.p[i] <= ' ' || t.p[i] > '~')
			return false;
		type[i] = (char)t.p[i];
	}
	type[t.len] = 0;
	return true;
}

/* Optional in a component, and not looked at */
#define COMPONENT_MANIFEST 4
#define COMPONENT_SIGNER   5

static const char *component(struct cv_bytes map, bool tsm,
			     struct cove_report *r)
{
	static const int64_t keys[] = {
		COVH_COMPONENT_TYPE, COVH_COMPONENT_DIGEST, COVH_COMPONENT_SVN,
		COMPONENT_MANIFEST,  COMPONENT_SIGNER,	    COVH_COMPONENT_ALG
	};
	struct cove_component *c = &r->component[r->ncomponents];
	struct cv_bytes b, e;

	if (r->ncomponents == COVE_MAX_COMPONENTS)
		return "too many components";
	if (!cv_only(map, keys, CV_ARRAY_SIZE(keys)))
		return "a component with an unknown key";
	if (!parse_type(cv_get(map, COVH_COMPONENT_TYPE), c->type))
		return "a component without a type of 1 to 31 characters from ! to ~";
	if (!cv_text_is(cv_get(map, COVH_COMPONENT_ALG), COVH_ALG_NAME))
		return "a component without the algorithm sha-384";
	if (!cv_bytes_copy(cv_get(map, COVH_COMPONENT_DIGEST), c->digest,
			   sizeof(c->digest)))
		return "a component without a digest of 48 bytes";
	if (!parse_svn(cv_get(map, COVH_COMPONENT_SVN), &c->svn))
		return "a component without a decimal SVN of 32 bits";
	e = cv_get(map, COMPONENT_MANIFEST);
	if (e.p && !cv_bytes(e, &b))
		return "a component whose manifest hash is no byte string";
	e = cv_get(map, COMPONENT_SIGNER);
	if (e.p && !cv_bytes(e, &b))
		return "a component whose signer hash is no byte string";
	c->tsm = tsm;
	r->ncomponents++;
	return NULL;
}

static const char *components(struct cv_bytes array, bool tsm,
			      struct cove_report *r, size_t *n)
{
	struct cv_iter it;
	struct cv_bytes e;
	const char *why = NULL;

	if (!cv_array(array, &it) || !it.left)
		return "no software components";
	*n = it.left;
	while (!why && cv_next(&it, &e))
		why = component(e, tsm, r);
	return why;
}

static const char *claim_key(struct cv_bytes item,
			     uint8_t point[COVH_POINT_SIZE])
{
	struct cv_bytes b;

	if (!cv_bytes(item, &b))
		return "is not there";
	return cv_cose_key(b, point);
}

static const char *platform_claims(struct cv_bytes claims,
				   struct cove_report *r)
{
	int64_t state;
	size_t n;

	if (!cv_text_is(cv_get(claims, COVH_CLAIM_PROFILE), COVH_PROFILE))
		return "not the profile " COVH_PROFILE;
	if (!cv_bytes_copy(cv_get(claims, COVH_CLAIM_MANUFACTURER),
			   r->manufacturer, sizeof(r->manufacturer)))
		return "no manufacturer of 64 bytes";
	r->has_manufacturer = true;
	if (!cv_int(cv_get(claims, COVH_CLAIM_PLATFORM_STATE), &state) ||
	    state < 0 || !cove_state_name((uint32_t)state) ||
	    state != (uint32_t)state)
		return "no platform state from 1 to 4";
	r->platform_state = (uint32_t)state;
	return components(cv_get(claims, COVH_CLAIM_PLATFORM_COMPONENTS), false,
			  r, &n);
}

const char *cv_platform_claims(struct cv_bytes claims, struct cove_report *r,
			       uint8_t key[COVH_POINT_SIZE])
{
	static const int64_t keys[] = { COVH_CLAIM_PROFILE,
					COVH_CLAIM_PLATFORM_KEY,
					COVH_CLAIM_MANUFACTURER,
					COVH_CLAIM_PLATFORM_STATE,
					COVH_CLAIM_PLATFORM_COMPONENTS };
	const char *why;

	if (!cv_only(claims, keys, CV_ARRAY_SIZE(keys)))
		return "an unknown claim";
	why = platform_claims(claims, r);
	if (why)
		return why;
	return claim_key(cv_get(claims, COVH_CLAIM_PLATFORM_KEY), key)
		       ? "no platform key"
		       : NULL;
}

const char *cv_tsm_claims(struct cv_bytes claims, struct cove_report *r,
			  uint8_t key[COVH_POINT_SIZE])
{
	static const int64_t keys[] = { COVH_CLAIM_TSM_KEY,
					COVH_CLAIM_TSM_COMPONENTS };
	size_t first = r->ncomponents, n;
	const char *why;

	if (!cv_only(claims, keys, CV_ARRAY_SIZE(keys)))
		return "an unknown claim";
	why = components(cv_get(claims, COVH_CLAIM_TSM_COMPONENTS), true, r,
			 &n);
	if (why)
		return why;
	if (n != 2 ||
	    strcmp(r->component[first].type, COVH_COMPONENT_DRIVER) != 0 ||
	    strcmp(r->component[first + 1].type, COVH_COMPONENT_TSM) != 0)
		return "other components than tsm-driver and tsm";
	return claim_key(cv_get(claims, COVH_CLAIM_TSM_KEY), key) ? "no TSM key"
								  : NULL;
}

static const char *measurement(struct cv_bytes map, size_t first, size_t end,
			       struct cove_report *r)
{
	static const int64_t keys[] = { COVH_MEASUREMENT_INDEX,
					COVH_MEASUREMENT_DIGEST,
					COVH_MEASUREMENT_ALG };
	struct cove_register *reg;
	int64_t i;

	if (!cv_only(map, keys, CV_ARRAY_SIZE(keys)))
		return "a measurement with an unknown key";
	if (!cv_int(cv_get(map, COVH_MEASUREMENT_INDEX), &i) ||
	    i < (int64_t)first || i >= (int64_t)end)
		return "a measurement of an unknown register";
	reg = &r->reg[i];
	if (reg->present)
		return "two measurements of one register";
	if (!cv_text_is(cv_get(map, COVH_MEASUREMENT_ALG), COVH_ALG_NAME))
		return "a measurement without the algorithm sha-384";
	if (!cv_bytes_copy(cv_get(map, COVH_MEASUREMENT_DIGEST), reg->value,
			   sizeof(reg->value)))
		return "a measurement without a digest of 48 bytes";
	reg->present = true;
	return NULL;
}

static const char *measurements(struct cv_bytes array, size_t first, size_t end,
				struct cove_report *r)
{
	struct cv_iter it;
	struct cv_bytes e;
	const char *why = NULL;

	if (!cv_array(array, &it) || !it.left)
		return "an empty list of measurements, or none";
	while (!why && cv_next(&it, &e))
		why = measurement(e, first, end, r);
	return why;
}

static const char *all_measurements(struct cv_bytes claims,
				    struct cove_report *r)
{
	struct cv_bytes runtime = cv_get(claims, COVH_CLAIM_RUNTIME);
	const char *why;
	size_t i;

	why = measurements(cv_get(claims, COVH_CLAIM_INITIAL), 0,
			   COVH_MSMT_INITIAL, r);
	if (why)
		return why;
	for (i = 0; i < COVH_MSMT_INITIAL; i++) {
		if (!r->reg[i].present)
			return "an initial measurement is missing";
	}
	if (!runtime.p)
		return NULL;
	return measurements(runtime, COVH_MSMT_RUNTIME_FIRST, COVH_MSMT_COUNT,
			    r);
}

static bool extend(uint8_t reg[COVH_DIGEST_SIZE],
		   const uint8_t digest[COVH_DIGEST_SIZE])
{
	uint8_t both[2 * COVH_DIGEST_SIZE];

	memcpy(both, reg, COVH_DIGEST_SIZE);
	memcpy(both + COVH_DIGEST_SIZE, digest, COVH_DIGEST_SIZE);
	return EVP_Digest(both, sizeof(both), reg, NULL, EVP_sha384(), NULL);
}

/* Registers 0 and 2 once more, of what those who started platform and TSM say
 * of them */
static bool expect_registers(const struct cove_report *r,
			     uint8_t platform[COVH_DIGEST_SIZE],
			     uint8_t tsm[COVH_DIGEST_SIZE])
{
	const struct cove_component *c;

	memset(platform, 0, COVH_DIGEST_SIZE);
	memset(tsm, 0, COVH_DIGEST_SIZE);
	for (c = r->component; c < r->component + r->ncomponents; c++) {
		if (!c->tsm && !extend(platform, c->digest))
			return false;
		if (c->tsm && !strcmp(c->type, COVH_COMPONENT_TSM) &&
		    !extend(tsm, c->digest))
			return false;
	}
	return true;
}

const char *cv_tvm_agrees(const struct cove_report *r)
{
	uint8_t platform[COVH_DIGEST_SIZE], tsm[COVH_DIGEST_SIZE];

	if (!expect_registers(r, platform, tsm))
		return "digests cannot be computed";
	if (memcmp(platform, r->reg[COVH_MSMT_PLATFORM].value,
		   sizeof(platform)) != 0)
		return "register 0 is not of the platform token's components";
	if (memcmp(tsm, r->reg[COVH_MSMT_TSM].value, sizeof(tsm)) != 0)
		return "register 2 is not of the TSM in the TSM token";
	return NULL;
}

const char *cv_tvm_claims(struct cv_bytes claims, struct cove_report *r,
			  uint8_t key[COVH_POINT_SIZE],
			  uint8_t nonce[COVH_CHALLENGE_SIZE])
{
	static const int64_t keys[] = {
		COVH_CLAIM_NONCE,   COVH_CLAIM_TVM_KEY,	 COVH_CLAIM_INITIAL,
		COVH_CLAIM_RUNTIME, COVH_CLAIM_IDENTITY,
	};
	struct cv_bytes identity = cv_get(claims, COVH_CLAIM_IDENTITY);
	const char *why;

	if (!cv_only(claims, keys, CV_ARRAY_SIZE(keys)))
		return "an unknown claim";
	if (!cv_bytes_copy(cv_get(claims, COVH_CLAIM_NONCE), nonce,
			   COVH_CHALLENGE_SIZE))
		return "no nonce of 64 bytes";
	if (identity.p &&
	    !cv_bytes_copy(identity, r->identity, sizeof(r->identity)))
		return "an identity that is not 64 bytes";
	r->has_identity = identity.p;
	why = all_measurements(claims, r);
	if (why)
		return why;
	return claim_key(cv_get(claims, COVH_CLAIM_TVM_KEY), key)
		       ? "no guest key that is a COSE_Key on P-384"
		       : NULL;
}
