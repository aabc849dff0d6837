/* SPDX-License-Identifier: BSD-2-Clause */
/* Running a vCPU: what each exit means, and the host's answer to it. */

#include <string.h>
#include <host/console.h>
#include <host/devices.h>
#include <host/tvm.h>

/* This many WFIs with no timer set: nobody will ever wake the guest */
#define IDLE_LIMIT 100000

#define COUNT(counter) __atomic_fetch_add(&(counter), 1, __ATOMIC_RELAXED)

/* The line as it is now: what changes later brings the vCPU out */
static void set_external_interrupt(struct tvm *t, unsigned long id)
{
	if (devices_interrupt(t, id))
		csr_set(CSR_HVIP, HVIP_VSEIP);
	else
		csr_clear(CSR_HVIP, HVIP_VSEIP);
}

/* Others see by it when this vCPU has been out, see tvm_kick */
static struct sbiret run_inside(struct tvm *t, unsigned long id)
{
	struct tvm_vcpu *v = &t->vcpu[id % TVM_MAX_VCPUS];
	struct sbiret r;

	v->hart = this_hart();
	__atomic_fetch_add(&v->inside, 1, __ATOMIC_SEQ_CST);
	if (t->devices)
		set_external_interrupt(t, id);
	r = covh_run_tvm_vcpu(t->id, id);
	if (t->devices)
		csr_clear(CSR_HVIP, HVIP_VSEIP);
	__atomic_fetch_add(&v->inside, 1, __ATOMIC_SEQ_CST);
	return r;
}

enum tvm_result tvm_vcpu_run(struct tvm *t, unsigned long vcpu,
			     struct tvm_exit *e)
{
	unsigned int i;

	e->vcpu = vcpu;
	e->ret = (struct sbiret){ 0 };
	if (!this_hart()->shmem && nacl_setup()) {
		t->step = "set_shmem";
		return TVM_ERROR;
	}
	if (t->cfg.tick) {
		timer_set(time_now() + t->cfg.tick);
		csr_set(sie, SIP_STIP);
	}
	t->step = "run_tvm_vcpu";
	COUNT(t->runs);
	e->ret = run_inside(t, vcpu);
	if (e->ret.error)
		return TVM_ERROR;
	tvm_settle_range(t, vcpu);
	e->scause = csr_read(scause);
	e->stval = csr_read(stval);
	e->htval = *nacl_csr(CSR_HTVAL);
	e->htinst = *nacl_csr(CSR_HTINST);
	e->gpa = e->htval << 2 | (e->stval & 3);
	for (i = 0; i < 8; i++)
		e->a[i] = *nacl_gpr(REG_A0 + i);
	return TVM_CONTINUE;
}

enum tvm_result tvm_run_once(struct tvm *t, unsigned long vcpu)
{
	return tvm_vcpu_run(t, vcpu, &t->exit);
}

/* The last exit of a vCPU */
static enum tvm_result handle_end(const struct tvm_exit *e)
{
	if (e->a[7] == SBI_EID_HSM && e->a[6] == SBI_HSM_STOP)
		return TVM_STOPPED;
	return e->a[7] == SBI_EID_SRST ? TVM_SHUTDOWN : TVM_FATAL;
}

/* A range changes sides, and the guest waits for the answer; the others are
 * notices of MMIO regions and interrupts */
static bool handle_covg(struct tvm *t, const struct tvm_exit *e, long *error)
{
	switch (e->a[6]) {
	case COVG_SHARE_MEMORY_REGION:
		*error = tvm_change_range(t, e->vcpu, e->a[0], e->a[1],
					  TVM_PAGE_SHARED);
		return true;
	case COVG_UNSHARE_MEMORY_REGION:
		*error = tvm_change_range(t, e->vcpu, e->a[0], e->a[1],
					  TVM_PAGE_CONF);
		return true;
	}
	return false;
}

static enum tvm_result handle_ecall(struct tvm *t, struct tvm_exit *e)
{
	long error = SBI_ERR_NOT_SUPPORTED, value = 0;

