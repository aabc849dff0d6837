/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * From the policy's root down to the guest's key. What a token says is read only
 * after its signature has been verified.
 */

#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "priv.h"

struct job {
	const struct cove_policy *policy;
	struct cove_report *r;
	const uint8_t *nonce;
	struct cv_cert cert;
	struct cv_sign1 platform, tsm, tvm;
	/** Public keys, each valid once the step that finds it has passed */
	uint8_t root[COVH_POINT_SIZE];
	uint8_t platform_key[COVH_POINT_SIZE];
	uint8_t tsm_key[COVH_POINT_SIZE];
	uint8_t guest_key[COVH_POINT_SIZE];
	uint8_t claimed_nonce[COVH_CHALLENGE_SIZE];
	char why[COVE_DETAIL_SIZE];
};

/* "token" and what is wrong with it, as the reason of a step */
static const char *because(struct job *j, const char *what, const char *why)
{
	if (!why)
		return NULL;
	snprintf(j->why, sizeof(j->why), "%s %s", what, why);
	return j->why;
}

static const char *split_evidence(struct job *j)
{
	static const int64_t keys[] = { COVH_CLAIM_SUBMODS };
	struct cv_bytes mods = cv_get(j->cert.evidence, COVH_CLAIM_SUBMODS);
	struct cv_bytes platform, tsm, tvm;
	struct cv_iter it;
	const char *why;

	if (!cv_only(j->cert.evidence, keys, 1) || !cv_map(mods, &it))
		return "the evidence is no map with the one claim 266";
	platform = cv_get_text(mods, COVH_SUBMOD_PLATFORM);
	tsm = cv_get_text(mods, COVH_SUBMOD_TSM);
	tvm = cv_get_text(mods, COVH_SUBMOD_TVM);
	if (!platform.p || !tsm.p || !tvm.p || it.left != 3)
		return "the evidence is not the three tokens";
	why = cv_sign1(platform, &j->platform);
	if (why)
		return because(j, "the platform token", why);
	why = cv_sign1(tsm, &j->tsm);
	if (why)
		return because(j, "the TSM token", why);
	why = cv_sign1(tvm, &j->tvm);
	if (why)
		return because(j, "the TVM token", why);
	if (!j->platform.has_kid)
		return "the platform token names no key id";
	if (j->tsm.has_kid || j->tvm.has_kid)
		return "the TSM or TVM token names a key id";
	return NULL;
}

static const char *step_encoding(struct job *j, struct cv_bytes in)
{
	const char *why;

	if (in.len > COVE_EVIDENCE_MAX)
		return "the evidence is longer than 64 KiB";
	if (j->r->format == COVE_FORMAT_X509)
		why = cv_x509_split(in, &j->cert);
	else
		why = cv_cbor_split(in, &j->cert);
	if (why)
		return because(j, "the certificate", why);
	return split_evidence(j);
}

static const char *step_root(struct job *j)
{
	const struct cove_policy *p = j->policy;
	char hex[2 * COVH_KEY_ID_SIZE + 1];
	size_t i;

	for (i = 0; i < p->nroots; i++) {
		if (memcmp(p->root[i].id, j->platform.kid,
			   sizeof(p->root[i].id)) != 0)
			continue;
		memcpy(j->root, p->root[i].point, sizeof(j->root));
		return NULL;
	}
	cv_hex(j->platform.kid, sizeof(j->platform.kid), hex);
	snprintf(j->why, sizeof(j->why),
		 "no root key of the policy has the id "
		 "%s",
		 hex);
	return j->why;
}

static const char *signed_by(const struct cv_sign1 *s, const uint8_t *key)
{
	return cv_sign1_verify(s, key) ? NULL : "the signature is wrong";
}

static const char *no_id(void)
{
	return "the id of a key cannot be computed";
}

static const char *step_platform_signature(struct job *j)
{
	const char *why = signed_by(&j->platform, j->root);

	if (!why)
		memcpy(j->r->rot_id, j->platform.kid, sizeof(j->r->rot_id));
	return why;
}

static const char *step_platform_claims(struct job *j)
{
	const char *why;
	struct cv_bytes claims = cv_sign1_claims(&j->platform, &why);

	if (why)
		return because(j, "the platform token", why);
	why = cv_platform_claims(claims, j->r, j->platform_key);
	if (!why && !cove_key_id(j->platform_key, j->r->platform_id))
		why = no_id();
	return why;
}

static const char *step_tsm_signature(struct job *j)
{
	return signed_by(&j->tsm, j->platform_key);
}

static const char *step_tsm_claims(struct job *j)
{
	const char *why;
	struct cv_bytes claims = cv_sign1_claims(&j->tsm, &why);

	if (why)
		return because(j, "the TSM token", why);
	why = cv_tsm_claims(claims, j->r, j->tsm_key);
	if (!why && !cove_key_id(j->tsm_key, j->r->tsm_id))
		why = no_id();
	return why;
}

static const char *step_tvm_signature(struct job *j)
{
	return signed_by(&j->tvm, j->tsm_key);
}

static const char *step_tvm_claims(struct job *j)
{
	const char *why;
	struct cv_bytes claims = cv_sign1_claims(&j->tvm, &why);

	if (why)
		return because(j, "the TVM token", why);
	why = cv_tvm_claims(claims, j->r, j->guest_key, j->claimed_nonce);
	if (!why)
		why = cv_tvm_agrees(j->r);
	if (!why && !cove_key_id(j->guest_key, j->r->guest_id))
		why = no_id();
	return why;
}

