/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 6 finalize_tvm: (id, pc, argument, identity). 8 destroy_tvm: (id).
 * 7 promote_to_tvm, which this TSM does not offer.
 */

#include "../table.h"

/* clang-format off */

static const struct outcome finalize_outcome[] = {
	{ OK, ST_INITS & ~ST(INIT_NO_VCPU) },
	{ PARAM, ST_NO_TVM | ST_RUNNABLE },
	/* There is no vCPU 0 */
	{ PARAM, ST(BARE) | ST(REGIONS) | ST(INIT_NO_VCPU) },
	{ FAILED, ST(BUSY) | ST(NOT_READY) },
};

static const struct fault finalize_fault[] = {
	BAD_IDS,
};

/** A bad identity is INVALID_PARAM (K-23); spec 0.5 had none */
#define IDENTITY(__pa) \
	ROW(FINALIZE, INIT, PARAM, (ID, G_CODE, 0, (__pa)), NEEDS(NEW))

static const struct row finalize_row[] = {
	IDENTITY(HOST + 8),
	IDENTITY(HOST + 32),
	IDENTITY(HOST + 63),
	IDENTITY(FREE),
	IDENTITY(WFREE),
	IDENTITY(CONVERTING),
	IDENTITY(PGD),
	IDENTITY(O_DATA),
	IDENTITY(O_STATE),
	IDENTITY(POOL),
	IDENTITY(FIRMWARE),
	IDENTITY(TSM),
	IDENTITY(HOLE),
	IDENTITY(MMIO),
	IDENTITY(0ULL - COVH_IDENTITY_SIZE),
	ROW(FINALIZE, INIT, OK, (ID, G_CODE, 0, HOST), CHANGES(FINALIZED)),
	ROW(FINALIZE, INIT, OK, (ID, G_CODE, 0, HOST + 64), CHANGES(FINALIZED)),
	ROW(FINALIZE, INIT, OK, (ID, G_CODE, 0, WFREE - 64), CHANGES(FINALIZED)),
	/* pc and argument are the guest's business */
	ROW(FINALIZE, INIT, OK, (ID, ALL_ONES, ALL_ONES, 0), CHANGES(FINALIZED)),
	ROW(FINALIZE, INIT, OK, (ID, 0, 0, 0), CHANGES(FINALIZED)),
	ROW(FINALIZE, BARE, PARAM, (ID, G_CODE, 0, HOST + 8)),
	ROW(FINALIZE, READY, PARAM, (ID, G_CODE, 0, HOST + 8)),
};

const struct spec conform_finalize = {
	.name = "COVH 6 finalize_tvm",
	.fn = FN_FINALIZE,
	.good = { ID, G_CODE, 0x1234, 0 },
	CHANGES(FINALIZED),
	OUTCOMES(finalize_outcome),
	FAULTS(finalize_fault),
	.alone = ST(INIT) | ST(READY) | ST(NOT_READY),
	ROWS(finalize_row),
};

static const struct outcome destroy_outcome[] = {
	{ OK, (ST_INITIALIZING | ST_RUNNABLE) & ~ST_INSIDE },
	{ PARAM, ST_NO_TVM },
	{ FAILED, ST_INSIDE | ST(BUSY) | ST(NOT_READY) },
};

static const struct fault destroy_fault[] = {
	BAD_IDS,
};

const struct spec conform_destroy = {
	.name = "COVH 8 destroy_tvm",
	.fn = FN_DESTROY,
	.good = { ID },
	CHANGES(DESTROYED),
	OUTCOMES(destroy_outcome),
	FAULTS(destroy_fault),
	.alone = ST(INIT) | ST(READY) | ST(RUNNING) | ST(NOT_READY),
};

static const struct outcome promote_outcome[] = {
	{ NOT_SUPP, ST_ALL | ST(NOT_READY) },
};

const struct spec conform_promote = {
	.name = "COVH 7 promote_to_tvm",
	.fn = FN_PROMOTE,
	.need = NEED_ECALL | NEED_NEW,
	.good = { G_CODE, 0, G_CODE, 0 },
	OUTCOMES(promote_outcome),
};
