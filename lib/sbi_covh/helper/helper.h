/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of the helper know of each other. Functions that return int
 * return 0 or not 0; a job that meets the latter has failed.
 */

#ifndef __COVH_HELPER_H__
#define __COVH_HELPER_H__

/* The parts of a key; this header comes before all of mbedTLS */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "job.h"
#include "cbor.h"
#include <mbedtls/ecp.h>
#include <mbedtls/hmac_drbg.h>

/** Bytes of heap, of which a certificate with the largest evidence takes two
 * thirds. Of the stack (helper.ld) somewhat more than half is in use at most */
#define COVH_HELPER_HEAP (20 * 1024)

/** Bytes of a key's id in hexadecimal, with a NUL */
#define COVH_KEY_ID_TEXT (2 * COVH_KEY_ID_SIZE + 1)

/**
 * Do the job: job->in to job->out and job->result
 *
 * @param job out and result are written, in is zeroed
 */
void covh_job_run(struct covh_job *job);

/* keys.c */

/**
 * HKDF-SHA-384 without salt
 *
 * @param ikm input keying material, len bytes
 * @param info COVH_KDF_*
 * @param out receives out_len bytes
 */
int covh_kdf(const u8 *ikm, u32 len, const char *info, u8 *out, u32 out_len);

/**
 * The key pair that belongs to a secret
 *
 * @param key initialised; freed by the caller, whatever comes back
 * @param secret COVH_DIGEST_SIZE bytes: a CDI or UDS
 */
int covh_key_derive(mbedtls_ecp_keypair *key, const u8 *secret);

/**
 * The key pair of a private scalar; only what signs is set, not the point
 *
 * @param key initialised; freed by the caller, whatever comes back
 * @param scalar COVH_P384_SIZE bytes, big-endian
 */
int covh_key_load(mbedtls_ecp_keypair *key, const u8 *scalar);

/**
 * The public key of a point
 *
 * @param key initialised; freed by the caller, whatever comes back
 * @param point COVH_POINT_SIZE bytes, from anybody
 * @return not 0 also if it is not a point of the curve but infinity
 */
int covh_key_public(mbedtls_ecp_keypair *key, const u8 *point);

/** The public point of a key pair, COVH_POINT_SIZE bytes */
int covh_key_point(mbedtls_ecp_keypair *key, u8 *point);

/** The id of the key with that point, COVH_KEY_ID_SIZE bytes */
int covh_key_id(const u8 *point, u8 *id);

/** An id in hexadecimal, COVH_KEY_ID_TEXT bytes */
void covh_key_id_text(const u8 *id, char *text);

/** Where mbedTLS wants a generator and does not use it: always fails. The
 * signature makes its own, RFC 6979's */
int covh_no_rng(void *state, unsigned char *out, size_t len);

/**
 * Sign a digest: ECDSA, deterministic (RFC 6979)
 *
 * @param digest COVH_DIGEST_SIZE bytes
 * @param signature receives COVH_SIGNATURE_SIZE bytes: r, s
 */
int covh_key_sign(mbedtls_ecp_keypair *key, const u8 *digest, u8 *signature);

/* cose.c */

/** A COSE_Sign1 while it is written */
struct covh_sign1 {
	u32 head;    /**< Offset of the protected header */
	u32 payload; /**< Offset of the payload */
};

/**
 * Begin a COSE_Sign1 with its tag. What follows is its payload, a map of claims
 *
 * @param kid id of the key, or NULL: then it is not in the header
 */
void covh_sign1_begin(struct covh_cbor *c, struct covh_sign1 *s, const u8 *kid);

/** Sign it: it ends here */
int covh_sign1_end(struct covh_cbor *c, const struct covh_sign1 *s,
		   mbedtls_ecp_keypair *key);

/** A public key as a byte string that holds a COSE_Key */
void covh_cose_key(struct covh_cbor *c, const u8 *point);

/* cose_key.c */

/**
 * Decode a COSE_Key in deterministic encoding: EC2, P-384, uncompressed. It may
 * have an algorithm and a key id, which mean nothing here
 *
 * @param p len bytes, from the guest
 * @param point receives COVH_POINT_SIZE bytes: any X and Y
 * @return 0, or COVH_ERR_INVALID_PARAM
 */
int covh_cose_key_decode(const u8 *p, u32 len, u8 *point);

/* The jobs: dice.c, evidence.c, x509.c */

/** @return 0 or COVH_ERR_FAILED */
int covh_boot(struct covh_boot_in *in, struct covh_identity *out);

/** @return 0, COVH_ERR_FAILED; COVH_ERR_INVALID_PARAM: no key of the guest's */
int covh_evidence(struct covh_evidence_in *in, struct covh_evidence_out *out);

/** The map of evidence, F.4, with a TVM token for this request */
int covh_evidence_map(struct covh_cbor *c, const struct covh_evidence_in *in,
		      mbedtls_ecp_keypair *key);

/** The X.509 form, to out: guest is the guest's key, key the TSM's */
int covh_x509(const struct covh_evidence_in *in, struct covh_evidence_out *out,
	      mbedtls_ecp_keypair *guest, const u8 *guest_point,
	      mbedtls_ecp_keypair *key);

#endif
