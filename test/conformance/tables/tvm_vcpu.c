/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 14 create_tvm_vcpu: (id, vCPU id, state page).
 */

#include "../table.h"

/* clang-format off */

static const struct outcome outcome[] = {
	{ OK, ST_INITIALIZING },
	{ PARAM, ST_NO_TVM | ST_RUNNABLE },
	{ FAILED, ST(BUSY) | ST(NOT_READY) },
};

static const struct fault fault[] = {
	BAD_IDS,
	/* There are two already; ids end at tvm_max_vcpus, which is 64 */
	BAD(1, PARAM, 0),
	BAD(1, PARAM, 1),
	BAD(1, PARAM, 64),
	BAD(1, PARAM, 65),
	BAD(1, PARAM, 0x102),
	BAD(1, PARAM, 0x10002),
	BAD(1, PARAM, 0x100000002),
	BAD(1, PARAM, ALL_ONES),
	BAD_CONF_FREE(2),
	BAD(2, ADDR, VCPU0),
	BAD(2, ADDR, DATA),
};

static const struct row row[] = {
	ROW(VCPU, INIT, OK, (ID, 63, FREE), CHANGES(PAGES(FREE, 1, VCPU))),
	ROW(VCPU, INIT, OK, (ID, 2, WFREE), CHANGES(PAGES(WFREE, 1, VCPU))),
	ROW(VCPU, INIT_NO_VCPU, OK, (ID, 0, FREE), CHANGES(PAGES(FREE, 1, VCPU))),
	ROW(VCPU, INIT_NO_VCPU, PARAM, (ID, 1, FREE)),
	ROW(VCPU, BARE, OK, (ID, 0, FREE), CHANGES(PAGES(FREE, 1, VCPU))),
	ROW(VCPU, BARE, OK, (ID, 1, FREE), CHANGES(PAGES(FREE, 1, VCPU))),
	/* vCPU ids before the TVM's state before addresses */
	ROW(VCPU, READY, PARAM, (ID, 64, HOST)),
	ROW(VCPU, READY, PARAM, (ID, 2, HOST)),
	ROW(VCPU, READY, PARAM, (ID, 2, FREE + 8)),
	ROW(VCPU, INIT_BLOCKED, ADDR, (ID, 2, DATA)),
	ROW(VCPU, FENCE_OPEN, ADDR, (ID, 2, CONVERTING)),
};

const struct spec conform_vcpu = {
	.name = "COVH 14 create_tvm_vcpu",
	.fn = FN_VCPU,
	.good = { ID, 2, FREE },
	CHANGES(PAGES(FREE, 1, VCPU)),
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(INIT) | ST(READY) | ST(NOT_READY),
	.pairs = ST(INIT),
	ROWS(row),
};
