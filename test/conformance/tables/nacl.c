/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * NACL 0 probe_feature: (feature). NACL 1 set_shmem: (low, high, flags).
 */

#include "../table.h"

/* clang-format off */

static const struct outcome probe_outcome[] = {
	{ OK, ST_ALL | ST(NOT_READY) },
};

static const struct row probe_row[] = {
	ROW(PROBE, READY, OK, (1)),
	ROW(PROBE, READY, OK, (2)),
	ROW(PROBE, READY, OK, (3)),
	ROW(PROBE, READY, OK, (4)),
	ROW(PROBE, READY, OK, (1ULL << 32)),
	ROW(PROBE, READY, OK, (ALL_ONES)),
};

const struct spec conform_probe = {
	.name = "NACL 0 probe_feature",
	.fn = FN_PROBE,
	.need = NEED_ECALL,
	OUTCOMES(probe_outcome),
	ROWS(probe_row),
};

static const struct outcome shmem_outcome[] = {
	{ OK, ST_ALL },
	{ FAILED, ST(NOT_READY) },
};

static const struct fault shmem_fault[] = {
	BAD(2, PARAM, 1),
	BAD(2, PARAM, 1ULL << 63),
	BAD(2, PARAM, ALL_ONES),
	BAD(0, PARAM, SHMEM2 + 8),
	BAD(0, PARAM, SHMEM2 + 2048),
	BAD(0, PARAM, ALL_ONES),
	BAD(0, PARAM, FIRMWARE + 1),
	BAD(1, ADDR, 1),
	BAD(1, ADDR, 1ULL << 63),
	BAD(1, ADDR, ALL_ONES - 1),
	/* Its third page is not the host's, or its second */
	BAD(0, ADDR, EDGE),
	BAD(0, ADDR, EDGE + PAGE),
	BAD(0, ADDR, RAM_LAST),
	BAD(0, ADDR, TOP),
	BAD(0, ADDR, TOP - 2 * PAGE),
	BAD(0, ADDR, DATA),
	BAD_HOST(0),
};

static const struct row shmem_row[] = {
	/* The same again, another one that overlaps, none at all, twice none */
	ROW(SHMEM, READY, OK, (SHMEM, 0, 0)),
	ROW(SHMEM, READY, OK, (SHMEM + PAGE, 0, 0),
	    CHANGES(PAGES(SHMEM, 1, NC), PAGES(SHMEM2, 1, NC_SHMEM))),
	ROW(SHMEM, READY, OK, (ALL_ONES, ALL_ONES, 0), CHANGES(PAGES(SHMEM, 3, NC))),
	ROW(SHMEM, READY_NO_SHMEM, OK, (ALL_ONES, ALL_ONES, 0)),
	ROW(SHMEM, READY_NO_SHMEM, OK, (SHMEM, 0, 0),
	    CHANGES(PAGES(SHMEM, 3, NC_SHMEM))),
	ROW(SHMEM, READY, PARAM, (ALL_ONES, ALL_ONES, 1)),
	ROW(SHMEM, READY, PARAM, (ALL_ONES, 0, 0)),
	ROW(SHMEM, READY, ADDR, (0, ALL_ONES, 0)),
	ROW(SHMEM, READY, ADDR, (SHMEM2, ALL_ONES, 0)),
	/* Pinned for one use is not free for another */
	ROW(SHMEM, SHARING_PAGE, ADDR, (SHPAGE, 0, 0)),
	ROW(SHMEM, SHARING_PAGE, ADDR, (SHPAGE - 2 * PAGE, 0, 0)),
	ROW(SHMEM, SHARING_BLOCKED, ADDR, (SHPAGE, 0, 0)),
	/* A vCPU may be inside, on this hart's call or another's */
	ROW(SHMEM, RUNNING, OK, (ALL_ONES, ALL_ONES, 0),
	    CHANGES(PAGES(SHMEM, 3, NC))),
};

const struct spec conform_shmem = {
	.name = "NACL 1 set_shmem",
	.fn = FN_SHMEM,
	.good = { SHMEM2, 0, 0 },
	CHANGES(PAGES(SHMEM2, 3, NC_SHMEM), PAGES(SHMEM, 3, NC)),
	OUTCOMES(shmem_outcome),
	FAULTS(shmem_fault),
	.alone = ST(READY) | ST(READY_NO_SHMEM) | ST(NOT_READY),
	.pairs = ST(READY),
	ROWS(shmem_row),
};
