/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVG, called by vCPU 0 of the guest. 2 share and 3 unshare: (gpa, bytes),
 * where success is that the host is asked. 10 read_measurement: (buffer, its
 * size, register).
 */

#include "../table.h"

/* clang-format off */

static const struct outcome share_outcome[] = {
	{ OK, ST_CAN_CALL & ~ST(READY_REGIONS) },
	/* A region that becomes three */
	{ FAILED, ST(READY_REGIONS) },
};

static const struct fault share_fault[] = {
	BAD(1, PARAM, 0),
	BAD(1, PARAM, 1),
	BAD(1, PARAM, 100),
	BAD(1, PARAM, PAGE - 1),
	BAD(1, PARAM, PAGE + 1),
	BAD(1, PARAM, ALL_ONES),
	BAD(0, PARAM, TOP),
	BAD(0, PARAM, TOP - PAGE),
	BAD(0, ADDR, G_HOLE + 8),
	BAD(0, ADDR, G_HOLE + 2048),
	BAD(0, ADDR, LIMIT),
	BAD(0, ADDR, LIMIT - PAGE),
	BAD(0, ADDR, 1ULL << 62),
};

static const struct row share_row[] = {
	/* Not wholly confidential memory of the guest */
	ROW(G_SHARE, READY, PARAM, (G_NOWHERE, PAGE)),
	ROW(G_SHARE, READY, PARAM, (0, PAGE)),
	ROW(G_SHARE, READY, PARAM, (G_CODE - PAGE, 2 * PAGE)),
	ROW(G_SHARE, READY, PARAM, (G_END - PAGE, 2 * PAGE)),
	ROW(G_SHARE, READY, PARAM, (G_END, PAGE)),
	ROW(G_SHARE, READY, PARAM, (G_CODE, 16 * MIB)),
	ROW(G_SHARE, SHARING, PARAM, (G_SHARE, PAGE)),
	ROW(G_SHARE, SHARING, PARAM, (G_SHARE - PAGE, 2 * PAGE)),
	ROW(G_SHARE, SHARING_PAGE, PARAM, (G_SHARE, G_SHARE_PAGES * PAGE)),
	/* Populated or not, all of a region, a part of a huge page */
	ROW(G_SHARE, READY, OK, (G_DATA, PAGE)),
	ROW(G_SHARE, READY, OK, (G_END - PAGE, PAGE)),
	ROW(G_SHARE, READY, OK, (G_BIG, 2 * MIB)),
	ROW(G_SHARE, SHARING, OK, (G_SHARE - PAGE, PAGE)),
	/* One that stays one needs no room; addresses and numbers come before */
	ROW(G_SHARE, READY_REGIONS, OK, (G_BIG, 2 * MIB)),
	ROW(G_SHARE, READY_REGIONS, FAILED, (G_CODE, PAGE)),
	ROW(G_SHARE, READY_REGIONS, FAILED, (G_END - PAGE, PAGE)),
	ROW(G_SHARE, READY_REGIONS, ADDR, (G_HOLE + 8, PAGE)),
	ROW(G_SHARE, READY_REGIONS, PARAM, (G_HOLE, 0)),
	ROW(G_SHARE, READY_REGIONS, PARAM, (G_END, PAGE)),
};

const struct spec conform_share = {
	.name = "COVG 2 share_memory_region",
	.fn = FN_G_SHARE,
	.good = { G_HOLE, 2 * PAGE },
	OUTCOMES(share_outcome),
	FAULTS(share_fault),
	.alone = ST(READY) | ST(SHARING),
	.pairs = ST(READY),
	ROWS(share_row),
};

static const struct outcome unshare_outcome[] = {
	{ OK, ST_SHARINGS },
	{ PARAM, ST_CAN_CALL & ~ST_SHARINGS },
};

static const struct fault unshare_fault[] = {
	BAD(1, PARAM, 0),
	BAD(1, PARAM, 1),
	BAD(1, PARAM, 100),
	BAD(1, PARAM, PAGE - 1),
	BAD(1, PARAM, PAGE + 1),
	BAD(1, PARAM, ALL_ONES),
	BAD(0, PARAM, TOP),
	BAD(0, ADDR, G_SHARE + 8),
	BAD(0, ADDR, G_SHARE + 2048),
	BAD(0, ADDR, LIMIT),
	BAD(0, ADDR, LIMIT - PAGE),
	BAD(0, ADDR, 1ULL << 62),
};

