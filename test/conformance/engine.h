/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Plays the tables.
 */

#ifndef CONFORM_ENGINE_H
#define CONFORM_ENGINE_H

#include "fixture.h"

/** What came of the checks so far */
struct tally {
	uint32_t checks;
	uint32_t failed;
	uint32_t pages;		      /**< Pages looked at after a call */
	uint32_t skipped[NEED_COUNT]; /**< By what is not to be had */
	uint32_t no_symbol; /**< Skipped: no such page on this machine */
};

/** All checks of one function; true if none failed */
bool conform_run_spec(struct fixture *fx, const struct spec *s,
		      struct tally *tally);

/** True if the tables themselves are in order: drv_note says what is not */
bool conform_check_tables(void);

/** Why a table that had no checks had none */
const char *conform_why_none(const struct spec *s);

/** Print the sums, with a reason for every check that was skipped */
void conform_report(const struct tally *tally);

/** Number of checks that were skipped */
uint32_t conform_skipped(const struct tally *tally);

#endif
