/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The helper's jobs: what they make, and what they refuse.
 */

#include "cbor_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/platform.h>
#include <mbedtls/sha512.h>
#include <cmocka.h>
#include "expected.h"

static struct covh_job job;

/* The heap: fails at the allocation with that number, from 1; 0: never */
static u32 allocations, fails_at;

static void *heap_calloc(size_t n, size_t size)
{
	return ++allocations == fails_at ? NULL : calloc(n, size);
}

static void own_heap(void)
{
	allocations = fails_at = 0;
	mbedtls_platform_set_calloc_free(heap_calloc, free);
}

static bool all_zero(const void *p, size_t n)
{
	const u8 *b = p;

	while (n--)
		if (*b++)
			return false;
	return true;
}

static void fill(void *p, size_t n, u8 first)
{
	u8 *b = p;

	while (n--)
		*b++ = first++;
}

static void fill_component(struct covh_component *c, const char *type, u32 svn)
{
	strcpy(c->type, type);
	fill(c->digest, sizeof(c->digest), (u8)svn);
	c->svn = svn;
}

/* Like nothing else that is filled */
static void fill_secret(u8 *p)
{
	u32 i;

	for (i = 0; i < COVH_DIGEST_SIZE; i++)
		p[i] = (u8)(0xA7 * i + 0x3B);
}

/* The boot job, with n components */
static void boot_job(u32 n)
{
	struct covh_boot_in *in = &job.in.boot;
	u32 i;

	memset(&job, 0, sizeof(job));
	job.kind = COVH_JOB_BOOT;
	fill_secret(in->secret);
	fill(in->manufacturer, sizeof(in->manufacturer), 2);
	fill(in->tsm_config, sizeof(in->tsm_config), 3);
	in->platform_state = COVH_PLATFORM_SECURED;
	in->ncomponents = n;
	for (i = 0; i < n && i < COVH_MAX_COMPONENTS; i++)
		fill_component(&in->component[i], "component", i);
	fill_component(&in->driver, COVH_COMPONENT_DRIVER, 10);
	fill_component(&in->tsm, COVH_COMPONENT_TSM, 4294967295U);
}

static struct covh_identity identity;

/* Boot it once: an identity for the other tests */
static const struct covh_identity *booted(void)
{
	struct covh_job saved = job;

	if (!identity.platform.len) {
		boot_job(2);
		covh_job_run(&job);
		assert_int_equal(job.result, 0);
		identity = job.out.boot;
	}
	job = saved;
	return &identity;
}

/* A key for a guest, encoded, to ev->guest_key; its point */
static void guest_key(struct covh_evidence_in *ev, u8 *point)
{
	u8 secret[COVH_DIGEST_SIZE] = "guest", buf[COVH_GUEST_KEY_MAX];
	mbedtls_ecp_keypair key;
	struct covh_cbor c;

	mbedtls_ecp_keypair_init(&key);
	assert_int_equal(covh_key_derive(&key, secret), 0);
	assert_int_equal(covh_key_point(&key, point), 0);
	mbedtls_ecp_keypair_free(&key);
	covh_cbor_init(&c, buf, sizeof(buf));
	covh_cose_key(&c, point);
	ev->key_len = c.len - 2;
	memcpy(ev->guest_key, buf + 2, ev->key_len);
}

static u8 guest_point[COVH_POINT_SIZE];

static void evidence_job(u32 format)
{
	struct covh_evidence_in *in = &job.in.evidence;
	u8 i;

	memset(&job, 0, sizeof(job));
	job.kind = COVH_JOB_EVIDENCE;
	in->id = *booted();
	in->format = format;
	fill(in->challenge, sizeof(in->challenge), 100);
	for (i = 0; i < COVH_MSMT_COUNT; i++)
		fill(in->msmt[i], COVH_DIGEST_SIZE, 200 + i);
	guest_key(in, guest_point);
}

/* The job fails, says so, and leaves nothing */
static void refused(int result)
{
	covh_job_run(&job);
	assert_int_equal(job.result, result);
	assert_true(all_zero(&job.out, sizeof(job.out)));
	assert_true(all_zero(&job.in, sizeof(job.in)));
}

static void load_point(mbedtls_ecp_keypair *key, const u8 *point)
{
	mbedtls_ecp_keypair_init(key);
	assert_int_equal(covh_key_public(key, point), 0);
}

