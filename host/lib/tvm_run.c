/* SPDX-License-Identifier: BSD-2-Clause */
/* Running a vCPU: what each exit means, and the host's answer to it. */

#include <string.h>
#include <host/console.h>
#include <host/tvm.h>

/* This many WFIs with no timer set: nobody will ever wake the guest */
#define IDLE_LIMIT 100000

enum tvm_result tvm_run_once(struct tvm *t, unsigned long vcpu)
{
	struct tvm_exit *e = &t->exit;
	unsigned int i;

	if (!this_hart()->shmem && nacl_setup()) {
		t->step = "set_shmem";
		return TVM_ERROR;
	}
	if (t->cfg.tick) {
		timer_set(time_now() + t->cfg.tick);
		csr_set(sie, SIP_STIP);
	}
	t->step = "run_tvm_vcpu";
	t->runs++;
	e->ret = covh_run_tvm_vcpu(t->id, vcpu);
	if (e->ret.error)
		return TVM_ERROR;
	e->scause = csr_read(scause);
	e->stval = csr_read(stval);
	e->htval = *nacl_csr(CSR_HTVAL);
	e->htinst = *nacl_csr(CSR_HTINST);
	e->gpa = e->htval << 2 | (e->stval & 3);
	for (i = 0; i < 8; i++)
		e->a[i] = *nacl_gpr(REG_A0 + i);
	return TVM_CONTINUE;
}

static void guest_output(struct tvm *t, char c)
{
	if (t->cfg.echo)
		console_putc(c);
	if (t->output_len + 1 < sizeof(t->output)) {
		t->output[t->output_len++] = c;
		t->output[t->output_len] = '\0';
	}
}

static enum tvm_result handle_ecall(struct tvm *t)
{
	struct tvm_exit *e = &t->exit;
	long error = SBI_ERR_NOT_SUPPORTED;

	t->ecalls++;
	if (e->ret.value)
		return e->a[7] == SBI_EID_SRST ? TVM_SHUTDOWN : TVM_FATAL;
	switch (e->a[7]) {
	case SBI_EID_PUTCHAR:
		guest_output(t, (char)e->a[0]);
		*nacl_gpr(REG_A0) = 0;
		return TVM_CONTINUE;
	case SBI_EID_DBCN:
		if (e->a[6] == SBI_DBCN_WRITE_BYTE) {
			guest_output(t, (char)e->a[0]);
			error = SBI_SUCCESS;
		}
		break;
	case COVH_EID_COVG:
		/* Notices of MMIO regions and interrupts: nothing to do here */
		return TVM_CONTINUE;
	}
	*nacl_gpr(REG_A0) = (unsigned long)error;
	*nacl_gpr(REG_A0 + 1) = 0;
	return TVM_CONTINUE;
}

static enum tvm_result handle_interrupt(struct tvm *t)
{
	t->interrupts++;
	switch (t->exit.scause & ~SCAUSE_IRQ) {
	case IRQ_SSI:
		ipi_clear();
		break;
	case IRQ_STI:
		timer_clear();
		break;
	}
	return TVM_CONTINUE;
}

long tvm_add_zero_page(struct tvm *t, unsigned long gpa)
{
	unsigned long page = conf_alloc(&t->conf, 1, PAGE_SIZE);
	long err;

	t->step = "add_tvm_zero_pages";
	if (!page)
		return SBI_ERR_FAILED;
	err = covh_add_tvm_zero_pages(t->id, page, COVH_PAGE_4K, 1,
				      ALIGN_DOWN(gpa, PAGE_SIZE))
		      .error;
	if (err)
		conf_free(&t->conf, page, 1);
	return err;
}

static enum tvm_result handle_fault(struct tvm *t)
{
	unsigned long gpa = t->exit.gpa;
	int i;

	t->faults++;
	if (t->exit.ret.value)
		return TVM_FATAL;
	for (i = 0; i < t->nr_region; i++) {
		if (gpa < t->region[i].start || gpa >= t->region[i].end)
			continue;
		return tvm_add_zero_page(t, gpa) ? TVM_ERROR : TVM_CONTINUE;
	}
	t->step = "a fault outside the guest's memory";
	return TVM_ERROR;
}

/* The guest waits for its timer: sleep until then, or until the host's own */
static enum tvm_result handle_wfi(struct tvm *t)
{
	unsigned long guest = *nacl_csr(CSR_VSTIMECMP);
	unsigned long delta = *nacl_csr(CSR_HTIMEDELTA);

	t->wfis++;
	if (t->exit.ret.value)
		return TVM_FATAL;
	if (guest == -1UL) {
		if (++t->idle < IDLE_LIMIT)
			return TVM_CONTINUE;
		t->step = "the guest, which waits for ever (no timer set),";
		return TVM_ERROR;
	}
	if ((long)(guest - delta - time_now()) > 0) {
		timer_set(guest - delta);
		csr_set(sie, SIP_STIP);
		hart_wfi();
		timer_clear();
	}
	return TVM_CONTINUE;
}

enum tvm_result tvm_handle_exit(struct tvm *t)
{
	if (t->exit.scause & SCAUSE_IRQ)
		return handle_interrupt(t);
	if (t->exit.scause == CAUSE_VIRTUAL_INSN)
		return handle_wfi(t);
	t->idle = 0;
	switch (t->exit.scause) {
	case CAUSE_VS_ECALL:
		return handle_ecall(t);
	case CAUSE_FETCH_GPF:
	case CAUSE_LOAD_GPF:
	case CAUSE_STORE_GPF:
		return handle_fault(t);
	}
	return t->exit.ret.value ? TVM_FATAL : TVM_ERROR;
}

enum tvm_result tvm_run(struct tvm *t, unsigned long vcpu)
{
	enum tvm_result r;

	do {
		r = tvm_run_once(t, vcpu);
		if (r == TVM_CONTINUE && t->hook) {
			r = t->hook(t, &t->exit);
			if (r != TVM_CONTINUE)
				break;
		}
		if (r == TVM_CONTINUE)
			r = tvm_handle_exit(t);
	} while (r == TVM_CONTINUE);
	timer_clear();
	csr_clear(sie, SIP_STIP);
	return r;
}

const char *tvm_describe_exit(const struct tvm *t)
{
	static char line[128];
	const struct tvm_exit *e = &t->exit;

	if (e->ret.error)
		snprintf(line, sizeof(line), "%s failed: %s (%ld)", t->step,
			 sbi_strerror(e->ret.error), e->ret.error);
	else if (e->scause == CAUSE_VS_ECALL)
		snprintf(line, sizeof(line),
			 "guest ecall, extension 0x%lx function %lu", e->a[7],
			 e->a[6]);
	else
		snprintf(line, sizeof(line),
			 "scause 0x%lx, guest address 0x%lx, vCPU %s",
			 e->scause, e->gpa,
			 e->ret.value ? "ended" : "can go on");
	return line;
}