	COUNT(t->ecalls);
	if (e->ret.value)
		return handle_end(e);
	switch (e->a[7]) {
	case SBI_EID_PUTCHAR:
		tvm_put(t, (char)e->a[0]);
		*nacl_gpr(REG_A0) = 0;
		return TVM_CONTINUE;
	case SBI_EID_GETCHAR:
		*nacl_gpr(REG_A0) = (unsigned long)(long)tvm_getc(t);
		return TVM_CONTINUE;
	case SBI_EID_DBCN:
		error = tvm_console_call(t, e, &value);
		break;
	case COVH_EID_COVG:
		if (!handle_covg(t, e, &error))
			return TVM_CONTINUE;
		break;
	case SBI_EID_HSM:
		/* A notice: the TSM has started it */
		tvm_vcpu_started(t, e->a[0]);
		return TVM_CONTINUE;
	case SBI_EID_IPI:
		tvm_wake(t, e->a[0]);
		return TVM_CONTINUE;
	}
	*nacl_gpr(REG_A0) = (unsigned long)error;
	*nacl_gpr(REG_A0 + 1) = (unsigned long)value;
	return TVM_CONTINUE;
}

static enum tvm_result handle_interrupt(struct tvm *t, const struct tvm_exit *e)
{
	COUNT(t->interrupts);
	switch (e->scause & ~SCAUSE_IRQ) {
	case IRQ_SSI:
		ipi_clear();
		break;
	case IRQ_STI:
		timer_clear();
		break;
	}
	return TVM_CONTINUE;
}

/* The instruction is shown for an access to a device, and only then */
static enum tvm_result handle_mmio(struct tvm *t, const struct tvm_exit *e)
{
	if (e->scause == CAUSE_LOAD_GPF)
		COUNT(t->mmio_loads);
	else
		COUNT(t->mmio_stores);
	devices_access(t, e);
	return TVM_CONTINUE;
}

static enum tvm_result handle_fault(struct tvm *t, const struct tvm_exit *e)
{
	if (e->htinst && !e->ret.value)
		return handle_mmio(t, e);
	COUNT(t->faults);
	if (e->ret.value)
		return TVM_FATAL;
	return tvm_add_page(t, e->gpa) ? TVM_ERROR : TVM_CONTINUE;
}

/* The guest waits for its timer: sleep until then, or until the host's own */
static enum tvm_result handle_wfi(struct tvm *t, const struct tvm_exit *e)
{
	unsigned long guest = *nacl_csr(CSR_VSTIMECMP);
	unsigned long delta = *nacl_csr(CSR_HTIMEDELTA);

	COUNT(t->wfis);
	if (e->ret.value)
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

enum tvm_result tvm_vcpu_handle(struct tvm *t, struct tvm_exit *e)
{
	if (e->scause & SCAUSE_IRQ)
		return handle_interrupt(t, e);
	if (e->scause == CAUSE_VIRTUAL_INSN)
		return handle_wfi(t, e);
	t->idle = 0;
	switch (e->scause) {
	case CAUSE_VS_ECALL:
		return handle_ecall(t, e);
	case CAUSE_FETCH_GPF:
	case CAUSE_LOAD_GPF:
	case CAUSE_STORE_GPF:
		return handle_fault(t, e);
	}
	return e->ret.value ? TVM_FATAL : TVM_ERROR;
}

enum tvm_result tvm_handle_exit(struct tvm *t)
{
	return tvm_vcpu_handle(t, &t->exit);
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
	else if (e->ret.value &&
		 (e->scause == CAUSE_FETCH_GPF || e->scause == CAUSE_LOAD_GPF ||
		  e->scause == CAUSE_STORE_GPF))
		snprintf(line, sizeof(line),
			 "it left its memory, scause %lu (the address is not "
			 "shown to a host)",
			 e->scause);
	else
		snprintf(line, sizeof(line),
			 "scause 0x%lx, guest address 0x%lx, vCPU %s",
			 e->scause, e->gpa,
			 e->ret.value ? "ended" : "can go on");
	return line;
}