static bool verify(const u8 *point, const u8 *digest, const u8 *signature)
{
	mbedtls_ecp_keypair key;
	mbedtls_mpi r, s;
	bool good;

	load_point(&key, point);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	assert_int_equal(mbedtls_mpi_read_binary(&r, signature, 48), 0);
	assert_int_equal(mbedtls_mpi_read_binary(&s, signature + 48, 48), 0);
	good = !mbedtls_ecdsa_verify(&key.grp, digest, COVH_DIGEST_SIZE, &key.Q,
				     &r, &s);
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&s);
	mbedtls_ecp_keypair_free(&key);
	return good;
}

/* A COSE_Sign1 of a key; its claims, a map. header: the whole protected one */
static const u8 *claims(const u8 *t, size_t len, const u8 *point,
			const u8 *header, size_t header_len, size_t *n)
{
	static const u8 start[] = "\x84\x6aSignature1";
	const u8 *end = t + len, *protected, *payload, *sig;
	u8 buf[COVH_EVIDENCE_MAX + 64], digest[COVH_DIGEST_SIZE];
	size_t protected_len, sig_len, k = sizeof(start) - 1, m;

	assert_int_equal(cbor_walk(t, len), len);
	assert_int_equal(t[0], 0xC0 + COVH_TAG_COSE_SIGN1);
	assert_int_equal(t[1], 0x84);
	protected = cbor_string(t + 2, len - 2, &protected_len);
	assert_int_equal(protected_len, header_len);
	assert_memory_equal(protected, header, header_len);
	assert_int_equal(*cbor_find(t, len, 1), 0xA0);
	payload = cbor_find(t, len, 2);
	sig = cbor_find(t, len, 3);

	memcpy(buf, start, k);
	m = cbor_walk(t + 2, len - 2);
	memcpy(buf + k, t + 2, m);
	k += m;
	buf[k++] = 0x40;
	m = cbor_walk(payload, (size_t)(end - payload));
	memcpy(buf + k, payload, m);
	k += m;
	mbedtls_sha512(buf, k, digest, 1);
	sig = cbor_string(sig, (size_t)(end - sig), &sig_len);
	assert_int_equal(sig_len, COVH_SIGNATURE_SIZE);
	if (!verify(point, digest, sig))
		fail_msg("the signature is another key's");

	payload = cbor_string(payload, (size_t)(end - payload), n);
	assert_int_equal(cbor_walk(payload, *n), *n);
	assert_int_equal(payload[0], 0xD8);
	assert_int_equal(payload[1], COVH_TAG_CWT);
	*n -= 2;
	return payload + 2;
}

static const u8 es384[] = { 0xA1, 0x01, 0x38, 0x22 };

/* The point of a claim that holds a COSE_Key */
static void key_claim(const u8 *map, size_t n, s64 label, u8 *point)
{
	const u8 *value = cbor_find(map, n, label);
	size_t len;

	value = cbor_string(value, n - (size_t)(value - map), &len);
	assert_int_equal(covh_cose_key_decode(value, (u32)len, point), 0);
}

static void bytes_claim(const u8 *map, size_t n, s64 label, const void *bytes,
			size_t len)
{
	const u8 *value = cbor_find(map, n, label);
	size_t got;

	value = cbor_string(value, n - (size_t)(value - map), &got);
	assert_int_equal(got, len);
	assert_memory_equal(value, bytes, len);
}

/* Measurements first to first + n - 1, as evidence_job() makes them */
static void check_measurements(const u8 *map, size_t len, s64 label, u32 first,
			       u32 n)
{
	const u8 *a = cbor_find(map, len, label), *end = map + len;
	u8 digest[COVH_DIGEST_SIZE];
	u32 i;

	assert_int_equal(*a, 0x80 + n);
	for (i = 0; i < n; i++) {
		const u8 *m = cbor_find(a, (size_t)(end - a), i);
		size_t rest = (size_t)(end - m);

		fill(digest, sizeof(digest), (u8)(200 + first + i));
		assert_int_equal(*m, 0xA3);
		assert_int_equal(*cbor_find(m, rest, COVH_MEASUREMENT_INDEX),
				 first + i);
		bytes_claim(m, rest, COVH_MEASUREMENT_DIGEST, digest,
			    sizeof(digest));
		bytes_claim(m, rest, COVH_MEASUREMENT_ALG, "sha-384", 7);
	}
}

