/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * vCPUs: creation, and the two ends of a run.
 */

#include "guest.h"
#include "hart_ops.h"
#include "measure.h"
#include "nacl.h"
#include "page.h"
#include "tvm_priv.h"

struct covh_vcpu *covh_tvm_vcpu(struct covh_tvm *t, u64 vcpu_id)
{
	if (vcpu_id >= COVH_MAX_VCPUS)
		return NULL;

	return &t->vcpu[covh_index_nospec(vcpu_id, COVH_MAX_VCPUS)];
}

static long check_create(struct covh_tvm *t, u64 vcpu_id, u64 page)
{
	struct covh_vcpu *v = covh_tvm_vcpu(t, vcpu_id);

	if (!v || t->state != COVH_TVM_INITIALIZING ||
	    v->state != COVH_VCPU_NONE)
		return COVH_ERR_INVALID_PARAM;

	return covh_page_claim(page, COVH_VCPU_STATE_PAGES,
			       COVH_WANT_CONF_FREE);
}

static void start_vcpu(struct covh_tvm *t, u64 vcpu_id, u64 page)
{
	struct covh_vcpu *v = covh_tvm_vcpu(t, vcpu_id);

	covh_clear_pages(page, COVH_VCPU_STATE_PAGES);
	covh_measure_record(covh_tvm_page(t)->msmt[COVH_MSMT_TVM_CONFIG],
			    COVH_MSMT_TAG_VCPU, &vcpu_id, sizeof(vcpu_id));
	covh_page_commit_owned(page, COVH_VCPU_STATE_PAGES, COVH_PG_VCPU,
			       t->slot, 0);
	v->page = page;
	v->state = COVH_VCPU_OFF;
	v->sig = 0;
#if COVH_STEP_LIMIT
	v->steps = (struct covh_steps){ 0 };
#endif
#ifdef CONFIG_SBI_COVH_COUNTERS
	v->insns = 0;
#endif
	t->created |= BIT64(vcpu_id);
}

long covh_create_vcpu(u64 id, u64 vcpu_id, u64 state_pa)
{
	struct covh_tvm *t;
	long rc;

	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;

	rc = check_create(t, vcpu_id, state_pa);
	if (rc) {
		covh_tvm_put(t);
		return rc;
	}

	covh_tvm_begin_long(t);
	start_vcpu(t, vcpu_id, state_pa);
	covh_tvm_end_long(t);
	return 0;
}

static long check_run(const struct covh_tvm *t, const struct covh_vcpu *v,
		      u64 nacl)
{
	if (!v || t->state != COVH_TVM_RUNNABLE ||
	    v->state != COVH_VCPU_RUNNABLE)
		return COVH_ERR_INVALID_PARAM;

	return nacl ? 0 : COVH_ERR_FAILED;
}

/* All vCPUs see the same time, which starts near 0 at the first run (E.5) */
static s64 htimedelta_of(struct covh_tvm *t, u64 now)
{
	if (!t->have_htimedelta) {
		t->have_htimedelta = true;
		t->htimedelta = (s64)(0 - now);
	}

	return t->htimedelta;
}

static inline __attribute__((always_inline)) void
fill_run(struct covh_tvm *t, struct covh_vcpu *v, u64 now, struct covh_run *run)
{
	run->tvm = t;
	run->vcpu = v;
	run->vcpu_id = (u32)(v - t->vcpu);
	run->vcpu_page = v->page;
	run->tvm_page = t->state_page;
	run->hgatp = t->hgatp;
	run->htimedelta = htimedelta_of(t, now);
	run->resume = (enum covh_resume)v->resume;
	run->pc = v->pc;
	run->arg = v->arg;
	run->tver = t->tver;
	/* A fence that was asked for is part of every entry */
	run->hvip =
		__atomic_exchange_n(&v->sig, 0, __ATOMIC_ACQUIRE) & COVH_SIG_IPI
			? COVH_HVIP_VSSIP
			: 0;
}

static inline __attribute__((always_inline)) void
enter_vcpu(struct covh_tvm *t, struct covh_vcpu *v)
{
	v->resume = COVH_RESUME_PLAIN;
	__atomic_store_n(&v->hart, (u16)covh_hart_self(), __ATOMIC_RELAXED);
	covh_vcpu_set_state(v, COVH_VCPU_RUNNING);
	t->nrunning++;
	t->tcount[t->tver & 1]++;
}

