/* SPDX-License-Identifier: BSD-2-Clause */
/* The vCPUs of a TVM as harts take them, run them and put them back. */

#include <host/devices.h>
#include <host/tvm.h>

/* Exits after which it is another one's turn all the same */
#define TURN 100

void tvm_kick(struct tvm *t)
{
	struct tvm_vcpu *v;
	unsigned long n;

	for (v = t->vcpu; v < t->vcpu + TVM_MAX_VCPUS; v++) {
		n = __atomic_load_n(&v->inside, __ATOMIC_SEQ_CST);
		if (!(n & 1))
			continue;
		ipi_send(v->hart);
		while (__atomic_load_n(&v->inside, __ATOMIC_SEQ_CST) == n)
			;
	}
}

/* There is one more vCPU that can run. Who has looked for one before says so
 * first, so that none is overlooked */
static void rouse(void)
{
	struct hart *h;
	int i;

	for (i = 0; i < hart_count(); i++) {
		h = hart_get(i);
		if (h != this_hart() &&
		    __atomic_exchange_n(&h->napping, 0, __ATOMIC_SEQ_CST)) {
			ipi_send(h);
			return;
		}
	}
}

void tvm_wake(struct tvm *t, unsigned long mask)
{
	struct tvm_vcpu *v = t->vcpu;
	unsigned int ready = 0;

	spin_lock(&t->lock);
	for (; mask; mask >>= 1, v++) {
		if (!(mask & 1))
			continue;
		v->woken = true;
		if (v->state == TVM_VCPU_WAITING) {
			v->state = TVM_VCPU_READY;
			ready++;
		}
	}
	spin_unlock(&t->lock);
	while (ready--)
		rouse();
}

void tvm_vcpu_started(struct tvm *t, unsigned long id)
{
	struct tvm_vcpu *v = &t->vcpu[id % TVM_MAX_VCPUS];

	spin_lock(&t->lock);
	v->started = true;
	if (v->state == TVM_VCPU_OFF)
		v->state = TVM_VCPU_READY;
	spin_unlock(&t->lock);
	rouse();
}

static bool runnable(const struct tvm_vcpu *v)
{
	return v->state == TVM_VCPU_READY ||
	       (v->state == TVM_VCPU_WAITING && v->deadline <= time_now());
}

void tvm_end(struct tvm *t, enum tvm_result r, const struct tvm_exit *e)
{
	spin_lock(&t->lock);
	/* A shutdown ends the other vCPUs, which may be noticed before it */
	if (t->result == TVM_CONTINUE ||
	    (r == TVM_SHUTDOWN && t->result != TVM_SHUTDOWN)) {
		if (e)
			t->exit = *e;
		t->result = r;
	}
	spin_unlock(&t->lock);
	tvm_kick(t);
}

/* If nobody runs and nobody will: they have stopped, or wait for each other.
 * One with devices waits for input */
static enum tvm_result outlook(struct tvm *t)
{
	const struct tvm_vcpu *v;
	bool waiting = false;

	for (v = t->vcpu; v < t->vcpu + TVM_MAX_VCPUS; v++) {
		if (v->state == TVM_VCPU_READY ||
		    v->state == TVM_VCPU_RUNNING ||
		    (v->state == TVM_VCPU_WAITING && v->deadline != -1UL))
			return TVM_CONTINUE;
		waiting |= v->state == TVM_VCPU_WAITING;
	}
	if (!waiting)
		return TVM_STOPPED;
	if (t->devices)
		return TVM_CONTINUE;
	t->step = "the guest, whose vCPUs all wait for an interrupt,";
	return TVM_ERROR;
}

struct tvm_vcpu *tvm_take(struct tvm *t, enum tvm_result *r)
{
	struct tvm_vcpu *v = NULL;
	unsigned int i;

	spin_lock(&t->lock);
	for (i = 0; i < TVM_MAX_VCPUS && !v; i++) {
		t->next = (t->next + 1) % TVM_MAX_VCPUS;
		if (runnable(&t->vcpu[t->next]))
			v = &t->vcpu[t->next];
	}
	*r = TVM_CONTINUE;
	if (v) {
		v->state = TVM_VCPU_RUNNING;
		v->woken = false;
		v->started = false;
	} else {
		*r = outlook(t);
	}
	spin_unlock(&t->lock);
	return v;
}

static void put(struct tvm *t, struct tvm_vcpu *v, enum tvm_vcpu_state state)
{
	spin_lock(&t->lock);
	if ((state == TVM_VCPU_WAITING && v->woken) ||
	    (state == TVM_VCPU_OFF && v->started))
		state = TVM_VCPU_READY;
	v->state = state;
	spin_unlock(&t->lock);
}

/* The deadline comes in guest time; -1 is none */
static unsigned long deadline(void)
{
	unsigned long guest = *nacl_csr(CSR_VSTIMECMP);

	return guest == -1UL ? guest : guest - *nacl_csr(CSR_HTIMEDELTA);
}

/* *next is what becomes of the vCPU */
static enum tvm_result run_one(struct tvm *t, struct tvm_vcpu *v,
			       enum tvm_vcpu_state *next)
{
	struct tvm_exit *e = &v->exit;
	unsigned long until = 0;
	enum tvm_result r;

	*nacl_gpr(REG_A0) = v->answer[0];
	*nacl_gpr(REG_A0 + 1) = v->answer[1];
	do
		r = tvm_vcpu_run(t, (unsigned long)(v - t->vcpu), e);
	while (r == TVM_ERROR && tvm_again(e->ret.error, &until));
	if (r == TVM_CONTINUE && t->hook)
		r = t->hook(t, e);
	if (r != TVM_CONTINUE)
		return r;
	if (e->scause == CAUSE_VIRTUAL_INSN && !e->ret.value) {
		__atomic_fetch_add(&t->wfis, 1, __ATOMIC_RELAXED);
		v->deadline = deadline();
		if (!devices_interrupt(t, (unsigned long)(v - t->vcpu)))
			*next = TVM_VCPU_WAITING;
		return TVM_CONTINUE;
	}
	r = tvm_vcpu_handle(t, e);
	v->answer[0] = *nacl_gpr(REG_A0);
	v->answer[1] = *nacl_gpr(REG_A0 + 1);
	if (r != TVM_STOPPED)
		return r;
	*next = TVM_VCPU_OFF;
	return TVM_CONTINUE;
}

void tvm_turn(struct tvm *t, struct tvm_vcpu *v)
{
	enum tvm_vcpu_state next = TVM_VCPU_READY;
	enum tvm_result r;
	int i;

	for (i = 0; i < TURN; i++) {
		r = run_one(t, v, &next);
		if (r != TVM_CONTINUE || next != TVM_VCPU_READY ||
		    v->exit.scause & SCAUSE_IRQ)
			break;
	}
	if (r != TVM_CONTINUE)
		tvm_end(t, r, &v->exit);
	put(t, v, next);
}