static void check_component(const u8 *array, size_t len, u32 i,
			    const char *type, const u8 *digest, const char *svn)
{
	const u8 *c = cbor_find(array, len, i);
	size_t n = len - (size_t)(c - array);

	assert_int_equal(*c, 0xA4);
	bytes_claim(c, n, COVH_COMPONENT_TYPE, type, strlen(type));
	bytes_claim(c, n, COVH_COMPONENT_DIGEST, digest, COVH_DIGEST_SIZE);
	bytes_claim(c, n, COVH_COMPONENT_SVN, svn, strlen(svn));
	bytes_claim(c, n, COVH_COMPONENT_ALG, "sha-384", 7);
}

static void root_point(u8 *point, u8 *kid)
{
	mbedtls_ecp_keypair key;
	u8 secret[COVH_DIGEST_SIZE];

	fill_secret(secret);
	mbedtls_ecp_keypair_init(&key);
	assert_int_equal(covh_key_derive(&key, secret), 0);
	assert_int_equal(covh_key_point(&key, point), 0);
	mbedtls_ecp_keypair_free(&key);
	assert_int_equal(covh_key_id(point, kid), 0);
}

static void kdf(void **state)
{
	u8 out[COVH_DIGEST_SIZE];

	(void)state;
	assert_int_equal(covh_kdf((const u8 *)"abc", 3, COVH_KDF_CDI, out, 48),
			 0);
	assert_memory_equal(out, exp_kdf_abc, 48);
	memset(out, 0, sizeof(out));
	assert_int_equal(covh_kdf((const u8 *)"abc", 3, COVH_KDF_ID, out, 20),
			 0);
	assert_memory_equal(out, exp_kdf_abc_id, 48);
}

/* The scalar is what an HMAC-DRBG says first, and the point that of it */
static void keys_are_derived(void **state)
{
	const unsigned char *expected[] = { exp_key_1, exp_key_2, exp_key_3 };
	u8 secret[COVH_DIGEST_SIZE], scalar[COVH_P384_SIZE];
	mbedtls_ecp_keypair key;
	u32 i;

	(void)state;
	for (i = 0; i < 3; i++) {
		fill(secret, sizeof(secret), (u8)(1 + i));
		mbedtls_ecp_keypair_init(&key);
		assert_int_equal(covh_key_derive(&key, secret), 0);
		assert_int_equal(mbedtls_mpi_write_binary(&key.d, scalar, 48),
				 0);
		assert_memory_equal(scalar, expected[i], 48);
		mbedtls_ecp_keypair_free(&key);
	}
}

static u32 unhex(u8 *out, const char *text)
{
	unsigned int byte;
	u32 n = 0;

	for (; text[2 * n]; n++) {
		assert_int_equal(sscanf(text + 2 * n, "%2x", &byte), 1);
		out[n] = (u8)byte;
	}
	return n;
}

/* RFC 6979, A.2.6: P-384, SHA-384, "sample" */
static void rfc6979(void **state)
{
	u8 scalar[48], expected[96], digest[48], signature[96];
	mbedtls_ecp_keypair key;

	(void)state;
	unhex(scalar,
	      "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA477407"
	      "87137D896D5724E4C70A825F872C9EA60D2EDF5");
	unhex(expected,
	      "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA"
	      "95AD133C81A648152E44ACF96E36DD1E80FABE46"
	      "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351"
	      "D0A3A94FA329C145786E679E7B82C71A38628AC8");
	mbedtls_sha512((const u8 *)"sample", 6, digest, 1);
	mbedtls_ecp_keypair_init(&key);
	assert_int_equal(covh_key_load(&key, scalar), 0);
	assert_int_equal(covh_key_sign(&key, digest, signature), 0);
	mbedtls_ecp_keypair_free(&key);
	assert_memory_equal(signature, expected, sizeof(expected));
}

