/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVG of attestation, called by vCPU 0 of the guest. 6 get_attcaps: (buffer,
 * its size). 7 extend_measurement: (digest, its length, register). 8
 * get_evidence: (key, its length, challenge, format, certificate, room for it);
 * argument 6 is where the guest puts key and challenge before.
 *
 * Evidence that is made takes long: few rows.
 */

#include "../table.h"

/* clang-format off */

#define CAPS_SIZE sizeof(struct covg_attcaps)

/* What is no page of the guest's */
#define BAD_GPAS(__arg) \
	BAD(__arg, ADDR, G_DATA + 8), \
	BAD(__arg, ADDR, G_DATA + 2048), \
	BAD(__arg, ADDR, G_DATA + PAGE - 1), \
	BAD(__arg, ADDR, G_HOLE), \
	BAD(__arg, ADDR, G_END), \
	BAD(__arg, ADDR, G_NOWHERE), \
	BAD(__arg, ADDR, 0), \
	BAD(__arg, ADDR, LIMIT), \
	BAD(__arg, ADDR, LIMIT + G_DATA), \
	BAD(__arg, ADDR, TOP)

/* The buffer is not mapped */
#define GONE (ST(BLOCKED) | ST(BLOCKED_FENCED))

static const struct outcome attcaps_outcome[] = {
	{ OK, ST_CAN_CALL & ~GONE },
	{ ADDR, GONE },
};

static const struct fault attcaps_fault[] = {
	BAD(1, PARAM, 0),
	BAD(1, PARAM, 1),
	BAD(1, PARAM, CAPS_SIZE - 1),
	BAD_GPAS(0),
};

static const struct row attcaps_row[] = {
	ROW(G_ATTCAPS, READY, OK, (G_DATA, PAGE)),
	ROW(G_ATTCAPS, READY, OK, (G_DATA + PAGE, ALL_ONES)),
	ROW(G_ATTCAPS, READY, OK, (G_DATA, 1ULL << 63)),
	ROW(G_ATTCAPS, READY, OK, (G_DATA, (1ULL << 32) + 1)),
	ROW(G_ATTCAPS, SHARING_PAGE, PARAM, (G_SHARE, CAPS_SIZE)),
	ROW(G_ATTCAPS, SHARING_PAGE, ADDR, (G_SHARE + PAGE, CAPS_SIZE)),
	ROW(G_ATTCAPS, SHARING_BLOCKED, ADDR, (G_SHARE, CAPS_SIZE)),
	ROW(G_ATTCAPS, HUGE, OK, (G_BIG + PAGE, CAPS_SIZE)),
};

const struct spec conform_attcaps = {
	.name = "COVG 6 get_attcaps",
	.fn = FN_G_ATTCAPS,
	.need = NEED_GUEST,
	.good = { G_DATA, CAPS_SIZE },
	OUTCOMES(attcaps_outcome),
	FAULTS(attcaps_fault),
	.alone = ST(READY),
	.pairs = ST(READY),
	ROWS(attcaps_row),
};

static const struct outcome extend_outcome[] = {
	{ OK, ST_CAN_CALL & ~GONE },
	{ ADDR, GONE },
};

static const struct fault extend_fault[] = {
	BAD(1, PARAM, 0),
	BAD(1, PARAM, 1),
	BAD(1, PARAM, 47),
	BAD(1, PARAM, 49),
	BAD(1, PARAM, 64),
	BAD(1, PARAM, PAGE),
	BAD(1, PARAM, (1ULL << 32) + 48),
	BAD(1, PARAM, ALL_ONES),
	/* Those that a TVM begins with are frozen (T-45) */
	BAD(2, PARAM, 0),
	BAD(2, PARAM, COVH_MSMT_PLATFORM),
	BAD(2, PARAM, COVH_MSMT_TSM_CONFIG),
	BAD(2, PARAM, COVH_MSMT_TVM_CODE),
	BAD(2, PARAM, COVH_MSMT_RUNTIME_FIRST - 1),
	BAD(2, PARAM, COVH_MSMT_COUNT),
	BAD(2, PARAM, 25),
	BAD(2, PARAM, 0x100 + COVH_MSMT_RUNTIME_FIRST),
	BAD(2, PARAM, (1ULL << 32) + COVH_MSMT_RUNTIME_FIRST),
	BAD(2, PARAM, ALL_ONES),
	BAD_GPAS(0),
};

