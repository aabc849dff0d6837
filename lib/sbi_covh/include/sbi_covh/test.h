/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The extension that only test builds (SBI_COVH_TEST) have.
 */

#ifndef __SBI_COVH_TEST_H__
#define __SBI_COVH_TEST_H__

/* clang-format off */

#define COVH_TEST_EID		0x08C0DE01

/** a0: physical address, a1: up to 16 pages (0: one); value: for each its enum
 * covh_page_state in four bits, the first one in the lowest */
#define COVH_TEST_PAGE_STATE	0
/** a0: 8-byte-aligned physical address in RAM that M-mode can read; value */
#define COVH_TEST_PEEK		1
/** a0: how many events ago (0: the newest) on this hart; value: its argument,
 * a2: the event, one of COVH_LOG_*; 0 if there is none */
#define COVH_TEST_LOG		2
/** value: address of the trampoline */
#define COVH_TEST_TRAMPOLINE	3
/** a0: a lock (0 free TVM slots, 1 TVM, 2 window); value: instructions of its
 * longest hold since this was last asked (they count in the guest world, too) */
#define COVH_TEST_LOCK_LONGEST	4
#define COVH_TEST_LOCKS		3
/** a0: the VMIDs of TVMs go downwards from this one, 63 or more, so that a
 * test can give a TVM the VMID of a VM. While no TVM has run */
#define COVH_TEST_VMID_TOP	5
/** a0: page-aligned address of a confidential page; value: a checksum */
#define COVH_TEST_SUM		6

/** value: 1 if this hart has the TSM's vector, 0 if OpenSBI's (hart/vector.h) */
#define COVH_TEST_VECTOR	7

/** a0: 8-byte-aligned address in a TVM's page tables, a1: what the word becomes,
 * so that a leaf points where no memory answers */
#define COVH_TEST_POKE		8

/** value: mask of the helper's contexts that have an owner */
#define COVH_TEST_CONTEXTS	9

/** value: how often a part of the TSM's private key is in RAM, but for where
 * M-mode keeps it. With Smepmp the host's memory is left out */
#define COVH_TEST_FIND_KEY	10

/** a0: 8 bytes, inverted; value: how often they are in RAM, at any address in
 * firmware and helper, elsewhere at multiples of 8 */
#define COVH_TEST_FIND		11
/** SHA-384. a0: address of the message in the host's memory, in one page; a1: its
 * bytes; a2: where the digest goes; a3: by which instructions; value: how many
 * it took. NOT_SUPPORTED: not all harts have them */
#define COVH_TEST_SHA384	12
#define COVH_TEST_SHA_BASE	0
#define COVH_TEST_SHA_ZBB	1
#define COVH_TEST_SHA_ZKNH	2
/** As measured pages do */
#define COVH_TEST_SHA_CHOSEN	3

/** a0: extension (the trampoline's, too), a1: function, below 32; value: its
 * longest time in M-mode without a look at pending IPIs, in ticks of the timer,
 * since this was last asked */
#define COVH_TEST_STRETCH	13
#define COVH_TEST_FUNCTIONS	32

/** value: how often the flush hook (hart/hart.h) was called on this hart */
#define COVH_TEST_FLUSHES	14

#define COVH_LOG_NONE		0
/** Guest view of the PMP switched on */
#define COVH_LOG_PMP_GUEST	1
/** Host view switched on */
#define COVH_LOG_PMP_HOST	2
/** Window set installed; argument: its PMP entries */
#define COVH_LOG_PMP_INSTALL	3
/** hgatp written; argument: value */
#define COVH_LOG_HGATP		4
/** sfence.vma */
#define COVH_LOG_SFENCE		5
/** hfence.gvma, all */
#define COVH_LOG_HFENCE_GVMA	6
/** hfence.vvma; argument: hgatp at that time */
#define COVH_LOG_HFENCE_VVMA	7
/** fence.i */
#define COVH_LOG_FENCE_I	8
/** vsatp as it is when hgatp changes, and at the fences around that */
#define COVH_LOG_VSATP		9

/* clang-format on */

#endif
