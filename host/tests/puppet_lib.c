/* SPDX-License-Identifier: BSD-2-Clause */
/* The strings. */

#include <string.h>
#include "puppet.h"

/* Exits of one command: more mean that it never ends */
#define MAX_EXITS 10000

void puppet_plan(struct puppet *p, unsigned int vcpus)
{
	struct tvm_config cfg = { .vcpus = vcpus,
				  .lazy = true,
				  .spare_pages = 8,
				  .window = !free_pool.nr };
	struct tvm *t = test_tvm();

	memset(p, 0, sizeof(*p));
	p->t = t;
	if (!image_find("puppet", &cfg.elf, &cfg.elf_size))
		FAIL("there is no guest puppet in the initrd");
	CHECK(!tvm_plan(t, &cfg));
	CHECK_EQ(tvm_convert(t), 0);
	CHECK_EQ(tvm_create(t), 0);
	CHECK_EQ(tvm_add_regions(t), 0);
	CHECK_EQ(tvm_add_pages(t), 0);
}

struct tvm_exit *puppet_once(struct puppet *p, unsigned long vcpu)
{
	struct tvm_exit *e = &p->t->exit;

	if (tvm_run_once(p->t, vcpu) != TVM_CONTINUE)
		FAIL("vCPU %lu: %s", vcpu, tvm_describe_exit(p->t));
	if (e->ret.value)
		FAIL("vCPU %lu has ended: %s", vcpu, tvm_describe_exit(p->t));
	return e;
}

static void step(struct puppet *p, unsigned long vcpu)
{
	puppet_once(p, vcpu);
	if (tvm_handle_exit(p->t) != TVM_CONTINUE)
		FAIL("vCPU %lu: %s: %s", vcpu, p->t->step,
		     tvm_describe_exit(p->t));
}

void puppet_begin(struct puppet *p)
{
	struct tvm *t = p->t;
	unsigned int i;

	for (i = 0; i < t->cfg.vcpus; i++)
		CHECK_EQ(tvm_add_vcpu(t, i), 0);
	CHECK_EQ(tvm_finalize(t), 0);
	CHECK_EQ(nacl_setup(), 0);
	/* It shares the page that it takes its commands from */
	puppet_until(p, 0, COVH_EID_COVG, COVG_SHARE_MEMORY_REGION);
	p->box = t->exit.a[0];
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	while (!tvm_page_at(t, p->box)->pa)
		step(p, 0);
	p->slot = (struct puppet_slot *)tvm_page_at(t, p->box)->pa;
	p->data = puppet(p, 0, PUPPET_DATA);
	CHECK(p->data && !(p->data & (PAGE_SIZE - 1)));
}

void puppet_make(struct puppet *p, unsigned int vcpus)
{
	puppet_plan(p, vcpus);
	puppet_begin(p);
}

void puppet_write(struct puppet *p, unsigned long vcpu, enum puppet_op op,
		  const uint64_t *arg)
{
	struct puppet_slot *s = &p->slot[vcpu];

	CHECK(vcpu < PUPPET_VCPUS && puppet_done(p, vcpu));
	s->op = op;
	memcpy(s->arg, arg, sizeof(s->arg));
	__atomic_store_n(&s->seq, s->seq + 1, __ATOMIC_SEQ_CST);
}

bool puppet_done(const struct puppet *p, unsigned long vcpu)
{
	const struct puppet_slot *s = &p->slot[vcpu];

	return __atomic_load_n(&s->done, __ATOMIC_ACQUIRE) == s->seq;
}

uint64_t puppet_ret(const struct puppet *p, unsigned long vcpu, int i)
{
	return p->slot[vcpu].ret[i];
}

struct puppet_regs *puppet_regs(const struct puppet *p, unsigned long vcpu)
{
	CHECK(vcpu < PUPPET_REGS);
	return &((struct puppet_box *)p->slot)->regs[vcpu];
}

uint64_t puppet_finish(struct puppet *p, unsigned long vcpu)
{
	int i;

	for (i = 0; !puppet_done(p, vcpu); i++) {
		if (i == MAX_EXITS)
			FAIL("vCPU %lu does not obey: %s", vcpu,
			     tvm_describe_exit(p->t));
		step(p, vcpu);
	}
	return puppet_ret(p, vcpu, 0);
}

unsigned long puppet_load(struct puppet *p, unsigned long gpa)
{
	puppet(p, 0, PUPPET_LOAD, gpa);
	CHECK_EQ(puppet_ret(p, 0, 1), 0);
	return puppet_ret(p, 0, 0);
}

void puppet_store(struct puppet *p, unsigned long gpa, unsigned long val)
{
	puppet(p, 0, PUPPET_STORE, gpa, val);
	CHECK_EQ(puppet_ret(p, 0, 1), 0);
}