static const struct row extend_row[] = {
	ROW(G_EXTEND, READY, OK, (G_DATA, 48, COVH_MSMT_RUNTIME_FIRST + 1)),
	ROW(G_EXTEND, READY, OK, (G_DATA + PAGE, 48, COVH_MSMT_COUNT - 1)),
	/* Memory that is not confidential (T-46) */
	ROW(G_EXTEND, SHARING_PAGE, PARAM, (G_SHARE, 48, COVH_MSMT_RUNTIME_FIRST)),
	ROW(G_EXTEND, SHARING_PAGE, ADDR, (G_SHARE + PAGE, 48, COVH_MSMT_RUNTIME_FIRST)),
	ROW(G_EXTEND, SHARING_PAGE, ADDR, (G_SHARE + 8, 48, COVH_MSMT_RUNTIME_FIRST)),
	ROW(G_EXTEND, SHARING_BLOCKED, ADDR, (G_SHARE, 48, COVH_MSMT_RUNTIME_FIRST)),
	ROW(G_EXTEND, BLOCKED, OK, (G_DATA + PAGE, 48, COVH_MSMT_RUNTIME_FIRST)),
	ROW(G_EXTEND, HUGE, OK, (G_BIG + PAGE, 48, COVH_MSMT_RUNTIME_FIRST)),
};

const struct spec conform_extend = {
	.name = "COVG 7 extend_measurement",
	.fn = FN_G_EXTEND,
	.good = { G_DATA, 48, COVH_MSMT_RUNTIME_FIRST },
	OUTCOMES(extend_outcome),
	FAULTS(extend_fault),
	.alone = ST(READY),
	.pairs = ST(READY),
	ROWS(extend_row),
};

/** Bytes of the key that the guest puts there */
#define KEY_LEN	107
#define KEY_MAX	256
#define CBOR	COVG_CERT_CBOR
#define X509	COVG_CERT_X509

static const struct outcome evidence_outcome[] = {
	{ OK, ST(READY) | ST(SHARING_PAGE) },
	{ FAILED, ST(NO_KEY) },
	{ TRY_AGAIN, ST(NO_CONTEXT) },
};

static const struct fault evidence_fault[] = {
	BAD(1, PARAM, 0),
	BAD(1, PARAM, KEY_MAX + 1),
	BAD(1, PARAM, PAGE),
	BAD(1, PARAM, (1ULL << 32) + KEY_LEN),
	BAD(1, PARAM, ALL_ONES),
	BAD(3, PARAM, 0),
	BAD(3, PARAM, CBOR | X509),
	BAD(3, PARAM, 4),
	BAD(3, PARAM, 0x100 | CBOR),
	BAD(3, PARAM, (1ULL << 32) | CBOR),
	BAD(3, PARAM, ALL_ONES),
	BAD(5, PARAM, 0),
	BAD_GPAS(0),
	BAD_GPAS(2),
	BAD_GPAS(4),
	/* The second page, or the third one */
	BAD(4, ADDR, G_DATA + PAGE),
	BAD(4, ADDR, G_CODE - PAGE),
};

#define ASK(__state, __error, ...) \
	ROW(G_EVIDENCE, __state, __error, __VA_ARGS__)

