/* SPDX-License-Identifier: BSD-2-Clause */
/* Stress: running vCPUs, and what a host answers, right or wrong. */

#include <string.h>
#include "stress.h"

#define RUNS 24 /* of the same vCPU, at most */

struct leave {
	struct sbiret ret;
	unsigned long scause, gpa, a[8];
};

static volatile uint64_t *gpr(const struct worker *w, unsigned int i)
{
	return (volatile uint64_t *)((char *)w->shmem +
				     COVH_NACL_GPR_OFFSET(i));
}

static uint64_t csr(const struct worker *w, unsigned int n)
{
	return *(volatile uint64_t *)((char *)w->shmem +
				      COVH_NACL_CSR_OFFSET(n));
}

/* A timer ends it, if nothing else does */
static long enter(struct worker *w, unsigned long id, unsigned long vcpu,
		  struct leave *e)
{
	unsigned long stval, i;

	w->doing = "run_tvm_vcpu";
	timer_set(time_now() + time_us(50 + pick(w, 2000)));
	e->ret = covh_run_tvm_vcpu(id, vcpu);
	e->scause = csr_read(scause);
	stval = csr_read(stval);
	timer_clear();
	w->progress++;
	w->calls++;
	if (e->ret.error)
		return e->ret.error;
	w->ok++;
	w->runs++;
	e->gpa = csr(w, CSR_HTVAL) << 2 | (stval & 3);
	for (i = 0; i < 8; i++)
		e->a[i] = *gpr(w, REG_A0 + i);
	return 0;
}

/* What the guest needs there: one of these is right */
static void bring_page(struct worker *w, unsigned long id, unsigned long gpa)
{
	long err;

	w->doing = "a guest's fault";
	gpa = ALIGN_DOWN(gpa, PAGE_SIZE);
	if (!said(w, covh_tvm_validate_pages(id, gpa, PAGE_SIZE)))
		return;
	err = said(w, covh_add_tvm_zero_pages(
			      id, stress_page(w, PG_CONF_FREE, 1), 0, 1, gpa));
	if (!err)
		return;
	if (err == COVH_ERR_OUT_OF_PTPAGES)
		said(w, covh_add_tvm_page_table_pages(
				id, stress_page(w, PG_CONF_FREE, 1), 1));
	said(w, covh_add_tvm_shared_pages(id,
					  stress.shared.base +
						  (pick(w, stress.shared.pages)
						   << PAGE_SHIFT),
					  0, 1, gpa));
}

static bool ecall(struct worker *w, struct stress_tvm *t, unsigned long id,
		  const struct leave *e)
{
	switch (e->a[7]) {
	case SBI_EID_DBCN:
		w->bytes++;
		return true;
	case SBI_EID_SRST:
		if (e->a[1])
			stress_wrong("a guest says that something of it was "
				     "changed",
				     id);
		t->over = true;
		return false;
	case COVH_EID_COVG:
		w->shares++;
		t->gpa = e->a[0];
		t->len = e->a[1];
		if (!once_in(w, 4))
			stress_give_way(w, id, e->a[0], e->a[1]);
		return true;
	}
	return !e->ret.value;
}

/* False: another vCPU, if any */
static bool answer(struct worker *w, struct stress_tvm *t, unsigned long id,
		   const struct leave *e)
{
	if (e->scause & SCAUSE_IRQ) {
		w->exits[0]++;
		ipi_clear();
		return !once_in(w, 4);
	}
	if (e->scause < ARRAY_SIZE(w->exits))
		w->exits[e->scause]++;
	switch (e->scause) {
	case CAUSE_VS_ECALL:
		return ecall(w, t, id, e);
	case CAUSE_FETCH_GPF:
	case CAUSE_LOAD_GPF:
	case CAUSE_STORE_GPF:
		/* Outside of its memory a guest of ours never goes */
		if (e->ret.value)
			stress_wrong("a guest left its memory", e->gpa);
		bring_page(w, id, e->gpa);
		return !e->ret.value;
	case CAUSE_VIRTUAL_INSN:
		return !e->ret.value;
	}
	stress_wrong("an exit of unknown cause", e->scause);
	return false;
}

void stress_run(struct worker *w)
{
	static const long answers[] = { 0, 0, 0, 0, 0, 0, -1, -14, 3 };
	struct stress_tvm *t = stress_tvm(w);
	unsigned long id = t->id, vcpu = pick(w, STRESS_VCPUS), n;
	struct leave e;

	if (!id)
		return;
	for (n = 0; n < RUNS && !stress.stop; n++) {
		*gpr(w, REG_A0) =
			(uint64_t)answers[pick(w, ARRAY_SIZE(answers))];
		*gpr(w, REG_A0 + 1) = 0;
		if (enter(w, id, vcpu, &e) || !answer(w, t, id, &e))
			break;
		if (once_in(w, 8))
			ipi_send(hart_get((int)pick(w, stress.nr)));
	}
}
