// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Running a TVM's vCPU and answering its exits. */

#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <asm/csr.h>
#include <asm/timex.h>
#include "cove.h"

#define REG_A0		10
#define CAUSE_VS_ECALL	10
#define CAUSE_FETCH_GPF 20
#define CAUSE_LOAD_GPF	21
#define CAUSE_VIRTUAL	22
#define CAUSE_STORE_GPF 23

#define DBCN		0x4442434E
#define DBCN_WRITE_BYTE 2
#define SRST		0x53525354
#define TICKS_PER_US	10
#define SLEEP_MAX_US	1000UL

static u64 *nacl_gpr(void *nacl, unsigned int x)
{
	return nacl + COVH_NACL_GPR_OFFSET(x);
}

static u64 *nacl_csr(void *nacl, unsigned int csr)
{
	return nacl + COVH_NACL_CSR_OFFSET(csr);
}

static void read_exit(void *nacl, struct cove_exit *e)
{
	unsigned int i;

	e->scause = csr_read(CSR_SCAUSE);
	e->stval = csr_read(CSR_STVAL);
	e->hgatp = csr_read(CSR_HGATP);
	e->htval = READ_ONCE(*nacl_csr(nacl, CSR_HTVAL));
	e->vstimecmp = READ_ONCE(*nacl_csr(nacl, CSR_VSTIMECMP));
	e->htimedelta = READ_ONCE(*nacl_csr(nacl, CSR_HTIMEDELTA));
	for (i = 0; i < ARRAY_SIZE(e->a); i++)
		e->a[i] = READ_ONCE(*nacl_gpr(nacl, REG_A0 + i));
}

/*
 * From the answer to the last word of the exit nothing else may run on this
 * CPU: NACL memory is the CPU's, and scause is anybody's. What the guest must
 * be interrupted for ends the run, and is taken at the end.
 */
static void run_once(struct cove_tvm *t, struct cove_test_run *r,
		     struct cove_exit *e)
{
	unsigned long flags;
	void *nacl;

	local_irq_save(flags);
	nacl = cove_nacl();
	if (t->answer) {
		WRITE_ONCE(*nacl_gpr(nacl, REG_A0), t->answer_error);
		WRITE_ONCE(*nacl_gpr(nacl, REG_A0 + 1), 0);
	}
	e->ret = covh_call(COVH_RUN_TVM_VCPU, t->id, COVE_VCPU, 0, 0, 0, 0);
	if (!e->ret.error) {
		t->answer = false;
		read_exit(nacl, e);
		cove_check_log(r, e);
	}
	local_irq_restore(flags);
}

static void put_byte(struct cove_tvm *t, char c)
{
	if (t->output_len < sizeof(t->output))
		t->output[t->output_len++] = c;
}

static int answer_ecall(struct cove_tvm *t, const struct cove_exit *e)
{
	if (e->a[7] == SRST && e->ret.value) {
		t->done = true;
		t->reason = e->a[1];
		return 0;
	}
	if (e->ret.value)
		return -EIO;
	t->answer = true;
	t->answer_error = SBI_ERR_NOT_SUPPORTED;
	if (e->a[7] == DBCN && e->a[6] == DBCN_WRITE_BYTE) {
		put_byte(t, e->a[0]);
		t->answer_error = 0;
	}
	return 0;
}

static int answer_fault(struct cove_tvm *t, const struct cove_exit *e)
{
	unsigned long gpa = e->htval << 2 | (e->stval & 3);
	unsigned long used = t->conf.base + (t->conf.used << PAGE_SHIFT);
	phys_addr_t page;

	if (e->ret.value || gpa < COVE_TEST_BASE ||
	    gpa - COVE_TEST_BASE >= t->memory_size)
		return -EFAULT;
	/* What lies behind the guest's pages is the TSM's */
	if (used >= t->pt)
		return -ENOMEM;
	page = cove_conf_take(&t->conf, 1);
	return cove_errno(covh_call(COVH_ADD_TVM_ZERO_PAGES, t->id, page,
				    COVH_PAGE_4K, 1, gpa & PAGE_MASK, 0)
				  .error);
}

static void wait_for_timer(const struct cove_exit *e)
{
	long ticks = e->vstimecmp - e->htimedelta - get_cycles64();
	unsigned long us = SLEEP_MAX_US;

	if (e->vstimecmp != -1UL && ticks < (long)(us * TICKS_PER_US))
		us = ticks > 0 ? ticks / TICKS_PER_US : 0;
	if (us)
		usleep_range(us, us + 50);
}

static int answer(struct cove_tvm *t, struct cove_test_run *r,
		  const struct cove_exit *e)
{
	if (e->scause & CAUSE_IRQ_FLAG) {
		r->interrupts++;
		return 0;
	}
	switch (e->scause) {
	case CAUSE_VS_ECALL:
		r->ecalls++;
		return answer_ecall(t, e);
	case CAUSE_FETCH_GPF:
	case CAUSE_LOAD_GPF:
	case CAUSE_STORE_GPF:
		r->faults++;
		return answer_fault(t, e);
	case CAUSE_VIRTUAL:
		r->wfis++;
		if (!e->ret.value)
			wait_for_timer(e);
		return e->ret.value ? -EIO : 0;
	default:
		return -EIO;
	}
}

int cove_tvm_run(struct cove_tvm *t, struct cove_test_run *r)
{
	unsigned long max = r->max_runs;
	struct cove_exit e;
	int rc = 0;

	*r = (struct cove_test_run){ .max_runs = max };
	while (!rc && !t->done && (!max || r->runs < max)) {
		run_once(t, r, &e);
		r->runs++;
		rc = e.ret.error ? cove_errno(e.ret.error) : answer(t, r, &e);
		cond_resched();
		if (signal_pending(current))
			break;
	}
	r->done = t->done;
	r->reason = t->reason;
	if (!r->runs)
		return rc;
	r->error = e.ret.error;
	r->value = e.ret.value;
	r->scause = e.scause;
	r->gpa = e.htval << 2;
	return rc;
}
