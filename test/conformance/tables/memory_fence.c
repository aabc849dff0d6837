/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 3 global_fence and 4 local_fence: no arguments.
 */

#include "../table.h"

/* clang-format off */

static const struct outcome global_outcome[] = {
	{ OK, ST_ALL & ~ST(FENCE_OPEN) },
	{ STARTED, ST(FENCE_OPEN) },
	{ FAILED, ST(NOT_READY) },
};

static const struct row global_row[] = {
	ROW(GLOBAL, READY, OK,
	    (ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES),
	    CHANGES(FENCED)),
};

const struct spec conform_global = {
	.name = "COVH 3 global_fence",
	.fn = FN_GLOBAL,
	CHANGES(FENCED),
	OUTCOMES(global_outcome),
	ROWS(global_row),
};

static const struct outcome local_outcome[] = {
	/* On the initiator, twice, or when there is nothing to do (K-11) */
	{ OK, ST_ALL },
	{ FAILED, ST(NOT_READY) },
};

static const struct row local_row[] = {
	ROW(LOCAL, READY, OK,
	    (ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES)),
	/* The last hart that owes it */
	ROW(LOCAL2, FENCE_OPEN, OK, (0), CHANGES(FENCED)),
	ROW(LOCAL2, READY, OK, (0), NEEDS(SECOND)),
};

const struct spec conform_local = {
	.name = "COVH 4 local_fence",
	.fn = FN_LOCAL,
	OUTCOMES(local_outcome),
	ROWS(local_row),
};