static void platform_token(void **state)
{
	static const u8 header[] = { 0xA2, 0x01, 0x38, 0x22, 0x04, 0x54 };
	const struct covh_token *t = &booted()->platform;
	u8 point[COVH_POINT_SIZE], kid[COVH_KEY_ID_SIZE], digest[48];
	u8 protected[sizeof(header) + sizeof(kid)], manufacturer[64];
	const u8 *map, *array;
	size_t n;

	(void)state;
	root_point(point, kid);
	memcpy(protected, header, sizeof(header));
	memcpy(protected + sizeof(header), kid, sizeof(kid));
	map = claims(t->bytes, t->len, point, protected, sizeof(protected), &n);
	assert_int_equal(*map, 0xA5);
	bytes_claim(map, n, COVH_CLAIM_PROFILE, "https://riscv.org/TBD", 21);
	key_claim(map, n, COVH_CLAIM_PLATFORM_KEY, point);
	fill(manufacturer, sizeof(manufacturer), 2);
	bytes_claim(map, n, COVH_CLAIM_MANUFACTURER, manufacturer, 64);
	assert_int_equal(*cbor_find(map, n, COVH_CLAIM_PLATFORM_STATE),
			 COVH_PLATFORM_SECURED);
	array = cbor_find(map, n, COVH_CLAIM_PLATFORM_COMPONENTS);
	assert_int_equal(*array, 0x82);
	n -= (size_t)(array - map);
	fill(digest, sizeof(digest), 0);
	check_component(array, n, 0, "component", digest, "0");
	fill(digest, sizeof(digest), 1);
	check_component(array, n, 1, "component", digest, "1");
}

static void platform_point(u8 *point)
{
	static const u8 header = 6 + COVH_KEY_ID_SIZE;
	const struct covh_token *t = &booted()->platform;
	u8 root[COVH_POINT_SIZE], kid[COVH_KEY_ID_SIZE];
	const u8 *map;
	size_t n;

	root_point(root, kid);
	/* Tag, array, head of the byte string before it: 4 bytes */
	map = claims(t->bytes, t->len, root, t->bytes + 4, header, &n);
	key_claim(map, n, COVH_CLAIM_PLATFORM_KEY, point);
}

static void tsm_token(void **state)
{
	const struct covh_token *t = &booted()->tsm;
	u8 platform[COVH_POINT_SIZE], point[COVH_POINT_SIZE], digest[48];
	const u8 *map, *array;
	size_t n;

	(void)state;
	platform_point(platform);
	map = claims(t->bytes, t->len, platform, es384, sizeof(es384), &n);
	assert_int_equal(*map, 0xA2);
	key_claim(map, n, COVH_CLAIM_TSM_KEY, point);
	assert_memory_equal(point, booted()->point, sizeof(point));
	array = cbor_find(map, n, COVH_CLAIM_TSM_COMPONENTS);
	assert_int_equal(*array, 0x82);
	n -= (size_t)(array - map);
	fill(digest, sizeof(digest), 10);
	check_component(array, n, 0, "tsm-driver", digest, "10");
	fill(digest, sizeof(digest), 255);
	check_component(array, n, 1, "tsm", digest, "4294967295");
}

/* Everything that is measured has a part in the TSM's key */
static void key_depends_on_all(void **state)
{
	static const size_t offsets[] = {
		offsetof(struct covh_boot_in, secret),
		offsetof(struct covh_boot_in, secret) + 47,
		offsetof(struct covh_boot_in, platform_state),
		offsetof(struct covh_boot_in, component[0].type),
		offsetof(struct covh_boot_in, component[0].digest),
		offsetof(struct covh_boot_in, component[1].digest) + 47,
		offsetof(struct covh_boot_in, component[1].svn) + 3,
		offsetof(struct covh_boot_in, driver.digest),
		offsetof(struct covh_boot_in, driver.svn),
		offsetof(struct covh_boot_in, tsm.digest),
		offsetof(struct covh_boot_in, tsm.svn) + 3,
		offsetof(struct covh_boot_in, tsm_config) + 47,
	};
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(offsets); i++) {
		boot_job(2);
		((u8 *)&job.in.boot)[offsets[i]] ^= 1;
		covh_job_run(&job);
		assert_int_equal(job.result, 0);
		if (!memcmp(job.out.boot.key, booted()->key, 48))
			fail_msg("byte %zu does not count", offsets[i]);
	}
	/* Nothing else has: one component less is another platform */
	boot_job(2);
	job.in.boot.manufacturer[0] ^= 1;
	covh_job_run(&job);
	assert_memory_equal(job.out.boot.key, booted()->key, 48);
	boot_job(1);
	covh_job_run(&job);
	assert_memory_not_equal(job.out.boot.key, booted()->key, 48);
}

