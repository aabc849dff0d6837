/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * GPA regions of one TVM, cove-abi.md D.2. The table lies in the TVM state
 * page, where the trampoline reads it; only the TSM in M-mode writes it.
 */

#ifndef __COVH_REGION_H__
#define __COVH_REGION_H__

#include "shim.h"

#define COVH_MAX_REGIONS 128

enum covh_region_type {
	COVH_RGN_NONE = 0,
	COVH_RGN_CONF,
	COVH_RGN_CONF_REMOVABLE,
	COVH_RGN_SHARED,
	COVH_RGN_SHARED_REMOVABLE,
	COVH_RGN_MMIO,
};

/** One region: page frames, so that it takes 16 bytes */
struct covh_region {
	u64 first;	/**< First GPA page frame */
	u64 count_type; /**< Frames << 8 | type */
};

struct covh_regions {
	u64 seq; /**< Odd while the table changes: the trampoline looks again */
	u64 n;
	struct covh_region r[COVH_MAX_REGIONS]; /**< Sorted, disjoint */
};

/**
 * Add a region
 *
 * @param gpa page-aligned, len multiple of 4096, not 0; both checked by caller
 * @return 0; COVH_ERR_INVALID_ADDRESS overlap; COVH_ERR_FAILED table full
 */
long covh_region_add(struct covh_regions *t, u64 gpa, u64 len,
		     enum covh_region_type type);

/**
 * Give a part of the address space another type, splitting what it touches
 *
 * CONF and SHARED regions merge with neighbours; a pending one never does, so
 * that ending it needs no room.
 *
 * @param gpa page-aligned, len multiple of 4096, not 0; no wrap
 * @return 0; COVH_ERR_INVALID_PARAM the range is not wholly of type from;
 * COVH_ERR_FAILED table full. Nothing has changed then
 */
long covh_region_retype(struct covh_regions *t, u64 gpa, u64 len,
			enum covh_region_type from, enum covh_region_type to);

/**
 * Take a part of the address space away from the regions of one type
 *
 * @param gpa page-aligned, len multiple of 4096, not 0; no wrap
 * @return 0; COVH_ERR_FAILED a region would be split and the table is full
 */
long covh_region_cut(struct covh_regions *t, u64 gpa, u64 len,
		     enum covh_region_type type);

/** Type of the region that holds gpa, COVH_RGN_NONE if there is none. Needs no
 * lock */
enum covh_region_type covh_region_at(const struct covh_regions *t, u64 gpa);

/** True if [gpa, gpa + len) lies wholly inside one region of this type */
bool covh_region_within(const struct covh_regions *t, u64 gpa, u64 len,
			enum covh_region_type type);

#endif
