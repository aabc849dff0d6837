// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Running a vCPU. From the answer to the last word of the exit nothing else may
 * run on the CPU: NACL memory is the CPU's, and scause is anybody's. So
 * interrupts are off; one that the host has enabled ends the run, and is taken
 * right after it.
 */

#include <linux/compiler.h>
#include <linux/context_tracking.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/vtime.h>
#include <asm/csr.h>
#include <asm/timex.h>
#include "compat.h"
#include "priv.h"

#define REG_A0	   10
#define HVIP_VSEIP (1UL << IRQ_VS_EXT)
#define VSIE_SEIE  (1UL << IRQ_S_EXT)
#define NEVER	   (~0ULL)

static u64 *gpr(void *nacl, unsigned int x)
{
	return nacl + COVH_NACL_GPR_OFFSET(x);
}

static u64 csr_slot(void *nacl, unsigned int csr)
{
	return READ_ONCE(*(u64 *)(nacl + COVH_NACL_CSR_OFFSET(csr)));
}

/*
 * Not by sbi_ecall: whoever traces that may take exceptions before scause is
 * read, and for RCU the CPU is in userspace here. Nothing is put in between.
 */
static noinstr void ecall_run(struct cove_vcpu *v, struct cove_trap *e)
{
	register unsigned long a0 asm("a0") = v->tvm->id;
	register unsigned long a1 asm("a1") = v->id;
	register unsigned long a2 asm("a2") = 0;
	register unsigned long a3 asm("a3") = 0;
	register unsigned long a4 asm("a4") = 0;
	register unsigned long a5 asm("a5") = 0;
	register unsigned long a6 asm("a6") = COVH_RUN_TVM_VCPU;
	register unsigned long a7 asm("a7") = COVH_EID_COVH;

	asm volatile("ecall"
		     : "+r"(a0), "+r"(a1)
		     : "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a6), "r"(a7)
		     : "memory");
	e->scause = csr_read(CSR_SCAUSE);
	e->stval = csr_read(CSR_STVAL);
	e->ret.error = a0;
	e->ret.value = a1;
}

static void read_slots(void *nacl, struct cove_trap *e)
{
	u64 guest = csr_slot(nacl, CSR_VSTIMECMP);
	unsigned int i;

	e->gpa = csr_slot(nacl, CSR_HTVAL) << 2 | (e->stval & 3);
	e->htinst = csr_slot(nacl, CSR_HTINST);
	e->deadline =
		guest == NEVER ? NEVER : guest - csr_slot(nacl, CSR_HTIMEDELTA);
	e->wants_interrupt = csr_slot(nacl, CSR_VSIE) & VSIE_SEIE;
	for (i = 0; i < ARRAY_SIZE(e->a); i++)
		e->a[i] = READ_ONCE(*gpr(nacl, REG_A0 + i));
}

/* With interrupts off. The level is read after the CPU is known, see
 * cove_vcpu_kick */
static void inside(struct cove_vcpu *v, void *nacl, struct cove_trap *e)
{
	unsigned long old = csr_read(CSR_HVIP) & HVIP_VSEIP;

	if (v->answer) {
		WRITE_ONCE(*gpr(nacl, REG_A0), v->a0);
		WRITE_ONCE(*gpr(nacl, REG_A0 + 1), v->a1);
	}
	if (READ_ONCE(v->interrupt))
		csr_set(CSR_HVIP, HVIP_VSEIP);
	else
		csr_clear(CSR_HVIP, HVIP_VSEIP);
	/* For RCU the CPU is in userspace meanwhile */
	if (!context_tracking_guest_enter())
		rcu_virt_note_context_switch();
	ecall_run(v, e);
	context_tracking_guest_exit();
	if (!e->ret.error)
		read_slots(nacl, e);
	csr_clear(CSR_HVIP, HVIP_VSEIP);
	csr_set(CSR_HVIP, old);
}

/* Something of what prepare() looks for has come up since */
static bool must_go_out(void)
{
	return cove_need_resched() || signal_pending(current) ||
	       test_thread_flag(TIF_NOTIFY_RESUME);
}

/* -> false: not now, look again at what there is to do */
static bool enter(struct cove_vcpu *v, struct cove_trap *e)
{
	void *nacl;

	/* Time is accounted by each CPU in its own way: not on another one */
	preempt_disable();
	local_irq_disable();
	WRITE_ONCE(v->cpu, smp_processor_id());
	smp_mb();
	nacl = cove_nacl();
	if (!nacl || must_go_out() ||
	    READ_ONCE(v->tvm->state) != COVE_TVM_RUNNABLE) {
		WRITE_ONCE(v->cpu, -1);
		local_irq_enable();
		preempt_enable();
		if (!nacl)
			cove_resched();
		return false;
	}
	vtime_account_guest_enter();
	inside(v, nacl, e);
	WRITE_ONCE(v->cpu, -1);
	/* A tick that has ended the run counts as the guest's time */
	local_irq_enable();
	local_irq_disable();
	vtime_account_guest_exit();
	local_irq_enable();
	preempt_enable();
	return true;
}

