/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * G-stage page tables in pages that the host has given: Sv39x4 or Sv48x4.
 */

#ifndef __COVH_GSTAGE_H__
#define __COVH_GSTAGE_H__

#include "shim.h"
#include <sbi_covh/abi.h>

/* PTE bits */
#define COVH_PTE_V	   BIT64(0)
#define COVH_PTE_R	   BIT64(1)
#define COVH_PTE_W	   BIT64(2)
#define COVH_PTE_X	   BIT64(3)
#define COVH_PTE_U	   BIT64(4)
#define COVH_PTE_A	   BIT64(6)
#define COVH_PTE_D	   BIT64(7)
#define COVH_PTE_PPN_SHIFT 10
#define COVH_PTE_RWX	   (COVH_PTE_R | COVH_PTE_W | COVH_PTE_X)
/** Software bit: the leaf maps a page of the host */
#define COVH_PTE_SHARED BIT64(8)
/** In a blocked leaf (V = 0, all else kept): TVM version when it was blocked,
 * modulo 1024 */
#define COVH_PTE_VER_SHIFT 54
#define COVH_PTE_VER_MASK  0x3FFULL
/** Leaf of a page of the host: never executed */
#define COVH_PTE_HOST                                                     \
	(COVH_PTE_V | COVH_PTE_R | COVH_PTE_W | COVH_PTE_U | COVH_PTE_A | \
	 COVH_PTE_D | COVH_PTE_SHARED)
/** Leaf of a confidential page; A and D preset, so hardware never writes */
#define COVH_PTE_CONF \
	(COVH_PTE_V | COVH_PTE_RWX | COVH_PTE_U | COVH_PTE_A | COVH_PTE_D)

/** One TVM's translation. Tables are confidential pages of state PGD and PT */
struct covh_gstage {
	u64 root;	   /**< Physical address, 16 KiB-aligned */
	u32 levels;	   /**< 3: Sv39x4, 4: Sv48x4 */
	u64 pt_free;	   /**< First page of the table pool, 0: empty.
				 *   Each free page holds the next's address */
	u64 pt_free_count; /**< Pages in the table pool */
};

/** First GPA beyond the G-stage: 2^41 or 2^50 */
u64 covh_gstage_gpa_limit(u32 levels);

/** Bytes of a leaf of a tsm_page_type 0..2 */
static inline u64 covh_gstage_page_bytes(u32 page_type)
{
	return BIT64(COVH_PAGE_SHIFT + 9 * page_type);
}

/** Add a cleared page of state PT to the pool */
void covh_gstage_give_table(struct covh_gstage *g, u64 pa);

/**
 * Look whether n leaves can be mapped, and how many tables that takes
 *
 * @param gpa aligned to the leaf size; the whole range is below the limit
 * @param page_type 0: 4 KiB, 1: 2 MiB, 2: 1 GiB
 * @param n number of leaves
 * @return 0; COVH_ERR_INVALID_ADDRESS a leaf or table stands in the way;
 * COVH_ERR_OUT_OF_PTPAGES the pool is too small. Nothing changes
 *
 * IPIs are served after every 1024: no lock may be held then.
 */
long covh_gstage_check_map(const struct covh_gstage *g, u64 gpa, u32 page_type,
			   u64 n);

/** Map n leaves; covh_gstage_check_map() has said yes under the same lock.
 * IPIs are served after every 64: no lock may be held then */
void covh_gstage_map(struct covh_gstage *g, u64 gpa, u32 page_type, u64 n,
		     u64 pa, u64 flags);

/**
 * Translate
 *
 * @param page_type may be NULL; set to the type of the leaf
 * Needs no lock: what another hart changes meanwhile counts or does not.
 *
 * @return the leaf PTE, or 0 if gpa is beyond the limit or not mapped (V = 0)
 */
u64 covh_gstage_leaf(const struct covh_gstage *g, u64 gpa, u32 *page_type);

/** Where a 4 KiB leaf of gpa would be, below the limit. NULL: there is no table
 * for it, or a larger leaf. Takes no lock, and needs the TVM's */
u64 *covh_gstage_slot(const struct covh_gstage *g, u64 gpa);

/** Physical address in a leaf or in a link to a table */
static inline u64 covh_pte_pa(u64 pte)
{
	/* 44 bits, with what is above and below them shifted out */
	return pte << (20 - COVH_PTE_PPN_SHIFT) >> 20 << COVH_PAGE_SHIFT;
}

/** How it is written */
static inline u64 covh_pte_of(u64 pa, u64 flags)
{
	return pa >> COVH_PAGE_SHIFT << COVH_PTE_PPN_SHIFT | flags;
}

/** Change one entry. The hardware may walk the table meanwhile: one store, after
 * what the entry points to is complete */
static inline void covh_pte_set(u64 *e, u64 pte)
{
	__atomic_store_n(e, pte, __ATOMIC_RELEASE);
}

/**
 * Call fn for every entry in a range, in ascending order, until it returns
 * something else than 0
 *
 * An empty entry of a higher level stands for all addresses under it. IPIs are
 * served on the way in a range of more than 64 entries: no lock then.
 *
 * @param gpa page-aligned, len multiple of 4096, below the limit
 * @param fn called with the GPA that the entry begins at (which may lie before
 * the range if it is empty), the entry, 0 if empty, and its page type
 * @return what fn returned last; COVH_ERR_INVALID_ADDRESS if a leaf lies
 * partly outside of the range
 */
long covh_gstage_each(const struct covh_gstage *g, u64 gpa, u64 len, void *arg,
		      long (*fn)(void *arg, u64 gpa, u64 *e, u32 type));

/**
 * Walk all leaves and all tables below the root, children first
 *
 * @param leaf called with GPA, PTE and page type; may be NULL
 * @param table called with the physical address of each table after its
 * content has been visited; may be NULL
 */
void covh_gstage_walk(const struct covh_gstage *g, void *arg,
		      void (*leaf)(void *arg, u64 gpa, u64 pte, u32 type),
		      void (*table)(void *arg, u64 pa));

#endif
