/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Where a fuzzer's choices come from: bytes of a file, or a generator.
 */

#ifndef __FUZZ_INPUT_H__
#define __FUZZ_INPUT_H__

#include "shim.h"

/** Choices from bytes; when they are used up all choices are 0 */
void input_bytes(const u8 *data, size_t size);

/** Choices from a generator, without end */
void input_seed(u64 seed);

/** True while there are bytes left; always with a generator */
bool input_more(void);

/** A number below n; n is not 0 */
u32 pick(u32 n);

/** 64 bits */
u64 pick64(void);

/** True once in n times */
static inline bool once_in(u32 n)
{
	return !pick(n);
}

/** One of the elements of an array */
#define PICK(__a) ((__a)[pick(COVH_ARRAY_SIZE(__a))])

#endif
