// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Why a vCPU came out, and the answer: by the driver, or by the VMM. */

#include <linux/nospec.h>
#include <asm/csr.h>
#include "priv.h"

#define IRQ_FLAG (1UL << 63)

#define EXT_PUTCHAR 1
#define EXT_GETCHAR 2

/* Bytes that a transformed load or store moves */
static unsigned int size_of(unsigned long insn)
{
	return 1U << (insn >> 12 & 3);
}

static u64 low(u64 value, unsigned int size)
{
	return size == 8 ? value : value & ((1ULL << 8 * size) - 1);
}

static void answer(struct cove_vcpu *v, long a0, unsigned long a1)
{
	v->answer = true;
	v->a0 = a0;
	v->a1 = a1;
}

/* The VMM can write the page at any time: it is read once, and only what it is
 * meant to say */
void cove_exit_answer(struct cove_vcpu *v)
{
	struct cove_run *r = v->run;

	if (v->unanswered == COVE_EXIT_MMIO)
		answer(v, READ_ONCE(r->mmio.data), 0);
	else if (v->unanswered == COVE_EXIT_SBI)
		answer(v, READ_ONCE(r->sbi.error), READ_ONCE(r->sbi.value));
	v->unanswered = COVE_EXIT_NONE;
}

static int to_user(struct cove_vcpu *v, enum cove_exit reason)
{
	v->exits[COVE_COUNT_USER]++;
	v->run->exit_reason = reason;
	return 1;
}

static int mmio(struct cove_vcpu *v, const struct cove_trap *e)
{
	bool store = e->scause == EXC_STORE_GUEST_PAGE_FAULT;
	unsigned int size = size_of(e->htinst);
	struct cove_run *r = v->run;

	v->exits[store ? COVE_COUNT_MMIO_STORE : COVE_COUNT_MMIO_LOAD]++;
	r->mmio.gpa = e->gpa;
	r->mmio.size = size;
	r->mmio.is_store = store;
	r->mmio.data = store ? low(e->a[0], size) : 0;
	if (!store)
		v->unanswered = COVE_EXIT_MMIO;
	return to_user(v, COVE_EXIT_MMIO);
}

/*
 * The TSM refuses a page of a range that a vCPU shares at this moment, of which
 * its thread has not told us yet: the guest faults again, and will get it.
 */
static bool may_be_shared_now(struct cove_vcpu *v, int rc)
{
	if (rc != -EIO) {
		v->refusals = 0;
		return false;
	}
	return ++v->refusals < COVE_REFUSALS;
}

static int fault(struct cove_vcpu *v, const struct cove_trap *e)
{
	struct cove_tvm *t = v->tvm;
	bool shared = false;
	int rc;

	mutex_lock(&t->lock);
	rc = cove_pages_fault(t, e->gpa, &shared);
	mutex_unlock(&t->lock);
	v->exits[shared ? COVE_COUNT_SHARED_FAULT : COVE_COUNT_FAULT]++;
	if (may_be_shared_now(v, rc))
		return 0;
	if (rc != -ENOMEM && rc != -ENOSPC && rc != -EFAULT)
		return rc;
	v->run->memory.gpa = e->gpa;
	return to_user(v, COVE_EXIT_NO_MEMORY);
}

/* The last exit of this vCPU, or of all */
static int ended(struct cove_vcpu *v, const struct cove_trap *e, bool tvm)
{
	struct cove_run *r = v->run;

	v->on = false;
	if (tvm)
		cove_tvm_end(v->tvm);
	r->fault.scause = e->scause;
	r->fault.gpa = e->gpa;
	r->fault.tvm = tvm;
	return to_user(v, COVE_EXIT_FAULT);
}

static int system_reset(struct cove_vcpu *v, const struct cove_trap *e)
{
	cove_tvm_end(v->tvm);
	v->run->system.type = e->a[0];
	v->run->system.reason = e->a[1];
	return to_user(v, COVE_EXIT_SYSTEM);
}

static void start_vcpu(struct cove_tvm *t, unsigned long id)
{
	struct cove_vcpu *v;

	if (id >= COVE_MAX_VCPUS)
		return;
	v = t->vcpu[array_index_nospec(id, COVE_MAX_VCPUS)];
	if (!v)
		return;
	atomic_inc(&v->started);
	wake_up_all(&v->wait);
}

