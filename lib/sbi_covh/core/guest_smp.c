/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The vCPUs of one TVM among each other: HSM, IPI and RFENCE of the guest.
 *
 * A vCPU's state is changed under the TVM's lock, so whoever marks a signal
 * under it knows whether the vCPU runs. One that runs is interrupted; it acts,
 * then clears the mark. One that leaves meanwhile keeps an IPI for its next
 * entry and needs no fence any more.
 */

#include "guest.h"
#include "hart_ops.h"
#include "tvm_priv.h"

static struct covh_vcpu *created(struct covh_tvm *t, u64 vcpu_id)
{
	struct covh_vcpu *v = covh_tvm_vcpu(t, vcpu_id);

	return v && v->state != COVH_VCPU_NONE ? v : NULL;
}

static long check_start(const struct covh_tvm *t, const struct covh_vcpu *v,
			u64 pc)
{
	if (!v)
		return COVH_ERR_INVALID_PARAM;
	if ((pc & 1) || pc >= covh_gstage_gpa_limit(t->g.levels))
		return COVH_ERR_INVALID_ADDRESS;
	switch (v->state) {
	case COVH_VCPU_OFF:
		return 0;
	case COVH_VCPU_TERMINATED:
		return COVH_ERR_FAILED;
	default:
		return COVH_ERR_ALREADY_AVAILABLE;
	}
}

long covh_guest_hart_start(struct covh_run *run, u64 vcpu_id, u64 pc, u64 arg)
{
	struct covh_tvm *t = run->tvm;
	struct covh_vcpu *v;
	long rc;

	covh_lock(&t->lock);
	v = created(t, vcpu_id);
	rc = check_start(t, v, pc);
	if (!rc) {
		v->pc = pc;
		v->arg = arg;
		v->resume = COVH_RESUME_START;
		v->sig = 0;
		covh_vcpu_set_state(v, COVH_VCPU_RUNNABLE);
	}
	covh_unlock(&t->lock);
	return rc;
}

long covh_guest_hart_status(struct covh_run *run, u64 vcpu_id, u64 *status)
{
	struct covh_tvm *t = run->tvm;
	struct covh_vcpu *v;

	covh_lock(&t->lock);
	v = created(t, vcpu_id);
	*status = v && (v->state == COVH_VCPU_OFF ||
			v->state == COVH_VCPU_TERMINATED);
	covh_unlock(&t->lock);
	return v ? 0 : COVH_ERR_INVALID_PARAM;
}

/* vCPU ids of a mask in SBI's form */
static long targets_of(const struct covh_tvm *t, u64 mask, u64 base,
		       u64 *targets)
{
	*targets = t->created;
	if (base == ~(u64)0)
		return 0;
	if (base >= COVH_MAX_VCPUS)
		return mask ? COVH_ERR_INVALID_PARAM : (*targets = 0, 0);

	*targets = mask << base;
	if (*targets >> base != mask || (*targets & ~t->created))
		return COVH_ERR_INVALID_PARAM;
	return 0;
}

static struct covh_vcpu *next(struct covh_tvm *t, u64 set)
{
	return &t->vcpu[__builtin_ctzll(set)];
}

/* With the lock held: mark the targets; those that run stay in *running */
static void mark(struct covh_tvm *t, u64 targets, u32 sig, u64 *running,
		 u64 *wake)
{
	struct covh_vcpu *v = t->vcpu;
	u64 bit;

	*running = *wake = 0;
	/* One after the other: there may be 64, and the lock is held */
	for (bit = 1; targets; bit <<= 1, targets >>= 1, v++) {
		if (!(targets & 1))
			continue;
		if (v->state == COVH_VCPU_RUNNING)
			*running |= bit;
		else if (v->state == COVH_VCPU_RUNNABLE)
			*wake |= bit;
		else
			continue;
		__atomic_fetch_or(&v->sig, sig, __ATOMIC_RELEASE);
	}
}

static bool unseen(const struct covh_vcpu *v, u32 sig)
{
	return __atomic_load_n(&v->sig, __ATOMIC_ACQUIRE) &
	       (sig | COVH_SIG_ACTING(sig));
}

static bool is_running(const struct covh_vcpu *v)
{
	return __atomic_load_n(&v->state, __ATOMIC_ACQUIRE) ==
	       COVH_VCPU_RUNNING;
}

long covh_guest_signal(struct covh_run *run, u64 mask, u64 base, u32 sig,
		       u64 *wake)
{
	struct covh_tvm *t = run->tvm;
	u64 targets, running = 0, left;
	long rc;

	*wake = 0;
	covh_lock(&t->lock);
	rc = targets_of(t, mask, base, &targets);
	if (!rc)
		mark(t, targets, sig, &running, wake);
	covh_unlock(&t->lock);

	/* One that has moved since needs no interrupt: it has entered again */
	for (left = running; left; left &= left - 1)
		covh_hart_interrupt(__atomic_load_n(&next(t, left)->hart,
						    __ATOMIC_RELAXED));
	for (left = running; left; left &= left - 1) {
		const struct covh_vcpu *v = next(t, left);

		while (unseen(v, sig) && is_running(v))
			covh_hart_serve_ipis();
		/* It has left with the IPI: nobody will run it by itself */
		if (unseen(v, sig))
			*wake |= left & -left;
	}
	return rc;
}
