/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 13 add_tvm_shared_pages: (id, base, type, number of pages of the type,
 * gpa).
 */

#include "../table.h"

/* clang-format off */

static const struct outcome outcome[] = {
	{ OK, ST(SHARING) | ST(SHARING_PAGE) | ST(SHARING_BLOCKED) },
	{ NO_TABLES, ST(SHARING_TIGHT) },
	/* The guest does not share it, not yet, or not any more (T-24) */
	{ ADDR, ST_RUNNABLE & ~ST_SHARINGS },
	{ PARAM, ST_NO_TVM | ST_INITIALIZING },
	{ FAILED, ST(BUSY) | ST(NOT_READY) },
};

static const struct fault fault[] = {
	BAD_IDS,
	BAD(2, PARAM, TYPE_512G),
	BAD(2, PARAM, 4),
	BAD(2, PARAM, 1ULL << 32),
	BAD(2, PARAM, ALL_ONES),
	BAD(3, PARAM, 0),
	BAD(3, PARAM, TOO_MANY),
	BAD(3, PARAM, 1ULL << 52),
	BAD(3, PARAM, (1ULL << 52) + 1),
	BAD(3, PARAM, ALL_ONES),
	BAD(1, PARAM, TOP),
	BAD(4, PARAM, TOP),
	BAD(1, ADDR, SHPAGE + 8),
	BAD(1, ADDR, SHPAGE + 2048),
	/* Pinned for another use (D.1) */
	BAD(1, ADDR, SHMEM),
	BAD(1, ADDR, DATA),
	BAD_HOST(1),
	BAD(4, ADDR, G_SHARE + 8),
	BAD(4, ADDR, G_SHARE + PAGE + 2048),
	BAD(4, ADDR, G_SHARE - PAGE),
	BAD(4, ADDR, G_SHARE + G_SHARE_PAGES * PAGE),
	BAD(4, ADDR, G_HOLE),
	BAD(4, ADDR, G_CODE),
	BAD(4, ADDR, G_DATA),
	BAD(4, ADDR, G_END),
	BAD(4, ADDR, G_NOWHERE),
	BAD(4, ADDR, 0),
	BAD(4, ADDR, LIMIT),
	BAD(4, ADDR, LIMIT - PAGE),
	BAD(2, ADDR, TYPE_2M),
	BAD(2, ADDR, TYPE_1G),
};

static const struct row row[] = {
	ROW(SHARED, SHARING, OK, (ID, SHPAGE, TYPE_4K, 4, G_SHARE),
	    CHANGES(PAGES(SHPAGE, 4, NC_SHARED))),
	ROW(SHARED, SHARING, OK, (ID, HOST, TYPE_4K, 1, G_SHARE + 3 * PAGE),
	    CHANGES(PAGES(HOST, 1, NC_SHARED))),
	/* The same page twice, another mapping of it (its count is 2 then) */
	ROW(SHARED, SHARING_PAGE, OK, (ID, SHPAGE, TYPE_4K, 1, G_SHARE + PAGE)),
	ROW(SHARED, SHARING_PAGE, OK, (ID, SHPAGE, TYPE_4K, 3, G_SHARE + PAGE),
	    CHANGES(PAGES(SHPAGE, 3, NC_SHARED))),
	ROW(SHARED, SHARING_BLOCKED, OK, (ID, SHPAGE, TYPE_4K, 1, G_SHARE + PAGE)),

	/* Over what is mapped, or was */
	ROW(SHARED, SHARING_PAGE, ADDR, (ID, SHPAGE, TYPE_4K, 1, G_SHARE)),
	ROW(SHARED, SHARING_PAGE, ADDR, (ID, HOST, TYPE_4K, 2, G_SHARE)),
	ROW(SHARED, SHARING_BLOCKED, ADDR, (ID, SHPAGE, TYPE_4K, 1, G_SHARE)),
	ROW(SHARED, SHARING_BLOCKED, ADDR, (ID, HOST, TYPE_4K, 1, G_SHARE)),
	/* The last page of several: the first one is not pinned either */
	ROW(SHARED, SHARING, ADDR, (ID, EDGE + PAGE, TYPE_4K, 2, G_SHARE)),
	ROW(SHARED, SHARING, ADDR, (ID, EDGE, TYPE_4K, 3, G_SHARE)),
	ROW(SHARED, SHARING, ADDR, (ID, BUF + PAGE, TYPE_4K, 2, G_SHARE)),
	ROW(SHARED, SHARING, ADDR, (ID, SHPAGE, TYPE_4K, 4, G_SHARE + PAGE)),
	ROW(SHARED, SHARING, ADDR, (ID, SHPAGE, TYPE_4K, 2, G_SHARE - PAGE)),
	ROW(SHARED, SHARING, ADDR, (ID, HOST, TYPE_4K, 5, G_SHARE)),
	ROW(SHARED, SHARING, ADDR,
	    (ID, HOST, TYPE_4K, COVH_MAX_PAGES_PER_CALL, G_SHARE)),
	/* Addresses before tables */
	ROW(SHARED, SHARING_TIGHT, NO_TABLES, (ID, SHPAGE, TYPE_4K, 4, G_SHARE)),
	/* A guest has no table, or no region, where it does not share */
	ROW(SHARED, READY, ADDR, (ID, SHPAGE, TYPE_4K, 1, G_HOLE)),
	ROW(SHARED, READY, ADDR, (ID, SHPAGE, TYPE_4K, 1, G_DATA)),
	ROW(SHARED, READY, ADDR, (ID, SHPAGE, TYPE_4K, 1, G_NOWHERE)),
	ROW(SHARED, PENDING_EMPTY, ADDR, (ID, SHPAGE, TYPE_4K, 1, G_SHARE)),
	ROW(SHARED, UNSHARE_FENCED, ADDR, (ID, SHPAGE, TYPE_4K, 1, G_SHARE)),
	ROW(SHARED, UNSHARE, ADDR, (ID, SHPAGE, TYPE_4K, 1, G_SHARE)),
	/* The state of the TVM before the arguments */
	ROW(SHARED, INIT, PARAM, (ID, FREE, TYPE_4K, 1, G_SHARE + 8)),
	/* 2 MiB: the shared part is smaller */
	ROW(SHARED, SHARING, ADDR, (ID, BIG_HOST, TYPE_2M, 1, G_SHARE)),
	ROW(SHARED, SHARING, ADDR, (ID, BIG_HOST, TYPE_2M, 1, G_BIG)),
	ROW(SHARED, SHARING, PARAM, (ID, BIG_HOST, TYPE_2M, 129, G_SHARE)),
	ROW(SHARED, SHARING, PARAM, (ID, BIG_HOST, TYPE_512G, 1, G_SHARE)),
};

const struct spec conform_shared = {
	.name = "COVH 13 add_tvm_shared_pages",
	.fn = FN_SHARED,
	.good = { ID, SHPAGE + PAGE, TYPE_4K, 1, G_SHARE + PAGE },
	CHANGES(PAGES(SHPAGE + PAGE, 1, NC_SHARED)),
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(SHARING) | ST(SHARING_TIGHT) | ST(INIT) | ST(NOT_READY),
	.pairs = ST(SHARING),
	ROWS(row),
};
