/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 17 tvm_invalidate_pages: (id, gpa, bytes).
 */

#include "../table.h"

/* clang-format off */

#define BLOCKED_ALREADY (ST(INIT_BLOCKED) | ST(BLOCKED) | ST(BLOCKED_FENCED))

static const struct outcome outcome[] = {
	{ OK, (ST_INITS | ST_RUNNABLE) & ~BLOCKED_ALREADY },
	/* Blocked already; not mapped */
	{ ADDR, BLOCKED_ALREADY },
	{ ADDR, ST(BARE) | ST(REGIONS) },
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
	BAD(1, ADDR, G_DATA + 2 * PAGE),
	BAD(1, ADDR, G_CODE - PAGE),
	BAD(1, ADDR, G_END),
	BAD(1, ADDR, G_BIG),
	BAD(1, ADDR, G_NOWHERE),
	BAD(1, ADDR, 0),
	BAD(1, ADDR, LIMIT),
	BAD(1, ADDR, LIMIT - PAGE),
	/* The third page is not there */
	BAD(2, ADDR, 3 * PAGE),
	BAD(2, ADDR, 2 * MIB),
};

static const struct row row[] = {
	ROW(INVALIDATE, READY, OK, (ID, G_DATA, 2 * PAGE),
	    CHANGES(PAGES(DATA, 2, BLOCKED))),
	ROW(INVALIDATE, INIT, OK, (ID, G_DATA + PAGE, PAGE),
	    CHANGES(PAGES(DATA + PAGE, 1, BLOCKED))),
	ROW(INVALIDATE, PENDING, OK, (ID, G_SHARE, PAGE),
	    CHANGES(PAGES(SDATA, 1, BLOCKED))),
	/* A shared page stays what it is: its mapping is blocked */
	ROW(INVALIDATE, SHARING_PAGE, OK, (ID, G_SHARE, PAGE)),
	ROW(INVALIDATE, UNSHARE, OK, (ID, G_SHARE, PAGE)),

	/* A page of several */
	ROW(INVALIDATE, READY, ADDR, (ID, G_DATA - PAGE, 2 * PAGE)),
	ROW(INVALIDATE, READY, ADDR, (ID, G_DATA - PAGE, 4 * PAGE)),
	ROW(INVALIDATE, BLOCKED, ADDR, (ID, G_DATA, 2 * PAGE)),
	ROW(INVALIDATE, BLOCKED, OK, (ID, G_DATA + PAGE, PAGE),
	    CHANGES(PAGES(DATA + PAGE, 1, BLOCKED))),
	ROW(INVALIDATE, PENDING, ADDR, (ID, G_SHARE, 2 * PAGE)),
	ROW(INVALIDATE, PENDING_BLOCKED, ADDR, (ID, G_SHARE, PAGE)),
	ROW(INVALIDATE, PENDING_EMPTY, ADDR, (ID, G_SHARE, PAGE)),
	ROW(INVALIDATE, SHARING, ADDR, (ID, G_SHARE, PAGE)),
	ROW(INVALIDATE, SHARING_PAGE, ADDR, (ID, G_SHARE, 2 * PAGE)),
	ROW(INVALIDATE, SHARING_BLOCKED, ADDR, (ID, G_SHARE, PAGE)),
	ROW(INVALIDATE, UNSHARE_FENCED, ADDR, (ID, G_SHARE, PAGE)),

	/* A huge page, all of it or nothing */
	ROW(INVALIDATE, HUGE, OK, (ID, G_BIG, 2 * MIB),
	    CHANGES(PAGES(BIG, 512, BLOCKED))),
	ROW(INVALIDATE, HUGE, ADDR, (ID, G_BIG, PAGE)),
	ROW(INVALIDATE, HUGE, ADDR, (ID, G_BIG + PAGE, PAGE)),
	ROW(INVALIDATE, HUGE, ADDR, (ID, G_BIG, 2 * MIB - PAGE)),
	ROW(INVALIDATE, HUGE, ADDR, (ID, G_BIG + PAGE, 2 * MIB - PAGE)),
	ROW(INVALIDATE, HUGE, ADDR, (ID, G_BIG, 2 * MIB + PAGE)),
};

const struct spec conform_invalidate = {
	.name = "COVH 17 tvm_invalidate_pages",
	.fn = FN_INVALIDATE,
	.good = { ID, G_DATA, PAGE },
	CHANGES(PAGES(DATA, 1, BLOCKED)),
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(READY) | ST(INIT) | ST(BARE) | ST(NOT_READY),
	.pairs = ST(READY),
	ROWS(row),
};
