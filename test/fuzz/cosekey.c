/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzzer of the decoder of a guest's COSE_Key (threat T-49): what it accepts
 * must be what another reading of the same rules accepts, and a point that is
 * accepted must be one.
 *
 *   cosekey [--seed N] [--calls N]   keys from a generator, most of them broken
 *   cosekey FILE...                  from files, as libFuzzer does
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mbedtls/platform.h>
#include "cbor_walk.h"

static void bug(const u8 *p, size_t len, const char *what)
{
	size_t i;

	printf("FAIL: %s:", what);
	for (i = 0; i < len; i++)
		printf(" %02x", p[i]);
	printf("\n");
	fflush(stdout);
	abort();
}

/* The value of a key is what it has to be */
static bool value_is_good(u8 key, const u8 *v, size_t len)
{
	switch (key) {
	case 0x01: /* kty: EC2 */
	case 0x20: /* crv: P-384 */
		return len == 1 && *v == 2;
	case 0x02: /* kid: bytes */
		return *v >> 5 == 2;
	case 0x03: /* alg: an integer */
		return *v >> 5 <= 1;
	case 0x21: /* x */
	case 0x22: /* y */
		return len == 50 && v[0] == 0x58 && v[1] == 48;
	}
	return false;
}

/* The other reading: one deterministic item, a map, whose keys are all known,
 * with the four that must be there. point: X and Y */
static bool is_key(const u8 *p, size_t len, u8 *point)
{
	static const u8 keys[] = { 0x01, 0x02, 0x03, 0x20, 0x21, 0x22 };
	size_t at = 1, n, i;
	u32 found = 0;
	const u8 *hit;

	if (!len || cbor_walk(p, len) != len || p[0] < 0xA0 || p[0] > 0xB7)
		return false;
	for (i = 0; i < (p[0] & 31U); i++) {
		n = cbor_walk(p + at, len - at);
		hit = n == 1 ? memchr(keys, p[at], sizeof(keys)) : NULL;
		if (!hit)
			return false;
		at += n;
		n = cbor_walk(p + at, len - at);
		if (!value_is_good(*hit, p + at, n))
			return false;
		if (*hit >= 0x21)
			memcpy(point + 48 * (*hit - 0x21), p + at + 2, 48);
		found |= 1U << (hit - keys);
		at += n;
	}
	return (found & 0x39) == 0x39;
}

/* On the curve: only libraries agree about that, but the base point is */
static bool check_point(const u8 *point)
{
	mbedtls_ecp_keypair key;
	bool good;

	mbedtls_ecp_keypair_init(&key);
	good = !covh_key_public(&key, point);
	mbedtls_ecp_keypair_free(&key);
	return good;
}

/* One input. Returns whether it is a key with a point of the curve */
static bool one(const u8 *data, size_t len)
{
	u8 point[COVH_POINT_SIZE], other[COVH_POINT_SIZE] = { 4 };
	u8 *p = malloc(len ? len : 1);
	bool good;
	int err;

	/* The exact size, for the sanitizer */
	if (!p)
		abort();
	memcpy(p, data, len);
	good = is_key(p, len, other + 1);
	err = covh_cose_key_decode(p, (u32)len, point);
	if (err && err != COVH_ERR_INVALID_PARAM)
		bug(p, len, "not an error of its");
	if (!err != good)
		bug(p, len, good ? "refused" : "accepted");
	if (good && memcmp(point, other, sizeof(point)))
		bug(p, len, "another point");
	free(p);
	return good && check_point(point);
}

#ifdef LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	mbedtls_platform_set_calloc_free(calloc, free);
	one(data, len);
	return 0;
}
#else

static u64 rng_state;

/* splitmix64 */
static u64 rng(void)
{
	u64 z = rng_state += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return z ^ z >> 31;
}

static u32 below(u32 n)
{
	return (u32)(rng() % n);
}

static u8 points[4][COVH_POINT_SIZE];

