/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * SHA-512's compression function, of which SHA-384 consists, in assembly: per
 * byte it takes 36 instructions with the base ISA, 23 with Zbb, 16 with Zknh;
 * mbedTLS' own takes 66.
 */

#ifndef __COVH_SHA512_H__
#define __COVH_SHA512_H__

#include "../core/shim.h"

/** Add a block of 16 big-endian words, 8-byte-aligned, to the state */
void covh_sha512_base(u64 state[8], const u64 block[16]);
/** The same for harts with Zbb, with Zknh */
void covh_sha512_zbb(u64 state[8], const u64 block[16]);
void covh_sha512_zknh(u64 state[8], const u64 block[16]);

/** The faster ones last */
enum covh_sha512_kind { COVH_SHA512_BASE, COVH_SHA512_ZBB, COVH_SHA512_ZKNH };

/** A bit for each that could be used; test builds try them all */
extern u32 covh_sha512_kinds;
/** Which of them SHA-384 uses: all harts must have what it needs */
extern enum covh_sha512_kind covh_sha512_kind;

#endif
