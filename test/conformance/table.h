/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The words that the tables are written in. For tables only: they are short.
 */

#ifndef CONFORM_TABLE_H
#define CONFORM_TABLE_H

#include "conform.h"

/* clang-format off */

/* Errors */
#define OK		0
#define FAILED		COVH_ERR_FAILED
#define NOT_SUPP	COVH_ERR_NOT_SUPPORTED
#define PARAM		COVH_ERR_INVALID_PARAM
#define ADDR		COVH_ERR_INVALID_ADDRESS
#define STARTED		COVH_ERR_ALREADY_STARTED
#define NO_TABLES	COVH_ERR_OUT_OF_PTPAGES
#define TRY_AGAIN	COVH_ERR_BUSY

/* Numbers */
#define ALL_ONES	(~0ULL)
#define TYPE_4K		COVH_PAGE_4K
#define TYPE_2M		COVH_PAGE_2M
#define TYPE_1G		COVH_PAGE_1G
#define TYPE_512G	COVH_PAGE_512G
#define MIB		0x100000ULL
#define TOO_MANY	(COVH_MAX_PAGES_PER_CALL + 1)
/** Two pages, and the end is 2^64 */
#define TOP		(0 - PAGE)

/*
 * Guest addresses. One region of 4 MiB, code at its start; another one for the
 * page of 2 MiB. G_HOLE, G_SHARE and G_BIG each need a table that the code
 * does not.
 */
#define G_CODE		0x80000000ULL
#define G_DATA		(G_CODE + MIB)		/* two pages */
#define G_SHARE		(G_CODE + 2 * MIB)	/* G_SHARE_PAGES */
#define G_SHARE_PAGES	4
#define G_SHARE_LAST	(G_SHARE + 3 * PAGE)
#define G_HOLE		(G_SHARE + 16 * PAGE)	/* no page there */
#define G_END		(G_CODE + 4 * MIB)
#define G_BIG		(G_CODE + 8 * MIB)
#define G_BIG_END	(G_BIG + 2 * MIB)
#define G_NOWHERE	0x40000000ULL		/* no region */

#define ID		SYMBOL(SYM_ID)
#define ID_STALE	SYMBOL(SYM_ID_STALE)
#define ID_SLOT		SYMBOL(SYM_ID_SLOT)
#define ID_SLOT_0	SYMBOL(SYM_ID_SLOT_0)
#define ID_SLOT_65	SYMBOL(SYM_ID_SLOT_65)
#define ID_HIGH		SYMBOL(SYM_ID_HIGH)
#define PGD		SYMBOL(SYM_PGD)
#define STATE		SYMBOL(SYM_STATE)
#define VCPU0		SYMBOL(SYM_VCPU0)
#define VCPU1		SYMBOL(SYM_VCPU1)
#define PT		SYMBOL(SYM_PT)
#define CODE		SYMBOL(SYM_CODE)
#define DATA		SYMBOL(SYM_DATA)
#define SDATA		SYMBOL(SYM_SDATA)
#define EDATA		SYMBOL(SYM_EDATA)
#define NEW_PGD		SYMBOL(SYM_NEW_PGD)
#define NEW_STATE	SYMBOL(SYM_NEW_STATE)
#define FREE		SYMBOL(SYM_FREE)
#define LAST_FREE	(FREE + 7 * PAGE)
#define O_PGD		SYMBOL(SYM_O_PGD)
#define O_STATE		SYMBOL(SYM_O_STATE)
#define O_VCPU0		SYMBOL(SYM_O_VCPU0)
#define O_PT		SYMBOL(SYM_O_PT)
#define O_DATA		SYMBOL(SYM_O_DATA)
#define HOST		SYMBOL(SYM_HOST)
#define BUF		SYMBOL(SYM_BUF)
#define EDGE		SYMBOL(SYM_EDGE)
#define SHMEM		SYMBOL(SYM_SHMEM)
#define SHMEM2		SYMBOL(SYM_SHMEM2)
#define SHPAGE		SYMBOL(SYM_SHPAGE)
#define WFREE		SYMBOL(SYM_WFREE)
#define CONVERTING	SYMBOL(SYM_CONVERTING)
#define POOL		SYMBOL(SYM_POOL)
#define BIG		SYMBOL(SYM_BIG)
#define BIG_HOST	SYMBOL(SYM_BIG_HOST)
#define FIRMWARE	SYMBOL(SYM_FIRMWARE)
#define TSM		SYMBOL(SYM_TSM)
#define SPLIT		SYMBOL(SYM_SPLIT)
#define HOLE		SYMBOL(SYM_HOLE)
#define MMIO		SYMBOL(SYM_MMIO)
#define RAM_LAST	SYMBOL(SYM_RAM_LAST)
#define LIMIT		SYMBOL(SYM_LIMIT)
#define INFO_LEN	SYMBOL(SYM_INFO_LEN)

/* Sets of states */
#define ST(__s)		(1ULL << ST_##__s)
#define ST_NO_TVM	(ST(NONE) | ST(GONE))
#define ST_INITS	(ST(INIT) | ST(INIT_TIGHT) | ST(INIT_NO_VCPU) | \
			 ST(INIT_BLOCKED) | ST(SLOTS) | ST(WINDOWS) | \
			 ST(FENCE_OPEN))
