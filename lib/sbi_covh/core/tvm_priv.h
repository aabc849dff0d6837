/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by tvm.c, tvm_mem.c and vcpu.c only.
 */

#ifndef __COVH_TVM_PRIV_H__
#define __COVH_TVM_PRIV_H__

#include "tvm.h"

/* Of a TVM's id */
#define COVH_ID_SLOT_BITS 16
#define COVH_ID_SLOT_MASK (BIT64(COVH_ID_SLOT_BITS) - 1)

/** All TVMs, by slot */
extern struct covh_tvm covh_tvms[COVH_MAX_TVMS];

/** Pages that one call maps without dropping the TVM's lock: 2,000 instructions */
#define COVH_SHORT_PAGES 4

/**
 * Find and lock the TVM that a host names
 *
 * @param err set if the result is NULL: COVH_ERR_INVALID_PARAM no such TVM,
 * COVH_ERR_FAILED a long call owns it
 */
struct covh_tvm *covh_tvm_get(u64 id, long *err);

/** The same, inline for the calls that a fault makes */
static inline struct covh_tvm *covh_tvm_find(u64 id, long *err)
{
	u64 slot = (id & COVH_ID_SLOT_MASK) - 1;
	struct covh_tvm *t;

	*err = COVH_ERR_INVALID_PARAM;
	if (slot >= COVH_MAX_TVMS)
		return NULL;

	t = &covh_tvms[covh_index_nospec(slot, COVH_MAX_TVMS)];
	covh_lock(&t->lock);
	if (t->state != COVH_TVM_NONE && t->id == id) {
		if (!t->busy)
			return t;
		*err = COVH_ERR_FAILED;
	}
	covh_unlock(&t->lock);
	return NULL;
}

static inline void covh_tvm_put(struct covh_tvm *t)
{
	covh_unlock(&t->lock);
}

/** Lock the TVM of a guest that asks M-mode for something, and reach its pages;
 * false: a call of the host owns it. And the end of that */
bool covh_guest_lock(struct covh_tvm *t);
void covh_guest_unlock(struct covh_tvm *t);

/** Own a locked TVM without its lock: other calls are refused meanwhile */
void covh_tvm_begin_long(struct covh_tvm *t);
void covh_tvm_end_long(struct covh_tvm *t);

/** A vCPU by its id; NULL if the id is too large. It may not exist */
struct covh_vcpu *covh_tvm_vcpu(struct covh_tvm *t, u64 vcpu_id);

/** Senders of signals read it without the lock */
static inline void covh_vcpu_set_state(struct covh_vcpu *v,
				       enum covh_vcpu_state st)
{
	__atomic_store_n(&v->state, (u8)st, __ATOMIC_RELEASE);
}

/** A range of GPAs as COVH 9 and COVG 2, 3 take it: 0 or the error */
long covh_check_gpa_range(const struct covh_tvm *t, u64 gpa, u64 len);

/** Begin a call on n pages with the TVM locked, end it: long when there is
 * much to do, else under the lock */
void covh_tvm_enter(struct covh_tvm *t, u64 pages);
void covh_tvm_leave(struct covh_tvm *t, u64 pages);

/** Give back what a leaf maps: free confidential pages, unpin the host's. IPIs
 * are served on the way if it is more than one page: no lock then */
void covh_tvm_free_leaf(const struct covh_tvm *t, u64 pte, u32 type);

/** The state page of a live TVM */
struct covh_tvm_page *covh_tvm_page(const struct covh_tvm *t);

/** VMID of a live TVM */
u32 covh_tvm_vmid(const struct covh_tvm *t);

/** Clear n claimed pages, serving IPIs between them; no lock held */
void covh_clear_pages(u64 pa, u64 n);

/** True if [addr, addr + len) wraps; an end of exactly 2^64 counts as a wrap */
static inline bool covh_wraps(u64 addr, u64 len)
{
	return addr + len < addr;
}

#endif
