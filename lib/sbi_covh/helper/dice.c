/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The boot job: from the secret to the TSM's key and the two upper tokens, by
 * way of two compound device identifiers (CDIs).
 */

#include "helper.h"
#include <mbedtls/platform_util.h>
#include <mbedtls/sha512.h>

static void put_le32(u8 *p, u32 v)
{
	p[0] = v;
	p[1] = v >> 8;
	p[2] = v >> 16;
	p[3] = v >> 24;
}

/* H(TCB0), to out: what was measured before this firmware */
static int hash_platform(const struct covh_boot_in *in, u8 *out)
{
	mbedtls_sha512_context sha;
	const struct covh_component *e;
	u8 le[4];
	int err;

	mbedtls_sha512_init(&sha);
	put_le32(le, in->platform_state);
	err = mbedtls_sha512_starts(&sha, 1) ||
	      mbedtls_sha512_update(&sha, le, sizeof(le));
	for (e = in->component; e < in->component + in->ncomponents; e++) {
		put_le32(le, e->svn);
		err = err ||
		      mbedtls_sha512_update(&sha, (const u8 *)e->type,
					    sizeof(e->type)) ||
		      mbedtls_sha512_update(&sha, e->digest,
					    sizeof(e->digest)) ||
		      mbedtls_sha512_update(&sha, le, sizeof(le));
	}
	err = err || mbedtls_sha512_finish(&sha, out);
	mbedtls_sha512_free(&sha);
	return err;
}

/* H(TCB1), to out: the TSM and what has measured it */
static int hash_tsm(const struct covh_boot_in *in, u8 *out)
{
	struct {
		u8 tsm[COVH_DIGEST_SIZE];
		u8 tsm_svn[4];
		u8 driver[COVH_DIGEST_SIZE];
		u8 driver_svn[4];
		u8 config[COVH_DIGEST_SIZE];
	} tcb;

	memcpy(tcb.tsm, in->tsm.digest, sizeof(tcb.tsm));
	put_le32(tcb.tsm_svn, in->tsm.svn);
	memcpy(tcb.driver, in->driver.digest, sizeof(tcb.driver));
	put_le32(tcb.driver_svn, in->driver.svn);
	memcpy(tcb.config, in->tsm_config, sizeof(tcb.config));
	return mbedtls_sha512((const u8 *)&tcb, sizeof(tcb), out, 1);
}

/* secret becomes the CDI of the layer with that hash */
static int next_cdi(u8 *secret, const u8 *hash)
{
	u8 ikm[2 * COVH_DIGEST_SIZE];
	int err;

	memcpy(ikm, secret, COVH_DIGEST_SIZE);
	memcpy(ikm + COVH_DIGEST_SIZE, hash, COVH_DIGEST_SIZE);
	err = covh_kdf(ikm, sizeof(ikm), COVH_KDF_CDI, secret,
		       COVH_DIGEST_SIZE);
	mbedtls_platform_zeroize(ikm, sizeof(ikm));
	return err;
}

static void component(struct covh_cbor *c, const struct covh_component *e)
{
	char svn[11], *digit = svn + sizeof(svn) - 1;
	u32 rest = e->svn;
	struct covh_cbor_map m;

	*digit = 0;
	do {
		*--digit = '0' + rest % 10;
		rest /= 10;
	} while (rest);

	covh_cbor_map(c, &m, 4);
	covh_cbor_key(c, &m, COVH_COMPONENT_TYPE);
	covh_cbor_tstr(c, e->type);
	covh_cbor_key(c, &m, COVH_COMPONENT_DIGEST);
	covh_cbor_bstr(c, e->digest, sizeof(e->digest));
	covh_cbor_key(c, &m, COVH_COMPONENT_SVN);
	covh_cbor_tstr(c, digit);
	covh_cbor_key(c, &m, COVH_COMPONENT_ALG);
	covh_cbor_tstr(c, COVH_ALG_NAME);
}