/* The TVM is locked; it is not afterwards */
static inline __attribute__((always_inline)) void
enter_unlock(struct covh_tvm *t, struct covh_vcpu *v, u64 now,
	     struct covh_run *run)
{
	fill_run(t, v, now, run);
	enter_vcpu(t, v);
	covh_unlock(&t->lock);
}

/* Complete what the vCPU is blocked in, then the same */
static __attribute__((noinline)) long
unblock(struct covh_tvm *t, struct covh_vcpu *v, u64 now, struct covh_run *run)
{
	u64 id = t->id;
	s64 answer = 0;
	long rc;

	covh_tvm_put(t);
	rc = covh_guest_answer(run->nacl, &answer);
	if (rc)
		return rc;
	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;

	/* Another hart may have run it meanwhile, or ended it */
	rc = check_run(t, v, run->nacl);
	if (!rc && covh_guest_blocked(v))
		rc = covh_guest_complete(t, v, answer);
	/* Another vCPU may have ended the TVM while the lock was dropped */
	if (!rc)
		rc = check_run(t, v, run->nacl);
	if (rc)
		covh_tvm_put(t);
	else
		enter_unlock(t, v, now, run);
	return rc;
}

long covh_run_begin(u64 id, u64 vcpu_id, u64 now, struct covh_run *run)
{
	struct covh_vcpu *v;
	struct covh_tvm *t;
	long rc;

	run->nacl = covh_nacl_shmem();
	t = covh_tvm_find(id, &rc);
	if (!t)
		return rc;

	v = covh_tvm_vcpu(t, vcpu_id);
	rc = check_run(t, v, run->nacl);
#if COVH_STEP_LIMIT
	if (!rc && covh_steps_refuse(&v->steps, now))
		rc = COVH_ERR_FAILED;
#endif
	if (rc) {
		covh_tvm_put(t);
		return rc;
	}
	if (covh_guest_blocked(v))
		return unblock(t, v, now, run);
	enter_unlock(t, v, now, run);
	return 0;
}

/* vCPUs that run elsewhere end as TERMINATED when they come out */
static void kill(struct covh_tvm *t)
{
	u32 i;

	t->dead = true;
	for (i = 0; i < COVH_MAX_VCPUS; i++)
		if (t->vcpu[i].state == COVH_VCPU_OFF ||
		    t->vcpu[i].state == COVH_VCPU_RUNNABLE)
			covh_vcpu_set_state(&t->vcpu[i], COVH_VCPU_TERMINATED);
}

static enum covh_vcpu_state state_after(const struct covh_tvm *t,
					enum covh_exit_kind kind)
{
	if (t->dead)
		return COVH_VCPU_TERMINATED;
	switch (kind) {
	case COVH_EXIT_RESUMABLE:
		return COVH_VCPU_RUNNABLE;
	case COVH_EXIT_VCPU_STOP:
		return COVH_VCPU_OFF;
	default:
		return COVH_VCPU_TERMINATED;
	}
}

bool covh_run_end(struct covh_run *run, enum covh_exit_kind kind, u64 hvip)
{
	struct covh_tvm *t = run->tvm;
	enum covh_vcpu_state after;

	/* Never refused: a TVM with a running vCPU is not destroyed, and what
	 * a long call owns meanwhile is not the vCPU */
	covh_lock(&t->lock);
	if (kind == COVH_EXIT_TVM_DEAD)
		kill(t);
	if (hvip & COVH_HVIP_VSSIP)
		__atomic_fetch_or(&run->vcpu->sig, COVH_SIG_IPI,
				  __ATOMIC_RELAXED);
	/* The switch has flushed, and so will the next entry */
	__atomic_fetch_and(&run->vcpu->sig, ~COVH_SIG_FENCE, __ATOMIC_RELEASE);
	after = state_after(t, kind);
	covh_vcpu_set_state(run->vcpu, after);
	t->nrunning--;
	t->tcount[run->tver & 1]--;
	covh_unlock(&t->lock);
	return after != COVH_VCPU_RUNNABLE;
}

u32 covh_run_signals(const struct covh_run *run)
{
	u32 sig = __atomic_load_n(&run->vcpu->sig, __ATOMIC_RELAXED) &
		  COVH_SIG_ALL;

	/* Whoever marks it again from here on asks for another fence */
	if (sig)
		__atomic_fetch_xor(&run->vcpu->sig, sig | COVH_SIG_ACTING(sig),
				   __ATOMIC_ACQ_REL);
	return sig;
}

void covh_run_signals_done(struct covh_run *run, u32 sig)
{
	__atomic_fetch_and(&run->vcpu->sig, ~COVH_SIG_ACTING(sig),
			   __ATOMIC_RELEASE);
}