/* The largest tokens fit */
static void boot_largest(void)
{
	struct covh_boot_in *in = &job.in.boot;
	u32 i;

	boot_job(COVH_MAX_COMPONENTS);
	in->platform_state = 4294967295U;
	for (i = 0; i < COVH_MAX_COMPONENTS; i++) {
		memset(in->component[i].type, 'x', COVH_COMPONENT_NAME - 1);
		in->component[i].svn = 4294967295U;
	}
	in->driver = in->tsm = in->component[0];
	covh_job_run(&job);
	assert_int_equal(job.result, 0);
}

static void evidence_largest(u32 format)
{
	struct covh_identity id;
	struct covh_evidence_in *in = &job.in.evidence;
	u8 *k;

	boot_largest();
	id = job.out.boot;
	evidence_job(format);
	in->id = id;
	in->has_identity = 1;
	/* A key id up to the last byte: 01 02, then 02 58 length */
	k = in->guest_key + 3;
	memmove(k + 3 + COVH_GUEST_KEY_MAX - in->key_len - 3, k,
		in->key_len - 3);
	k[0] = 2;
	k[1] = 0x58;
	k[2] = (u8)(COVH_GUEST_KEY_MAX - in->key_len - 3);
	in->guest_key[0]++;
	in->key_len = COVH_GUEST_KEY_MAX;
	covh_job_run(&job);
	assert_int_equal(job.result, 0);
}

/* What is largest fits, also on the helper's own heap, with room left */
static void largest(void **state)
{
	static u8 heap[COVH_HELPER_HEAP * 2 / 3] __attribute__((aligned(16)));
	u32 len[2];

	(void)state;
	mbedtls_memory_buffer_alloc_init(heap, sizeof(heap));
	boot_largest();
	print_message("platform token %u, TSM token %u bytes\n",
		      job.out.boot.platform.len, job.out.boot.tsm.len);
	evidence_largest(COVG_CERT_CBOR);
	len[0] = job.out.evidence.len;
	evidence_largest(COVG_CERT_X509);
	len[1] = job.out.evidence.len;
	mbedtls_memory_buffer_alloc_free();
	own_heap();
	print_message("CBOR %u, X.509 %u bytes\n", len[0], len[1]);
	assert_true(len[0] > 3000 && len[1] > len[0]);
}

static bool contains(const void *hay, size_t n, const void *needle, size_t k)
{
	return memmem(hay, n, needle, k);
}

/* HKDF as dice.c has it, apart from it */
static void cdi(const u8 *secret, const u8 *hash, u8 *out)
{
	u8 ikm[96];

	memcpy(ikm, secret, 48);
	memcpy(ikm + 48, hash, 48);
	assert_int_equal(covh_kdf(ikm, 96, "CDI_Attest", out, 48), 0);
}

/* Neither the secret nor CDIs, scalars and seeds of above remain in memory that
 * the job has used: job and heap */
static void secrets_are_gone(void **state)
{
	static u8 heap[COVH_HELPER_HEAP] __attribute__((aligned(16)));
	u8 secret[4][48], hash[48];
	mbedtls_ecp_keypair key;
	mbedtls_sha512_context sha;
	struct covh_boot_in *in = &job.in.boot;
	u32 i;

	(void)state;
	boot_job(1);
	mbedtls_sha512_init(&sha);
	mbedtls_sha512_starts(&sha, 1);
	mbedtls_sha512_update(&sha, (const u8 *)&in->platform_state, 4);
	mbedtls_sha512_update(&sha, (const u8 *)in->component[0].type, 32);
	mbedtls_sha512_update(&sha, in->component[0].digest, 48);
	mbedtls_sha512_update(&sha, (const u8 *)&in->component[0].svn, 4);
	mbedtls_sha512_finish(&sha, hash);
	memcpy(secret[0], in->secret, 48);
	cdi(in->secret, hash, secret[1]);
	mbedtls_ecp_keypair_init(&key);
	assert_int_equal(covh_key_derive(&key, secret[1]), 0);
	assert_int_equal(mbedtls_mpi_write_binary(&key.d, secret[2], 48), 0);
	memcpy(secret[3], key.d.p, 48);
	mbedtls_ecp_keypair_free(&key);

	memset(heap, 0, sizeof(heap));
	mbedtls_memory_buffer_alloc_init(heap, sizeof(heap));
	covh_job_run(&job);
	own_heap();
	assert_int_equal(job.result, 0);
	for (i = 0; i < 4; i++) {
		if (contains(&job, sizeof(job), secret[i], 16))
			fail_msg("secret %u is in the job", i);
		if (contains(heap, sizeof(heap), secret[i], 16) ||
		    contains(heap, sizeof(heap), secret[i] + 32, 16))
			fail_msg("secret %u is in the heap", i);
	}
	assert_true(all_zero(&job.in, sizeof(job.in)));
	/* The TSM's own key is what the job is for, in out and nowhere else */
	memcpy(secret[0], job.out.boot.key, 48);
	assert_false(contains(heap, sizeof(heap), secret[0], 16));
	for (i = 0; i < 48; i++)
		secret[1][i] = secret[0][47 - i];
	assert_false(contains(heap, sizeof(heap), secret[1], 16));
}