static const struct row evidence_row[] = {
	ASK(READY, OK, (G_DATA, KEY_LEN, G_DATA, X509, G_DATA, 2 * PAGE, G_DATA),
	    VALUE(VALUE_BYTES)),
	/* As much as it could ever take is looked at, and no more */
	ASK(READY, OK, (G_DATA, KEY_LEN, G_DATA, CBOR, G_DATA, ALL_ONES, G_DATA),
	    VALUE(VALUE_BYTES)),
	/* Too little room */
	ASK(READY, PARAM, (G_DATA, KEY_LEN, G_DATA, CBOR, G_DATA, 1, G_DATA),
	    VALUE(VALUE_BYTES)),
	/* No key: too short, too long, zeros */
	ASK(READY, PARAM,
	    (G_DATA, KEY_LEN - 1, G_DATA, CBOR, G_DATA, 2 * PAGE, G_DATA)),
	ASK(READY, PARAM,
	    (G_DATA, KEY_LEN + 1, G_DATA, CBOR, G_DATA, 2 * PAGE, G_DATA)),
	ASK(READY, PARAM,
	    (G_DATA + PAGE, KEY_MAX, G_DATA, CBOR, G_DATA, 2 * PAGE, G_DATA)),
	/* Memory that is not confidential: the first one of three */
	ASK(SHARING_PAGE, PARAM,
	    (G_SHARE, KEY_LEN, G_DATA, CBOR, G_DATA, 2 * PAGE)),
	ASK(SHARING_PAGE, PARAM,
	    (G_DATA, KEY_LEN, G_SHARE, CBOR, G_DATA, 2 * PAGE)),
	ASK(SHARING_PAGE, PARAM,
	    (G_DATA, KEY_LEN, G_DATA, CBOR, G_SHARE, PAGE)),
	ASK(SHARING_PAGE, PARAM,
	    (G_SHARE, KEY_LEN, G_HOLE, CBOR, G_DATA, 2 * PAGE)),
	ASK(SHARING_PAGE, ADDR,
	    (G_DATA, KEY_LEN, G_HOLE, CBOR, G_SHARE, 2 * PAGE)),
	ASK(SHARING_PAGE, ADDR,
	    (G_SHARE, KEY_LEN, G_DATA, CBOR, G_DATA + 8, 2 * PAGE)),
	ASK(SHARING_PAGE, ADDR,
	    (G_DATA, KEY_LEN, G_SHARE + PAGE, CBOR, G_DATA, 2 * PAGE)),
	ASK(SHARING_BLOCKED, ADDR,
	    (G_SHARE, KEY_LEN, G_DATA, CBOR, G_DATA, 2 * PAGE)),
	/* The first page is not mapped */
	ASK(BLOCKED, ADDR, (G_DATA, KEY_LEN, G_DATA + PAGE, CBOR, G_DATA + PAGE, PAGE)),
	ASK(BLOCKED, ADDR, (G_DATA + PAGE, KEY_LEN, G_DATA, CBOR, G_DATA + PAGE, PAGE)),
	ASK(BLOCKED, ADDR, (G_DATA + PAGE, KEY_LEN, G_DATA + PAGE, CBOR, G_DATA, PAGE)),
	ASK(BLOCKED_FENCED, ADDR,
	    (G_DATA + PAGE, KEY_LEN, G_DATA + PAGE, CBOR, G_DATA, ALL_ONES)),
	/* Whether there is a key, or time, comes last */
	ASK(NO_KEY, PARAM, (G_DATA, 0, G_DATA, CBOR, G_DATA, 2 * PAGE)),
	ASK(NO_CONTEXT, PARAM, (G_DATA, KEY_LEN, G_DATA, 3, G_DATA, 2 * PAGE)),
};

const struct spec conform_evidence = {
	.name = "COVG 8 get_evidence",
	.fn = FN_G_EVIDENCE,
	.good = { G_DATA, KEY_LEN, G_DATA, CBOR, G_DATA, 2 * PAGE, G_DATA },
	.value = VALUE_BYTES,
	OUTCOMES(evidence_outcome),
	FAULTS(evidence_fault),
	.alone = ST(READY) | ST(NO_KEY) | ST(NO_CONTEXT),
	.pairs = ST(READY),
	ROWS(evidence_row),
};
