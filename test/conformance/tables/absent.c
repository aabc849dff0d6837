/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is not there, and who may not call: NOT_SUPPORTED. Argument 6 is the
 * extension (a7), 7 the function word (a6).
 *
 * The call itself would do something: a host page would be converted.
 */

#include "../table.h"

/* clang-format off */

#define COVT		0x434F5654
#define ATST		0x41545354

/** A call of the host's, or the guest's, that must come to nothing */
#define NO(__eid, __a6) \
	ROW(RAW, READY, NOT_SUPP, (HOST, 1, 0, 0, 0, 0, (__eid), (__a6)))
#define G_NO(__eid, __a6) \
	ROW(G_RAW, READY, NOT_SUPP, (G_DATA, PAGE, 4, 0, 0, 0, (__eid), (__a6)))
/** The same in the first place of the order: the TVM, or all, is wrong too */
#define NO_IN(__state, __eid, __a6) \
	ROW(RAW, __state, NOT_SUPP, (ALL_ONES, ALL_ONES, 0, 0, 0, 0, (__eid), (__a6)))

#define COVH		COVH_EID_COVH
#define CONVERT_1	COVH_CONVERT_PAGES
#define BIT(__n)	(1ULL << (__n))
#define SDID(__n)	((uint64_t)(__n) << COVH_A6_SDID_SHIFT)
/** As a caller writes that sign-extends its 32 bits */
#define SIGNED(__x)	((uint64_t)(int64_t)(int32_t)(__x))

static const struct row functions[] = {
	/* COVH: behind the last one, unallocated, CoVE-IO (H.3) */
	NO(COVH, 22), NO(COVH, 23), NO(COVH, 24), NO(COVH, 31), NO(COVH, 32),
	NO(COVH, 63), NO(COVH, 255), NO(COVH, 256), NO(COVH, 1023),
	NO(COVH, 1024), NO(COVH, 1025), NO(COVH, 1026), NO(COVH, 1027),
	NO(COVH, 1028), NO(COVH, 1029), NO(COVH, 1030), NO(COVH, 1031),
	NO(COVH, 1032), NO(COVH, 1033), NO(COVH, 1034), NO(COVH, 1087),
	NO(COVH, 1088), NO(COVH, 0x7FFF), NO(COVH, 0x8000), NO(COVH, 0xFFFF),
	ROW(RAW, READY, NOT_SUPP, (HOST, 1, 0, 0, 0, 0, COVH, 20), NEEDS(NEW)),
	ROW(RAW, READY, NOT_SUPP, (HOST, 1, 0, 0, 0, 0, COVH, 21), NEEDS(NEW)),
	/* 0.5's promote_page and demote_page, which are gone since */
	ROW(RAW, READY, NOT_SUPP, (HOST, 1, 0, 0, 0, 0, COVH, 18), NEEDS(OLD)),
	ROW(RAW, READY, NOT_SUPP, (HOST, 1, 0, 0, 0, 0, COVH, 19), NEEDS(OLD)),
	ROW(RAW, READY, NOT_SUPP, (HOST, 1, 0, 0, 0, 0, COVH, 21), NEEDS(OLD)),
	/* COVI: a machine without it, and its CoVE-IO numbers */
	NO(COVH_EID_COVI, 0), NO(COVH_EID_COVI, 1), NO(COVH_EID_COVI, 2),
	NO(COVH_EID_COVI, 3), NO(COVH_EID_COVI, 4), NO(COVH_EID_COVI, 5),
	NO(COVH_EID_COVI, 6), NO(COVH_EID_COVI, 7), NO(COVH_EID_COVI, 8),
	NO(COVH_EID_COVI, 9), NO(COVH_EID_COVI, 10), NO(COVH_EID_COVI, 11),
	NO(COVH_EID_COVI, 1024), NO(COVH_EID_COVI, 1087),
	NO(COVH_EID_COVI, 0xFFFF),
	/* COVG is the guest's (T-66) */
	NO(COVH_EID_COVG, 0), NO(COVH_EID_COVG, 1), NO(COVH_EID_COVG, 2),
	NO(COVH_EID_COVG, 3), NO(COVH_EID_COVG, 4), NO(COVH_EID_COVG, 5),
	NO(COVH_EID_COVG, 6), NO(COVH_EID_COVG, 7), NO(COVH_EID_COVG, 8),
	NO(COVH_EID_COVG, 9), NO(COVH_EID_COVG, 10), NO(COVH_EID_COVG, 11),
	NO(COVH_EID_COVG, 1024),
	/* SUPD and NACL: features 0 to 2 are not offered */
	NO(COVH_EID_SUPD, 1), NO(COVH_EID_SUPD, 2), NO(COVH_EID_SUPD, 1024),
	NO(COVH_EID_SUPD, 0xFFFF), NO(COVH_EID_SUPD, BIT(16)),
	NO(COVH_EID_NACL, 2), NO(COVH_EID_NACL, 3), NO(COVH_EID_NACL, 4),
	NO(COVH_EID_NACL, 5), NO(COVH_EID_NACL, 0xFFFF),
	NO(COVH_EID_NACL, BIT(16) | 1), NO(COVH_EID_NACL, BIT(32) | 1),
	/* Extensions of others */
	NO(COVT, 0), NO(COVT, 1024), NO(COVT, 1029), NO(ATST, 0), NO(ATST, 3),
	/* The trampoline's own call: a host is not in the guest world */
	NO(0x08C0DE00, 0), NO(0x08C0DE00, 1), NO(0x08C0DE00, 6),
};

