/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The conformance table: what each call answers in each state, and what it
 * changes. Tables are data only; host/tests/conformance.c plays them against
 * the firmware in QEMU, test/unit/test_conformance.c against the native core.
 * How to read and extend them: docs/conformance.md.
 */

#ifndef CONFORM_H
#define CONFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sbi_covh/abi.h>

/* clang-format off */

/** What can be called. Names, not numbers: a driver knows the numbers */
#define FUNCTIONS(X) \
	/* COVH, by a host */ \
	X(INFO)		X(CONVERT)	X(RECLAIM)	X(GLOBAL)	\
	X(LOCAL)	X(CREATE)	X(FINALIZE)	X(PROMOTE)	\
	X(DESTROY)	X(REGION)	X(TABLES)	X(MEASURED)	\
	X(ZERO)		X(SHARED)	X(VCPU)		X(RUN)		\
	X(TVM_FENCE)	X(INVALIDATE)	X(VALIDATE)	X(REMOVE)	\
	/* local_fence on the second hart */ \
	X(LOCAL2)	\
	X(SUPD)		X(PROBE)	X(SHMEM)	\
	/* COVG, by vCPU 0 of the guest; 0: the call has gone to the host */ \
	X(G_SHARE)	X(G_UNSHARE)	X(G_READ)	\
	X(G_ADD_MMIO)	X(G_REMOVE_MMIO) X(G_ALLOW)	X(G_DENY)	\
	X(G_ATTCAPS)	X(G_EXTEND)	X(G_EVIDENCE)	\
	/* Any extension (argument 6) and function word (argument 7) */ \
	X(RAW)		X(G_RAW)

/** States of the TVM under test, and of what is around it */
#define STATES(X) \
	X(NONE)			/* no TVM: its id is a guess */ \
	X(GONE)			/* destroyed: its id is stale */ \
	X(BARE)			/* created */ \
	X(INIT)			/* region, tables, vCPUs 0 and 1, measured pages */ \
	X(INIT_TIGHT)		/* the same, no table to spare */ \
	X(INIT_NO_VCPU)		/* no vCPU 0 */ \
	X(INIT_BLOCKED)		/* DATA invalidated */ \
	X(READY)		/* RUNNABLE, has not run */ \
	X(READY_TIGHT)		/* the same, no table to spare */ \
	X(READY_NO_SHMEM)	/* the same, no NACL memory on this hart */ \
	X(BLOCKED)		/* DATA invalidated */ \
	X(BLOCKED_FENCED)	/* and fenced */ \
	X(PENDING)		/* vCPU 0 shares G_SHARE, which has a page */ \
	X(PENDING_EMPTY)	/* the same, no page */ \
	X(PENDING_BLOCKED)	/* its page is invalidated */ \
	X(PENDING_FENCED)	/* and fenced; so are the last one, and one behind */ \
	X(PENDING_INSIDE)	/* the same, but vCPU 1 has not come out since */ \
	X(SHARING)		/* G_SHARE is shared, no page */ \
	X(SHARING_TIGHT)	/* the same, no table to spare */ \
	X(SHARING_PAGE)		/* one page */ \
	X(SHARING_BLOCKED)	/* it is invalidated */ \
	X(UNSHARE)		/* vCPU 0 takes G_SHARE back, it has a page */ \
	X(UNSHARE_BLOCKED)	/* it is invalidated */ \
	X(UNSHARE_FENCED)	/* and fenced */ \
	X(RUNNING)		/* vCPU 0 runs on the second hart */ \
	X(WORKING)		/* vCPU 0 waits for evidence, the helper works */ \
	X(DEAD)			/* all vCPUs have ended */ \
	X(STOPPED)		/* vCPU 0 has stopped itself */ \
	X(READY_REGIONS)	/* READY, no room for one more region */ \
	X(HUGE)			/* READY, G_BIG is a page of 2 MiB */ \
	X(NO_KEY)		/* READY, the firmware cannot attest */ \
	X(NO_CONTEXT)		/* READY, the helper has other work */ \
	X(REGIONS)		/* as BARE, no room for one more region */ \
	X(SLOTS)		/* INIT, as many TVMs as there can be */ \
	X(WINDOWS)		/* INIT, no PMP entry is left */ \
	X(FENCE_OPEN)		/* INIT, the second hart owes a local fence */ \
	X(BUSY)			/* INIT, another call works on the TVM */ \
	X(NOT_READY)		/* there is no TSM */

/**
 * Symbols: numbers that differ between machines and runs. S+n is n behind.
 * Numbers of pages stand behind the names.
 */
#define SYMBOLS(X) \
	/* ids */ \
	X(ID) X(ID_STALE) X(ID_SLOT) X(ID_SLOT_0) X(ID_SLOT_65) X(ID_HIGH) \
	/* pages of the TVM under test: 4, 1, 1, 1, 8, 8, 2, 1, 2 */ \
	X(PGD) X(STATE) X(VCPU0) X(VCPU1) X(PT) X(CODE) X(DATA) X(SDATA) \
	X(EDATA) \
	/* CONF_FREE: 4 at 16 KiB, 1, 8; behind FREE lies PGD */ \
	X(NEW_PGD) X(NEW_STATE) X(FREE) \
	/* pages of another TVM: 4, 1, 1, 1, 2 */ \
	X(O_PGD) X(O_STATE) X(O_VCPU0) X(O_PT) X(O_DATA) \
	/* the host's: 8, 2; 2 before a confidential one; 3, 3, 4 */ \
	X(HOST) X(BUF) X(EDGE) X(SHMEM) X(SHMEM2) X(SHPAGE) \
	/* behind EDGE: confidential in a window, 1; not fenced yet, 1 */ \
	X(WFREE) X(CONVERTING) \
	/* pool page, not converted; 2 MiB confidential and the host's */ \
	X(POOL) X(BIG) X(BIG_HOST) \
	/* firmware, a window's page between two, no RAM, a device */ \
	X(FIRMWARE) X(TSM) X(SPLIT) X(HOLE) X(MMIO) X(RAM_LAST) \
	/* first GPA too high; bytes of tsm_info */ \
	X(LIMIT) X(INFO_LEN)

