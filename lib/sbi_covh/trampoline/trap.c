/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Entry into a vCPU, and what to do with each trap out of it.
 */

#include "slots.h"
#include "tramp.h"

static void vcpu_reset(struct covh_vcpu_page *v, u64 pc, u64 arg, u64 id)
{
	u64 slots = v->slots_used, *word = (u64 *)v;
	u32 i;

	/* By words: it is long with the V registers */
	for (i = 0; i < sizeof(*v) / sizeof(*word); i++)
		word[i] = 0;
	v->slots_used = slots;
	v->gpr[A(0)] = id;
	v->gpr[A(1)] = arg;
	v->sstatus_spp = SSTATUS_SPP;
	v->csr.SEPC = pc;
	v->csr.VSSTATUS = SSTATUS_UXL_64;
	/* What OpenSBI gives a kernel: Linux takes it that programs can read
	 * the time, and asks nobody */
	v->csr.SCOUNTEREN = COUNTEREN_TM;
	/* No deadline: 0 would be a pending timer interrupt */
	v->csr.VSTIMECMP = ~0UL;
	v->vector.vtype = VTYPE_VILL;
}

#define ALWAYS	true
#define STATEEN !!(v->flags & COVH_TRAMP_F_STATEEN)

static void vcpu_load_csrs(const struct covh_vcpu_page *v)
{
#define X(__name, __num, __needs) \
	if (__needs)              \
		csr_write(__num, v->csr.__name);
	COVH_VCPU_CSRS(X)
#undef X
}

static inline __attribute__((always_inline)) void
vcpu_save_csrs(struct covh_vcpu_page *v)
{
#define X(__name, __num, __needs) \
	if (__needs)              \
		v->csr.__name = csr_read(__num);
	COVH_VCPU_CSRS(X)
#undef X
}

/* Standalone mode measures up to here; elsewhere the counters stand still */
static void first_entry(u64 hart)
{
#ifdef CONFIG_SBI_COVH_STANDALONE
	struct covh_stamp *s =
		(struct covh_stamp *)(hart - COVH_TRAMP_HART_SIZE +
				      COVH_TRAMP_STAMP_OFFSET);

	s->cycle = csr_read(CSR_CYCLE);
	s->instret = csr_read(CSR_INSTRET);
	s->time = csr_read(CSR_TIME);
#else
	(void)hart;
#endif
}

/* The host has interrupted the helper, not the guest: all that it sees of the
 * vCPU is what it saw when that was saved */
static void __attribute__((noreturn))
paused(struct covh_vcpu_page *v, u64 scause)
{
	struct tramp_exit e = { .kind = COVH_EXIT_RESUMABLE };

	tramp_count(v, scause);
	tramp_count_as(v, COVH_COUNT_HOST);
	tramp_publish(v, &e);
	tramp_leave(e.kind, scause, 0);
}

struct covh_vcpu_page *tramp_enter(struct covh_vcpu_page *v, u64 hart,
				   u64 flags, u64 nacl, u64 tvm, u64 pc,
				   u64 arg, u64 htimedelta)
{
	if (flags & COVH_TRAMP_F_RESET)
		vcpu_reset(v, pc, arg, flags >> COVH_TRAMP_F_VCPU_ID_SHIFT);
	v->hart = hart;
	v->flags = flags;
	v->nacl = nacl;
	v->tvm = tvm;
	v->htimedelta = htimedelta;
	v->live = 0;
	if (flags & COVH_TRAMP_F_PAUSED)
		paused(v, arg);

	/* VSSIP is the vCPU's, VSEIP the host's if the vCPU lets it (E.6). Some
	 * QEMUs let M-mode not clear the host's VSTIP */
	csr_clear(CSR_HVIP, ~(HVIP_VSSIP | (v->ext_allowed ? HVIP_VSEIP : 0)));
	tramp_complete(v);
	if (flags & COVH_TRAMP_F_ANSWER)
		tramp_answer(v, (s64)arg, pc);
	vcpu_load_csrs(v);
	csr_clear(CSR_SSTATUS, SSTATUS_SPP);
	csr_set(CSR_SSTATUS, v->sstatus_spp);
	if (flags & COVH_TRAMP_F_RESET)
		first_entry(hart);
	return v;
}