/* The TSM's key, after an evidence job */
static void key_is_gone(void **state)
{
	static u8 heap[COVH_HELPER_HEAP] __attribute__((aligned(16)));
	u8 le[48];
	u32 i, format;

	(void)state;
	for (i = 0; i < 48; i++)
		le[i] = booted()->key[47 - i];
	for (format = COVG_CERT_CBOR; format <= COVG_CERT_X509; format++) {
		evidence_job(format);
		memset(heap, 0, sizeof(heap));
		mbedtls_memory_buffer_alloc_init(heap, sizeof(heap));
		covh_job_run(&job);
		own_heap();
		assert_int_equal(job.result, 0);
		assert_false(contains(&job, sizeof(job), booted()->key, 16));
		assert_false(contains(heap, sizeof(heap), booted()->key, 16));
		assert_false(contains(heap, sizeof(heap), le, 16));
	}
}

static void boot_refused(void **state)
{
	static const u32 counts[] = { 0, COVH_MAX_COMPONENTS + 1, 0xFFFFFFFF };
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(counts); i++) {
		boot_job(2);
		job.in.boot.ncomponents = counts[i];
		refused(COVH_ERR_FAILED);
	}
	boot_job(2);
	memset(job.in.boot.component[1].type, 'x', COVH_COMPONENT_NAME);
	refused(COVH_ERR_FAILED);
	boot_job(2);
	memset(job.in.boot.driver.type, 'x', COVH_COMPONENT_NAME);
	refused(COVH_ERR_FAILED);
	boot_job(2);
	memset(job.in.boot.tsm.type, 'x', COVH_COMPONENT_NAME);
	refused(COVH_ERR_FAILED);
	/* Another one's name is nobody's business */
	boot_job(2);
	memset(job.in.boot.component[2].type, 'x', COVH_COMPONENT_NAME);
	covh_job_run(&job);
	assert_int_equal(job.result, 0);
}

static void no_such_job(void **state)
{
	static const u32 kinds[] = { 0, 3, 0xFFFFFFFF };
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(kinds); i++) {
		boot_job(2);
		job.kind = kinds[i];
		refused(COVH_ERR_FAILED);
	}
}

/* The map of evidence at p: its three tokens, and the TVM's claims */
static void check_evidence(const u8 *p, size_t len, bool identity)
{
	const u8 *submods, *t, *map, *end = p + len;
	u8 point[COVH_POINT_SIZE], bytes[64];
	size_t n;

	assert_int_equal(cbor_walk(p, len), len);
	assert_int_equal(*p, 0xA1);
	submods = cbor_find(p, len, COVH_CLAIM_SUBMODS);
	assert_int_equal(*submods, 0xA3);
	t = cbor_find_text(submods, (size_t)(end - submods), "platform");
	assert_memory_equal(t, booted()->platform.bytes,
			    booted()->platform.len);
	t = cbor_find_text(submods, (size_t)(end - submods), "tsm");
	assert_memory_equal(t, booted()->tsm.bytes, booted()->tsm.len);
	t = cbor_find_text(submods, (size_t)(end - submods), "tvm");
	n = cbor_walk(t, (size_t)(end - t));
	map = claims(t, n, booted()->point, es384, sizeof(es384), &n);

	assert_int_equal(*map, identity ? 0xA5 : 0xA4);
	fill(bytes, 64, 100);
	bytes_claim(map, n, COVH_CLAIM_NONCE, bytes, 64);
	key_claim(map, n, COVH_CLAIM_TVM_KEY, point);
	assert_memory_equal(point, guest_point, sizeof(point));
	check_measurements(map, n, COVH_CLAIM_INITIAL, 0, 6);
	check_measurements(map, n, COVH_CLAIM_RUNTIME, 6, 4);
	fill(bytes, 64, 150);
	if (identity)
		bytes_claim(map, n, COVH_CLAIM_IDENTITY, bytes, 64);
	else
		assert_null(cbor_look(map, n, COVH_CLAIM_IDENTITY));
}

