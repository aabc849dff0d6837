/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVG, called by vCPU 0 of the guest, that the TSM decides and the host hears
 * of. 0 add_mmio_region and 1 remove_mmio_region: (gpa, bytes), with one error
 * for all that is wrong with a range. 4 allow_external_interrupt and 5
 * deny_external_interrupt: (id).
 */

#include "../table.h"

/* clang-format off */

#define G_DEVICE 0x10000000ULL

#define BAD_RANGES \
	BAD(1, ADDR, 0), \
	BAD(1, ADDR, 1), \
	BAD(1, ADDR, 100), \
	BAD(1, ADDR, PAGE - 1), \
	BAD(1, ADDR, PAGE + 1), \
	BAD(1, ADDR, PAGE + 2048), \
	BAD(1, ADDR, ALL_ONES), \
	BAD(1, ADDR, 1ULL << 62), \
	BAD(1, ADDR, 0 - G_DEVICE), \
	BAD(0, ADDR, TOP), \
	BAD(0, ADDR, TOP - PAGE), \
	BAD(0, ADDR, G_DEVICE + 8), \
	BAD(0, ADDR, G_DEVICE + 2048), \
	BAD(0, ADDR, G_DEVICE + PAGE - 1), \
	BAD(0, ADDR, LIMIT), \
	BAD(0, ADDR, LIMIT - PAGE), \
	BAD(0, ADDR, 1ULL << 62)

static const struct outcome add_outcome[] = {
	{ OK, ST_CAN_CALL & ~ST(READY_REGIONS) },
	{ FAILED, ST(READY_REGIONS) },
};

static const struct fault add_fault[] = {
	BAD_RANGES,
	/* Memory: its start, its end, inside, and one page of each end */
	BAD(0, ADDR, G_CODE),
	BAD(0, ADDR, G_DATA),
	BAD(0, ADDR, G_HOLE),
	BAD(0, ADDR, G_SHARE),
	BAD(0, ADDR, G_END - PAGE),
	BAD(0, ADDR, G_CODE - PAGE),
	BAD(0, ADDR, G_BIG_END - PAGE),
	BAD(1, ADDR, G_CODE - G_DEVICE + PAGE),
	BAD(1, ADDR, 1ULL << 32),
};

static const struct row add_row[] = {
	ROW(G_ADD_MMIO, READY, OK, (0, PAGE)),
	ROW(G_ADD_MMIO, READY, OK, (G_END, PAGE)),
	ROW(G_ADD_MMIO, READY, OK, (G_CODE - PAGE, PAGE)),
	ROW(G_ADD_MMIO, READY, OK, (G_BIG_END, 1ULL << 30)),
	ROW(G_ADD_MMIO, READY, OK, (0, G_CODE)),
	ROW(G_ADD_MMIO, SHARING, ADDR, (G_SHARE, PAGE)),
	ROW(G_ADD_MMIO, SHARING_PAGE, ADDR, (G_SHARE + PAGE, PAGE)),
	ROW(G_ADD_MMIO, READY_REGIONS, ADDR, (G_CODE, PAGE)),
	ROW(G_ADD_MMIO, READY_REGIONS, ADDR, (G_DEVICE + 8, PAGE)),
	ROW(G_ADD_MMIO, READY_REGIONS, ADDR, (G_DEVICE, 0)),
};

const struct spec conform_add_mmio = {
	.name = "COVG 0 add_mmio_region",
	.fn = FN_G_ADD_MMIO,
	.good = { G_DEVICE, 2 * PAGE },
	OUTCOMES(add_outcome),
	FAULTS(add_fault),
	.alone = ST(READY) | ST(SHARING),
	ROWS(add_row),
};

static const struct outcome remove_outcome[] = {
	{ OK, ST_CAN_CALL },
};

static const struct fault remove_fault[] = {
	BAD_RANGES,
};

/* What is no MMIO stays what it is */
static const struct row remove_row[] = {
	ROW(G_REMOVE_MMIO, READY, OK, (0, PAGE)),
	ROW(G_REMOVE_MMIO, READY, OK, (G_CODE, PAGE)),
	ROW(G_REMOVE_MMIO, READY, OK, (G_CODE - PAGE, 4 * MIB + 2 * PAGE)),
	ROW(G_REMOVE_MMIO, READY, OK, (0, 1ULL << 40)),
	ROW(G_REMOVE_MMIO, SHARING_PAGE, OK, (G_SHARE, PAGE)),
};

const struct spec conform_remove_mmio = {
	.name = "COVG 1 remove_mmio_region",
	.fn = FN_G_REMOVE_MMIO,
	.good = { G_DEVICE, 2 * PAGE },
	OUTCOMES(remove_outcome),
	FAULTS(remove_fault),
	.alone = ST(READY) | ST(SHARING),
	ROWS(remove_row),
};

static const struct outcome id_outcome[] = {
	{ OK, ST_CAN_CALL },
};

static const struct fault id_fault[] = {
	BAD(0, PARAM, 0),
	BAD(0, PARAM, 2048),
	BAD(0, PARAM, 4096),
	BAD(0, PARAM, (1ULL << 32) + 1),
	BAD(0, PARAM, 1ULL << 63),
	BAD(0, PARAM, ALL_ONES - 1),
};

static const struct row allow_row[] = {
	ROW(G_ALLOW, READY, OK, (1)),
	ROW(G_ALLOW, READY, OK, (2047)),
	ROW(G_ALLOW, READY, OK, (ALL_ONES)),
};

const struct spec conform_allow = {
	.name = "COVG 4 allow_external_interrupt",
	.fn = FN_G_ALLOW,
	.need = NEED_GUEST,
	.good = { 10 },
	OUTCOMES(id_outcome),
	FAULTS(id_fault),
	.alone = ST(READY),
	ROWS(allow_row),
};

static const struct row deny_row[] = {
	ROW(G_DENY, READY, OK, (1)),
	ROW(G_DENY, READY, OK, (2047)),
	ROW(G_DENY, READY, OK, (ALL_ONES)),
};

const struct spec conform_deny = {
	.name = "COVG 5 deny_external_interrupt",
	.fn = FN_G_DENY,
	.need = NEED_GUEST,
	.good = { 10 },
	OUTCOMES(id_outcome),
	FAULTS(id_fault),
	.alone = ST(READY),
	ROWS(deny_row),
};