static const struct row unshare_row[] = {
	ROW(G_UNSHARE, SHARING, PARAM, (G_HOLE, PAGE)),
	ROW(G_UNSHARE, SHARING, PARAM, (G_NOWHERE, PAGE)),
	ROW(G_UNSHARE, SHARING, PARAM, (G_SHARE - PAGE, PAGE)),
	ROW(G_UNSHARE, SHARING, PARAM, (G_SHARE - PAGE, 2 * PAGE)),
	ROW(G_UNSHARE, SHARING, PARAM, (G_SHARE, (G_SHARE_PAGES + 1) * PAGE)),
	ROW(G_UNSHARE, SHARING_PAGE, OK, (G_SHARE, PAGE)),
	ROW(G_UNSHARE, SHARING_PAGE, OK, (G_SHARE + PAGE, 2 * PAGE)),
};

const struct spec conform_unshare = {
	.name = "COVG 3 unshare_memory_region",
	.fn = FN_G_UNSHARE,
	.good = { G_SHARE, G_SHARE_PAGES * PAGE },
	OUTCOMES(unshare_outcome),
	FAULTS(unshare_fault),
	.alone = ST(SHARING) | ST(SHARING_PAGE),
	.pairs = ST(SHARING),
	ROWS(unshare_row),
};

static const struct outcome read_outcome[] = {
	{ OK, ST_CAN_CALL & ~(ST(BLOCKED) | ST(BLOCKED_FENCED)) },
	/* The buffer is not mapped */
	{ ADDR, ST(BLOCKED) | ST(BLOCKED_FENCED) },
};

static const struct fault read_fault[] = {
	BAD(1, PARAM, 0),
	BAD(1, PARAM, 1),
	BAD(1, PARAM, 47),
	BAD(2, PARAM, COVH_MSMT_COUNT),
	BAD(2, PARAM, 64),
	BAD(2, PARAM, 0x104),
	BAD(2, PARAM, (1ULL << 32) + 4),
	BAD(2, PARAM, ALL_ONES),
	BAD(0, ADDR, G_DATA + 8),
	BAD(0, ADDR, G_DATA + 2048),
	BAD(0, ADDR, G_HOLE),
	BAD(0, ADDR, G_END),
	BAD(0, ADDR, G_NOWHERE),
	BAD(0, ADDR, 0),
	BAD(0, ADDR, LIMIT),
	BAD(0, ADDR, LIMIT + G_DATA),
	BAD(0, ADDR, TOP),
};

static const struct row read_row[] = {
	ROW(G_READ, READY, OK, (G_DATA, 48, 0), VALUE(48)),
	ROW(G_READ, READY, OK, (G_DATA, 48, 5), VALUE(48)),
	ROW(G_READ, READY, OK, (G_DATA, PAGE, 9), VALUE(48)),
	ROW(G_READ, READY, OK, (G_DATA + PAGE, ALL_ONES, 4), VALUE(48)),
	/* Memory that is not confidential (B.5) */
	ROW(G_READ, SHARING_PAGE, PARAM, (G_SHARE, 48, 4)),
	ROW(G_READ, SHARING_PAGE, ADDR, (G_SHARE + PAGE, 48, 4)),
	ROW(G_READ, SHARING_BLOCKED, ADDR, (G_SHARE, 48, 4)),
	ROW(G_READ, BLOCKED, ADDR, (G_DATA, 48, 4)),
	ROW(G_READ, HUGE, OK, (G_BIG + PAGE, 48, 4), VALUE(48)),
};

const struct spec conform_read = {
	.name = "COVG 10 read_measurement",
	.fn = FN_G_READ,
	.need = NEED_GUEST,
	.good = { G_DATA, 48, 4 },
	.value = 48,
	OUTCOMES(read_outcome),
	FAULTS(read_fault),
	.alone = ST(READY),
	.pairs = ST(READY),
	ROWS(read_row),
};
