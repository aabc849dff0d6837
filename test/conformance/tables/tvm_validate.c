/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 18 tvm_validate_pages: (id, gpa, bytes).
 */

#include "../table.h"

/* clang-format off */

/* DATA was invalidated */
#define BLOCKED_ALREADY (ST(INIT_BLOCKED) | ST(BLOCKED) | ST(BLOCKED_FENCED))

static const struct outcome outcome[] = {
	{ OK, BLOCKED_ALREADY },
	{ ADDR, (ST_INITIALIZING | ST_RUNNABLE) & ~BLOCKED_ALREADY },
	{ PARAM, ST_NO_TVM },
	{ FAILED, ST(BUSY) | ST(NOT_READY) },
};

static const struct fault fault[] = {
	BAD_IDS,
	BAD(2, PARAM, 0),
	BAD(2, PARAM, 1),
	BAD(2, PARAM, 100),
	BAD(2, PARAM, PAGE - 1),
	BAD(2, PARAM, PAGE + 1),
	BAD(2, PARAM, ALL_ONES),
	BAD(2, PARAM, COVH_MAX_RANGE + PAGE),
	BAD(1, PARAM, TOP),
	BAD(1, ADDR, G_DATA + 8),
	BAD(1, ADDR, G_DATA + 2048),
	BAD(1, ADDR, G_HOLE),
	BAD(1, ADDR, G_DATA - PAGE),
	BAD(1, ADDR, G_DATA + PAGE),
	BAD(1, ADDR, G_CODE),
	BAD(1, ADDR, G_CODE - PAGE),
	BAD(1, ADDR, G_NOWHERE),
	BAD(1, ADDR, 0),
	BAD(1, ADDR, LIMIT),
	BAD(1, ADDR, LIMIT - PAGE),
	/* The second page is mapped, the third is not there */
	BAD(2, ADDR, 2 * PAGE),
	BAD(2, ADDR, 3 * PAGE),
};

static const struct row row[] = {
	/* Before the fence or after it, in a region that is removable or not */
	ROW(VALIDATE, PENDING_BLOCKED, OK, (ID, G_SHARE, PAGE),
	    CHANGES(PAGES(SDATA, 1, DATA))),
	ROW(VALIDATE, PENDING_FENCED, OK, (ID, G_SHARE, PAGE),
	    CHANGES(PAGES(SDATA, 1, DATA))),
	ROW(VALIDATE, PENDING_INSIDE, OK, (ID, G_SHARE, PAGE),
	    CHANGES(PAGES(SDATA, 1, DATA))),
	ROW(VALIDATE, SHARING_BLOCKED, OK, (ID, G_SHARE, PAGE)),
	ROW(VALIDATE, UNSHARE_BLOCKED, OK, (ID, G_SHARE, PAGE)),
	ROW(VALIDATE, UNSHARE_FENCED, OK, (ID, G_SHARE, PAGE)),
	/* What was never invalidated */
	ROW(VALIDATE, PENDING, ADDR, (ID, G_SHARE, PAGE)),
	ROW(VALIDATE, PENDING_EMPTY, ADDR, (ID, G_SHARE, PAGE)),
	ROW(VALIDATE, PENDING_FENCED, ADDR, (ID, G_SHARE, 2 * PAGE)),
	ROW(VALIDATE, SHARING_PAGE, ADDR, (ID, G_SHARE, PAGE)),
	ROW(VALIDATE, SHARING_BLOCKED, ADDR, (ID, G_SHARE, 2 * PAGE)),
	ROW(VALIDATE, UNSHARE, ADDR, (ID, G_SHARE, PAGE)),
	ROW(VALIDATE, HUGE, ADDR, (ID, G_BIG, 2 * MIB)),
	ROW(VALIDATE, HUGE, ADDR, (ID, G_BIG, PAGE)),
};

const struct spec conform_validate = {
	.name = "COVH 18 tvm_validate_pages",
	.fn = FN_VALIDATE,
	.good = { ID, G_DATA, PAGE },
	CHANGES(PAGES(DATA, 1, DATA)),
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(BLOCKED) | ST(READY) | ST(INIT_BLOCKED) | ST(BARE) |
		 ST(NOT_READY),
	.pairs = ST(BLOCKED),
	ROWS(row),
};