void puppet_until(struct puppet *p, unsigned long vcpu, unsigned long eid,
		  unsigned long fid)
{
	const struct tvm_exit *e;
	int i;

	for (i = 0; i < MAX_EXITS; i++) {
		e = puppet_once(p, vcpu);
		if (e->scause == CAUSE_VS_ECALL && e->a[7] == eid &&
		    e->a[6] == fid)
			return;
		if (tvm_handle_exit(p->t) != TVM_CONTINUE)
			break;
	}
	FAIL("vCPU %lu makes no call 0x%lx %lu: %s", vcpu, eid, fid,
	     tvm_describe_exit(p->t));
}

/* One vCPU on another hart */
static struct parked {
	struct puppet *p;
	struct hart *h;
	unsigned long vcpu;
	unsigned long runs;
	bool kicks;
	struct tvm_exit exit;
} parked[PUPPET_VCPUS];

static long stay(void *arg)
{
	struct parked *k = arg;
	struct tvm *t = k->p->t;
	enum tvm_result r;

	timer_set(time_now() + time_us(PUPPET_PATIENCE));
	csr_write(sie, SIP_STIP | (k->kicks ? SIP_SSIP : 0));
	do {
		r = tvm_vcpu_run(t, k->vcpu, &k->exit);
		k->runs++;
		if (r != TVM_CONTINUE || k->exit.scause == CAUSE_VIRTUAL_INSN ||
		    k->exit.scause == (SCAUSE_IRQ | IRQ_STI))
			break;
		r = tvm_vcpu_handle(t, &k->exit);
	} while (r == TVM_CONTINUE);
	timer_clear();
	csr_write(sie, SIP_SSIP);
	return r;
}

void puppet_park(struct puppet *p, unsigned long vcpu, struct hart *h,
		 bool kicks)
{
	struct parked *k = &parked[vcpu];

	CHECK(h != this_hart());
	*k = (struct parked){ p, h, vcpu, 0, kicks, { 0 } };
	puppet_post(p, vcpu, PUPPET_POLL, 1);
	hart_post(h, stay, k);
	puppet_wait(p, vcpu);
}

uint64_t puppet_wait(struct puppet *p, unsigned long vcpu)
{
	unsigned long end = time_now() + time_us(PUPPET_PATIENCE);

	while (!puppet_done(p, vcpu)) {
		if (time_now() > end)
			FAIL("vCPU %lu does not obey: %ld runs, scause 0x%lx",
			     vcpu, parked[vcpu].runs, parked[vcpu].exit.scause);
	}
	return puppet_ret(p, vcpu, 0);
}

unsigned long puppet_unpark(struct puppet *p, unsigned long vcpu)
{
	struct parked *k = &parked[vcpu];

	puppet_far(p, vcpu, PUPPET_POLL, 0);
	CHECK_EQ(hart_wait(k->h), TVM_CONTINUE);
	CHECK_EQ(k->exit.ret.error, 0);
	CHECK_EQ(k->exit.scause, CAUSE_VIRTUAL_INSN);
	return k->runs;
}

void puppet_check_call(const struct tvm_exit *e, unsigned long eid,
		       unsigned long fid, unsigned long a0, unsigned long a1)
{
	unsigned int i;

	CHECK_EQ(e->scause, CAUSE_VS_ECALL);
	CHECK_EQ(e->stval, 0);
	CHECK_EQ(e->htval, 0);
	CHECK_EQ(e->htinst, 0);
	CHECK_EQ(e->a[0], a0);
	CHECK_EQ(e->a[1], a1);
	for (i = 2; i < 6; i++)
		CHECK_EQ(e->a[i], 0);
	CHECK_EQ(e->a[6], fid);
	CHECK_EQ(e->a[7], eid);
}

void puppet_covg(struct puppet *p, unsigned long fid, unsigned long a0,
		 unsigned long a1)
{
	puppet_post(p, 0, PUPPET_ECALL, COVH_EID_COVG, fid, a0, a1, 0x5ec4e71,
		    0x5ec4e72, 0x5ec4e73, 0x5ec4e74);
	puppet_until(p, 0, COVH_EID_COVG, fid);
	CHECK_EQ(p->t->exit.ret.value, 0);
	puppet_check_call(&p->t->exit, COVH_EID_COVG, fid, a0, a1);
}

void puppet_share(struct puppet *p, unsigned long gpa, unsigned long len)
{
	puppet_covg(p, COVG_SHARE_MEMORY_REGION, gpa, len);
}

void puppet_unshare(struct puppet *p, unsigned long gpa, unsigned long len)
{
	puppet_covg(p, COVG_UNSHARE_MEMORY_REGION, gpa, len);
}

void puppet_answer(unsigned long a0, unsigned long a1)
{
	*nacl_gpr(REG_A0) = a0;
	*nacl_gpr(REG_A0 + 1) = a1;
}