static void wake_vcpus(struct cove_tvm *t, unsigned long mask)
{
	unsigned int i;

	for (i = 0; mask; mask >>= 1, i++) {
		if (!(mask & 1) || !t->vcpu[i])
			continue;
		atomic_set(&t->vcpu[i]->woken, 1);
		wake_up_all(&t->vcpu[i]->wait);
	}
}

static int console(struct cove_vcpu *v, const struct cove_trap *e)
{
	struct cove_run *r = v->run;
	unsigned int i;

	r->sbi.extension = e->a[7];
	r->sbi.function = e->a[6];
	for (i = 0; i < ARRAY_SIZE(r->sbi.args); i++)
		r->sbi.args[i] = e->a[i];
	r->sbi.error = SBI_ERR_NOT_SUPPORTED;
	r->sbi.value = 0;
	v->unanswered = COVE_EXIT_SBI;
	return to_user(v, COVE_EXIT_SBI);
}

/* The others are notices */
static void covg(struct cove_vcpu *v, const struct cove_trap *e)
{
	unsigned long kind = e->a[6] == COVG_SHARE_MEMORY_REGION
				     ? COVE_KIND_SHARED
				     : COVE_KIND_CONF;

	if (e->a[6] != COVG_SHARE_MEMORY_REGION &&
	    e->a[6] != COVG_UNSHARE_MEMORY_REGION)
		return;
	v->exits[COVE_COUNT_SHARE]++;
	answer(v, cove_share(v, e->a[0], e->a[1], kind), 0);
}

static int ecall(struct cove_vcpu *v, const struct cove_trap *e)
{
	switch (e->a[7]) {
	case EXT_PUTCHAR:
	case EXT_GETCHAR:
	case SBI_EXT_DBCN:
		v->exits[COVE_COUNT_SBI]++;
		return console(v, e);
	case COVH_EID_COVG:
		covg(v, e);
		return 0;
	case SBI_EXT_HSM:
		v->exits[COVE_COUNT_SBI]++;
		start_vcpu(v->tvm, e->a[0]);
		return 0;
	case SBI_EXT_IPI:
		v->exits[COVE_COUNT_IPI]++;
		wake_vcpus(v->tvm, e->a[0]);
		return 0;
	}
	v->exits[COVE_COUNT_SBI]++;
	answer(v, SBI_ERR_NOT_SUPPORTED, 0);
	return 0;
}

/* Value 1: the vCPU cannot go on by itself */
static int last(struct cove_vcpu *v, const struct cove_trap *e)
{
	switch (e->scause) {
	case EXC_SUPERVISOR_SYSCALL:
		if (e->a[7] == SBI_EXT_SRST)
			return system_reset(v, e);
		/* The guest may start it again */
		v->on = false;
		return 0;
	case EXC_INST_ACCESS:
	case EXC_LOAD_ACCESS:
	case EXC_STORE_ACCESS:
	case COVE_CAUSE_MONITOR:
		return ended(v, e, true);
	case EXC_INST_GUEST_PAGE_FAULT:
	case EXC_LOAD_GUEST_PAGE_FAULT:
	case EXC_STORE_GUEST_PAGE_FAULT:
		/* Of one that ends the vCPU nothing is shown */
		if (!e->gpa && !e->htinst)
			return ended(v, e, false);
	}
	/* Another vCPU has ended the TVM, or this one has made such a trap */
	return cove_wait_for_end(v) ? -ESHUTDOWN : ended(v, e, false);
}

int cove_exit(struct cove_vcpu *v, struct cove_trap *e)
{
	if (e->ret.value)
		return last(v, e);
	if (e->scause & IRQ_FLAG) {
		v->exits[COVE_COUNT_INTERRUPT]++;
		return 0;
	}
	switch (e->scause) {
	case EXC_VIRTUAL_INST_FAULT:
		v->exits[COVE_COUNT_WFI]++;
		return 0;
	case EXC_INST_GUEST_PAGE_FAULT:
	case EXC_LOAD_GUEST_PAGE_FAULT:
	case EXC_STORE_GUEST_PAGE_FAULT:
		return e->htinst ? mmio(v, e) : fault(v, e);
	case EXC_SUPERVISOR_SYSCALL:
		return ecall(v, e);
	}
	v->exits[COVE_COUNT_OTHER]++;
	return ended(v, e, false);
}
