/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Regions that the guest changes: COVG 0 to 3, and the end of 2 and 3 in RUN.
 */

#include "guest.h"
#include "hart_ops.h"
#include "hostmem.h"
#include "tvm_priv.h"

/* The slot of a0 in NACL memory */
#define NACL_A0 COVH_NACL_GPR_OFFSET(10)

#define SBI_LAST_ERROR (-14)

/* What becomes of the region: while pending, accepted, refused */
struct change {
	enum covh_region_type from, pending, to;
};

static const struct change share = { COVH_RGN_CONF, COVH_RGN_CONF_REMOVABLE,
				     COVH_RGN_SHARED };
static const struct change unshare = { COVH_RGN_SHARED,
				       COVH_RGN_SHARED_REMOVABLE,
				       COVH_RGN_CONF };

void covh_guest_unlock(struct covh_tvm *t)
{
	covh_unlock(&t->lock);
	covh_conf_close();
}

bool covh_guest_lock(struct covh_tvm *t)
{
	covh_conf_open();
	covh_lock(&t->lock);
	if (!t->busy)
		return true;
	covh_guest_unlock(t);
	return false;
}

static long begin(struct covh_run *run, u64 gpa, u64 len,
		  const struct change *c, enum covh_resume resume)
{
	struct covh_tvm *t = run->tvm;
	long rc;

	if (!covh_guest_lock(t))
		return COVH_GUEST_RETRY;
	rc = covh_check_gpa_range(t, gpa, len);
	if (!rc)
		rc = covh_region_retype(&covh_tvm_page(t)->regions, gpa, len,
					c->from, c->pending);
	if (!rc) {
		run->vcpu->resume = resume;
		run->vcpu->pc = gpa;
		run->vcpu->arg = len;
	}
	covh_guest_unlock(t);
	return rc;
}

long covh_guest_share(struct covh_run *run, u64 gpa, u64 len)
{
	return begin(run, gpa, len, &share, COVH_RESUME_SHARE);
}

long covh_guest_unshare(struct covh_run *run, u64 gpa, u64 len)
{
	return begin(run, gpa, len, &unshare, COVH_RESUME_UNSHARE);
}

/* COVG 0 and 1 have one error for all that is wrong with a range */
static long change_mmio(struct covh_tvm *t, u64 gpa, u64 len, bool add)
{
	struct covh_regions *r;
	long rc = COVH_ERR_INVALID_ADDRESS;

	if (!covh_guest_lock(t))
		return COVH_GUEST_RETRY;
	if (!covh_check_gpa_range(t, gpa, len)) {
		r = &covh_tvm_page(t)->regions;
		rc = add ? covh_region_add(r, gpa, len, COVH_RGN_MMIO)
			 : covh_region_cut(r, gpa, len, COVH_RGN_MMIO);
	}
	covh_guest_unlock(t);
	return rc;
}

long covh_guest_add_mmio(struct covh_run *run, u64 gpa, u64 len)
{
	return change_mmio(run->tvm, gpa, len, true);
}

long covh_guest_remove_mmio(struct covh_run *run, u64 gpa, u64 len)
{
	return change_mmio(run->tvm, gpa, len, false);
}

static long must_be_empty(void *arg, u64 gpa, u64 *e, u32 type)
{
	(void)arg;
	(void)gpa;
	(void)type;
	return *e ? COVH_ERR_FAILED : 0;
}

/* Blocked leaves count: the host has to remove them */
static bool is_empty(struct covh_tvm *t, u64 gpa, u64 len)
{
	bool is_long = len >> COVH_PAGE_SHIFT > COVH_SHORT_PAGES;
	long rc;

	if (is_long)
		covh_tvm_begin_long(t);
	rc = covh_gstage_each(&t->g, gpa, len, NULL, must_be_empty);
	if (is_long) {
		covh_lock(&t->lock);
		t->busy = false;
	}
	return !rc;
}

long covh_guest_answer(u64 nacl, s64 *answer)
{
	return covh_copy_from_host(answer, nacl + NACL_A0, sizeof(*answer))
		       ? COVH_ERR_FAILED
		       : 0;
}

long covh_guest_complete(struct covh_tvm *t, struct covh_vcpu *v, s64 answer)
{
	const struct change *c;
	long rc;

	if (!answer && !is_empty(t, v->pc, v->arg))
		return COVH_ERR_FAILED;

	/* The range is a region of its own: this cannot fail */
	c = v->resume == COVH_RESUME_SHARE ? &share : &unshare;
	rc = covh_region_retype(&covh_tvm_page(t)->regions, v->pc, v->arg,
				c->pending, answer ? c->from : c->to);
	COVH_ASSERT(!rc);
	(void)rc;
	if (answer > 0 || answer < SBI_LAST_ERROR)
		answer = COVH_ERR_FAILED;
	v->resume = COVH_RESUME_ANSWER;
	v->pc = 0;
	v->arg = (u64)answer;
	return 0;
}
