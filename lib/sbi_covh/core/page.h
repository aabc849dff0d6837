/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Page records: one 8-byte record per 4 KiB of RAM.
 *
 * A call that changes pages claims them first (all or none), does its work,
 * then commits a new state or releases them unchanged. A claimed page refuses
 * every other claim, so of two harts racing for a page exactly one wins.
 */

#ifndef __COVH_PAGE_H__
#define __COVH_PAGE_H__

#include "shim.h"

/** States of a physical page, cove-abi.md D.1. Zero is the safest one */
enum covh_page_state {
	COVH_PG_RSVD = 0,   /**< Firmware, TSM, records, trampoline */
	COVH_PG_POOL,	    /**< Boot-time pool, not converted */
	COVH_PG_NC,	    /**< Host memory */
	COVH_PG_NC_SHMEM,   /**< Host memory pinned as NACL memory */
	COVH_PG_NC_SHARED,  /**< Host memory pinned by TVM mappings */
	COVH_PG_CONVERTING, /**< Given away, fence not complete */
	COVH_PG_CONF_FREE,  /**< Confidential, unowned, content undefined */
	COVH_PG_PGD,	    /**< G-stage root */
	COVH_PG_PT,	    /**< G-stage table or table pool */
	COVH_PG_TVMSTATE,   /**< TVM state */
	COVH_PG_VCPU,	    /**< vCPU state */
	COVH_PG_DATA,	    /**< Mapped at exactly one GPA of its owner */
	COVH_PG_BLOCKED,    /**< Mapping invalidated */
	COVH_PG_STATES
};

/*
 * Record layout: state [3:0], claim [4], pool [6] (a boot-time pool page),
 * info [63:16]. info is the global version for CONVERTING, the pin count for
 * NC_SHMEM and NC_SHARED, owner and GPA for owned pages, else 0.
 */
#define COVH_PG_STATE_MASK 0xFULL
#define COVH_PG_CLAIM	   BIT64(4)
#define COVH_PG_POOLED	   BIT64(6)
#define COVH_PG_INFO_SHIFT 16

/** info of an owned page: TVM slot (10 bits), GPA page frame (38 bits) */
#define COVH_PG_OWNED(__slot, __gpa) \
	((u64)(__slot) | ((u64)(__gpa) >> 12) << 10)
#define COVH_PG_OWNER(__info) ((u32)((__info)&0x3FF))
#define COVH_PG_GPA(__info)   (((__info) >> 10) << 12)

/** What a claim accepts */
enum covh_page_want {
	COVH_WANT_CONVERTIBLE, /**< NC, or POOL */
	COVH_WANT_CONF_FREE,   /**< CONF_FREE, or CONVERTING and fenced */
	COVH_WANT_RECLAIMABLE, /**< NC, NC_SHMEM, NC_SHARED, POOL, CONVERTING,
				 *   CONF_FREE */
	COVH_WANT_OWNED,       /**< PGD, PT, TVMSTATE, VCPU, DATA, BLOCKED */
	COVH_WANTS
};

#define COVH_MAX_BANKS 8

/** One contiguous range of RAM and its records */
struct covh_bank {
	u64 base;  /**< Page-aligned physical address */
	u64 pages; /**< Number of 4 KiB pages */
	u64 *rec;  /**< One record per page */
};

/**
 * Register a RAM range; all its pages become RSVD
 *
 * @param base page-aligned physical address
 * @param pages number of 4 KiB pages, not 0
 * @param rec room for pages records
 * @return 0, or COVH_ERR_FAILED: no room, misaligned, wraps, or overlaps a bank
 */
long covh_page_add_bank(u64 base, u64 pages, u64 *rec);

/** Forget all banks (unit tests) */
void covh_page_reset(void);

/**
 * Set the boot-time state of a range: NC, POOL or RSVD. Boot only, no claims
 *
 * Parts of the range that are no RAM are skipped.
 */
void covh_page_boot_set(u64 base, u64 pages, enum covh_page_state st);

