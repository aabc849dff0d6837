/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that asks a relying party for a secret: it proves what it is, gives a
 * key that was made inside, and shows in the end that it could open what came.
 * docs/relying-party.md has the exchange.
 */

#ifndef GUEST_ATTEST_H
#define GUEST_ATTEST_H

#include <stdbool.h>
#include <guest/guest.h>
#include <sbi_covh/evidence.h>

/** Bytes of a secret at most */
#define SECRET_MAX 256
/** Bytes of the certificate with its evidence at most */
#define EVIDENCE_MAX (4 * PAGE_SIZE)
/** Characters of a line of the relying party's at most */
#define LINE_MAX 1024
#define GCM_KEY	 32
#define GCM_IV	 12
#define GCM_TAG	 16
/** A COSE_Key of P-384 in deterministic encoding */
#define COSE_KEY_SIZE 107

/** What the relying party sends when it is content */
struct envelope {
	/** Its ephemeral public key */
	uint8_t point[COVH_POINT_SIZE];
	uint8_t iv[GCM_IV];
	uint8_t tag[GCM_TAG];
	/** The secret, encrypted */
	uint8_t text[SECRET_MAX];
	size_t len;
};

/** Print why, and shut down with a failure. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* libc.c */

/** Give mbedTLS its memory. */
void heap_init(void);

/* seed.c */

/** True if the hart has the seed CSR of Zkr. */
bool seed_there(void);

/**
 * Fill @buf with @len bytes that each have eight bits of entropy. The form is
 * that of mbedTLS: 0, or an error if the source has failed.
 */
int seed_entropy(void *unused, unsigned char *buf, size_t len);

/* key.c */

/** Make the key; the guest ends if it cannot. */
void key_make(void);

/** The public key as a COSE_Key, to COSE_KEY_SIZE bytes at @out. */
void key_encode(uint8_t *out);

/** The public key as a point, 4, X, Y. */
const uint8_t *key_point(void);

/**
 * The secret that this key and @peer's have in common (ECDH), to
 * COVH_P384_SIZE bytes at @out. False: @peer is no point of P-384.
 */
bool key_agree(const uint8_t *peer, uint8_t *out);

/* seal.c */

/**
 * Open an envelope for an exchange with @challenge: the secret to @secret,
 * which has SECRET_MAX bytes. False: it is not for us, or was changed.
 */
bool envelope_open(const struct envelope *e, const uint8_t *challenge,
		   uint8_t *secret);

/** What only the owner of @secret can say, to COVH_DIGEST_SIZE bytes. */
void prove(const uint8_t *secret, size_t len, const uint8_t *challenge,
	   uint8_t *proof);

/** SHA-384 of @len bytes. */
void digest(const void *data, size_t len, uint8_t *out);

/* tsm.c: the guest ends if one of these fails */

/** Print what the TSM offers. */
void show_capabilities(void);

/**
 * Evidence for this challenge in a format (COVG_CERT_*); its length, and
 * *@out: where it is.
 */
size_t get_evidence(const uint8_t *challenge, unsigned long format,
		    const uint8_t **out);

/** Extend runtime register @index by a digest. */
void extend(unsigned long index, const uint8_t *value);

/** Any register. */
const uint8_t *read_register(unsigned long index);

/* wire.c */

/** A line from the console, without its end, in a static buffer. */
char *read_line(void);

/** The next word of *@line, which moves on behind it; "" at the end. */
char *next_word(char **line);

/** Hexadecimal digits to at most @max bytes; how many, -1: they are none. */
long parse_hex(const char *digits, uint8_t *out, size_t max);

/** Send "attest> NAME" and bytes as hexadecimal digits. */
void send(const char *name, const void *data, size_t len);

/** Send the evidence, in as many lines as it takes. */
void send_evidence(const uint8_t *data, size_t len);

#endif
