/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The encoder of CBOR: examples of RFC 8949, bounds, order of keys.
 */

#include "cbor_walk.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static u8 buf[128 * 1024];
static struct covh_cbor c;

static void start(u32 size)
{
	memset(buf, 0xEE, sizeof(buf));
	covh_cbor_init(&c, buf, size);
}

static void is(const char *what, const void *bytes, size_t n)
{
	if (c.overflow || c.len != n || memcmp(buf, bytes, n))
		fail_msg("%s is not encoded as it should be", what);
}

/* RFC 8949, appendix A, as far as integers go */
static void integers(void **state)
{
	static const struct {
		s64 value;
		const char *bytes;
		size_t n;
	} e[] = {
		{ 0, "\x00", 1 },
		{ 1, "\x01", 1 },
		{ 10, "\x0a", 1 },
		{ 23, "\x17", 1 },
		{ 24, "\x18\x18", 2 },
		{ 25, "\x18\x19", 2 },
		{ 100, "\x18\x64", 2 },
		{ 255, "\x18\xff", 2 },
		{ 256, "\x19\x01\x00", 3 },
		{ 1000, "\x19\x03\xe8", 3 },
		{ 65535, "\x19\xff\xff", 3 },
		{ 65536, "\x1a\x00\x01\x00\x00", 5 },
		{ 1000000, "\x1a\x00\x0f\x42\x40", 5 },
		{ 4294967295, "\x1a\xff\xff\xff\xff", 5 },
		{ 4294967296, "\x1b\x00\x00\x00\x01\x00\x00\x00\x00", 9 },
		{ 1000000000000, "\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00", 9 },
		{ INT64_MAX, "\x1b\x7f\xff\xff\xff\xff\xff\xff\xff", 9 },
		{ -1, "\x20", 1 },
		{ -10, "\x29", 1 },
		{ -24, "\x37", 1 },
		{ -25, "\x38\x18", 2 },
		{ -100, "\x38\x63", 2 },
		{ -256, "\x38\xff", 2 },
		{ -257, "\x39\x01\x00", 3 },
		{ -1000, "\x39\x03\xe7", 3 },
		{ -70000, "\x3a\x00\x01\x11\x6f", 5 },
		{ INT64_MIN, "\x3b\x7f\xff\xff\xff\xff\xff\xff\xff", 9 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(e); i++) {
		char what[32];

		start(sizeof(buf));
		covh_cbor_int(&c, e[i].value);
		snprintf(what, sizeof(what), "%ld", (long)e[i].value);
		is(what, e[i].bytes, e[i].n);
	}
}

static void strings(void **state)
{
	(void)state;
	start(sizeof(buf));
	covh_cbor_bstr(&c, "", 0);
	is("h''", "\x40", 1);
	start(sizeof(buf));
	covh_cbor_bstr(&c, "\1\2\3\4", 4);
	is("h'01020304'", "\x44\1\2\3\4", 5);
	start(sizeof(buf));
	covh_cbor_tstr(&c, "");
	is("\"\"", "\x60", 1);
	start(sizeof(buf));
	covh_cbor_tstr(&c, "IETF");
	is("\"IETF\"", "\x64IETF", 5);
	start(sizeof(buf));
	covh_cbor_tstr(&c, "\xe6\xb0\xb4");
	is("water", "\x63\xe6\xb0\xb4", 4);
}

static void structures(void **state)
{
	struct covh_cbor_map m, inner;

	(void)state;
	start(sizeof(buf));
	covh_cbor_array(&c, 0);
	is("[]", "\x80", 1);
	start(sizeof(buf));
	covh_cbor_map(&c, &m, 0);
	is("{}", "\xa0", 1);
	start(sizeof(buf));
	covh_cbor_tag(&c, 1);
	covh_cbor_int(&c, 1363896240);
	is("1(1363896240)", "\xc1\x1a\x51\x4b\x67\xb0", 6);
	start(sizeof(buf));
	covh_cbor_tag(&c, 601);
	is("tag 601", "\xd9\x02\x59", 3);
	start(sizeof(buf));
	covh_cbor_map(&c, &m, 2);
	covh_cbor_key(&c, &m, 1);
	covh_cbor_int(&c, 2);
	covh_cbor_key(&c, &m, 3);
	covh_cbor_int(&c, 4);
	is("{1: 2, 3: 4}", "\xa2\1\2\3\4", 5);
	start(sizeof(buf));
	covh_cbor_map(&c, &m, 2);
	covh_cbor_key_text(&c, &m, "a");
	covh_cbor_map(&c, &inner, 1);
	covh_cbor_key_text(&c, &inner, "z");
	covh_cbor_int(&c, 1);
	covh_cbor_key_text(&c, &m, "b");
	covh_cbor_array(&c, 2);
	covh_cbor_int(&c, 2);
	covh_cbor_int(&c, 3);
	is("nested", "\xa2\x61\x61\xa1\x61z\x01\x61\x62\x82\2\3", 12);
}

/* A byte string around what is encoded, of any length of its head */
static void wrapped(void **state)
{
	static const struct {
		u32 inner;
		const char *head;
		size_t n;
	} e[] = {
		{ 0, "\x40", 1 },
		{ 1, "\x41", 1 },
		{ 23, "\x57", 1 },
		{ 24, "\x58\x18", 2 },
		{ 255, "\x58\xff", 2 },
		{ 256, "\x59\x01\x00", 3 },
		{ 65535, "\x59\xff\xff", 3 },
		{ 65536, "\x5a\x00\x01\x00\x00", 5 },
	};
	u32 i, j, begin;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(e); i++) {
		start(sizeof(buf));
		covh_cbor_int(&c, 7);
		begin = covh_cbor_begin(&c);
		for (j = 0; j < e[i].inner; j++)
			covh_cbor_int(&c, j % 24);
		covh_cbor_end(&c, begin);
		assert_false(c.overflow);
		assert_int_equal(c.len, 1 + e[i].n + e[i].inner);
		assert_memory_equal(buf + 1, e[i].head, e[i].n);
		for (j = 0; j < e[i].inner; j++)
			assert_int_equal(buf[1 + e[i].n + j], j % 24);
	}
}

