/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many vCPUs of one or more TVMs on many harts: each hart takes one that can
 * run, in turn, and sleeps when there is none.
 */

#include <host/tvm.h>

/* A vCPU's share of a hart when there are not enough of them, in us */
#define SLICE 2000
/* How long a hart without work sleeps at most, in us */
#define NAP 10000

/* Until the first vCPU is due, or rouse() */
static void nap(struct tvm_set *s)
{
	unsigned long until = time_now() + time_us(NAP);
	const struct tvm_vcpu *v;
	int i;

	for (i = 0; i < s->nr; i++) {
		for (v = s->tvm[i]->vcpu; v < s->tvm[i]->vcpu + TVM_MAX_VCPUS;
		     v++) {
			if (v->state == TVM_VCPU_WAITING && v->deadline < until)
				until = v->deadline;
		}
	}
	timer_set(until);
	hart_wfi();
	timer_clear();
	ipi_clear();
}

static bool going_on(const struct tvm *t)
{
	return __atomic_load_n(&t->result, __ATOMIC_ACQUIRE) == TVM_CONTINUE;
}

/* The next vCPU of the next TVM that has one */
static struct tvm_vcpu *find(struct tvm_set *s, struct tvm **t)
{
	struct tvm_vcpu *v;
	enum tvm_result r;
	int i;

	for (i = 0; i < s->nr; i++) {
		*t = s->tvm[__atomic_fetch_add(&s->next, 1, __ATOMIC_RELAXED) %
			    (unsigned int)s->nr];
		if (!going_on(*t))
			continue;
		v = tvm_take(*t, &r);
		if (v)
			return v;
		if (r != TVM_CONTINUE)
			tvm_end(*t, r, NULL);
	}
	return NULL;
}

static void work(struct tvm_set *s)
{
	struct hart *h = this_hart();
	struct tvm_vcpu *v;
	struct tvm *t;

	__atomic_store_n(&h->napping, 1, __ATOMIC_SEQ_CST);
	v = find(s, &t);
	if (!v)
		nap(s);
	__atomic_store_n(&h->napping, 0, __ATOMIC_SEQ_CST);
	if (v)
		tvm_turn(t, v);
}

static bool any_left(const struct tvm_set *s)
{
	int i;

	for (i = 0; i < s->nr; i++) {
		if (going_on(s->tvm[i]))
			return true;
	}
	return false;
}

static long worker(void *arg)
{
	struct tvm_set *s = arg;

	/* Kicks, and the timer for naps and slices */
	csr_write(sie, SIP_SSIP | SIP_STIP);
	while (any_left(s)) {
		if (s->between && this_hart() == hart_get(0))
			s->between(s);
		work(s);
	}
	timer_clear();
	csr_write(sie, SIP_SSIP);
	return 0;
}

static long set_up(void *arg)
{
	(void)arg;
	return this_hart()->shmem ? 0 : nacl_setup();
}

/* Where vCPUs share harts, each gets a slice */
static void set_ticks(struct tvm_set *s, int harts)
{
	unsigned int vcpus = 0;
	int i;

	for (i = 0; i < s->nr; i++)
		vcpus += s->tvm[i]->cfg.vcpus;
	for (i = 0; i < s->nr; i++) {
		s->tvm[i]->result = TVM_CONTINUE;
		if (!s->tvm[i]->cfg.tick && vcpus > (unsigned int)harts)
			s->tvm[i]->cfg.tick = time_us(SLICE);
	}
}

long tvm_run_set(struct tvm_set *s, int harts)
{
	unsigned long old = csr_read(sie);
	long err;
	int i;

	if (!harts || harts > hart_count())
		harts = hart_count();
	set_ticks(s, harts);
	for (i = 1; i < harts; i++) {
		err = hart_start(hart_get(i));
		if (!err)
			err = hart_call(hart_get(i), set_up, NULL);
		if (err)
			return err;
	}
	err = set_up(NULL);
	if (err)
		return err;
	for (i = 1; i < harts; i++)
		hart_post(hart_get(i), worker, s);
	worker(s);
	for (i = 1; i < harts; i++)
		hart_wait(hart_get(i));
	csr_write(sie, old);
	return 0;
}

enum tvm_result tvm_run_smp(struct tvm *t, int harts)
{
	struct tvm_set s = { .tvm = &t, .nr = 1 };

	if (!tvm_run_set(&s, harts))
		return t->result;
	t->step = "starting a hart";
	return TVM_ERROR;
}
