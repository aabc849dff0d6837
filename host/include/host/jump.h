/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaving a test case from any depth. */

#ifndef HOST_JUMP_H
#define HOST_JUMP_H

struct jump {
	/** ra, sp, s0-s11 */
	unsigned long reg[14];
};

/** Returns 0, and once more what jump_back passes. */
int jump_save(struct jump *j) __attribute__((returns_twice));

/** Continue at jump_save with @value, which is not 0. */
void jump_back(const struct jump *j, int value) __attribute__((noreturn));

#endif
