/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of libcove-verify share.
 */

#ifndef COVE_VERIFY_PRIV_H
#define COVE_VERIFY_PRIV_H

#include <openssl/evp.h>
#include "cove_verify.h"

#define CV_ARRAY_SIZE(__a) (sizeof(__a) / sizeof((__a)[0]))

/** Bytes that belong to somebody else */
struct cv_bytes {
	const uint8_t *p;
	size_t len;
};

/* strict.c */

/**
 * Is this one item of deterministic CBOR (RFC 8949, 4.2.1) and nothing behind
 * it? Lengths are definite, heads as short as can be, keys of maps ascending and
 * different, text UTF-8, nesting at most 16; neither floats nor simple values.
 *
 * @return NULL, or what is wrong
 */
const char *cv_strict(struct cv_bytes in);

enum cv_major {
	CV_UNSIGNED,
	CV_NEGATIVE,
	CV_BYTES,
	CV_TEXT,
	CV_ARRAY,
	CV_MAP,
	CV_TAG,
};

struct cv_head {
	unsigned int major; /**< enum cv_major */
	uint64_t value;
};

/** Take a head off the front. NULL, or what is wrong. */
const char *cv_head(struct cv_bytes *in, struct cv_head *h);

/** Take an item off the front. NULL, or what is wrong. */
const char *cv_skip_item(struct cv_bytes *in);

/*
 * item.c: an item is the bytes of its encoding, where they lie; p is NULL if
 * there is none, which is of no type
 */

/** @in itself if it is cv_strict(), else no item, and *why says what is wrong */
struct cv_bytes cv_decode(struct cv_bytes in, const char **why);

bool cv_bytes(struct cv_bytes item, struct cv_bytes *out);
/** The same, of exactly @len bytes, to @out */
bool cv_bytes_copy(struct cv_bytes item, void *out, size_t len);
bool cv_text(struct cv_bytes item, struct cv_bytes *out);
bool cv_text_is(struct cv_bytes item, const char *text);
bool cv_int(struct cv_bytes item, int64_t *out);
bool cv_is_map(struct cv_bytes item);
/** What the tag @tag is on; no item: another tag, or none */
struct cv_bytes cv_tagged(struct cv_bytes item, uint64_t tag);
/** Values of a map; no item: no such key */
struct cv_bytes cv_get(struct cv_bytes map, int64_t key);
struct cv_bytes cv_get_text(struct cv_bytes map, const char *key);
/** True if it is a map and all its keys are among the @n ones */
bool cv_only(struct cv_bytes map, const int64_t *keys, size_t n);

/** Elements, or pairs, that are left */
struct cv_iter {
	struct cv_bytes rest;
	uint64_t left;
};

bool cv_array(struct cv_bytes item, struct cv_iter *it);
bool cv_map(struct cv_bytes item, struct cv_iter *it);
bool cv_next(struct cv_iter *it, struct cv_bytes *item);
bool cv_next_pair(struct cv_iter *it, struct cv_bytes *key,
		  struct cv_bytes *value);

/* key.c */

/** A key that can verify; NULL: not a point of P-384, or no memory */
EVP_PKEY *cv_key_new(const uint8_t point[COVH_POINT_SIZE]);

/** COSE_Key to point; NULL, or what is wrong. The point is on the curve. */
const char *cv_cose_key(struct cv_bytes key, uint8_t point[COVH_POINT_SIZE]);

/** The public key of a PEM file or of hexadecimal digits of a point */
const char *cv_read_pem(const char *path, uint8_t point[COVH_POINT_SIZE]);

/* cose.c */

/** A COSE_Sign1, split; only the form has been checked */
struct cv_sign1 {
	struct cv_bytes prot;
	struct cv_bytes payload;
	struct cv_bytes sig;
	bool has_kid;
	uint8_t kid[COVH_KEY_ID_SIZE];
};

/** NULL, or what is wrong. @item: with the tag. */
const char *cv_sign1(struct cv_bytes item, struct cv_sign1 *out);

/** Has the holder of the key at @point signed it? */
bool cv_sign1_verify(const struct cv_sign1 *s,
		     const uint8_t point[COVH_POINT_SIZE]);