const struct spec conform_functions = {
	.name = "NOT_SUPPORTED: functions that are not there",
	.fn = FN_RAW,
	.need = NEED_ECALL,
	ROWS(functions),
};

/** What a good word would do */
#define YES(__a6) \
	ROW(RAW, READY, OK, (HOST, 1, 0, 0, 0, 0, COVH, (__a6)), \
	    CHANGES(PAGES(HOST, 1, CONVERTING)), NEEDS(WINDOWS))

static const struct row word[] = {
	/* Domains 0 and 1 are the same (K-2), others are not */
	YES(CONVERT_1),
	YES(SDID(1) | CONVERT_1),
	NO(COVH, SDID(2) | CONVERT_1),
	NO(COVH, SDID(3) | CONVERT_1),
	NO(COVH, SDID(4) | CONVERT_1),
	NO(COVH, SDID(8) | CONVERT_1),
	NO(COVH, SDID(16) | CONVERT_1),
	NO(COVH, SDID(31) | CONVERT_1),
	NO(COVH, SDID(32) | CONVERT_1),
	NO(COVH, SDID(33) | CONVERT_1),
	NO(COVH, SDID(63) | CONVERT_1),
	NO(COVH, SIGNED(SDID(32) | CONVERT_1)),
	NO(COVH, SIGNED(SDID(33) | CONVERT_1)),
	NO(COVH, SIGNED(SDID(63) | CONVERT_1)),
	/* Reserved bits (T-68) */
	NO(COVH, BIT(16) | CONVERT_1), NO(COVH, BIT(17) | CONVERT_1),
	NO(COVH, BIT(18) | CONVERT_1), NO(COVH, BIT(19) | CONVERT_1),
	NO(COVH, BIT(20) | CONVERT_1), NO(COVH, BIT(21) | CONVERT_1),
	NO(COVH, BIT(22) | CONVERT_1), NO(COVH, BIT(23) | CONVERT_1),
	NO(COVH, BIT(24) | CONVERT_1), NO(COVH, BIT(25) | CONVERT_1),
	NO(COVH, COVH_A6_RSVD_MASK | CONVERT_1),
	NO(COVH, COVH_A6_RSVD_MASK | SDID(1) | CONVERT_1),
	/* The upper half: zero, or copies of bit 31 */
	NO(COVH, BIT(32) | CONVERT_1), NO(COVH, BIT(47) | CONVERT_1),
	NO(COVH, BIT(63) | CONVERT_1),
	NO(COVH, 0xFFFFFFFF00000000 | CONVERT_1),
	NO(COVH, 0x7FFFFFFF00000000 | CONVERT_1),
	NO(COVH, 0xFFFFFFFE00000000 | SDID(32) | CONVERT_1),
	NO(COVH, 0xFFFFFFFF00000000 | SDID(1) | CONVERT_1),
	/* Before anything else: the TVM, its state, the arguments */
	NO_IN(NONE, COVH, BIT(16) | COVH_DESTROY_TVM),
	NO_IN(GONE, COVH, SDID(2) | COVH_DESTROY_TVM),
	NO_IN(GONE, COVH, 1024),
	NO_IN(WINDOWS, COVH, BIT(25) | CONVERT_1),
	NO_IN(SLOTS, COVH, BIT(20) | COVH_CREATE_TVM),
	NO_IN(FENCE_OPEN, COVH, BIT(16) | COVH_GLOBAL_FENCE),
	NO_IN(FENCE_OPEN, COVH, SDID(2) | COVH_GLOBAL_FENCE),
	NO_IN(READY, COVH, BIT(16) | COVH_GET_TSM_INFO),
	NO_IN(READY, COVH_EID_COVI, BIT(16)),
	NO_IN(NOT_READY, COVH, BIT(16) | CONVERT_1),
	NO_IN(NOT_READY, COVH, SDID(2) | CONVERT_1),
	NO_IN(NOT_READY, COVH, 1024),
};