/* Something of everything, 49 bytes of it */
static void everything(void)
{
	struct covh_cbor_map m;
	u32 begin;

	covh_cbor_tag(&c, 18);
	covh_cbor_array(&c, 2);
	begin = covh_cbor_begin(&c);
	covh_cbor_map(&c, &m, 2);
	covh_cbor_key(&c, &m, 300);
	covh_cbor_bstr(&c, "0123456789", 10);
	covh_cbor_key_text(&c, &m, "key");
	covh_cbor_tstr(&c, "0123456789");
	covh_cbor_end(&c, begin);
	covh_cbor_raw(&c, "\1", 1);
	covh_cbor_int(&c, -70000);
}

/* In a buffer that is too small by any number of bytes */
static void too_small(void **state)
{
	u32 size, whole, i;

	(void)state;
	start(sizeof(buf));
	everything();
	assert_false(c.overflow);
	whole = c.len;
	for (size = 0; size <= whole; size++) {
		start(size);
		everything();
		assert_int_equal(c.overflow, size < whole);
		assert_true(c.len <= size);
		for (i = size; i < whole + 16; i++)
			assert_int_equal(buf[i], 0xEE);
	}
	/* A length that does not fit whatever it is added to */
	start(16);
	covh_cbor_raw(&c, buf, 0xFFFFFFFFU);
	assert_true(c.overflow);
}

enum bad { UNSORTED, TWICE, TOO_MANY, BAD };

static void write_bad(enum bad bad)
{
	struct covh_cbor_map m;

	start(sizeof(buf));
	covh_cbor_map(&c, &m, 2);
	covh_cbor_key(&c, &m, -1);
	covh_cbor_int(&c, 0);
	if (bad == UNSORTED) {
		covh_cbor_key(&c, &m, 100);
	} else if (bad == TWICE) {
		covh_cbor_key(&c, &m, -1);
	} else {
		covh_cbor_key(&c, &m, -2);
		covh_cbor_key(&c, &m, -3);
	}
}

/* Debug builds stop at a map that is not deterministic */
static void order_is_asserted(void **state)
{
	int status, bad;
	pid_t pid;

	(void)state;
	for (bad = 0; bad < BAD; bad++) {
		pid = fork();
		if (!pid) {
			signal(SIGILL, SIG_DFL);
			write_bad(bad);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status) && !WEXITSTATUS(status))
			fail_msg("map %d is written", bad);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(strings),
		cmocka_unit_test(structures),
		cmocka_unit_test(wrapped),
		cmocka_unit_test(too_small),
		cmocka_unit_test(order_is_asserted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
