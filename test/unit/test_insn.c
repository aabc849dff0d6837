/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Decoding of loads and stores, and what of theirs a host sees and brings.
 */

#include <stdlib.h>
#include <string.h>

#include "fake_hart.h"
#include "trampoline/insn.h"

/* clang-format off */
/* Encodings as the assembler makes them; the Zcb ones by hand */
static const struct known {
	const char *name;
	u64 insn;
	struct covh_access a;
	u64 transformed;
} known[] = {
	{ "lb x7, -1(x9)", 0xFFF48383, { 0, 1, 0, 7, 9, 4, -1 }, 0x00000503 },
	{ "lh x7, 2(x9)", 0x00249383, { 0, 1, 1, 7, 9, 4, 2 }, 0x00001503 },
	{ "lw x7, 4(x9)", 0x0044A383, { 0, 1, 2, 7, 9, 4, 4 }, 0x00002503 },
	{ "ld x7, 2040(x9)", 0x7F84B383, { 0, 1, 3, 7, 9, 4, 2040 }, 0x00003503 },
	{ "lbu x7, 0(x9)", 0x0004C383, { 0, 0, 0, 7, 9, 4, 0 }, 0x00004503 },
	{ "lhu x7, 0(x9)", 0x0004D383, { 0, 0, 1, 7, 9, 4, 0 }, 0x00005503 },
	{ "lwu x7, -2048(x9)", 0x8004E383, { 0, 0, 2, 7, 9, 4, -2048 }, 0x00006503 },
	{ "sb x7, -1(x9)", 0xFE748FA3, { 1, 0, 0, 7, 9, 4, -1 }, 0x00A00023 },
	{ "sh x7, 2(x9)", 0x00749123, { 1, 0, 1, 7, 9, 4, 2 }, 0x00A01023 },
	{ "sw x7, 36(x9)", 0x0274A223, { 1, 0, 2, 7, 9, 4, 36 }, 0x00A02023 },
	{ "sd x7, 2040(x9)", 0x7E74BC23, { 1, 0, 3, 7, 9, 4, 2040 }, 0x00A03023 },
	{ "c.lw x13, 124(x9)", 0x5CF4, { 0, 1, 2, 13, 9, 2, 124 }, 0x00002501 },
	{ "c.lw x13, 4(x9)", 0x40D4, { 0, 1, 2, 13, 9, 2, 4 }, 0x00002501 },
	{ "c.lw x13, 64(x9)", 0x40B4, { 0, 1, 2, 13, 9, 2, 64 }, 0x00002501 },
	{ "c.ld x13, 248(x9)", 0x7CF4, { 0, 1, 3, 13, 9, 2, 248 }, 0x00003501 },
	{ "c.ld x13, 64(x9)", 0x60B4, { 0, 1, 3, 13, 9, 2, 64 }, 0x00003501 },
	{ "c.sw x13, 124(x9)", 0xDCF4, { 1, 0, 2, 13, 9, 2, 124 }, 0x00A02021 },
	{ "c.sd x13, 248(x9)", 0xFCF4, { 1, 0, 3, 13, 9, 2, 248 }, 0x00A03021 },
	{ "c.lwsp x7, 252(x2)", 0x53FE, { 0, 1, 2, 7, 2, 2, 252 }, 0x00002501 },
	{ "c.lwsp x7, 64(x2)", 0x4386, { 0, 1, 2, 7, 2, 2, 64 }, 0x00002501 },
	{ "c.ldsp x7, 504(x2)", 0x73FE, { 0, 1, 3, 7, 2, 2, 504 }, 0x00003501 },
	{ "c.ldsp x7, 64(x2)", 0x6386, { 0, 1, 3, 7, 2, 2, 64 }, 0x00003501 },
	{ "c.swsp x7, 252(x2)", 0xDF9E, { 1, 0, 2, 7, 2, 2, 252 }, 0x00A02021 },
	{ "c.swsp x7, 64(x2)", 0xC09E, { 1, 0, 2, 7, 2, 2, 64 }, 0x00A02021 },
	{ "c.sdsp x7, 504(x2)", 0xFF9E, { 1, 0, 3, 7, 2, 2, 504 }, 0x00A03021 },
	{ "c.sdsp x0, 64(x2)", 0xE082, { 1, 0, 3, 0, 2, 2, 64 }, 0x00A03021 },
	{ "c.lbu x13, 3(x9)", 0x80F4, { 0, 0, 0, 13, 9, 2, 3 }, 0x00004501 },
	{ "c.lhu x13, 2(x9)", 0x84B4, { 0, 0, 1, 13, 9, 2, 2 }, 0x00005501 },
	{ "c.lh x13, 2(x9)", 0x84F4, { 0, 1, 1, 13, 9, 2, 2 }, 0x00001501 },
	{ "c.sb x13, 1(x9)", 0x88D4, { 1, 0, 0, 13, 9, 2, 1 }, 0x00A00021 },
	{ "c.sh x13, 2(x9)", 0x8CB4, { 1, 0, 1, 13, 9, 2, 2 }, 0x00A01021 },
};
/* clang-format on */

