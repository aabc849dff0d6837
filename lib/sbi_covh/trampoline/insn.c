/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Decoding loads and stores. Immediates of compressed instructions are lists
 * of bit fields, so they are data.
 */

#include "insn.h"

#define OP_LOAD	 0x03
#define OP_STORE 0x23
#define REG_SP	 2
#define REG_A0	 10

static u64 bits(u64 insn, u32 lo, u32 n)
{
	return insn >> lo & (BIT64(n) - 1);
}

static s64 sext(u64 v, u32 n)
{
	return (s64)(v << (64 - n)) >> (64 - n);
}

static bool decode32(u64 insn, struct covh_access *a)
{
	u64 f3 = bits(insn, 12, 3);

	a->len = 4;
	a->base = (u8)bits(insn, 15, 5);
	a->shift = f3 & 3;
	switch (insn & 0x7F) {
	case OP_LOAD:
		a->is_signed = !(f3 & 4);
		a->reg = (u8)bits(insn, 7, 5);
		a->offset = sext(bits(insn, 20, 12), 12);
		return f3 != 7;
	case OP_STORE:
		a->store = true;
		a->reg = (u8)bits(insn, 20, 5);
		a->offset = sext(bits(insn, 25, 7) << 5 | bits(insn, 7, 5), 12);
		return f3 < 4;
	default:
		return false;
	}
}

/* n bits of the instruction from bit from on are those of the immediate from
 * bit to on; n = 0 ends the list */
struct field {
	u8 from, n, to;
};

/* Compressed forms: what identifies one, and where things are in it */
struct form {
	u16 mask, match;
	u8 shift;
	bool store, is_signed;
	u8 base; /**< rs1, and the register has five bits; 0: both have three */
	u8 reg;	 /**< Lowest bit of the register */
	struct field imm[3];
};

/* clang-format off */
static const struct form forms[] = {
	/* c.lw, c.ld, c.sw, c.sd */
	{ 0xE003, 0x4000, 2, 0, 1, 0, 2, { { 10, 3, 3 }, { 6, 1, 2 }, { 5, 1, 6 } } },
	{ 0xE003, 0x6000, 3, 0, 1, 0, 2, { { 10, 3, 3 }, { 5, 2, 6 } } },
	{ 0xE003, 0xC000, 2, 1, 0, 0, 2, { { 10, 3, 3 }, { 6, 1, 2 }, { 5, 1, 6 } } },
	{ 0xE003, 0xE000, 3, 1, 0, 0, 2, { { 10, 3, 3 }, { 5, 2, 6 } } },
	/* c.lwsp, c.ldsp, c.swsp, c.sdsp */
	{ 0xE003, 0x4002, 2, 0, 1, REG_SP, 7, { { 12, 1, 5 }, { 4, 3, 2 }, { 2, 2, 6 } } },
	{ 0xE003, 0x6002, 3, 0, 1, REG_SP, 7, { { 12, 1, 5 }, { 5, 2, 3 }, { 2, 3, 6 } } },
	{ 0xE003, 0xC002, 2, 1, 0, REG_SP, 2, { { 9, 4, 2 }, { 7, 2, 6 } } },
	{ 0xE003, 0xE002, 3, 1, 0, REG_SP, 2, { { 10, 3, 3 }, { 7, 3, 6 } } },
	/* Zcb: c.lbu, c.lhu, c.lh, c.sb, c.sh */
	{ 0xFC03, 0x8000, 0, 0, 0, 0, 2, { { 6, 1, 0 }, { 5, 1, 1 } } },
	{ 0xFC43, 0x8400, 1, 0, 0, 0, 2, { { 5, 1, 1 } } },
	{ 0xFC43, 0x8440, 1, 0, 1, 0, 2, { { 5, 1, 1 } } },
	{ 0xFC03, 0x8800, 0, 1, 0, 0, 2, { { 6, 1, 0 }, { 5, 1, 1 } } },
	{ 0xFC43, 0x8C00, 1, 1, 0, 0, 2, { { 5, 1, 1 } } },
};
/* clang-format on */

static void apply(const struct form *f, u64 insn, struct covh_access *a)
{
	u32 i;

	a->len = 2;
	a->shift = f->shift;
	a->store = f->store;
	a->is_signed = f->is_signed;
	a->reg = (u8)(f->base ? bits(insn, f->reg, 5)
			      : 8 + bits(insn, f->reg, 3));
	a->base = (u8)(f->base ? f->base : 8 + bits(insn, 7, 3));
	for (i = 0; i < COVH_ARRAY_SIZE(f->imm); i++)
		a->offset |= (s64)(bits(insn, f->imm[i].from, f->imm[i].n)
				   << f->imm[i].to);
}

static bool decode16(u64 insn, struct covh_access *a)
{
	const struct form *f;

	for (f = forms; f < forms + COVH_ARRAY_SIZE(forms); f++) {
		if ((insn & f->mask) != f->match)
			continue;
		apply(f, insn, a);
		/* Loads of x0 by sp are reserved */
		return !f->base || f->store || a->reg;
	}
	return false;
}

bool covh_insn_decode(u64 insn, struct covh_access *a)
{
	memset(a, 0, sizeof(*a));
	return (insn & 3) == 3 ? decode32(insn & 0xFFFFFFFF, a)
			       : decode16(insn & 0xFFFF, a);
}

bool covh_insn_decode_transformed(u64 htinst, struct covh_access *a)
{
	memset(a, 0, sizeof(*a));
	/* Bit 1 tells the length; a pseudo-instruction has bit 0 clear */
	if (!(htinst & 1) || htinst >> 32 || !decode32(htinst | 2, a))
		return false;
	if (!(htinst & 2))
		a->len = 2;
	/* In the place of rs1: how far behind the address the fault was */
	return !a->base;
}

u64 covh_insn_transformed(const struct covh_access *a)
{
	u64 insn = (u64)a->shift << 12;

	if (a->store)
		insn |= OP_STORE | REG_A0 << 20;
	else
		insn |= OP_LOAD | REG_A0 << 7 | (a->is_signed ? 0 : 4 << 12);
	return a->len == 2 ? insn & ~2UL : insn;
}

u64 covh_insn_truncate(const struct covh_access *a, u64 value)
{
	u32 unused = 64 - (8U << a->shift);

	return value << unused >> unused;
}

u64 covh_insn_extend(const struct covh_access *a, u64 value)
{
	return a->is_signed ? (u64)sext(value, 8U << a->shift)
			    : covh_insn_truncate(a, value);
}
