/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 19 tvm_remove_pages: (id, gpa, bytes).
 */

#include "../table.h"

/* clang-format off */

#define REMOVABLE (ST(PENDING_FENCED) | ST(UNSHARE_FENCED))

static const struct outcome outcome[] = {
	{ OK, ST(PENDING_FENCED), PAGES(SDATA, 1, CONF_FREE) },
	{ OK, ST(UNSHARE_FENCED), PAGES(SHPAGE, 1, NC) },
	/* Not blocked, not fenced, or no share under way (T-23, T-51) */
	{ ADDR, ST_RUNNABLE & ~REMOVABLE },
	{ PARAM, ST_NO_TVM | ST_INITIALIZING },
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
	BAD(1, ADDR, G_SHARE + 8),
	BAD(1, ADDR, G_SHARE + 2048),
	BAD(1, ADDR, G_SHARE + PAGE),
	BAD(1, ADDR, G_SHARE - PAGE),
	BAD(1, ADDR, G_SHARE + G_SHARE_PAGES * PAGE),
	BAD(1, ADDR, G_DATA),
	BAD(1, ADDR, G_HOLE),
	BAD(1, ADDR, G_CODE),
	BAD(1, ADDR, G_NOWHERE),
	BAD(1, ADDR, 0),
	BAD(1, ADDR, LIMIT),
	BAD(1, ADDR, LIMIT - PAGE),
	/* The second page is not there */
	BAD(2, ADDR, 2 * PAGE),
	BAD(2, ADDR, G_SHARE_PAGES * PAGE),
	BAD(2, ADDR, (G_SHARE_PAGES + 1) * PAGE),
};

static const struct row row[] = {
	/* Fenced, but the guest has not asked for it (K-8) */
	ROW(REMOVE, BLOCKED_FENCED, ADDR, (ID, G_DATA, PAGE)),
	ROW(REMOVE, BLOCKED, ADDR, (ID, G_DATA, PAGE)),
	ROW(REMOVE, READY, ADDR, (ID, G_DATA, PAGE)),
	ROW(REMOVE, SHARING_BLOCKED, ADDR, (ID, G_SHARE, PAGE)),
	ROW(REMOVE, HUGE, ADDR, (ID, G_BIG, 2 * MIB)),
	/* Something else than what is pending: blocked and fenced, all of it */
	ROW(REMOVE, PENDING_FENCED, OK, (ID, G_SHARE_LAST, PAGE),
	    CHANGES(PAGES(EDATA, 1, CONF_FREE))),
	ROW(REMOVE, PENDING_FENCED, ADDR, (ID, G_SHARE_LAST, 2 * PAGE)),
	ROW(REMOVE, PENDING_FENCED, ADDR, (ID, G_SHARE_LAST + PAGE, PAGE)),
	ROW(REMOVE, PENDING_FENCED, ADDR, (ID, G_SHARE - PAGE, 2 * PAGE)),
	ROW(REMOVE, UNSHARE_FENCED, ADDR, (ID, G_SHARE, 2 * PAGE)),
	ROW(REMOVE, UNSHARE_FENCED, ADDR, (ID, G_SHARE + PAGE, PAGE)),
	/* The state before numbers and addresses */
	ROW(REMOVE, INIT, PARAM, (ID, G_DATA + 8, PAGE)),
	ROW(REMOVE, INIT_BLOCKED, PARAM, (ID, G_DATA, PAGE)),
};

const struct spec conform_remove = {
	.name = "COVH 19 tvm_remove_pages",
	.fn = FN_REMOVE,
	.good = { ID, G_SHARE, PAGE },
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(PENDING_FENCED) | ST(UNSHARE_FENCED) | ST(PENDING_INSIDE) |
		 ST(INIT) | ST(NOT_READY),
	.pairs = ST(PENDING_FENCED),
	ROWS(row),
};