static void known_ones(void **state)
{
	const struct known *k;
	struct covh_access a, t;

	(void)state;
	for (k = known; k < known + COVH_ARRAY_SIZE(known); k++) {
		/* What lies behind a 16-bit one is no part of it */
		u64 insn = k->a.len == 2 ? k->insn | 0xABCD0000 : k->insn;

		if (!covh_insn_decode(insn, &a))
			fail_msg("%s is not decoded", k->name);
		if (a.store != k->a.store || a.is_signed != k->a.is_signed ||
		    a.shift != k->a.shift || a.reg != k->a.reg ||
		    a.base != k->a.base || a.len != k->a.len ||
		    a.offset != k->a.offset)
			fail_msg("%s is decoded as another one", k->name);
		assert_int_equal(covh_insn_transformed(&a), k->transformed);
		assert_true(covh_insn_decode_transformed(k->transformed, &t));
		assert_int_equal(t.store, a.store);
		assert_int_equal(t.shift, a.shift);
		assert_int_equal(t.len, a.len);
		assert_int_equal(t.reg, 10);
		if (!a.store)
			assert_int_equal(t.is_signed, a.is_signed);
	}
}

/* Not of integer registers, reserved, or no access at all */
static const u64 none[] = {
	0x0004F383, /* load, width 7 */
	0x0074C023, /* store, width 4 */
	0x0074F023, /* store, width 7 */
	0x0004B387, /* fld */
	0x0074B027, /* fsd */
	0x0204E387, /* vle32.v */
	0x1004B3AF, /* lr.d */
	0x1874B3AF, /* sc.d */
	0x0074B3AF, /* amoadd.d */
	0x0044A00F, /* cbo.zero */
	0x0000000F, /* fence */
	0x00000073, /* ecall */
	0x00000013, /* addi */
	0x2080,	    /* c.fld */
	0xA080,	    /* c.fsd */
	0x2102,	    /* c.fldsp */
	0xA102,	    /* c.fsdsp */
	0x4002,	    /* c.lwsp x0 */
	0x6002,	    /* c.ldsp x0 */
	0x0000,	    /* illegal */
	0x0001,	    /* c.nop */
	0x8C40,	    /* c.sh with bit 6 */
};

static void no_access(void **state)
{
	struct covh_access a;
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(none); i++)
		if (covh_insn_decode(none[i], &a))
			fail_msg("0x%lx is taken for an access",
				 (unsigned long)none[i]);
}

/* htinst: walks of a table, misaligned accesses, custom values */
static void not_transformed(void **state)
{
	static const u64 bad[] = {
		0,	    0x2000,	0x2020,
		0x3000,	    0x3020,	0x0000B503, /* offset 1 */
		0x00A0B023, 0x0000352F, 0x100003503,
	};
	struct covh_access a;
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(bad); i++)
		assert_false(covh_insn_decode_transformed(bad[i], &a));
}

static void values(void **state)
{
	static const struct {
		u8 shift;
		bool is_signed;
		u64 in, out;
	} v[] = {
		{ 0, 1, 0x1234567890ABCD80, 0xFFFFFFFFFFFFFF80 },
		{ 0, 1, 0xFFFFFFFFFFFFFF7F, 0x7F },
		{ 0, 0, 0xFFFFFFFFFFFFFF80, 0x80 },
		{ 1, 1, 0x8000, 0xFFFFFFFFFFFF8000 },
		{ 1, 0, 0xABCD8000, 0x8000 },
		{ 2, 1, 0x80000000, 0xFFFFFFFF80000000 },
		{ 2, 0, 0xFFFFFFFF80000000, 0x80000000 },
		{ 3, 1, 0x8000000000000001, 0x8000000000000001 },
	};
	struct covh_access a = { 0 };
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(v); i++) {
		a.shift = v[i].shift;
		a.is_signed = v[i].is_signed;
		assert_int_equal(covh_insn_extend(&a, v[i].in), v[i].out);
		a.is_signed = false;
		assert_int_equal(
			covh_insn_truncate(&a, v[i].in),
			v[i].shift == 3
				? v[i].in
				: v[i].in & (BIT64(8 << v[i].shift) - 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_ones),
		cmocka_unit_test(no_access),
		cmocka_unit_test(not_transformed),
		cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