static inline __attribute__((always_inline)) void save(struct covh_vcpu_page *v)
{
	tramp_count_as(v, COVH_COUNT_HOST);
	vcpu_save_csrs(v);
	v->sstatus_spp = csr_read(CSR_SSTATUS) & SSTATUS_SPP;
	if (v->live)
		tramp_lazy_unload(v);
	/* It holds the guest's instruction, and some QEMUs ignore writes; a
	 * trap of our own always sets it */
	csr_write(CSR_HTINST, 0);
	if (csr_read(CSR_HTINST))
		tramp_clear_htinst();
}

void tramp_exit(struct covh_vcpu_page *v, const struct tramp_exit *e)
{
	save(v);
	tramp_publish(v, e);
	tramp_leave(e->kind, e->scause, e->stval);
}

void tramp_work(struct covh_vcpu_page *v)
{
	save(v);
	tramp_count_as(v, COVH_COUNT_M_MODE);
	tramp_to_helper();
}

void tramp_exit_ecall(struct covh_vcpu_page *v, u64 kind, u64 eid, u64 fid,
		      u64 a0, u64 a1)
{
	save(v);
	slots_call(v, eid, fid, a0, a1);
	tramp_leave(kind, CAUSE_VS_ECALL, 0);
}

void tramp_exit_cause(struct covh_vcpu_page *v, u64 kind, u64 scause)
{
	struct tramp_exit e = { .kind = kind, .scause = scause };

	tramp_exit(v, &e);
}

void tramp_wait(struct covh_vcpu_page *v)
{
	struct tramp_exit e = {
		.scause = CAUSE_VIRTUAL_INSN,
		.stval = INSN_WFI,
	};

	tramp_exit(v, &e);
}

void tramp_inject(u64 cause, u64 tval)
{
	u64 vs = csr_read(CSR_VSSTATUS);
	u64 next = vs & ~(SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP);

	if (vs & SSTATUS_SIE)
		next |= SSTATUS_SPIE;
	next |= csr_read(CSR_SSTATUS) & SSTATUS_SPP;
	csr_write(CSR_VSSTATUS, next);
	csr_write(CSR_VSCAUSE, cause);
	csr_write(CSR_VSTVAL, tval);
	csr_write(CSR_VSEPC, csr_read(CSR_SEPC));
	/* Exceptions go to the base, vectored or not */
	csr_write(CSR_SEPC, csr_read(CSR_VSTVEC) & ~3UL);
	csr_set(CSR_SSTATUS, SSTATUS_SPP);
}

bool tramp_read_insn(u64 *insn)
{
	u64 sepc = csr_read(CSR_SEPC);
	u64 sstatus = csr_read(CSR_SSTATUS);
	u64 hstatus = csr_read(CSR_HSTATUS);
	struct tramp_insn i = tramp_fetch(sepc);

	if (i.fault) {
		csr_write(CSR_SEPC, sepc);
		csr_write(CSR_SSTATUS, sstatus);
		csr_write(CSR_HSTATUS, hstatus);
	}
	*insn = i.insn;
	return !i.fault;
}

void tramp_handle(struct covh_vcpu_page *v)
{
	u64 scause = csr_read(CSR_SCAUSE);

	/* sscratch was not 0, yet this is no trap of the TVM */
	if (!(csr_read(CSR_HSTATUS) & HSTATUS_SPV)) {
		tramp_lazy_unload(v);
		tramp_leave(COVH_TRAMP_MONITOR_FAULT, scause,
			    csr_read(CSR_SEPC));
	}

	tramp_count(v, scause);
	/* A host interrupt ends the run; it stays pending for the host */
	if (scause & CAUSE_IRQ)
		tramp_exit_cause(v, COVH_EXIT_RESUMABLE, scause);

	switch (scause) {
	case CAUSE_VS_ECALL:
		tramp_ecall(v);
		return;
	case CAUSE_FETCH_GUEST_PAGE:
	case CAUSE_LOAD_GUEST_PAGE:
	case CAUSE_STORE_GUEST_PAGE:
		tramp_guest_page_fault(v, scause);
		return;
	case CAUSE_VIRTUAL_INSN:
		tramp_virtual_insn(v);
		return;
	case CAUSE_ILLEGAL:
		if (!tramp_lazy_load(v))
			tramp_inject(CAUSE_ILLEGAL, csr_read(CSR_STVAL));
		return;
	case CAUSE_FETCH_ACCESS:
	case CAUSE_LOAD_ACCESS:
	case CAUSE_STORE_ACCESS:
		/* The G-stage maps RAM only: its memory failed (T-61) */
		tramp_exit_cause(v, COVH_EXIT_TVM_DEAD, scause);
	default:
		tramp_exit_cause(v, COVH_EXIT_VCPU_DEAD, scause);
	}
}