/* ---- Waiting ---- */

static bool must_leave(struct cove_vcpu *v)
{
	return signal_pending(current) ||
	       READ_ONCE(v->tvm->state) != COVE_TVM_RUNNABLE;
}

static void wait_for_start(struct cove_vcpu *v)
{
	wait_event_interruptible(v->wait,
				 atomic_read(&v->started) || must_leave(v));
	if (atomic_read(&v->started)) {
		atomic_dec(&v->started);
		v->on = true;
	}
}

static bool wake_up_now(struct cove_vcpu *v, const struct cove_trap *e)
{
	return atomic_read(&v->woken) || must_leave(v) ||
	       (e->wants_interrupt && READ_ONCE(v->interrupt));
}

/* Until the guest's timer, an interrupt for it, or an IPI */
static void sleep(struct cove_vcpu *v, const struct cove_trap *e)
{
	u64 now = get_cycles64(), ns = 0;
	ktime_t until;

	if (e->deadline == NEVER) {
		wait_event_interruptible(v->wait, wake_up_now(v, e));
		return;
	}
	if ((s64)(e->deadline - now) > 0)
		ns = mul_u64_u64_div_u64(e->deadline - now, NSEC_PER_SEC,
					 riscv_timebase);
	until = ns_to_ktime(min_t(u64, ns, KTIME_MAX / 2));
	if (until)
		wait_event_interruptible_hrtimeout(v->wait, wake_up_now(v, e),
						   until);
}

/* The TSM says that this vCPU is over; another one's exit that is the reason
 * may not have been looked at yet */
bool cove_wait_for_end(struct cove_vcpu *v)
{
	wait_event_interruptible_timeout(v->wait, must_leave(v), HZ);
	return READ_ONCE(v->tvm->state) != COVE_TVM_RUNNABLE;
}

/* ---- The loop ---- */

/* What must be done before each run, with everything on. -> not 0: no run */
static int prepare(struct cove_vcpu *v)
{
	cove_resched();
	if (signal_pending(current))
		return -EINTR;
	/* It is done on the way to userspace only */
	if (test_thread_flag(TIF_NOTIFY_RESUME)) {
		v->run->exit_reason = COVE_EXIT_NONE;
		return 1;
	}
	if (READ_ONCE(v->tvm->state) != COVE_TVM_RUNNABLE)
		return -ESHUTDOWN;
	if (!v->on)
		wait_for_start(v);
	return 0;
}

/*
 * FAILED: another call works on the TVM, or evidence waits for a place.
 * INVALID_PARAM: it has ended, and the one that knows why will say so.
 */
static int refused(struct cove_vcpu *v, long error, unsigned long *until)
{
	if (error != COVH_ERR_FAILED)
		return cove_wait_for_end(v) ? -ESHUTDOWN : cove_errno(error);
	if (READ_ONCE(v->tvm->state) != COVE_TVM_RUNNABLE)
		return -ESHUTDOWN;
	if (!*until)
		*until = jiffies + HZ;
	if (time_after(jiffies, *until))
		return -EIO;
	usleep_range(50, 100);
	return 0;
}

static int once(struct cove_vcpu *v, struct cove_trap *e, unsigned long *until)
{
	int rc;

	atomic_set(&v->woken, 0);
	if (!enter(v, e))
		return 0;
	if (e->ret.error)
		return refused(v, e->ret.error, until);
	*until = 0;
	v->answer = false;
	v->runs++;
	cove_share_settle(v);
	rc = cove_exit(v, e);
	if (rc || e->scause != EXC_VIRTUAL_INST_FAULT)
		return rc;
	sleep(v, e);
	return 0;
}

int cove_run(struct cove_vcpu *v)
{
	unsigned long until = 0;
	struct cove_trap e;
	int rc;

	if (READ_ONCE(v->tvm->state) != COVE_TVM_RUNNABLE)
		return v->tvm->state == COVE_TVM_ENDED ? -ESHUTDOWN : -EINVAL;
	cove_exit_answer(v);
	if (READ_ONCE(v->run->immediate_exit))
		return -EINTR;
	do {
		rc = prepare(v);
		if (!rc && v->on)
			rc = once(v, &e, &until);
	} while (!rc);
	return rc < 0 ? rc : 0;
}