const struct spec conform_word = {
	.name = "NOT_SUPPORTED: the function word",
	.fn = FN_RAW,
	.need = NEED_ECALL,
	ROWS(word),
};

static const struct row guest[] = {
	/* COVG that is not there yet (9), or never (H.3) */
	G_NO(COVH_EID_COVG, 9), G_NO(COVH_EID_COVG, 11),
	G_NO(COVH_EID_COVG, 12), G_NO(COVH_EID_COVG, 63),
	G_NO(COVH_EID_COVG, 1023), G_NO(COVH_EID_COVG, 1024),
	G_NO(COVH_EID_COVG, 1025), G_NO(COVH_EID_COVG, 1026),
	G_NO(COVH_EID_COVG, 1027), G_NO(COVH_EID_COVG, 1028),
	G_NO(COVH_EID_COVG, 1029), G_NO(COVH_EID_COVG, 1030),
	G_NO(COVH_EID_COVG, 1031), G_NO(COVH_EID_COVG, 1087),
	G_NO(COVH_EID_COVG, 0xFFFF),
	/* The function word of those that are */
	G_NO(COVH_EID_COVG, BIT(16) | COVG_SHARE_MEMORY_REGION),
	G_NO(COVH_EID_COVG, BIT(20) | COVG_UNSHARE_MEMORY_REGION),
	G_NO(COVH_EID_COVG, BIT(16) | COVG_ADD_MMIO_REGION),
	G_NO(COVH_EID_COVG, BIT(25) | COVG_REMOVE_MMIO_REGION),
	G_NO(COVH_EID_COVG, BIT(16) | COVG_ALLOW_EXTERNAL_INTERRUPT),
	G_NO(COVH_EID_COVG, BIT(32) | COVG_DENY_EXTERNAL_INTERRUPT),
	G_NO(COVH_EID_COVG, BIT(25) | COVG_READ_MEASUREMENT),
	G_NO(COVH_EID_COVG, BIT(16) | COVG_GET_ATTCAPS),
	G_NO(COVH_EID_COVG, BIT(25) | COVG_EXTEND_MEASUREMENT),
	G_NO(COVH_EID_COVG, BIT(20) | COVG_GET_EVIDENCE),
	G_NO(COVH_EID_COVG, BIT(32) | COVG_GET_EVIDENCE),
	G_NO(COVH_EID_COVG, BIT(32) | COVG_SHARE_MEMORY_REGION),
	G_NO(COVH_EID_COVG, BIT(63) | COVG_READ_MEASUREMENT),
	G_NO(COVH_EID_COVG, 0xFFFFFFFF00000000 | COVG_READ_MEASUREMENT),
	/* What is a host's (T-66) */
	G_NO(COVH, 0), G_NO(COVH, 1), G_NO(COVH, 2), G_NO(COVH, 3),
	G_NO(COVH, 4), G_NO(COVH, 5), G_NO(COVH, 6), G_NO(COVH, 7),
	G_NO(COVH, 8), G_NO(COVH, 9), G_NO(COVH, 10), G_NO(COVH, 11),
	G_NO(COVH, 12), G_NO(COVH, 13), G_NO(COVH, 14), G_NO(COVH, 15),
	G_NO(COVH, 16), G_NO(COVH, 17), G_NO(COVH, 18), G_NO(COVH, 19),
	G_NO(COVH_EID_COVI, 0), G_NO(COVH_EID_COVI, 7),
	G_NO(COVH_EID_SUPD, 0), G_NO(COVH_EID_NACL, 0),
	G_NO(COVH_EID_NACL, 1), G_NO(COVT, 1024), G_NO(ATST, 0),
	G_NO(0x08C0DE00, 0), G_NO(0x08C0DE00, 1), G_NO(0x08C0DE00, 2),
	/* The field for the domain is the firmware's: not looked at */
	ROW(G_RAW, READY, PARAM,
	    (G_DATA, 0, 4, 0, 0, 0, COVH_EID_COVG, SDID(2) | COVG_READ_MEASUREMENT)),
	ROW(G_RAW, READY, PARAM,
	    (G_DATA, 0, 0, 0, 0, 0, COVH_EID_COVG,
	     SDID(31) | COVG_SHARE_MEMORY_REGION)),
	ROW(G_RAW, READY, PARAM,
	    (G_DATA, 0, 0, 0, 0, 0, COVH_EID_COVG,
	     SIGNED(SDID(63) | COVG_UNSHARE_MEMORY_REGION))),
};

const struct spec conform_guest_absent = {
	.name = "NOT_SUPPORTED: calls of a guest",
	.fn = FN_G_RAW,
	.need = NEED_GUEST,
	ROWS(guest),
};