static const char *step_certificate_signature(struct job *j)
{
	bool ok = j->r->format == COVE_FORMAT_X509
			  ? cv_x509_verify(&j->cert, j->tsm_key)
			  : cv_cbor_verify(&j->cert, j->tsm_key);

	return ok ? NULL : "the signature is wrong";
}

static const char *step_certificate_names(struct job *j)
{
	char tsm[2 * COVH_KEY_ID_SIZE + 1], guest[2 * COVH_KEY_ID_SIZE + 1];

	cv_hex(j->r->tsm_id, COVH_KEY_ID_SIZE, tsm);
	cv_hex(j->r->guest_id, COVH_KEY_ID_SIZE, guest);
	if (j->r->format == COVE_FORMAT_X509)
		return cv_x509_names(&j->cert, j->r, tsm, guest, j->guest_key);
	return cv_cbor_names(&j->cert, tsm, guest);
}

/* Each needs all that stand before it */
static const struct step {
	const char *name;
	const char *(*run)(struct job *j);
} steps[] = {
	{ "root-key", step_root },
	{ "platform-signature", step_platform_signature },
#define PLATFORM_KNOWN 3 /* Steps that have passed by then */
	{ "platform-claims", step_platform_claims },
	{ "tsm-signature", step_tsm_signature },
#define TSM_KNOWN 5
	{ "tsm-claims", step_tsm_claims },
	{ "tvm-signature", step_tvm_signature },
#define TVM_KNOWN 7
	{ "tvm-claims", step_tvm_claims },
	{ "certificate-signature", step_certificate_signature },
	{ "certificate-names", step_certificate_names },
};

/* Returns how many have passed */
static size_t run_steps(struct job *j, bool go)
{
	size_t i, passed = 0;
	const char *why;

	for (i = 0; i < CV_ARRAY_SIZE(steps); i++) {
		if (!go) {
			cv_skip(j->r, steps[i].name);
			continue;
		}
		why = steps[i].run(j);
		if (why) {
			cv_fail(j->r, steps[i].name, "%s", why);
			go = false;
			continue;
		}
		cv_pass(j->r, steps[i].name, "%s", "");
		passed++;
	}
	return passed;
}

static void check_nonce(struct job *j, bool known)
{
	if (!known)
		cv_skip(j->r, "nonce");
	else if (CRYPTO_memcmp(j->claimed_nonce, j->nonce, COVH_CHALLENGE_SIZE))
		cv_fail(j->r, "nonce",
			"another nonce: made for another "
			"request, or replayed");
	else
		cv_pass(j->r, "nonce", "%s", "");
}

/* A step that failed half-way must not leave what it has read so far */
static void forget(struct cove_report *r, size_t passed)
{
	size_t i;

	if (passed < TVM_KNOWN) {
		memset(r->reg, 0, sizeof(r->reg));
		r->has_identity = false;
		memset(r->identity, 0, sizeof(r->identity));
	}
	for (i = 0; passed < TSM_KNOWN && i < r->ncomponents; i++) {
		if (r->component[i].tsm)
			r->ncomponents = i;
	}
	if (passed < PLATFORM_KNOWN) {
		r->ncomponents = 0;
		r->platform_state = 0;
		r->has_manufacturer = false;
		memset(r->manufacturer, 0, sizeof(r->manufacturer));
	}
}

static void run(struct job *j, struct cv_bytes in)
{
	const char *why = step_encoding(j, in);
	size_t passed;

	if (why)
		cv_fail(j->r, "encoding", "%s", why);
	else
		cv_pass(j->r, "encoding", "%s",
			j->r->format == COVE_FORMAT_X509 ? "X.509" : "CBOR");
	passed = run_steps(j, !why);
	forget(j->r, passed);
	check_nonce(j, passed >= TVM_KNOWN);
	cv_rules_platform(j->policy, j->r, passed >= PLATFORM_KNOWN);
	cv_rules_components(j->policy, j->r, passed >= TSM_KNOWN);
	cv_rules_tvm(j->policy, j->r, passed >= TVM_KNOWN);
}

static enum cove_format find_format(enum cove_format format, struct cv_bytes in)
{
	if (format != COVE_FORMAT_AUTO)
		return format;
	/* An ASN.1 SEQUENCE; as CBOR it would be a negative number */
	return in.len && in.p[0] == 0x30 ? COVE_FORMAT_X509 : COVE_FORMAT_CBOR;
}

enum cove_verdict cove_verify(const void *evidence, size_t len,
			      enum cove_format format,
			      const uint8_t nonce[COVH_CHALLENGE_SIZE],
			      const struct cove_policy *policy,
			      struct cove_report *report)
{
	const struct cv_bytes in = { evidence, len };
	struct job j = { .policy = policy, .r = report, .nonce = nonce };

	memset(report, 0, sizeof(*report));
	report->format = find_format(format, in);
	run(&j, in);
	if (report->verdict == COVE_ACCEPTED)
		memcpy(report->guest_point, j.guest_key, sizeof(j.guest_key));
	else
		report->warning[0] = 0;
	cv_cert_free(&j.cert);
	ERR_clear_error();
	return report->verdict;
}

enum cove_verdict cove_verify_guest_key(struct cove_report *report,
					const void *key, size_t len)
{
	uint8_t point[COVH_POINT_SIZE];

	if (cove_parse_key(key, len, point))
		return COVE_ERROR;
	if (report->verdict != COVE_ACCEPTED) {
		cv_skip(report, "guest-key");
	} else if (memcmp(point, report->guest_point, sizeof(point)) != 0) {
		cv_fail(report, "guest-key", "another key");
		memset(report->guest_point, 0, sizeof(report->guest_point));
	} else {
		cv_pass(report, "guest-key", "%s", "");
	}
	return report->verdict;
}