/* Signed by the secret's own key; point is the platform's public key */
static int platform_token(const struct covh_boot_in *in, const u8 *point,
			  mbedtls_ecp_keypair *root, struct covh_token *out)
{
	u8 root_point[COVH_POINT_SIZE], kid[COVH_KEY_ID_SIZE];
	struct covh_cbor_map m;
	struct covh_sign1 s;
	struct covh_cbor c;
	int err;
	u32 i;

	err = covh_key_point(root, root_point);
	if (!err)
		err = covh_key_id(root_point, kid);
	if (err)
		return err;

	covh_cbor_init(&c, out->bytes, sizeof(out->bytes));
	covh_sign1_begin(&c, &s, kid);
	covh_cbor_map(&c, &m, 5);
	covh_cbor_key(&c, &m, COVH_CLAIM_PROFILE);
	covh_cbor_tstr(&c, COVH_PROFILE);
	covh_cbor_key(&c, &m, COVH_CLAIM_PLATFORM_KEY);
	covh_cose_key(&c, point);
	covh_cbor_key(&c, &m, COVH_CLAIM_MANUFACTURER);
	covh_cbor_bstr(&c, in->manufacturer, sizeof(in->manufacturer));
	covh_cbor_key(&c, &m, COVH_CLAIM_PLATFORM_STATE);
	covh_cbor_int(&c, in->platform_state);
	covh_cbor_key(&c, &m, COVH_CLAIM_PLATFORM_COMPONENTS);
	covh_cbor_array(&c, in->ncomponents);
	for (i = 0; i < in->ncomponents; i++)
		component(&c, &in->component[i]);
	err = covh_sign1_end(&c, &s, root);
	out->len = c.len;
	return err;
}

/* Signed by the platform's key; point is the TSM's public key */
static int tsm_token(const struct covh_boot_in *in, const u8 *point,
		     mbedtls_ecp_keypair *platform, struct covh_token *out)
{
	struct covh_cbor_map m;
	struct covh_sign1 s;
	struct covh_cbor c;
	int err;

	covh_cbor_init(&c, out->bytes, sizeof(out->bytes));
	covh_sign1_begin(&c, &s, NULL);
	covh_cbor_map(&c, &m, 2);
	covh_cbor_key(&c, &m, COVH_CLAIM_TSM_KEY);
	covh_cose_key(&c, point);
	covh_cbor_key(&c, &m, COVH_CLAIM_TSM_COMPONENTS);
	covh_cbor_array(&c, 2);
	component(&c, &in->driver);
	component(&c, &in->tsm);
	err = covh_sign1_end(&c, &s, platform);
	out->len = c.len;
	return err;
}

static bool terminated(const struct covh_component *e)
{
	u32 i;

	for (i = 0; i < sizeof(e->type); i++)
		if (!e->type[i])
			return true;
	return false;
}

static bool valid(const struct covh_boot_in *in)
{
	u32 i;

	if (!in->ncomponents || in->ncomponents > COVH_MAX_COMPONENTS)
		return false;
	for (i = 0; i < in->ncomponents; i++)
		if (!terminated(&in->component[i]))
			return false;
	return terminated(&in->driver) && terminated(&in->tsm);
}

/* Each secret is erased by its successor, and the key by its only signature */
static int boot(struct covh_boot_in *in, struct covh_identity *out,
		mbedtls_ecp_keypair *key, mbedtls_ecp_keypair *next)
{
	u8 hash[COVH_DIGEST_SIZE], point[COVH_POINT_SIZE];
	int err;

	err = covh_key_derive(key, in->secret) || hash_platform(in, hash) ||
	      next_cdi(in->secret, hash) || covh_key_derive(next, in->secret) ||
	      covh_key_point(next, point) ||
	      platform_token(in, point, key, &out->platform);
	mbedtls_ecp_keypair_free(key);
	mbedtls_ecp_keypair_init(key);
	if (err)
		return err;

	err = hash_tsm(in, hash) || next_cdi(in->secret, hash) ||
	      covh_key_derive(key, in->secret) ||
	      covh_key_point(key, out->point) ||
	      tsm_token(in, out->point, next, &out->tsm) ||
	      mbedtls_mpi_write_binary(&key->d, out->key, sizeof(out->key));
	return err;
}

int covh_boot(struct covh_boot_in *in, struct covh_identity *out)
{
	mbedtls_ecp_keypair a, b;
	int err = COVH_ERR_FAILED;

	mbedtls_ecp_keypair_init(&a);
	mbedtls_ecp_keypair_init(&b);
	if (valid(in) && !boot(in, out, &a, &b))
		err = 0;
	mbedtls_platform_zeroize(in->secret, sizeof(in->secret));
	mbedtls_ecp_keypair_free(&b);
	mbedtls_ecp_keypair_free(&a);
	return err;
}