static void hex_id(const u8 *point, char *text)
{
	u8 id[COVH_KEY_ID_SIZE];

	assert_int_equal(covh_key_id(point, id), 0);
	covh_key_id_text(id, text);
}

static void cbor_form(bool with_identity)
{
	const struct covh_evidence_out *out = &job.out.evidence;
	char text[COVH_KEY_ID_TEXT];
	const u8 *map;
	size_t n;

	evidence_job(COVG_CERT_CBOR);
	/* What is there counts if has_identity says so, and only then */
	fill(job.in.evidence.identity, 64, 150);
	job.in.evidence.has_identity = with_identity;
	covh_job_run(&job);
	assert_int_equal(job.result, 0);
	map = claims(out->bytes, out->len, booted()->point, es384,
		     sizeof(es384), &n);
	assert_int_equal(*map, 0xA3);
	hex_id(booted()->point, text);
	bytes_claim(map, n, COVH_CLAIM_ISS, text, 40);
	hex_id(guest_point, text);
	bytes_claim(map, n, COVH_CLAIM_SUB, text, 40);
	check_evidence(
		cbor_find(map, n, COVH_CLAIM_EVIDENCE),
		n - (size_t)(cbor_find(map, n, COVH_CLAIM_EVIDENCE) - map),
		with_identity);
	assert_true(
		all_zero(out->bytes + out->len, sizeof(out->bytes) - out->len));
}

static void cbor_certificate(void **state)
{
	(void)state;
	cbor_form(false);
}

static void cbor_certificate_identity(void **state)
{
	(void)state;
	cbor_form(true);
}

/* The structure is for others to look at (test/helper); the evidence in it */
static void x509_certificate(void **state)
{
	static const u8 evidence[] = { 0x06, 0x06, 0x67, 0x81, 0x05, 0x05, 0x04,
				       0x06, 0x01, 0x01, 0xFF, 0x04, 0x82 };
	const struct covh_evidence_out *out = &job.out.evidence;
	const u8 *p;
	size_t n;

	(void)state;
	evidence_job(COVG_CERT_X509);
	covh_job_run(&job);
	assert_int_equal(job.result, 0);
	assert_int_equal(out->bytes[0], 0x30);
	assert_int_equal(out->bytes[1], 0x82);
	assert_int_equal(out->len, 4 + (out->bytes[2] << 8 | out->bytes[3]));
	p = memmem(out->bytes, out->len, evidence, sizeof(evidence));
	assert_non_null(p);
	p += sizeof(evidence);
	n = p[0] << 8 | p[1];
	p += 2;
	assert_memory_equal(p, "\xd9\x02\x59", 3);
	check_evidence(p + 3, n - 3, false);
}

/* The same request has the same answer, another challenge another one */
static void deterministic(void **state)
{
	static struct covh_job first;
	u32 format;

	(void)state;
	for (format = COVG_CERT_CBOR; format <= COVG_CERT_X509; format++) {
		evidence_job(format);
		covh_job_run(&job);
		first = job;
		evidence_job(format);
		covh_job_run(&job);
		assert_memory_equal(&job, &first, sizeof(job));
		evidence_job(format);
		job.in.evidence.challenge[63] ^= 1;
		covh_job_run(&job);
		assert_int_equal(job.result, 0);
		assert_memory_not_equal(&job.out, &first.out, sizeof(job.out));
	}
}

static void guest_key_refused(void **state)
{
	struct covh_evidence_in *in = &job.in.evidence;

	(void)state;
	evidence_job(COVG_CERT_CBOR);
	in->key_len = 0;
	refused(COVH_ERR_INVALID_PARAM);
	evidence_job(COVG_CERT_CBOR);
	in->key_len = COVH_GUEST_KEY_MAX + 1;
	refused(COVH_ERR_INVALID_PARAM);
	evidence_job(COVG_CERT_CBOR);
	in->key_len = 0xFFFFFFFF;
	refused(COVH_ERR_INVALID_PARAM);
	evidence_job(COVG_CERT_X509);
	in->key_len++;
	refused(COVH_ERR_INVALID_PARAM);
}

