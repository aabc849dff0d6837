/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 9 add_tvm_memory_region: (id, gpa, bytes).
 */

#include "../table.h"

/* clang-format off */

static const struct outcome outcome[] = {
	{ OK, ST_INITIALIZING & ~ST(REGIONS) },
	{ PARAM, ST_NO_TVM | ST_RUNNABLE },
	{ FAILED, ST(REGIONS) | ST(BUSY) | ST(NOT_READY) },
};

static const struct fault fault[] = {
	BAD_IDS,
	BAD(2, PARAM, 0),
	BAD(2, PARAM, 1),
	BAD(2, PARAM, 100),
	BAD(2, PARAM, PAGE - 1),
	BAD(2, PARAM, PAGE + 1),
	BAD(2, PARAM, PAGE + 2048),
	BAD(2, PARAM, ALL_ONES),
	BAD(1, PARAM, TOP),
	BAD(1, PARAM, TOP - PAGE),
	BAD(1, ADDR, G_NOWHERE + 8),
	BAD(1, ADDR, G_NOWHERE + 2048),
	BAD(1, ADDR, G_NOWHERE + PAGE - 1),
	/* What there is: its start, its end, inside, and one page of each end */
	BAD(1, ADDR, G_CODE),
	BAD(1, ADDR, G_DATA),
	BAD(1, ADDR, G_END - PAGE),
	BAD(1, ADDR, G_CODE - PAGE),
	BAD(1, ADDR, G_BIG_END - PAGE),
	BAD(2, ADDR, G_CODE - G_NOWHERE + PAGE),
	BAD(2, ADDR, 1ULL << 32),
	/* Too high, by one page, by any number */
	BAD(1, ADDR, LIMIT),
	BAD(1, ADDR, LIMIT - PAGE),
	BAD(1, ADDR, LIMIT + PAGE),
	BAD(1, ADDR, 1ULL << 59),
	BAD(1, ADDR, 1ULL << 63),
	BAD(2, ADDR, 1ULL << 59),
	BAD(2, ADDR, 1ULL << 63),
};

static const struct row row[] = {
	ROW(REGION, INIT, OK, (ID, 0, PAGE)),
	ROW(REGION, INIT, OK, (ID, G_CODE - PAGE, PAGE)),
	ROW(REGION, INIT, OK, (ID, G_END, PAGE)),
	ROW(REGION, INIT, OK, (ID, G_END, G_BIG - G_END)),
	ROW(REGION, INIT, OK, (ID, LIMIT - PAGE, PAGE)),
	ROW(REGION, BARE, OK, (ID, 0, 1ULL << 41)),
	ROW(REGION, BARE, OK, (ID, 0, LIMIT)),
	ROW(REGION, BARE, ADDR, (ID, 0, LIMIT + PAGE)),
	/* Addresses before the full table, numbers before both */
	ROW(REGION, REGIONS, ADDR, (ID, 0, PAGE)),
	ROW(REGION, REGIONS, ADDR, (ID, G_NOWHERE + 8, PAGE)),
	ROW(REGION, REGIONS, ADDR, (ID, LIMIT, PAGE)),
	ROW(REGION, REGIONS, PARAM, (ID, G_NOWHERE, 0)),
	ROW(REGION, REGIONS, PARAM, (ID, 8, 100)),
	/* The state before all that */
	ROW(REGION, READY, PARAM, (ID, G_NOWHERE + 8, PAGE)),
	ROW(REGION, READY, PARAM, (ID, G_CODE, PAGE)),
	ROW(REGION, READY, PARAM, (ID, LIMIT, PAGE)),
};

const struct spec conform_region = {
	.name = "COVH 9 add_tvm_memory_region",
	.fn = FN_REGION,
	.good = { ID, G_NOWHERE, 2 * PAGE },
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(INIT) | ST(NOT_READY),
	.pairs = ST(INIT),
	ROWS(row),
};
