/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Choices. Each thread has its own.
 */

#include "input.h"

static _Thread_local const u8 *bytes;
static _Thread_local size_t left;
static _Thread_local u64 state;
static _Thread_local bool generated;

void input_bytes(const u8 *data, size_t size)
{
	bytes = data;
	left = size;
	generated = false;
}

void input_seed(u64 seed)
{
	/* Not 0, and neighbouring seeds far apart */
	state = (seed + 1) * 0x9E3779B97F4A7C15;
	state ^= state >> 32;
	state |= !state;
	generated = true;
}

bool input_more(void)
{
	return generated || left;
}

/* xorshift64* */
static u64 next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545F4914F6CDD1D;
}

static u8 take(void)
{
	if (!left)
		return 0;
	left--;
	return *bytes++;
}

u32 pick(u32 n)
{
	u32 v;

	if (generated)
		return (u32)(next() >> 32) % n;
	v = take();
	if (n > 256)
		v |= (u32)take() << 8;
	if (n > 65536)
		v |= (u32)take() << 16;
	return v % n;
}

u64 pick64(void)
{
	u64 v = 0;
	u32 i;

	if (generated)
		return next();
	for (i = 0; i < 8; i++)
		v = v << 8 | take();
	return v;
}
