/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading CBOR.
 */

#include "cbor_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* Bytes of a head in its shortest form, or 0 */
static size_t head(const u8 *p, size_t len, u32 *major, u64 *arg)
{
	static const u64 least[] = { 24, 0x100, 0x10000, 0x100000000 };
	size_t n, i;

	if (!len)
		return 0;
	*major = p[0] >> 5;
	*arg = p[0] & 31;
	if (*arg < 24)
		return 1;
	if (*arg > 27)
		return 0;
	i = *arg - 24;
	n = (size_t)1 << i;
	if (len < 1 + n)
		return 0;
	for (*arg = 0, p++; n--; p++)
		*arg = *arg << 8 | *p;
	return *arg < least[i] ? 0 : 1 + ((size_t)1 << i);
}

/* n items; of a map, so that every second one is a key */
static size_t walk_items(const u8 *p, size_t len, u64 n, bool map)
{
	const u8 *key = NULL;
	size_t at = 0, key_len = 0, one;
	u64 i;

	for (i = 0; i < n; i++) {
		one = cbor_walk(p + at, len - at);
		if (!one)
			return 0;
		if (map && !(i & 1)) {
			size_t both = one < key_len ? one : key_len;

			if (key && memcmp(key, p + at, both) >= 0)
				return 0;
			key = p + at;
			key_len = one;
		}
		at += one;
	}
	return at;
}

size_t cbor_walk(const u8 *p, size_t len)
{
	size_t n, inner;
	u32 major;
	u64 arg;

	n = head(p, len, &major, &arg);
	if (!n)
		return 0;
	switch (major) {
	case 0:
	case 1:
		return n;
	case 2:
	case 3:
		return arg <= len - n ? n + (size_t)arg : 0;
	case 4:
	case 5:
		if (!arg)
			return n;
		inner = walk_items(p + n, len - n, major == 5 ? 2 * arg : arg,
				   major == 5);
		return inner ? n + inner : 0;
	case 6:
		inner = cbor_walk(p + n, len - n);
		return inner ? n + inner : 0;
	}
	return 0;
}

/* Into a map or an array, behind tags: bytes of the heads */
static size_t enter(const u8 *p, size_t len, u32 *major, u64 *arg)
{
	size_t at = 0, n;

	do {
		n = head(p + at, len - at, major, arg);
		assert_true(n);
		at += n;
	} while (*major == 6);
	assert_true(*major == 4 || *major == 5);
	return at;
}

const u8 *cbor_look(const u8 *p, size_t len, s64 label)
{
	u32 major, key_major;
	u64 n, key, i;
	size_t at;

	at = enter(p, len, &major, &n);
	for (i = 0; i < n; i++) {
		bool hit = (s64)i == label;

		if (major == 5) {
			assert_true(head(p + at, len - at, &key_major, &key));
			hit = key_major < 2 &&
			      key == (label < 0 ? ~(u64)label : (u64)label) &&
			      key_major == (label < 0);
			at += cbor_walk(p + at, len - at);
		}
		if (hit)
			return p + at;
		at += cbor_walk(p + at, len - at);
	}
	return NULL;
}

const u8 *cbor_find(const u8 *p, size_t len, s64 label)
{
	const u8 *hit = cbor_look(p, len, label);

	if (!hit)
		fail_msg("there is no %ld", (long)label);
	return hit;
}

const u8 *cbor_find_text(const u8 *p, size_t len, const char *key)
{
	u32 major;
	size_t at, key_len;
	u64 n, i;

	at = enter(p, len, &major, &n);
	assert_int_equal(major, 5);
	for (i = 0; i < n; i++) {
		const u8 *text = cbor_string(p + at, len - at, &key_len);

		at += cbor_walk(p + at, len - at);
		if (key_len == strlen(key) && !memcmp(text, key, key_len))
			return p + at;
		at += cbor_walk(p + at, len - at);
	}
	fail_msg("there is no %s", key);
	return NULL;
}

const u8 *cbor_string(const u8 *p, size_t len, size_t *n)
{
	u32 major;
	u64 arg;
	size_t at = head(p, len, &major, &arg);

	assert_true(at);
	assert_true(major == 2 || major == 3);
	assert_true(arg <= len - at);
	*n = (size_t)arg;
	return p + at;
}
