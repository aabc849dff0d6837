/* SPDX-License-Identifier: BSD-2-Clause */
/* A secret for the holder of one key, in one exchange. */

#ifndef ATTEST_ENVELOPE_H
#define ATTEST_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sbi_covh/abi.h>
#include <sbi_covh/evidence.h>

#define SECRET_MAX 256
#define GCM_IV	   12
#define GCM_TAG	   16

struct envelope {
	/** Our key, made for this one envelope: 4, X, Y */
	uint8_t point[COVH_POINT_SIZE];
	uint8_t iv[GCM_IV];
	uint8_t tag[GCM_TAG];
	/** The secret, encrypted */
	uint8_t text[SECRET_MAX];
	size_t len;
};

/**
 * Close an envelope
 *
 * ECDH between a key made for it and the guest's; HKDF-SHA-384 with the
 * challenge as salt and both public keys as info; AES-256-GCM, the challenge as
 * associated data.
 *
 * @param e out
 * @param secret what goes in, at most SECRET_MAX bytes
 * @param len bytes of it
 * @param guest the guest's key, from evidence that has been accepted
 * @param challenge of that evidence
 * @return false: @guest is no key, or OpenSSL fails
 */
bool envelope_close(struct envelope *e, const uint8_t *secret, size_t len,
		    const uint8_t guest[COVH_POINT_SIZE],
		    const uint8_t challenge[COVH_CHALLENGE_SIZE]);

/** What only somebody can say who has the secret. False: OpenSSL fails. */
bool expected_proof(const uint8_t *secret, size_t len,
		    const uint8_t challenge[COVH_CHALLENGE_SIZE],
		    uint8_t proof[COVH_DIGEST_SIZE]);

/** A register, extended by the digest of the secret. */
void expected_register(const uint8_t before[COVH_DIGEST_SIZE],
		       const uint8_t *secret, size_t len,
		       uint8_t after[COVH_DIGEST_SIZE]);

#endif
