/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 16 tvm_fence: (id).
 */

#include "../table.h"

/* clang-format off */

static const struct outcome outcome[] = {
	{ OK, ST_INITIALIZING | (ST_RUNNABLE & ~ST(PENDING_INSIDE)) },
	/* Missing in the specification's list (K-12) */
	{ PARAM, ST_NO_TVM },
	/* vCPU 1 has not come out since the last one */
	{ STARTED, ST(PENDING_INSIDE) },
	{ FAILED, ST(BUSY) | ST(NOT_READY) },
};

static const struct fault fault[] = {
	BAD_IDS,
};

const struct spec conform_tvm_fence = {
	.name = "COVH 16 tvm_fence",
	.fn = FN_TVM_FENCE,
	.good = { ID },
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(INIT) | ST(READY) | ST(PENDING_INSIDE) | ST(NOT_READY),
};
