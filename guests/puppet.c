/* SPDX-License-Identifier: BSD-2-Clause */
/* Does what the host says: see guest/puppet.h. */

#include <guest/insn.h>
#include <guest/puppet.h>
#include <guest/smp.h>
#include <guest/units.h>

/* A page of its own: the host reads and writes it */
static union {
	struct puppet_box b;
	uint8_t page[PAGE_SIZE];
} box __attribute__((aligned(PAGE_SIZE)));
static uint8_t data[PUPPET_PAGES][PAGE_SIZE]
	__attribute__((aligned(PAGE_SIZE)));

_Static_assert(sizeof(box) == PAGE_SIZE, "the box is one page");

/* Of each vCPU: where to go on after a trap, what the trap was, interrupts */
static struct self {
	unsigned long resume, cause, tval, taken, external;
} selves[PUPPET_VCPUS];

static struct self *self(void)
{
	return &selves[guest_vcpu_id()];
}

unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval)
{
	if (cause == (CAUSE_IRQ | 1)) {
		csr_clear(sip, IRQ_SOFT);
		self()->taken++;
		return 0;
	}
	if (cause == (CAUSE_IRQ | 9)) {
		/* It is there for as long as the host wants */
		csr_clear(sie, IRQ_EXTERNAL);
		self()->external++;
		return 0;
	}
	if (!self()->resume)
		guest_exit(0, 1);
	self()->cause = cause;
	self()->tval = tval;
	return self()->resume - pc;
}

/* One instruction or call that may trap; it changes registers as a call does */
#define TRY(insn, out, in1, in2)                                               \
	__asm__ __volatile__("	lla	t0, 1f\n"                                   \
			     "	sd	t0, 0(%1)\n"                                 \
			     "	" insn "\n"                                    \
			     "1:	sd	zero, 0(%1)\n"                             \
			     : "+&r"(out)                                      \
			     : "r"(&self()->resume), "r"(in1), "r"(in2)        \
			     : "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", \
			       "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", \
			       "memory")

static void access(unsigned long op, unsigned long addr, unsigned long val,
		   uint64_t *ret)
{
	unsigned long out = 0;

	self()->cause = 0;
	self()->tval = 0;
	switch (op) {
	case PUPPET_LOAD:
		TRY("ld %0, 0(%2)", out, addr, val);
		break;
	case PUPPET_STORE:
		TRY("sd %3, 0(%2)", out, addr, val);
		break;
	default:
		TRY("jalr %2", out, addr, val);
	}
	ret[0] = out;
	ret[1] = self()->cause;
	ret[2] = self()->tval;
}

static void interrupts(const uint64_t *arg, uint64_t *ret)
{
	csr_write(sie, arg[0]);
	if (arg[1])
		csr_set(sstatus, SSTATUS_SIE);
	else
		csr_clear(sstatus, SSTATUS_SIE);
	ret[0] = self()->taken;
	ret[1] = csr_read(sip);
	ret[2] = csr_read(satp);
	ret[3] = self()->external;
}

static void map(const uint64_t *arg, uint64_t *ret)
{
	uint64_t *e = guest_map_page(arg[1], arg[0]);

	ret[0] = (unsigned long)e;
	ret[1] = *e;
}

static void write_insn(unsigned long addr, uint64_t insn)
{
	volatile uint16_t *at = (volatile uint16_t *)addr;

	*at++ = (uint16_t)insn;
	if (PUPPET_LONG_INSN(insn))
		*at++ = (uint16_t)(insn >> 16);
	*at = PUPPET_EBREAK;
}

static void run_insn(const uint64_t *arg, uint64_t *ret)
{
	struct puppet_regs *regs = &box.b.regs[guest_vcpu_id() % PUPPET_REGS];
	struct insn_run r = { .pc = arg[0] };

	if (arg[2])
		write_insn(arg[0], arg[1]);
	memcpy(r.x, regs->in, sizeof(r.x));
	/* Where there is V */
	csr_set(sstatus, UNITS_VS);
	insn_run(&r);
	memcpy(regs->out, r.x, sizeof(r.x));
	ret[0] = r.cause;
	ret[1] = r.tval;
	ret[2] = r.pc;
}