#define ST_INITIALIZING	(ST(BARE) | ST(REGIONS) | ST_INITS)
#define ST_RUNNABLE	(ST(READY) | ST(READY_TIGHT) | ST(READY_NO_SHMEM) | \
			 ST(BLOCKED) | ST(BLOCKED_FENCED) | ST_PENDINGS | \
			 ST_SHARINGS | ST_UNSHARES | ST(RUNNING) | ST(DEAD) | \
			 ST(STOPPED) | ST(READY_REGIONS) | ST(HUGE) | \
			 ST(WORKING) | ST(NO_KEY) | ST(NO_CONTEXT))
#define ST_PENDINGS	(ST(PENDING) | ST(PENDING_EMPTY) | \
			 ST(PENDING_BLOCKED) | ST(PENDING_FENCED) | \
			 ST(PENDING_INSIDE))
#define ST_SHARINGS	(ST(SHARING) | ST(SHARING_TIGHT) | \
			 ST(SHARING_PAGE) | ST(SHARING_BLOCKED))
#define ST_UNSHARES	(ST(UNSHARE) | ST(UNSHARE_BLOCKED) | \
			 ST(UNSHARE_FENCED))
/** vCPU 0 runs and is not blocked: it can make calls */
#define ST_CAN_CALL	(ST(READY) | ST(READY_TIGHT) | ST(READY_REGIONS) | \
			 ST(BLOCKED) | ST(BLOCKED_FENCED) | ST_SHARINGS | \
			 ST(HUGE) | ST(NO_KEY) | ST(NO_CONTEXT))
/** Some vCPU is inside */
#define ST_INSIDE	(ST(RUNNING) | ST(PENDING_INSIDE))
/** All that have a TSM; the TVM under test is INIT in those that say nothing */
#define ST_ALL		(((1ULL << ST_COUNT) - 1) & ~ST(NOT_READY))

/* What a success changes */
#define PAGES(__pa, __n, __to) \
	{ .kind = EFF_PAGES, .to = PG_##__to, .n = (__n), .pa = (__pa) }
#define BACK(__pa, __n)	{ .kind = EFF_BACK, .n = (__n), .pa = (__pa) }
#define FENCED		{ .kind = EFF_FENCED }
#define FINALIZED	{ .kind = EFF_FINALIZED }
#define DESTROYED	{ .kind = EFF_DESTROYED }
#define WORKED		{ .kind = EFF_WORKED }
#define CHANGES(...)	.effect = { __VA_ARGS__ }

/** ROW(function, state, error, (arguments), more fields) */
#define ARGS(...)	{ __VA_ARGS__ }
#define ROW(__fn, __state, __error, __args, ...) \
	{ .line = __LINE__, .fn = FN_##__fn, .state = ST_##__state, \
	  .error = (__error), .arg = ARGS __args, __VA_ARGS__ }
#define NEEDS(__n)	.need = NEED_##__n
#define VALUE(__v)	.value = (__v)

/** BAD(argument number, error, value) */
#define BAD(__arg, __error, __value) { (__arg), (__error), (__value) }

/** What is no TVM's id: argument 0 of all calls on TVMs */
#define BAD_IDS \
	BAD(0, PARAM, 0), \
	BAD(0, PARAM, ID_STALE), \
	BAD(0, PARAM, ID_SLOT), \
	BAD(0, PARAM, ID_SLOT_0), \
	BAD(0, PARAM, ID_SLOT_65), \
	BAD(0, PARAM, ID_HIGH), \
	BAD(0, PARAM, ID + 0x10000), \
	BAD(0, PARAM, ID - 0x10000), \
	BAD(0, PARAM, ALL_ONES)

/** Pages that are no CONF_FREE ones, and addresses that are no page */
#define BAD_CONF_FREE(__arg) \
	BAD(__arg, ADDR, FREE + 8), \
	BAD(__arg, ADDR, FREE + 2048), \
	BAD(__arg, ADDR, 0), \
	BAD(__arg, ADDR, HOST), \
	BAD(__arg, ADDR, CONVERTING), \
	BAD(__arg, ADDR, SHMEM), \
	BAD(__arg, ADDR, PGD), \
	BAD(__arg, ADDR, O_PGD), \
	BAD(__arg, ADDR, O_STATE), \
	BAD(__arg, ADDR, O_VCPU0), \
	BAD(__arg, ADDR, O_PT), \
	BAD(__arg, ADDR, O_DATA), \
	BAD(__arg, ADDR, POOL), \
	BAD(__arg, ADDR, FIRMWARE), \
	BAD(__arg, ADDR, TSM), \
	BAD(__arg, ADDR, HOLE), \
	BAD(__arg, ADDR, MMIO)

/** Pages that are not the host's */
#define BAD_HOST(__arg) \
	BAD(__arg, ADDR, 0), \
	BAD(__arg, ADDR, FREE), \
	BAD(__arg, ADDR, CONVERTING), \
	BAD(__arg, ADDR, O_PGD), \
	BAD(__arg, ADDR, O_STATE), \
	BAD(__arg, ADDR, O_VCPU0), \
	BAD(__arg, ADDR, O_PT), \
	BAD(__arg, ADDR, O_DATA), \
	BAD(__arg, ADDR, POOL), \
	BAD(__arg, ADDR, FIRMWARE), \
	BAD(__arg, ADDR, TSM), \
	BAD(__arg, ADDR, HOLE), \
	BAD(__arg, ADDR, MMIO)

/** A table's length, and the spec's own fields for the three tables */
#define LEN(__a)	(sizeof(__a) / sizeof((__a)[0]))
#define OUTCOMES(__a)	.outcome = (__a), .outcomes = LEN(__a)
#define FAULTS(__a)	.fault = (__a), .faults = LEN(__a)
#define ROWS(__a)	.row = (__a), .rows = LEN(__a)

/* clang-format on */

#endif