static void make_points(void)
{
	u8 secret[COVH_DIGEST_SIZE] = { 0 };
	mbedtls_ecp_keypair key;
	u32 i;

	for (i = 0; i < COVH_ARRAY_SIZE(points); i++) {
		secret[0] = (u8)i;
		mbedtls_ecp_keypair_init(&key);
		if (covh_key_derive(&key, secret) ||
		    covh_key_point(&key, points[i]))
			abort();
		mbedtls_ecp_keypair_free(&key);
	}
}

#define PARTS 6

/* A key, now and then with members that are out of order or there twice */
static u32 make_key(u8 *out)
{
	const u8 *point = points[below(COVH_ARRAY_SIZE(points))];
	u8 order[PARTS] = { 0, 1, 2, 3, 4, 5 }, swap;
	u32 n = 1, i, a, b, count = 0, kid = below(30);

	if (!below(8)) {
		a = below(PARTS);
		b = below(PARTS);
		swap = order[a];
		order[a] = order[b];
		order[b] = below(2) ? swap : order[b];
	}
	for (i = 0; i < PARTS; i++) {
		if ((order[i] == 1 || order[i] == 2) && below(2))
			continue;
		if (order[i] != 1 && order[i] != 2 && !below(64))
			continue;
		count++;
		switch (order[i]) {
		case 0:
			memcpy(out + n, "\x01\x02", 2);
			n += 2;
			break;
		case 1:
			out[n++] = 0x02;
			n += covh_cbor_head(out + n, COVH_CBOR_BSTR, kid);
			memset(out + n, 7, kid);
			n += kid;
			break;
		case 2:
			out[n++] = 0x03;
			n += covh_cbor_head(out + n, below(2),
					    rng() >> below(64));
			break;
		case 3:
			memcpy(out + n, "\x20\x02", 2);
			n += 2;
			break;
		default:
			out[n++] = 0x21 + order[i] - 4;
			out[n++] = 0x58;
			out[n++] = 48;
			memcpy(out + n, point + 1 + 48 * (order[i] - 4), 48);
			n += 48;
		}
	}
	out[0] = 0xA0 + count;
	return n;
}

/* Break a key of n bytes; its new size */
static u32 mutate(u8 *p, u32 n)
{
	u32 at = below(n);

	switch (below(6)) {
	case 0:
		p[at] ^= 1U << below(8);
		return n;
	case 1:
		p[at] = (u8)rng();
		return n;
	case 2: /* More of it */
		memmove(p + at + 1, p + at, n - at);
		p[at] = (u8)rng();
		return n + 1;
	case 3: /* Less */
		memmove(p + at, p + at + 1, n - at - 1);
		return n - 1;
	case 4: /* The first bytes of members: heads */
		p[below(n < 8 ? n : 8)] = (u8)rng();
		return n;
	default:
		return at;
	}
}

static int generate(u64 seed, u64 calls)
{
	u64 i, good = 0;
	u8 key[512];
	u32 n, k;

	rng_state = seed;
	make_points();
	for (i = 0; i < calls; i++) {
		n = make_key(key);
		for (k = below(4); k && n; k--)
			n = mutate(key, n);
		good += one(key, n);
	}
	printf("%" PRIu64 " keys, %" PRIu64 " of them good\n", calls, good);
	return !good;
}

static int from_file(const char *name)
{
	u8 data[4096];
	size_t n;
	FILE *f = fopen(name, "rb");

	if (!f) {
		perror(name);
		return 1;
	}
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	one(data, n);
	return 0;
}

int main(int argc, char **argv)
{
	u64 seed = 1, calls = 100000;
	int i;

	mbedtls_platform_set_calloc_free(calloc, free);
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--calls") && i + 1 < argc)
			calls = strtoull(argv[++i], NULL, 0);
		else
			break;
	}
	if (i == argc)
		return generate(seed, calls);
	for (; i < argc; i++)
		if (from_file(argv[i]))
			return 1;
	printf("all files\n");
	return 0;
}
#endif