/* clang-format on */

#define ENUM_FN(x)  FN_##x,
#define ENUM_ST(x)  ST_##x,
#define ENUM_SYM(x) SYM_##x,

enum conform_fn { FUNCTIONS(ENUM_FN) FN_COUNT };
enum conform_state { STATES(ENUM_ST) ST_COUNT };
enum conform_sym { SYMBOLS(ENUM_SYM) SYM_COUNT };

_Static_assert(ST_COUNT < 64, "a set of states is a word");

/*
 * A symbol in the place of a number: no number in the tables has this top
 * byte, and the offset is kept positive.
 */
#define SYM_TOP	    0x5EULL
#define SYM_BIAS    (1ULL << 47)
#define SYMBOL(__s) (SYM_TOP << 56 | (uint64_t)(__s) << 48 | SYM_BIAS)

#define PAGE	 4096ULL
#define MAX_ARGS 8

/** What a successful call changes; everything else stays as it was */
enum conform_effect {
	EFF_NONE,
	EFF_PAGES,  /**< n pages from pa on go to a state */
	EFF_BACK,   /**< n pages from pa on go back to where they were from */
	EFF_FENCED, /**< CONVERTING pages are CONF_FREE, if no hart owes */
	EFF_FINALIZED, /**< the TVM is RUNNABLE, and so is vCPU 0 */
	EFF_DESTROYED, /**< all pages of the TVM are free */
	EFF_WORKED,    /**< the helper has come to its end */
};

struct effect {
	uint8_t kind;
	uint8_t to; /**< enum conform_page */
	uint16_t n;
	uint64_t pa;
};

/** States of a page as COVH_TEST_PAGE_STATE tells them (D.1) */
enum conform_page {
	PG_RSVD,
	PG_POOL,
	PG_NC,
	PG_NC_SHMEM,
	PG_NC_SHARED,
	PG_CONVERTING,
	PG_CONF_FREE,
	PG_PGD,
	PG_PT,
	PG_TVMSTATE,
	PG_VCPU,
	PG_DATA,
	PG_BLOCKED,
};

/** What a check needs beside a state; a driver says why it has it not */
#define NEED_ECALL   (1U << 0)	/**< what only ecall/ does */
#define NEED_GUEST   (1U << 1)	/**< what only the trampoline does */
#define NEED_NEW     (1U << 2)	/**< the current numbers */
#define NEED_OLD     (1U << 3)	/**< those of spec 0.5 (J-1, J-2) */
#define NEED_SECOND  (1U << 4)	/**< a second hart */
#define NEED_ALONE   (1U << 5)	/**< no second hart */
#define NEED_HOLD    (1U << 6)	/**< a call that can be held while at work */
#define NEED_NO_TSM  (1U << 7)	/**< a machine without TSM */
#define NEED_TSM     (1U << 8)	/**< one with it */
#define NEED_POOL    (1U << 9)	/**< a boot-time pool */
#define NEED_WINDOWS (1U << 10) /**< a window beside the one that is there */
#define NEED_CORE \
	(1U << 11) /**< what only the core's own tests can take away */
#define NEED_COUNT 12

/** Value of a success that is a new guest id */
#define VALUE_NEW_ID SYMBOL(0xFE)
/** Bytes of a certificate: written, or with INVALID_PARAM how many it takes */
#define VALUE_BYTES SYMBOL(0xFD)

/**
 * One check. arg: registers a0-a5. create_tvm: 6 and 7 are the two fields of
 * its parameters. RUN: 2 and 3 are what the host writes to the slots of a0 and
 * a1 before, 4 what the guest's call then returns, if 5 is 1. G_EVIDENCE: 6 is
 * where the guest puts a key and a challenge before, 0: nowhere.
 */
struct row {
	uint16_t line;
	uint8_t fn;
	uint8_t state;
	int16_t error;
	uint16_t need;
	uint64_t arg[MAX_ARGS];
	uint64_t value;
	struct effect effect[2];
};

/** One thing that is wrong: an argument, and the error it gives by itself */
struct fault {
	uint8_t arg;
	int16_t error;
	uint64_t value;
};

/** The states in which the call with good arguments ends like this */
struct outcome {
	int16_t error;
	uint64_t states;
	struct effect
		effect; /**< in the place of the spec's, if not EFF_NONE */
};

/**
 * One function. Faults are tried one at a time in the states of alone, and two
 * at a time, if their errors differ, in those of pairs. The error that comes
 * first in the order of checks (A.3) wins: of the faults' and of the state's.
 */
struct spec {
	const char *name;
	uint8_t fn;
	uint16_t need;
	uint16_t need_ok; /**< for what succeeds */
	uint64_t good[MAX_ARGS];
	uint64_t value;
	struct effect effect[2];
	const struct outcome *outcome;
	uint32_t outcomes;
	const struct fault *fault;
	uint32_t faults;
	uint64_t alone;
	uint64_t pairs;
	const struct row *row;
	uint32_t rows;
};

/** All functions, one test case each */
extern const struct spec *const conform_specs[];
extern const uint32_t conform_spec_count;

#endif