/* What a vCPU does while it waits, beside waiting */
static struct idle {
	/* True: it polls */
	int poll;
	/* Stores, if it polls */
	volatile void *at;
	uint64_t val[2];
	uint64_t bytes;
	/* Calls */
	uint64_t eid, fid[2], arg[2];
} idles[PUPPET_VCPUS];

static struct idle *my_idle(void)
{
	return &idles[guest_vcpu_id()];
}

static void idle(const struct idle *d)
{
	unsigned int i;

	for (i = 0; d->eid && i < 2; i++)
		sbi_call(d->eid, d->fid[i], d->arg[0], d->arg[1]);
	if (!d->poll && !d->eid)
		__asm__ __volatile__("wfi");
	for (i = 0; d->poll && d->at && i < 2; i++) {
		if (d->bytes == 8)
			*(volatile uint64_t *)d->at = d->val[i];
		else
			*(volatile uint32_t *)d->at = (uint32_t)d->val[i];
	}
}

static void set_flip(struct idle *d, const uint64_t *arg)
{
	d->at = (volatile void *)arg[0];
	d->val[0] = arg[1];
	d->val[1] = arg[2];
	d->bytes = arg[3];
}

static void set_loop(struct idle *d, const uint64_t *arg)
{
	d->eid = arg[0];
	d->fid[0] = arg[1];
	d->arg[0] = arg[2];
	d->arg[1] = arg[3];
	d->fid[1] = arg[4];
}

static void obey(unsigned long id, unsigned long arg);

static void act(unsigned long op, const uint64_t *arg, uint64_t *ret)
{
	struct sbiret r;

	switch (op) {
	case PUPPET_DATA:
		ret[0] = (unsigned long)data;
		break;
	case PUPPET_LOAD:
	case PUPPET_STORE:
	case PUPPET_EXEC:
		access(op, arg[0], arg[1], ret);
		break;
	case PUPPET_ECALL:
		r = sbi_ecall(arg[0], arg[1], arg + 2);
		ret[0] = (unsigned long)r.error;
		ret[1] = (unsigned long)r.value;
		break;
	case PUPPET_START:
		ret[0] = (unsigned long)guest_start(arg[0], obey, 0);
		break;
	case PUPPET_WFI:
		__asm__ __volatile__("wfi" ::: "memory");
		break;
	case PUPPET_POLL:
		my_idle()->poll = (int)arg[0];
		break;
	case PUPPET_IRQ:
		interrupts(arg, ret);
		break;
	case PUPPET_MAP:
		map(arg, ret);
		break;
	case PUPPET_TABLE:
		guest_map_table(arg[0]);
		break;
	case PUPPET_PAGING:
		guest_paging();
		break;
	case PUPPET_TIME:
		ret[0] = guest_time();
		break;
	case PUPPET_INSN:
		run_insn(arg, ret);
		break;
	case PUPPET_FLIP:
		set_flip(my_idle(), arg);
		break;
	case PUPPET_LOOP:
		set_loop(my_idle(), arg);
		break;
	}
}

static uint64_t load(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static void obey(unsigned long id, unsigned long arg)
{
	struct puppet_slot *s = &box.b.slot[id];
	uint64_t op, todo[8], ret[4];
	uint64_t seq;

	(void)arg;
	for (;;) {
		while ((seq = load(&s->seq)) == s->done)
			idle(&idles[id]);
		idles[id].eid = 0;
		op = s->op;
		memcpy(todo, s->arg, sizeof(todo));
		memset(ret, 0, sizeof(ret));
		if (op != PUPPET_STOP)
			act(op, todo, ret);
		memcpy(s->ret, ret, sizeof(ret));
		__atomic_store_n(&s->done, seq, __ATOMIC_RELEASE);
		if (op == PUPPET_STOP)
			guest_stop();
	}
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	(void)arg;
	if (sbi_call(COVH_EID_COVG, COVG_SHARE_MEMORY_REGION,
		     (unsigned long)&box, PAGE_SIZE)
		    .error)
		return 1;
	obey(vcpu_id, 0);
	return 0;
}
