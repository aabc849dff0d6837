/* SPDX-License-Identifier: BSD-2-Clause */
/* Does what the host says: see guest/puppet.h. */

#include <guest/puppet.h>
#include <guest/smp.h>

/* A page of its own: the host reads and writes it */
static union {
	struct puppet_slot slot[PUPPET_VCPUS];
	uint8_t page[PAGE_SIZE];
} box __attribute__((aligned(PAGE_SIZE)));
static uint8_t data[PUPPET_PAGES][PAGE_SIZE]
	__attribute__((aligned(PAGE_SIZE)));

/* Of each vCPU: where to go on after a trap, what the trap was, interrupts */
static struct self {
	unsigned long resume, cause, tval, taken;
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
}

static void obey(unsigned long id, unsigned long arg);

/* True while the vCPU polls */
static int poll[PUPPET_VCPUS];

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
		poll[guest_vcpu_id()] = (int)arg[0];
		break;
	case PUPPET_IRQ:
		interrupts(arg, ret);
		break;
	case PUPPET_MAP:
		guest_map(arg[0]);
		break;
	case PUPPET_PAGING:
		guest_paging();
		break;
	case PUPPET_TIME:
		ret[0] = guest_time();
		break;
	}
}

static uint64_t load(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static void obey(unsigned long id, unsigned long arg)
{
	struct puppet_slot *s = &box.slot[id];
	uint64_t op, todo[8], ret[3];
	uint64_t seq;

	(void)arg;
	for (;;) {
		while ((seq = load(&s->seq)) == s->done) {
			if (!poll[id])
				__asm__ __volatile__("wfi");
		}
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