static void t49_not_on_the_curve(void **state)
{
	(void)state;
	evidence_job(COVG_CERT_CBOR);
	job.in.evidence.guest_key[job.in.evidence.key_len - 1] ^= 1;
	refused(COVH_ERR_INVALID_PARAM);
	evidence_job(COVG_CERT_X509);
	job.in.evidence.guest_key[job.in.evidence.key_len - 1] ^= 1;
	refused(COVH_ERR_INVALID_PARAM);
}

static void evidence_refused(void **state)
{
	static const u32 formats[] = { 0, 3, 4, 0x80000001 };
	struct covh_evidence_in *in = &job.in.evidence;
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(formats); i++) {
		evidence_job(formats[i]);
		refused(COVH_ERR_FAILED);
	}
	evidence_job(COVG_CERT_CBOR);
	in->id.platform.len = COVH_TOKEN_MAX + 1;
	refused(COVH_ERR_FAILED);
	evidence_job(COVG_CERT_CBOR);
	in->id.tsm.len = 0xFFFFFFFF;
	refused(COVH_ERR_FAILED);
	/* Private keys that are none: 0 and beyond the order */
	evidence_job(COVG_CERT_CBOR);
	memset(in->id.key, 0, sizeof(in->id.key));
	refused(COVH_ERR_FAILED);
	evidence_job(COVG_CERT_X509);
	memset(in->id.key, 0xFF, sizeof(in->id.key));
	refused(COVH_ERR_FAILED);
}

/* A buffer that is too small for the evidence, by any number of bytes */
static void evidence_too_long(void **state)
{
	mbedtls_ecp_keypair key;
	struct covh_cbor c;
	u32 size, whole;
	u8 *buf;

	(void)state;
	evidence_job(COVG_CERT_CBOR);
	mbedtls_ecp_keypair_init(&key);
	assert_int_equal(covh_key_load(&key, booted()->key), 0);
	for (whole = size = COVH_EVIDENCE_MAX; size;
	     size -= size > 61 ? 61 : 1) {
		buf = malloc(size);
		covh_cbor_init(&c, buf, size);
		if (size >= whole) {
			assert_int_equal(covh_evidence_map(&c, &job.in.evidence,
							   &key),
					 0);
			whole = c.len;
		} else {
			assert_int_not_equal(
				covh_evidence_map(&c, &job.in.evidence, &key),
				0);
		}
		free(buf);
	}
	mbedtls_ecp_keypair_free(&key);
}

/* The heap is used up at any point; the leaks are the sanitizer's business */
static void no_heap(void **state)
{
	u32 kind, n, all;

	(void)state;
	for (kind = 0; kind < 3; kind++) {
		for (n = all = 1; n <= all; n += 1 + n / 8) {
			if (!kind)
				boot_job(2);
			else
				evidence_job(kind == 1 ? COVG_CERT_CBOR
						       : COVG_CERT_X509);
			allocations = 0;
			fails_at = n;
			covh_job_run(&job);
			fails_at = 0;
			if (allocations < n) {
				assert_int_equal(job.result, 0);
				break;
			}
			all = n + 1 + n / 8;
			assert_int_not_equal(job.result, 0);
			assert_true(all_zero(&job.out, sizeof(job.out)));
			assert_true(all_zero(&job.in, sizeof(job.in)));
		}
		print_message("job %u: more than %u allocations\n", kind,
			      n - 1 - n / 9);
	}
}

static int setup(void **state)
{
	(void)state;
	own_heap();
	booted();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kdf),
		cmocka_unit_test(keys_are_derived),
		cmocka_unit_test(rfc6979),
		cmocka_unit_test(platform_token),
		cmocka_unit_test(tsm_token),
		cmocka_unit_test(key_depends_on_all),
		cmocka_unit_test(largest),
		cmocka_unit_test(secrets_are_gone),
		cmocka_unit_test(key_is_gone),
		cmocka_unit_test(boot_refused),
		cmocka_unit_test(no_such_job),
		cmocka_unit_test(cbor_certificate),
		cmocka_unit_test(cbor_certificate_identity),
		cmocka_unit_test(x509_certificate),
		cmocka_unit_test(deterministic),
		cmocka_unit_test(guest_key_refused),
		cmocka_unit_test(t49_not_on_the_curve),
		cmocka_unit_test(evidence_refused),
		cmocka_unit_test(evidence_too_long),
		cmocka_unit_test(no_heap),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
