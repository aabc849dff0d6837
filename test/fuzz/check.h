/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Comparing the core with the model.
 */

#ifndef __FUZZ_CHECK_H__
#define __FUZZ_CHECK_H__

#include "model.h"

/** Everything that is cheap to look at, and the TVM of one slot (-1: none) */
void check_fast(int slot);

/** Everything */
void check_all(void);

/**
 * What one call that succeeded has done to the content of pages
 *
 * @param alone no other call was made meanwhile
 */
void check_content(const struct call *c, bool alone);

/** The registers that all TVMs begin with, from session_begin() on */
extern const u8 platform_msmt[4][COVH_DIGEST_SIZE];

/** What the helper is given, what the guest gets: alone (fuzz_attest.c) */
void check_attest(const struct call *c);

/** A failure: say so and stop; the caller's trace is printed (fuzz.c) */
void bug(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
