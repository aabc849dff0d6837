/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * libcove-verify: is this the evidence of a confidential VM that I trust?
 *
 * For a relying party: read a policy once, then for each guest draw a nonce,
 * send it, and give what comes back to cove_verify(). Only when that returns
 * COVE_ACCEPTED is report->guest_point the key of a guest as the policy wants
 * it; the caller then has to make the guest prove that it holds this key (in a
 * handshake, or by a signature over something fresh).
 *
 * Nothing here has global state: threads may verify at the same time, with the
 * same policy. Link with -lcove-verify -lcrypto. docs/attestation.md has
 * the format and what evidence does not say.
 */

#ifndef COVE_VERIFY_H
#define COVE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sbi_covh/abi.h>
#include <sbi_covh/evidence.h>

/** Evidence of more bytes is refused unread */
#define COVE_EVIDENCE_MAX (64 * 1024)

/** How many checks, components, and bytes of texts a report holds */
#define COVE_MAX_CHECKS	    64
#define COVE_MAX_COMPONENTS 32
#define COVE_NAME_SIZE	    32
#define COVE_DETAIL_SIZE    256

/** What cove_verify() and the functions of policies return */
enum cove_verdict {
	COVE_ACCEPTED = 0, /**< All checks hold */
	COVE_REFUSED = 1,  /**< At least one does not */
	COVE_ERROR = 2,	   /**< Nothing was checked: policy, file, memory */
};

enum cove_format {
	COVE_FORMAT_AUTO, /**< X.509 if the first byte is 0x30, else CBOR */
	COVE_FORMAT_CBOR,
	COVE_FORMAT_X509,
};

/** Result of one check */
enum cove_result {
	COVE_PASS,
	COVE_FAIL,
	COVE_SKIP, /**< Not looked at, because of an earlier failure */
};

struct cove_check {
	const char *name; /**< Stable: docs/attestation.md lists them */
	enum cove_result result;
	char detail[COVE_DETAIL_SIZE]; /**< One line of printable ASCII */
};

/** One measured piece of software, as the token names it */
struct cove_component {
	bool tsm; /**< From the TSM token; else from the platform's */
	char type[COVE_NAME_SIZE];
	uint8_t digest[COVH_DIGEST_SIZE];
	uint32_t svn;
};

struct cove_register {
	bool present;
	uint8_t value[COVH_DIGEST_SIZE];
};

/**
 * What was checked and what the evidence says
 *
 * Everything but verdict, format and checks is for people to read unless the
 * verdict is COVE_ACCEPTED. A field is filled in once the signature over it has
 * been verified by a key that leads to the policy's root; else it is zero.
 */
struct cove_report {
	enum cove_verdict verdict;
	enum cove_format format; /**< What it is: never COVE_FORMAT_AUTO */
	size_t nchecks;
	struct cove_check check[COVE_MAX_CHECKS];
	/** One line, or empty: accepted, but no protection to rely on */
	char warning[COVE_DETAIL_SIZE];

	/** Ids of the keys (HKDF of the public key) */
	uint8_t rot_id[COVH_KEY_ID_SIZE];
	uint8_t platform_id[COVH_KEY_ID_SIZE];
	uint8_t tsm_id[COVH_KEY_ID_SIZE];
	uint8_t guest_id[COVH_KEY_ID_SIZE];

	uint32_t platform_state; /**< COVH_PLATFORM_*, 0: not known */
	bool has_manufacturer;
	uint8_t manufacturer[COVH_MANUFACTURER_SIZE];
	size_t ncomponents;
	struct cove_component component[COVE_MAX_COMPONENTS];
	struct cove_register reg[COVH_MSMT_COUNT];
	bool has_identity;
	uint8_t identity[COVH_IDENTITY_SIZE];

	/** The guest's key, P-384: 4, X, Y. All zero unless accepted. */
	uint8_t guest_point[COVH_POINT_SIZE];
};

/** A policy that has been read */
struct cove_policy;

/**
 * Read a policy
 *
 * Names of files in it are relative to the directory of @path.
 *
 * @param policy out: the policy, to be freed with cove_policy_free()
 * @param path file
 * @param err out: what is wrong, one line, if not COVE_ACCEPTED
 * @param err_size bytes of @err
 * @return COVE_ACCEPTED or COVE_ERROR
 */
enum cove_verdict cove_policy_load(struct cove_policy **policy,
				   const char *path, char *err,
				   size_t err_size);

/**
 * The same from memory
 *
 * @param text need not end in NUL
 * @param len bytes of @text
 * @param dir where files that the policy names are; NULL: it may name none
 */
enum cove_verdict cove_policy_parse(struct cove_policy **policy,
				    const char *text, size_t len,
				    const char *dir, char *err,
				    size_t err_size);

/** Free a policy; NULL is fine */
void cove_policy_free(struct cove_policy *policy);

/**
 * Check the evidence of a guest: a certificate as get_evidence (COVG 8) gives it
 *
 * Safe for any input. Every check of F.5 is made as far as earlier ones allow;
 * each is an entry of report->check.
 *
 * @param evidence the certificate, CBOR or X.509 (DER)
 * @param len bytes of @evidence
 * @param format what the caller expects
 * @param nonce the challenge that the caller sent for this evidence, fresh
 * @param policy from cove_policy_load() or cove_policy_parse()
 * @param report out, always filled in
 * @return report->verdict: COVE_ACCEPTED or COVE_REFUSED
 */
enum cove_verdict cove_verify(const void *evidence, size_t len,
			      enum cove_format format,
			      const uint8_t nonce[COVH_CHALLENGE_SIZE],
			      const struct cove_policy *policy,
			      struct cove_report *report);

/**
 * One more check, after cove_verify(): the guest's key is this one
 *
 * @param report what cove_verify() has filled in; its verdict may change
 * @param key COSE_Key
 * @param len bytes of @key
 * @return report->verdict; COVE_ERROR: @key is no COSE_Key on P-384
 */
enum cove_verdict cove_verify_guest_key(struct cove_report *report,
					const void *key, size_t len);

/**
 * The guest's key as SubjectPublicKeyInfo
 *
 * @param point report->guest_point
 * @param pem true: PEM, false: DER
 * @param out to this stream
 * @return false: no point, or it cannot be written
 */
bool cove_write_key(const uint8_t point[COVH_POINT_SIZE], bool pem, FILE *out);

/** The id of a key: HKDF-SHA-384 of its uncompressed point. False: no memory. */
bool cove_key_id(const uint8_t point[COVH_POINT_SIZE],
		 uint8_t id[COVH_KEY_ID_SIZE]);

/**
 * Read a COSE_Key on P-384
 *
 * @param key encoded map
 * @param len bytes of @key
 * @param point out: 4, X, Y
 * @return NULL, or what is wrong with it
 */
const char *cove_parse_key(const void *key, size_t len,
			   uint8_t point[COVH_POINT_SIZE]);

/** Print a report for people; @verbose: passed checks too */
void cove_report_print(const struct cove_report *report, bool verbose,
		       FILE *out);

/** Print it as one JSON object */
void cove_report_json(const struct cove_report *report, FILE *out);

/** "Secured" and so on; NULL: no such state */
const char *cove_state_name(uint32_t state);

#endif
