/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 2 reclaim_pages: (base, number of pages).
 */

#include "../table.h"

/* clang-format off */

static const struct outcome outcome[] = {
	{ OK, ST_ALL },
	{ FAILED, ST(NOT_READY) },
};

static const struct fault fault[] = {
	BAD(1, PARAM, 0),
	BAD(1, PARAM, TOO_MANY),
	BAD(1, PARAM, 1ULL << 52),
	BAD(1, PARAM, (1ULL << 52) + 1),
	BAD(1, PARAM, ALL_ONES),
	BAD(0, PARAM, TOP - PAGE),
	BAD(0, ADDR, WFREE + 8),
	BAD(0, ADDR, WFREE + 2048),
	BAD(0, ADDR, WFREE + PAGE - 1),
	BAD(0, ADDR, 0),
	BAD(0, ADDR, PGD),
	BAD(0, ADDR, PGD + 3 * PAGE),
	BAD(0, ADDR, STATE),
	BAD(0, ADDR, VCPU0),
	BAD(0, ADDR, VCPU1),
	BAD(0, ADDR, PT),
	BAD(0, ADDR, PT + 7 * PAGE),
	BAD(0, ADDR, CODE),
	BAD(0, ADDR, DATA),
	BAD(0, ADDR, O_PGD),
	BAD(0, ADDR, O_STATE),
	BAD(0, ADDR, O_VCPU0),
	BAD(0, ADDR, O_PT),
	BAD(0, ADDR, O_DATA),
	BAD(0, ADDR, FIRMWARE),
	BAD(0, ADDR, TSM),
	BAD(0, ADDR, HOLE),
	BAD(0, ADDR, MMIO),
};

static const struct row row[] = {
	/* Confidential pages go back to where they are from */
	ROW(RECLAIM, READY, OK, (FREE, 1), CHANGES(BACK(FREE, 1)), NEEDS(POOL)),
	ROW(RECLAIM, READY, OK, (FREE, 8), CHANGES(BACK(FREE, 8)), NEEDS(POOL)),
	ROW(RECLAIM, READY, OK, (WFREE, 1), CHANGES(BACK(WFREE, 1))),
	ROW(RECLAIM, READY, OK, (EDGE, 4), CHANGES(BACK(WFREE, 2))),
	ROW(RECLAIM, GONE, OK, (PGD, 4), CHANGES(BACK(PGD, 4)), NEEDS(POOL)),
	ROW(RECLAIM, GONE, OK, (DATA, 2), CHANGES(BACK(DATA, 2)), NEEDS(POOL)),
	/* A conversion is cancelled */
	ROW(RECLAIM, READY, OK, (CONVERTING, 1), CHANGES(BACK(CONVERTING, 1))),
	ROW(RECLAIM, FENCE_OPEN, OK, (CONVERTING, 1), CHANGES(BACK(CONVERTING, 1))),
	/* What is the host's, or the pool's, stays as it is (K-13) */
	ROW(RECLAIM, READY, OK, (HOST, 8)),
	ROW(RECLAIM, READY, OK, (POOL, 1)),
	ROW(RECLAIM, READY, OK, (SHMEM, 3)),
	ROW(RECLAIM, SHARING_PAGE, OK, (SHPAGE, 2)),
	ROW(RECLAIM, SHARING_BLOCKED, OK, (SHPAGE, 1)),
	ROW(RECLAIM, UNSHARE_FENCED, OK, (SHPAGE, 1)),

	/* A TVM's page, wherever it is in the range (T-06) */
	ROW(RECLAIM, READY, ADDR, (LAST_FREE, 2)),
	ROW(RECLAIM, READY, ADDR, (FREE, 9)),
	ROW(RECLAIM, READY, ADDR, (FREE, 40)),
	ROW(RECLAIM, READY, ADDR, (DATA, 2)),
	ROW(RECLAIM, READY, ADDR, (RAM_LAST, 2)),
	ROW(RECLAIM, READY, ADDR, (HOLE, COVH_MAX_PAGES_PER_CALL)),
	ROW(RECLAIM, INIT, ADDR, (DATA, 1)),
	ROW(RECLAIM, BLOCKED, ADDR, (DATA, 1)),
	ROW(RECLAIM, BLOCKED_FENCED, ADDR, (DATA, 1)),
	ROW(RECLAIM, PENDING, ADDR, (SDATA, 1)),
	ROW(RECLAIM, PENDING_FENCED, ADDR, (SDATA, 1)),
	ROW(RECLAIM, RUNNING, ADDR, (CODE, 1)),
	ROW(RECLAIM, DEAD, ADDR, (CODE, 1)),
	ROW(RECLAIM, DEAD, ADDR, (VCPU0, 1)),

	/* A window in two costs an entry: addresses and numbers before it */
	ROW(RECLAIM, WINDOWS, FAILED, (SPLIT, 1)),
	ROW(RECLAIM, WINDOWS, ADDR, (SPLIT + 8, 1)),
	/* Its second page is a TVM's */
	ROW(RECLAIM, WINDOWS, ADDR, (SPLIT, 2)),
	ROW(RECLAIM, WINDOWS, PARAM, (SPLIT, 0)),
	ROW(RECLAIM, WINDOWS, PARAM, (SPLIT + 8, TOO_MANY)),
};

const struct spec conform_reclaim = {
	.name = "COVH 2 reclaim_pages",
	.fn = FN_RECLAIM,
	.good = { WFREE, 2 },
	CHANGES(BACK(WFREE, 2)),
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(READY) | ST(NOT_READY),
	.pairs = ST(READY),
	ROWS(row),
};
