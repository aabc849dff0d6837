/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 15 run_tvm_vcpu: (id, vCPU id); 2 and 3: what the host has written to
 * the slots of a0 and a1; 4: what the guest's call returns, if 5 is 1.
 */

#include "../table.h"

/* clang-format off */

#define ANSWER(__slot, __seen) (__slot), 0, (uint64_t)(int64_t)(__seen), 1
#define S64(__x) ((uint64_t)(int64_t)(__x))

/* Shared or not, the range holds something yet */
#define NOT_EMPTY (ST(PENDING) | ST(PENDING_BLOCKED) | ST(PENDING_FENCED) | \
		   ST(PENDING_INSIDE) | ST_UNSHARES)
#define NO_VCPU	  (ST(RUNNING) | ST(DEAD) | ST(STOPPED))

static const struct outcome outcome[] = {
	{ OK, ST_RUNNABLE & ~(NOT_EMPTY | NO_VCPU | ST(READY_NO_SHMEM) |
			      ST(WORKING)) },
	/* To the end of what it waits for */
	{ OK, ST(WORKING), WORKED },
	{ PARAM, ST_NO_TVM | ST_INITIALIZING | NO_VCPU },
	{ FAILED, NOT_EMPTY | ST(READY_NO_SHMEM) | ST(BUSY) | ST(NOT_READY) },
};

static const struct fault fault[] = {
	BAD_IDS,
	/* vCPU 1 is OFF, others are not there */
	BAD(1, PARAM, 1),
	BAD(1, PARAM, 2),
	BAD(1, PARAM, 63),
	BAD(1, PARAM, 64),
	BAD(1, PARAM, 65),
	BAD(1, PARAM, 0x100),
	BAD(1, PARAM, 0x10000),
	BAD(1, PARAM, 1ULL << 32),
	BAD(1, PARAM, ALL_ONES),
};

static const struct row row[] = {
	/* D.4: the host accepts; nothing is left in the range */
	ROW(RUN, PENDING_EMPTY, OK, (ID, 0, ANSWER(0, 0))),
	/* It refuses: the guest sees an error of the standard, or FAILED */
	ROW(RUN, PENDING_EMPTY, OK, (ID, 0, ANSWER(S64(-1), -1))),
	ROW(RUN, PENDING_EMPTY, OK, (ID, 0, ANSWER(S64(-3), -3))),
	ROW(RUN, PENDING_EMPTY, OK, (ID, 0, ANSWER(S64(-14), -14))),
	ROW(RUN, PENDING_EMPTY, OK, (ID, 0, ANSWER(S64(-15), -1))),
	ROW(RUN, PENDING_EMPTY, OK, (ID, 0, ANSWER(S64(-257), -1))),
	ROW(RUN, PENDING_EMPTY, OK, (ID, 0, ANSWER(1, -1))),
	ROW(RUN, PENDING_EMPTY, OK, (ID, 0, ANSWER(1ULL << 63, -1))),
	ROW(RUN, PENDING_EMPTY, OK, (ID, 0, ANSWER(~0ULL >> 1, -1))),
	/* It may refuse whatever is left there */
	ROW(RUN, PENDING, OK, (ID, 0, ANSWER(S64(-1), -1))),
	ROW(RUN, PENDING_BLOCKED, OK, (ID, 0, ANSWER(S64(-2), -2))),
	ROW(RUN, PENDING_FENCED, OK, (ID, 0, ANSWER(S64(-5), -5))),
	ROW(RUN, PENDING_FENCED, OK, (ID, 0, ANSWER(7, -1))),
	ROW(RUN, UNSHARE, OK, (ID, 0, ANSWER(S64(-1), -1))),
	ROW(RUN, UNSHARE_BLOCKED, OK, (ID, 0, ANSWER(S64(-14), -14))),
	ROW(RUN, UNSHARE_FENCED, OK, (ID, 0, ANSWER(S64(-15), -1))),
	/* Still blocked: nothing of the answer is remembered */
	ROW(RUN, PENDING, FAILED, (ID, 0, 0, ALL_ONES)),
	ROW(RUN, PENDING_FENCED, FAILED, (ID, 0, 0, 1)),
	/* No other vCPU is affected */
	ROW(RUN, PENDING, PARAM, (ID, 1)),
	ROW(RUN, PENDING_INSIDE, PARAM, (ID, 1)),
	ROW(RUN, PENDING_INSIDE, PARAM, (ID, 2)),

	/* Ids and states before resources */
	ROW(RUN, INIT, PARAM, (ID, 1)),
	ROW(RUN, INIT, PARAM, (ID, 64)),
	ROW(RUN, DEAD, PARAM, (ID, 1)),
	ROW(RUN, DEAD, PARAM, (ID, 64)),
	ROW(RUN, RUNNING, PARAM, (ID, 1)),
	ROW(RUN, STOPPED, PARAM, (ID, 1)),
};

const struct spec conform_run = {
	.name = "COVH 15 run_tvm_vcpu",
	.fn = FN_RUN,
	.good = { ID, 0 },
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(READY) | ST(READY_NO_SHMEM) | ST(PENDING) | ST(INIT) |
		 ST(NOT_READY),
	ROWS(row),
};
