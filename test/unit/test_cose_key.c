/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A guest's COSE_Key: what is one and what is none (threat T-49).
 */

#include "cbor_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mbedtls/platform.h>
#include <cmocka.h>

/* The base point of P-384 */
#define GX                                                                 \
	"AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A38" \
	"5502F25DBF55296C3A545E3872760AB7"
#define GY                                                                 \
	"3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C0" \
	"0A60B1CE1D7E819D7A431D7C90EA0E5F"
/* The field's prime, and prime + 1 */
#define P                                                                  \
	"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE" \
	"FFFFFFFF0000000000000000FFFFFFFF"
#define ZERO                                                               \
	"0000000000000000000000000000000000000000000000000000000000000000" \
	"00000000000000000000000000000000"
#define ONE                                                                \
	"0000000000000000000000000000000000000000000000000000000000000000" \
	"00000000000000000000000000000001"

#define X	"21 5830" GX
#define Y	"22 5830" GY
#define KTY	"01 02"
#define CRV	"20 02"
#define GOOD	"A4" KTY CRV X Y
#define BYTES_8 "0102030405060708"

static const struct {
	const char *what;
	const char *key; /* Hexadecimal, with blanks */
	bool good;
} keys[] = {
	{ "the least", GOOD, true },
	{ "with an algorithm", "A5" KTY "03 3822" CRV X Y, true },
	{ "with another one", "A5" KTY "03 01" CRV X Y, true },
	{ "with a key id", "A5" KTY "02 48" BYTES_8 CRV X Y, true },
	{ "with an empty key id", "A5" KTY "02 40" CRV X Y, true },
	{ "with both", "A6" KTY "02 48" BYTES_8 "03 3822" CRV X Y, true },

	{ "nothing", "", false },
	{ "an integer", "01", false },
	{ "an array", "84" KTY CRV X Y, false },
	{ "a byte string of it", "586E" GOOD, false },
	{ "a tag before it", "D1" GOOD, false },
	{ "one byte more", GOOD "00", false },
	{ "a second one", GOOD GOOD, false },
	{ "an empty map", "A0", false },

	{ "indefinite length", "BF" KTY CRV X Y "FF", false },
	{ "indefinite, with a count", "BF" KTY CRV X Y, false },
	{ "long count", "B804" KTY CRV X Y, false },
	{ "very long count", "BB0000000000000004" KTY CRV X Y, false },
	{ "count too small", "A3" KTY CRV X Y, false },
	{ "count too large", "A5" KTY CRV X Y, false },
	{ "count 2^64 - 1", "BBFFFFFFFFFFFFFFFF" KTY CRV X Y, false },
	{ "count does not know the id", "A4" KTY "02 40" CRV X Y, false },
	{ "reserved count", "BC" KTY CRV X Y, false },

	{ "no kty", "A3" CRV X Y, false },
	{ "no crv", "A3" KTY X Y, false },
	{ "no x", "A3" KTY CRV Y, false },
	{ "no y", "A3" KTY CRV X, false },
	{ "kty OKP", "A4 01 01" CRV X Y, false },
	{ "kty text", "A4 01 63454332" CRV X Y, false },
	{ "kty -3", "A4 01 22" CRV X Y, false },
	{ "kty long", "A4 01 1802" CRV X Y, false },
	{ "label of kty long", "A4 1801 02" CRV X Y, false },
	{ "crv P-256", "A4" KTY "20 01" X Y, false },
	{ "crv P-521", "A4" KTY "20 03" X Y, false },
	{ "crv -3", "A4" KTY "20 22" X Y, false },
	{ "label 0 for crv", "A4" KTY "00 02" X Y, false },

	{ "x before crv", "A4" KTY X CRV Y, false },
	{ "y before x", "A4" KTY CRV Y X, false },
	{ "alg before kty", "A5 03 3822" KTY CRV X Y, false },
	{ "alg before kid", "A6" KTY "03 3822 02 40" CRV X Y, false },
	{ "alg at the end", "A5" KTY CRV X Y "03 3822", false },
	{ "kty twice", "A5" KTY KTY CRV X Y, false },
	{ "kid twice", "A6" KTY "02 40 02 40" CRV X Y, false },
	{ "alg twice", "A6" KTY "03 3822 03 3822" CRV X Y, false },
	{ "x twice", "A5" KTY CRV X X Y, false },
	{ "y twice", "A5" KTY CRV X Y Y, false },
	{ "key_ops", "A5" KTY "04 81 02" CRV X Y, false },
	{ "a private key", "A5" KTY CRV X Y "23 5830" ONE, false },
	{ "a text label", "A5" KTY CRV X Y "6161 01", false },

	{ "kid text", "A5" KTY "02 6161" CRV X Y, false },
	{ "kid integer", "A5" KTY "02 01" CRV X Y, false },
	{ "kid of 2^64 - 1 bytes", "A5" KTY "02 5BFFFFFFFFFFFFFFFF" CRV X Y,
	  false },
	{ "kid beyond the end", "A5" KTY "02 58FF" CRV X Y, false },
	{ "kid in pieces", "A5" KTY "02 5F 41 00 FF" CRV X Y, false },
	{ "kid of a long length", "A5" KTY "02 5800" CRV X Y, false },
	{ "alg text", "A5" KTY "03 65455333 3834" CRV X Y, false },
	{ "alg bytes", "A5" KTY "03 4122" CRV X Y, false },
	{ "alg long", "A5" KTY "03 390022" CRV X Y, false },

	{ "x of 47 bytes", "A4" KTY CRV "21 582F" GX Y, false },
	{ "x of 49 bytes", "A4" KTY CRV "21 5831 00" GX Y, false },
	{ "x text", "A4" KTY CRV "21 7830" GX Y, false },
	{ "x of a long length", "A4" KTY CRV "21 590030" GX Y, false },
	{ "y a sign", "A4" KTY CRV X "22 F5", false },
	{ "y text", "A4" KTY CRV X "22 7830" GY, false },
	{ "y of 0 bytes", "A4" KTY CRV X "22 40", false },

	{ "infinity", "A4" KTY CRV "21 5830" ZERO "22 5830" ZERO, false },
	{ "x 0", "A4" KTY CRV "21 5830" ZERO Y, false },
	{ "y 0", "A4" KTY CRV X "22 5830" ZERO, false },
	{ "off the curve", "A4" KTY CRV "21 5830" GX "22 5830" ONE, false },
	{ "x and y exchanged", "A4" KTY CRV "21 5830" GY "22 5830" GX, false },
	{ "x not reduced", "A4" KTY CRV "21 5830" P Y, false },
	{ "y not reduced", "A4" KTY CRV X "22 5830" P, false },
};

