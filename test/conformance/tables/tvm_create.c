/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 5 create_tvm: (address of parameters, length); 6 and 7 stand for the
 * fields of the parameters: page directory, state page.
 */

#include "../table.h"

/* clang-format off */

#define BOTH(__pgd, __state) 0, 0, 0, 0, __pgd, __state

static const struct outcome outcome[] = {
	{ OK, ST_ALL & ~ST(SLOTS) },
	{ FAILED, ST(SLOTS) | ST(NOT_READY) },
};

static const struct fault fault[] = {
	BAD(1, PARAM, 0),
	BAD(1, PARAM, 8),
	BAD(1, PARAM, 15),
	BAD(0, ADDR, BUF + 1),
	BAD(0, ADDR, BUF + 4),
	/* The second field lies in a page that is not the host's */
	BAD(0, ADDR, WFREE - 8),
	BAD(0, ADDR, ALL_ONES - 7),
	BAD_HOST(0),
	BAD(6, ADDR, NEW_PGD + 8),
	BAD(6, ADDR, FREE + PAGE),
	BAD(6, ADDR, FREE + 2 * PAGE),
	BAD(6, ADDR, NEW_PGD + PAGE),
	BAD(6, ADDR, NEW_PGD + 2 * PAGE),
	BAD(6, ADDR, 0),
	BAD(6, ADDR, HOST),
	BAD(6, ADDR, EDGE),
	/* Its last page is a vCPU's */
	BAD(6, ADDR, NEW_STATE),
	BAD(6, ADDR, PGD),
	BAD(6, ADDR, PT),
	BAD(6, ADDR, O_PGD),
	BAD(6, ADDR, POOL),
	BAD(6, ADDR, FIRMWARE),
	BAD(6, ADDR, HOLE),
	BAD(6, ADDR, MMIO),
	BAD(6, ADDR, 0 - COVH_PGD_SIZE),
	BAD(7, ADDR, NEW_STATE + 8),
	BAD(7, ADDR, NEW_STATE + 2048),
	BAD(7, ADDR, 0),
	BAD(7, ADDR, HOST),
	BAD(7, ADDR, CONVERTING),
	BAD(7, ADDR, SHMEM),
	BAD(7, ADDR, PGD),
	BAD(7, ADDR, STATE),
	BAD(7, ADDR, VCPU0),
	BAD(7, ADDR, DATA),
	BAD(7, ADDR, O_STATE),
	BAD(7, ADDR, POOL),
	BAD(7, ADDR, FIRMWARE),
	BAD(7, ADDR, TSM),
	BAD(7, ADDR, HOLE),
	BAD(7, ADDR, MMIO),
	BAD(7, ADDR, TOP),
	/* The directory over the state page (T-09) */
	BAD(7, ADDR, NEW_PGD),
	BAD(7, ADDR, NEW_PGD + PAGE),
	BAD(7, ADDR, NEW_PGD + 2 * PAGE),
	BAD(7, ADDR, NEW_PGD + 3 * PAGE),
};

static const struct row row[] = {
	ROW(CREATE, READY, OK, (BUF + 8, 16, BOTH(NEW_PGD, NEW_STATE)),
	    VALUE(VALUE_NEW_ID),
	    CHANGES(PAGES(NEW_PGD, 4, PGD), PAGES(NEW_STATE, 1, TVMSTATE))),
	/* Over the end of a page, and longer than it need be */
	ROW(CREATE, READY, OK, (BUF + PAGE - 8, 16, BOTH(NEW_PGD, NEW_STATE)),
	    VALUE(VALUE_NEW_ID),
	    CHANGES(PAGES(NEW_PGD, 4, PGD), PAGES(NEW_STATE, 1, TVMSTATE))),
	ROW(CREATE, READY, OK, (BUF, ALL_ONES, BOTH(NEW_PGD, NEW_STATE)),
	    VALUE(VALUE_NEW_ID),
	    CHANGES(PAGES(NEW_PGD, 4, PGD), PAGES(NEW_STATE, 1, TVMSTATE))),
	/* Any free page will do */
	ROW(CREATE, NONE, OK, (BUF, 16, BOTH(FREE, WFREE)), VALUE(VALUE_NEW_ID),
	    CHANGES(PAGES(FREE, 4, PGD), PAGES(WFREE, 1, TVMSTATE))),
	/* What a TVM has left behind */
	ROW(CREATE, GONE, OK, (BUF, 16, BOTH(PGD, STATE)), VALUE(VALUE_NEW_ID),
	    CHANGES(PAGES(PGD, 4, PGD), PAGES(STATE, 1, TVMSTATE))),
	/* A page that a hart may still know (T-50) */
	ROW(CREATE, FENCE_OPEN, ADDR, (BUF, 16, BOTH(NEW_PGD, CONVERTING))),
	ROW(CREATE, SHARING_PAGE, ADDR, (BUF, 16, BOTH(NEW_PGD, SHPAGE))),
	ROW(CREATE, SHARING_PAGE, ADDR, (BUF, 16, BOTH(SHPAGE, NEW_STATE))),
	ROW(CREATE, BLOCKED_FENCED, ADDR, (BUF, 16, BOTH(NEW_PGD, DATA))),
};

const struct spec conform_create = {
	.name = "COVH 5 create_tvm",
	.fn = FN_CREATE,
	.good = { BUF, 16, BOTH(NEW_PGD, NEW_STATE) },
	.value = VALUE_NEW_ID,
	CHANGES(PAGES(NEW_PGD, 4, PGD), PAGES(NEW_STATE, 1, TVMSTATE)),
	OUTCOMES(outcome),
	FAULTS(fault),
	.alone = ST(READY) | ST(SLOTS) | ST(NOT_READY),
	.pairs = ST(READY),
	ROWS(row),
};
