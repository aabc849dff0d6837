/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 10 add_tvm_page_table_pages: (id, base, number of pages).
 */

#include "../table.h"

/* clang-format off */

static const struct outcome outcome[] = {
	/* At any time */
	{ OK, ST_INITIALIZING | ST_RUNNABLE },
	{ PARAM, ST_NO_TVM },
	{ FAILED, ST(BUSY) | ST(NOT_READY) },
};

static const struct fault fault[] = {
	BAD_IDS,
	BAD(2, PARAM, 0),
	BAD(2, PARAM, TOO_MANY),
	BAD(2, PARAM, 1ULL << 52),
	BAD(2, PARAM, (1ULL << 52) + 1),
	BAD(2, PARAM, ALL_ONES),
	BAD(1, PARAM, TOP),
	BAD_CONF_FREE(1),
	BAD(1, ADDR, DATA),
	BAD(1, ADDR, PT),
};

static const struct row row[] = {
	ROW(TABLES, READY, OK, (ID, FREE, 8), CHANGES(PAGES(FREE, 8, PT))),
	ROW(TABLES, BARE, OK, (ID, WFREE, 1), CHANGES(PAGES(WFREE, 1, PT))),
	ROW(TABLES, READY, ADDR, (ID, LAST_FREE, 2)),
	ROW(TABLES, READY, ADDR, (ID, FREE, 9)),
	ROW(TABLES, READY, ADDR, (ID, EDGE + PAGE, 2)),
	ROW(TABLES, READY, ADDR, (ID, WFREE, 2)),
	ROW(TABLES, READY, ADDR, (ID, FREE, COVH_MAX_PAGES_PER_CALL)),
	ROW(TABLES, SHARING_PAGE, ADDR, (ID, SHPAGE, 1)),
	ROW(TABLES, BLOCKED_FENCED, ADDR, (ID, DATA, 1)),
	ROW(TABLES, FENCE_OPEN, ADDR, (ID, CONVERTING, 1)),
};

const struct spec conform_tables = {
	.name = "COVH 10 add_tvm_page_table_pages",
	.fn = FN_TABLES,
	.good = { ID, FREE, 1 },
	CHANGES(PAGES(FREE, 1, PT)),
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(INIT) | ST(READY) | ST(NOT_READY),
	.pairs = ST(READY),
	ROWS(row),
};
