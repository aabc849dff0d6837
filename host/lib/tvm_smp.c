/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many vCPUs on many harts. Each hart takes a vCPU that can run, runs it and
 * answers its exits until it waits or its time is up, and puts it back.
 */

#include <host/tvm.h>

/* A vCPU's share of a hart when there are not enough of them, in us */
#define SLICE 2000
/* Exits after which it is another one's turn all the same */
#define TURN 100
/* How long a hart without work sleeps, in us */
#define NAP 1000

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

void tvm_wake(struct tvm *t, unsigned long mask)
{
	struct tvm_vcpu *v = t->vcpu;

	spin_lock(&t->lock);
	for (; mask; mask >>= 1, v++) {
		if (!(mask & 1))
			continue;
		v->woken = true;
		if (v->state == TVM_VCPU_WAITING)
			v->state = TVM_VCPU_READY;
	}
	spin_unlock(&t->lock);
}

void tvm_vcpu_started(struct tvm *t, unsigned long id)
{
	struct tvm_vcpu *v = &t->vcpu[id % TVM_MAX_VCPUS];

	spin_lock(&t->lock);
	v->started = true;
	if (v->state == TVM_VCPU_OFF)
		v->state = TVM_VCPU_READY;
	spin_unlock(&t->lock);
}

static bool runnable(const struct tvm_vcpu *v)
{
	return v->state == TVM_VCPU_READY ||
	       (v->state == TVM_VCPU_WAITING && v->deadline <= time_now());
}

static void end(struct tvm *t, enum tvm_result r, const struct tvm_exit *e)
{
	spin_lock(&t->lock);
	if (t->result == TVM_CONTINUE) {
		if (e)
			t->exit = *e;
		t->result = r;
	}
	spin_unlock(&t->lock);
	tvm_kick(t);
}

/* If nobody runs and nobody will: they have stopped, or wait for each other */
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
	t->step = "the guest, whose vCPUs all wait for an interrupt,";
	return TVM_ERROR;
}

/* The next vCPU in turn. NULL: there is none, and *r says what that means */
static struct tvm_vcpu *take(struct tvm *t, enum tvm_result *r)
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
	enum tvm_result r;

	*nacl_gpr(REG_A0) = v->answer[0];
	*nacl_gpr(REG_A0 + 1) = v->answer[1];
	r = tvm_vcpu_run(t, (unsigned long)(v - t->vcpu), e);
	if (r == TVM_CONTINUE && t->hook)
		r = t->hook(t, e);
	if (r != TVM_CONTINUE)
		return r;
	if (e->scause == CAUSE_VIRTUAL_INSN && !e->ret.value) {
		v->deadline = deadline();
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

static void nap(void)
{
	timer_set(time_now() + time_us(NAP));
	hart_wfi();
	timer_clear();
	ipi_clear();
}

static void work(struct tvm *t)
{
	enum tvm_vcpu_state next = TVM_VCPU_READY;
	struct tvm_vcpu *v;
	enum tvm_result r;
	int i;

	v = take(t, &r);
	for (i = 0; v && i < TURN; i++) {
		r = run_one(t, v, &next);
		if (r != TVM_CONTINUE || next != TVM_VCPU_READY ||
		    v->exit.scause & SCAUSE_IRQ)
			break;
	}
	if (r != TVM_CONTINUE)
		end(t, r, v ? &v->exit : NULL);
	if (v)
		put(t, v, next);
	else
		nap();
}

static long worker(void *arg)
{
	struct tvm *t = arg;

	/* Kicks, and the timer for naps and slices */
	csr_write(sie, SIP_SSIP | SIP_STIP);
	while (__atomic_load_n(&t->result, __ATOMIC_ACQUIRE) == TVM_CONTINUE)
		work(t);
	timer_clear();
	csr_write(sie, SIP_SSIP);
	return 0;
}

static long set_up(void *arg)
{
	(void)arg;
	return this_hart()->shmem ? 0 : nacl_setup();
}

enum tvm_result tvm_run_smp(struct tvm *t, int harts)
{
	unsigned long old = csr_read(sie);
	int i;

	if (!harts || harts > hart_count())
		harts = hart_count();
	if (!t->cfg.tick && t->cfg.vcpus > (unsigned int)harts)
		t->cfg.tick = time_us(SLICE);
	t->result = TVM_CONTINUE;
	for (i = 1; i < harts; i++) {
		t->step = "starting a hart";
		if (hart_start(hart_get(i)) ||
		    hart_call(hart_get(i), set_up, NULL))
			return TVM_ERROR;
	}
	if (set_up(NULL))
		return TVM_ERROR;
	for (i = 1; i < harts; i++)
		hart_post(hart_get(i), worker, t);
	worker(t);
	for (i = 1; i < harts; i++)
		hart_wait(hart_get(i));
	csr_write(sie, old);
	return t->result;
}
