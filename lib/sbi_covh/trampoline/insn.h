/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Loads and stores of integer registers, decoded for emulation.
 */

#ifndef __COVH_INSN_H__
#define __COVH_INSN_H__

#include "../core/shim.h"

/** One access of an integer register */
struct covh_access {
	bool store;
	bool is_signed; /**< A load extends by the sign */
	u8 shift;	/**< Its width is 1 << shift bytes, 1 to 8 */
	u8 reg;		/**< rd of a load, rs2 of a store */
	u8 base;	/**< rs1 */
	u8 len;		/**< Bytes of the instruction, 2 or 4 */
	s64 offset;	/**< Added to rs1 */
};

/**
 * Decode an instruction as it lies in memory, compressed or not
 *
 * @param insn 16 or 32 bits; what is above a 16-bit one is not looked at
 * @return false if it is no load or store of an integer register
 */
bool covh_insn_decode(u64 insn, struct covh_access *a);

/**
 * Decode a transformed instruction, as htinst holds it: base and offset are 0
 *
 * @return false if it is none, or the address is not that of the instruction:
 * the access is misaligned
 */
bool covh_insn_decode_transformed(u64 htinst, struct covh_access *a);

/** The transformed instruction that a host sees: its register is a0 */
u64 covh_insn_transformed(const struct covh_access *a);

/** What a load brings into its register of what was read */
u64 covh_insn_extend(const struct covh_access *a, u64 value);
/** The bytes of a register that a store writes */
u64 covh_insn_truncate(const struct covh_access *a, u64 value);

#endif