static u32 unhex(u8 *out, const char *text)
{
	unsigned int byte;
	u32 n = 0;

	for (; *text; text++) {
		if (*text == ' ')
			continue;
		assert_int_equal(sscanf(text, "%2x", &byte), 1);
		out[n++] = (u8)byte;
		text++;
	}
	return n;
}

/* As the evidence job does, with a copy that ends where the key does */
static int accept(const u8 *p, u32 len)
{
	u8 point[COVH_POINT_SIZE];
	mbedtls_ecp_keypair key;
	u8 *copy = malloc(len);
	int err;

	assert_true(copy || !len);
	if (len)
		memcpy(copy, p, len);
	mbedtls_ecp_keypair_init(&key);
	err = covh_cose_key_decode(copy, len, point);
	assert_true(!err || err == COVH_ERR_INVALID_PARAM);
	if (!err)
		err = covh_key_public(&key, point);
	mbedtls_ecp_keypair_free(&key);
	free(copy);
	return err;
}

static void t49_keys(void **state)
{
	u8 key[1024];
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(keys); i++)
		if (!accept(key, unhex(key, keys[i].key)) != keys[i].good)
			fail_msg("%s: %s", keys[i].what,
				 keys[i].good ? "refused" : "accepted");
}

/* Ends anywhere */
static void t49_truncated(void **state)
{
	u8 key[256];
	u32 n, i;

	(void)state;
	n = unhex(key, "A6" KTY "02 48" BYTES_8 "03 3822" CRV X Y);
	assert_int_equal(accept(key, n), 0);
	for (i = 0; i < n; i++)
		if (!accept(key, i))
			fail_msg("%u bytes of %u are a key", i, n);
}

/* The negative of a point is the only other one with its x: a changed bit of
 * x, y or of the structure is a key nowhere but in the optional members */
static void t49_bits(void **state)
{
	u8 key[256];
	u32 n, i;

	(void)state;
	n = unhex(key, GOOD);
	for (i = 0; i < 8 * n; i++) {
		key[i / 8] ^= 1 << i % 8;
		if (!accept(key, n))
			fail_msg("bit %u does not matter", i);
		key[i / 8] ^= 1 << i % 8;
	}
}

/* -G is as good as G */
static void both_points(void **state)
{
	u8 key[256], p[COVH_P384_SIZE];
	int borrow = 0, i, d;
	u32 n;
	u8 *y;

	(void)state;
	n = unhex(key, GOOD);
	unhex(p, P);
	y = key + n - COVH_P384_SIZE;
	for (i = COVH_P384_SIZE - 1; i >= 0; i--) {
		d = p[i] - y[i] - borrow;
		borrow = d < 0;
		y[i] = (u8)d;
	}
	assert_int_equal(accept(key, n), 0);
}

/* What goes in comes out */
static void coordinates(void **state)
{
	u8 key[256], point[COVH_POINT_SIZE], expected[COVH_POINT_SIZE];
	u32 n;

	(void)state;
	n = unhex(key, GOOD);
	unhex(expected, "04" GX GY);
	assert_int_equal(covh_cose_key_decode(key, n, point), 0);
	assert_memory_equal(point, expected, sizeof(point));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t49_keys),    cmocka_unit_test(t49_truncated),
		cmocka_unit_test(t49_bits),    cmocka_unit_test(both_points),
		cmocka_unit_test(coordinates),
	};

	mbedtls_platform_set_calloc_free(calloc, free);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