/** State of the page at pa as a caller sees it: a fenced CONVERTING page is
 * CONF_FREE; RSVD if pa is no RAM */
enum covh_page_state covh_page_state(u64 pa);

/** True if the page at pa is RAM */
bool covh_page_is_ram(u64 pa);

/** True if every byte of [pa, pa + len) is RAM in state NC, NC_SHMEM or
 * NC_SHARED and not claimed by a conversion, without wrap; len 0 is false */
bool covh_page_host_range(u64 pa, u64 len);

/**
 * The predicate for OpenSBI's own address checks
 *
 * @param len bytes; 0 counts as 1, so that a lone address can be asked for
 * @return false if [pa, pa + len) touches a RAM page that the host may not
 * use or wraps; what is no RAM is none of our business and true
 */
bool covh_page_host_may_touch(u64 pa, u64 len);

/**
 * Claim pages, all or none
 *
 * @param pa page-aligned physical address of the first page
 * @param n number of 4 KiB pages, not 0
 * @param want states that are accepted
 * @return 0, or COVH_ERR_INVALID_ADDRESS and nothing is claimed: no RAM, wrap,
 * a page in another state, or claimed by another call
 *
 * From 1024 pages on this serves IPIs on the way: no lock may be held then.
 * That holds for release and all commits, too.
 */
long covh_page_claim(u64 pa, u64 n, enum covh_page_want want);

/**
 * Claim one page for a TVM, as COVH_WANT_CONF_FREE
 *
 * @param horizon covh_fence_horizon() of now or before
 * @return its record, for covh_page_commit_data(); NULL: it was refused
 */
u64 *covh_page_claim_one(u64 pa, u64 horizon);

/** Like covh_page_commit_owned() for that record, as COVH_PG_DATA */
void covh_page_commit_data(u64 *rec, u32 slot, u64 gpa);

/** True if the page at pa is RAM in state CONVERTING or beyond: it may hold
 * what the host must not read */
bool covh_page_is_conf(u64 pa);

/** Give claimed pages back unchanged */
void covh_page_release(u64 pa, u64 n);

/**
 * The one transition function: give claimed pages a new state, drop the claim
 *
 * In a debug build a transition that D.1 does not allow stops the machine.
 *
 * @param info new info field (version, count, owner and GPA), same for all
 */
void covh_page_commit(u64 pa, u64 n, enum covh_page_state st, u64 info);

/** Like commit for owned pages: page i belongs to slot and lies at
 * gpa + i * 4096 (0 for what has no GPA: then n is 1 or st is not DATA) */
void covh_page_commit_owned(u64 pa, u64 n, enum covh_page_state st, u32 slot,
			    u64 gpa);

/** Like commit for what reclaim does: POOL for pool pages, else NC; NC,
 * NC_SHMEM and NC_SHARED pages stay as they are */
void covh_page_commit_reclaim(u64 pa, u64 n);

/** Like commit for owned pages that a destroy frees: claims and commits one
 * page to CONF_FREE; false if it is not owned by slot */
bool covh_page_free_owned(u64 pa, u32 slot);

/** Block the mapping of n owned pages, or undo it: DATA <-> BLOCKED. Only the
 * TVM's own calls change them, one at a time */
void covh_page_block(u64 pa, u64 n, bool block);

/**
 * Pin host pages: NC becomes st with count 1, st counts one more
 *
 * One atomic step per page and no claim, so that unpin cannot fail.
 *
 * @param st COVH_PG_NC_SHMEM or COVH_PG_NC_SHARED
 * @return 0, or COVH_ERR_INVALID_ADDRESS (another state, claimed, no RAM,
 * misaligned) and nothing is pinned
 */
long covh_page_pin(u64 pa, u64 n, enum covh_page_state st);

/** Undo one pin; the last one makes the page NC again */
void covh_page_unpin(u64 pa, u64 n);

/** True if D.1 has an arrow from one state to the other (for tests, asserts) */
bool covh_page_allowed(enum covh_page_state from, enum covh_page_state to);

#endif
