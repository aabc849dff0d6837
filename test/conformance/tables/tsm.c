/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH 0 get_tsm_info: (address, length). SUPD 0: no argument.
 */

#include "../table.h"

/* clang-format off */

static const struct outcome info_outcome[] = {
	{ OK, ST_ALL | ST(NOT_READY) },
};

static const struct fault info_fault[] = {
	BAD(1, PARAM, 0),
	BAD(1, PARAM, 1),
	BAD(1, PARAM, INFO_LEN - 1),
	BAD(0, ADDR, HOST + 1),
	BAD(0, ADDR, HOST + 2),
	BAD(0, ADDR, HOST + 3),
	/* The last 4 bytes are in another page, which is not the host's */
	BAD(0, ADDR, WFREE - 28),
	BAD(0, ADDR, WFREE - 4),
	BAD(0, ADDR, ALL_ONES - 7),
	BAD(0, ADDR, DATA),
	BAD_HOST(0),
};

static const struct row info_row[] = {
	ROW(INFO, READY, OK, (HOST + 4, INFO_LEN), VALUE(INFO_LEN)),
	ROW(INFO, READY, OK, (HOST + PAGE - 4, INFO_LEN), VALUE(INFO_LEN)),
	ROW(INFO, READY, OK, (HOST + 2 * PAGE - 44, INFO_LEN), VALUE(INFO_LEN)),
	ROW(INFO, READY, OK, (HOST, INFO_LEN + 1), VALUE(INFO_LEN)),
	ROW(INFO, READY, OK, (HOST, PAGE), VALUE(INFO_LEN)),
	ROW(INFO, READY, OK, (HOST, ALL_ONES), VALUE(INFO_LEN)),
	/* J-2: lengths between those of the two structs */
	ROW(INFO, READY, PARAM, (HOST, 32), NEEDS(NEW)),
	ROW(INFO, READY, PARAM, (HOST, 47), NEEDS(NEW)),
	ROW(INFO, READY, OK, (HOST, 48), VALUE(48), NEEDS(NEW)),
	ROW(INFO, READY, PARAM, (HOST, 31), NEEDS(OLD)),
	ROW(INFO, READY, OK, (HOST, 32), VALUE(32), NEEDS(OLD)),
	ROW(INFO, READY, OK, (HOST, 48), VALUE(32), NEEDS(OLD)),
};

const struct spec conform_info = {
	.name = "COVH 0 get_tsm_info",
	.fn = FN_INFO,
	.need = NEED_ECALL,
	.good = { HOST, INFO_LEN },
	.value = INFO_LEN,
	OUTCOMES(info_outcome),
	FAULTS(info_fault),
	.alone = ST(READY) | ST(NONE),
	.pairs = ST(READY),
	ROWS(info_row),
};

static const struct outcome supd_outcome[] = {
	{ OK, ST_ALL | ST(NOT_READY) },
};

static const struct row supd_row[] = {
	ROW(SUPD, READY, OK,
	    (ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES),
	    VALUE(COVH_SUPD_DOMAINS)),
};

const struct spec conform_supd = {
	.name = "SUPD 0 get_active_domains",
	.fn = FN_SUPD,
	.need = NEED_ECALL,
	.value = COVH_SUPD_DOMAINS,
	OUTCOMES(supd_outcome),
	ROWS(supd_row),
};