/** The claims in the payload: what is under tag 61. NULL: *why */
struct cv_bytes cv_sign1_claims(const struct cv_sign1 *s, const char **why);

/* evidence.c */

/** Claims of the three tokens. NULL, or what is wrong. */
const char *cv_platform_claims(struct cv_bytes claims, struct cove_report *r,
			       uint8_t key[COVH_POINT_SIZE]);
const char *cv_tsm_claims(struct cv_bytes claims, struct cove_report *r,
			  uint8_t key[COVH_POINT_SIZE]);
const char *cv_tvm_claims(struct cv_bytes claims, struct cove_report *r,
			  uint8_t key[COVH_POINT_SIZE],
			  uint8_t nonce[COVH_CHALLENGE_SIZE]);
/** Is what the TSM says of itself and the platform what the tokens above say of
 * them? Its key may have got into the hands of somebody who would like to be
 * another TSM. NULL, or what is wrong. */
const char *cv_tvm_agrees(const struct cove_report *r);

/* cert.c, x509.c: the envelope */

/** A certificate of either form, split */
struct cv_cert {
	struct cv_sign1 sign1; /**< CBOR */
	struct cv_bytes claims;
	void *x509;		  /**< X.509 */
	struct cv_bytes evidence; /**< The map {266: ...} */
};

/** NULL, or what is wrong with its form */
const char *cv_cbor_split(struct cv_bytes in, struct cv_cert *c);
const char *cv_x509_split(struct cv_bytes in, struct cv_cert *c);
void cv_cert_free(struct cv_cert *c);

bool cv_cbor_verify(const struct cv_cert *c,
		    const uint8_t tsm[COVH_POINT_SIZE]);
bool cv_x509_verify(const struct cv_cert *c,
		    const uint8_t tsm[COVH_POINT_SIZE]);

/** Do the names in it belong to these keys? NULL, or what does not. */
const char *cv_cbor_names(const struct cv_cert *c, const char *tsm_id,
			  const char *guest_id);
const char *cv_x509_names(const struct cv_cert *c, const struct cove_report *r,
			  const char *tsm_id, const char *guest_id,
			  const uint8_t guest[COVH_POINT_SIZE]);

/* policy.c */

#define CV_MAX_VALUES 64

/** Values of which one must match */
struct cv_values {
	bool any;  /**< Whatever it is */
	bool none; /**< It may be absent */
	size_t n;
	uint8_t v[CV_MAX_VALUES][64];
};

struct cv_named {
	char type[COVE_NAME_SIZE];
	uint32_t svn;
	uint8_t digest[COVH_DIGEST_SIZE];
};

struct cove_policy {
	size_t nroots;
	struct {
		uint8_t point[COVH_POINT_SIZE];
		uint8_t id[COVH_KEY_ID_SIZE];
	} root[CV_MAX_VALUES];
	uint32_t states; /**< Bit N: state N; 0: not said */
	struct cv_values manufacturer;
	struct cv_values identity;
	struct cv_values reg[COVH_MSMT_COUNT];
	bool has_min_svn;
	uint32_t min_svn; /**< Of the TSM token's components */
	size_t nsvn;
	struct cv_named svn[CV_MAX_VALUES];
	size_t ndigest;
	struct cv_named digest[CV_MAX_VALUES];
};

/** Has the policy anything to say about these? */
static inline bool cv_values_set(const struct cv_values *v)
{
	return v->any || v->none || v->n;
}

/* rules.c */

/** What the policy wants, checked against a report whose chain holds as far as
 * the arguments say */
void cv_rules_platform(const struct cove_policy *p, struct cove_report *r,
		       bool known);
void cv_rules_components(const struct cove_policy *p, struct cove_report *r,
			 bool known);
void cv_rules_tvm(const struct cove_policy *p, struct cove_report *r,
		  bool known);

/* report.c */

void cv_pass(struct cove_report *r, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void cv_fail(struct cove_report *r, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void cv_skip(struct cove_report *r, const char *name);

/** 2 * @len digits and a NUL */
void cv_hex(const uint8_t *p, size_t len, char *out);
/** Exactly @len bytes of hexadecimal digits; false: not that */
bool cv_unhex(const char *text, uint8_t *out, size_t len);

#endif
