/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What vCPUs do to each other, exit by exit: HSM, IPI, RFENCE; T-14, T-17,
 * T-34, T-51, T-53.
 */

#include <string.h>
#include <sbi_covh/test.h>
#include "puppet.h"
#include "world.h"

#define VA     0xc0000000UL
#define OPAQUE 0x0bac0bac0bac0bacUL

static struct puppet p;

static long run_vcpu(unsigned long vcpu)
{
	return covh_run_tvm_vcpu(p.t->id, vcpu).error;
}

static void make(unsigned int vcpus)
{
	unsigned int i;

	puppet_make(&p, vcpus);
	for (i = 1; i < vcpus; i++)
		CHECK_EQ(puppet(&p, 0, PUPPET_START, i), 0);
}

static long ecall(unsigned long vcpu, unsigned long eid, unsigned long fid,
		  unsigned long a0, unsigned long a1)
{
	return (long)puppet(&p, vcpu, PUPPET_ECALL, eid, fid, a0, a1, 0, -1UL);
}

/* The host lies after a notice: T-14. What the guest sees was decided */
static void lie_and_finish(unsigned long vcpu, long want)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		*nacl_gpr(REG_A0 + i) = -4UL - i;
	CHECK_EQ((long)puppet_finish(&p, vcpu), want);
	CHECK_EQ(puppet_ret(&p, vcpu, 1), 0);
}

static void start_notice(void)
{
	puppet_make(&p, 3);
	/* T-17: not before the guest says so */
	CHECK_EQ(run_vcpu(2), SBI_ERR_INVALID_PARAM);
	puppet_post(&p, 0, PUPPET_ECALL, SBI_EID_HSM, SBI_HSM_START, 2,
		    p.t->image.entry, OPAQUE);
	puppet_until(&p, 0, SBI_EID_HSM, SBI_HSM_START);
	CHECK_EQ(p.t->exit.ret.value, 0);
	puppet_check_call(&p.t->exit, SBI_EID_HSM, SBI_HSM_START, 2, 0);
	CHECK_EQ(run_vcpu(1), SBI_ERR_INVALID_PARAM);
	lie_and_finish(0, 0);
	/* Started, although it has not run yet */
	CHECK_EQ(ecall(0, SBI_EID_HSM, SBI_HSM_STATUS, 2, 0), 0);
	CHECK_EQ(puppet_ret(&p, 0, 1), HSM_STATUS_STARTED);
	CHECK_EQ(ecall(0, SBI_EID_HSM, SBI_HSM_STATUS, 1, 0), 0);
	CHECK_EQ(puppet_ret(&p, 0, 1), HSM_STATUS_STOPPED);
}

/* Refused starts: no exit, and the vCPU stays as it is */
static void bad_starts(void)
{
	static const struct {
		unsigned long id, pc;
		long err;
	} t[] = {
		{ 2, 0x80000000, SBI_ERR_INVALID_PARAM },
		{ 63, 0x80000000, SBI_ERR_INVALID_PARAM },
		{ 64, 0x80000000, SBI_ERR_INVALID_PARAM },
		{ -1UL, 0x80000000, SBI_ERR_INVALID_PARAM },
		{ 1UL << 32 | 1, 0x80000000, SBI_ERR_INVALID_PARAM },
		{ 0, 0x80000000, SBI_ERR_ALREADY_AVAILABLE },
		{ 1, 0x80000001, SBI_ERR_INVALID_ADDRESS },
		{ 1, 1UL << 62, SBI_ERR_INVALID_ADDRESS },
	};
	unsigned long calls;
	unsigned int i;

	puppet_make(&p, 2);
	calls = p.t->ecalls;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		CHECK_EQ(ecall(0, SBI_EID_HSM, SBI_HSM_START, t[i].id, t[i].pc),
			 t[i].err);
		CHECK_EQ(puppet_ret(&p, 0, 1), 0);
	}
	CHECK_EQ(p.t->ecalls, calls);
	CHECK_EQ(run_vcpu(1), SBI_ERR_INVALID_PARAM);
	/* A running one, and one that could run */
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	CHECK_EQ((long)puppet(&p, 0, PUPPET_ECALL, SBI_EID_HSM, SBI_HSM_START,
			      1, 0x80000000, 0),
		 SBI_ERR_ALREADY_AVAILABLE);
	CHECK(puppet(&p, 1, PUPPET_DATA) == p.data);
}

static void stop(void)
{
	int i;

	make(2);
	for (i = 0; i < 3; i++) {
		CHECK(puppet(&p, 1, PUPPET_DATA) == p.data);
		puppet_post(&p, 1, PUPPET_STOP);
		while (tvm_run_once(p.t, 1) == TVM_CONTINUE &&
		       !p.t->exit.ret.value)
			CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
		CHECK_EQ(p.t->exit.ret.error, 0);
		CHECK_EQ(p.t->exit.ret.value, 1);
		puppet_check_call(&p.t->exit, SBI_EID_HSM, SBI_HSM_STOP, 0, 0);
		CHECK_EQ(tvm_handle_exit(p.t), TVM_STOPPED);
		/* T-17: the host cannot run it, the guest can start it */
		CHECK_EQ(run_vcpu(1), SBI_ERR_INVALID_PARAM);
		CHECK_EQ(ecall(0, SBI_EID_HSM, SBI_HSM_STATUS, 1, 0), 0);
		CHECK_EQ(puppet_ret(&p, 0, 1), HSM_STATUS_STOPPED);
		CHECK_EQ(run_vcpu(1), SBI_ERR_INVALID_PARAM);
		CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	}
}

/* Reset: nothing of its first life, on its side or in the host's slots */
static void start_afresh(void)
{
	struct hart *h = test_second_hart();
	unsigned int i;

	make(2);
	puppet(&p, 1, PUPPET_PAGING);
	puppet(&p, 1, PUPPET_IRQ, SIP_SSIP, 0);
	CHECK(puppet_ret(&p, 1, 2));
	puppet_park(&p, 0, h, false);
	puppet_post(&p, 1, PUPPET_STOP);
	while (tvm_run_once(p.t, 1) == TVM_CONTINUE && !p.t->exit.ret.value)
		CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	CHECK_EQ(p.t->exit.a[7], SBI_EID_HSM);
	CHECK_EQ(puppet_far(&p, 0, PUPPET_START, 1), 0);
	puppet_once(&p, 1);
	for (i = 0; i < 8; i++)
		CHECK_EQ(p.t->exit.a[i], 0);
	puppet_unpark(&p, 0);
	puppet(&p, 1, PUPPET_IRQ, 0, 0);
	CHECK_EQ(puppet_ret(&p, 1, 1), 0);
	CHECK_EQ(puppet_ret(&p, 1, 2), 0);
}

/* HSM suspend: like WFI, or not at all */
static void suspend(void)
{
	static const struct {
		unsigned long type;
		long err;
	} t[] = {
		{ 1, SBI_ERR_INVALID_PARAM },
		{ 0x0fffffff, SBI_ERR_INVALID_PARAM },
		{ 0x10000000, SBI_ERR_INVALID_PARAM },
		{ 0x80000000, SBI_ERR_NOT_SUPPORTED },
		{ 0x80000001, SBI_ERR_INVALID_PARAM },
		{ 0xffffffff, SBI_ERR_INVALID_PARAM },
		{ 1UL << 32, SBI_ERR_INVALID_PARAM },
		{ -1UL, SBI_ERR_INVALID_PARAM },
	};
	unsigned long calls;
	unsigned int i;

	puppet_make(&p, 1);
	calls = p.t->ecalls;
	for (i = 0; i < ARRAY_SIZE(t); i++)
		CHECK_EQ(ecall(0, SBI_EID_HSM, SBI_HSM_SUSPEND, t[i].type, 0),
			 t[i].err);
	puppet_post(&p, 0, PUPPET_ECALL, SBI_EID_HSM, SBI_HSM_SUSPEND, 0);
	puppet_once(&p, 0);
	CHECK(!puppet_done(&p, 0));
	CHECK_EQ(p.t->exit.scause, CAUSE_VIRTUAL_INSN);
	CHECK_EQ(p.t->exit.stval, 0x10500073);
	for (i = 0; i < 8; i++)
		CHECK_EQ(p.t->exit.a[i], 0);
	CHECK_EQ(p.t->ecalls, calls);
	lie_and_finish(0, 0);
}

/* Interrupts off on both sides, and counted */
static unsigned long taken(unsigned long vcpu)
{
	return puppet(&p, vcpu, PUPPET_IRQ, SIP_SSIP, 1);
}

static bool pending(unsigned long vcpu)
{
	puppet(&p, vcpu, PUPPET_IRQ, 0, 0);
	return puppet_ret(&p, vcpu, 1) & SIP_SSIP;
}

static void ipi_not_running(void)
{
	int i;

	make(3);
	for (i = 1; i < 4; i++) {
		puppet_post(&p, 0, PUPPET_ECALL, SBI_EID_IPI, 0, 6, 0, OPAQUE,
			    OPAQUE);
		puppet_until(&p, 0, SBI_EID_IPI, 0);
		CHECK_EQ(p.t->exit.ret.value, 0);
		puppet_check_call(&p.t->exit, SBI_EID_IPI, 0, 6, 0);
		lie_and_finish(0, 0);
		/* Pending for as long as the guest does not want it */
		CHECK(pending(1));
		CHECK(pending(1));
		/* What is reported is what was taken before: look again */
		taken(1);
		CHECK_EQ(taken(1), i);
		CHECK(!pending(1));
		taken(2);
		CHECK_EQ(taken(2), i);
	}
	CHECK(!pending(0) && !pending(1) && !pending(2));
	/* All of them, and the one that asks as well */
	CHECK_EQ(ecall(0, SBI_EID_IPI, 0, 0, -1UL), 0);
	CHECK(pending(0) && pending(1) && pending(2));
}

/* Of vCPUs that have stopped nobody hears, and their past does not come back */
static void ipi_stopped(void)
{
	unsigned long calls;

	make(2);
	CHECK_EQ(ecall(0, SBI_EID_IPI, 0, 2, 0), 0);
	CHECK(pending(1));
	puppet_post(&p, 1, PUPPET_STOP);
	while (tvm_run_once(p.t, 1) == TVM_CONTINUE && !p.t->exit.ret.value)
		CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	calls = p.t->ecalls;
	CHECK_EQ(ecall(0, SBI_EID_IPI, 0, 2, 0), 0);
	CHECK_EQ(p.t->ecalls, calls);
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	CHECK(!pending(1));
}

/* To a vCPU inside RUN elsewhere: neither side leaves */
static void ipi_running(void)
{
	struct hart *h = test_second_hart();
	unsigned long i, calls, end;

	make(2);
	puppet_park(&p, 1, h, false);
	calls = p.t->ecalls;
	puppet_far(&p, 1, PUPPET_IRQ, SIP_SSIP, 1);
	for (i = 1; i <= 50; i++) {
		CHECK_EQ(ecall(0, SBI_EID_IPI, 0, 1, 1), 0);
		end = time_now() + time_us(1000000);
		while (puppet_far(&p, 1, PUPPET_IRQ, SIP_SSIP, 1) != i)
			CHECK(time_now() < end);
	}
	CHECK_EQ(p.t->ecalls, calls);
	/* Faults apart, it has been inside RUN all the time */
	CHECK(puppet_unpark(&p, 1) <= 4);
}

static long run_one_command(void *arg)
{
	(void)arg;
	if (nacl_setup())
		return -1;
	while (!puppet_done(&p, 1)) {
		if (tvm_run_once(p.t, 1) != TVM_CONTINUE ||
		    tvm_handle_exit(p.t) != TVM_CONTINUE)
			return -2;
	}
	return 0;
}

/* An interrupt that nobody has taken yet goes where the vCPU goes */
static void ipi_moves(void)
{
	struct hart *h = test_second_hart();
	int i;

	make(2);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(ecall(1, SBI_EID_IPI, 0, 2, 0), 0);
		puppet_post(&p, 1, PUPPET_IRQ, 0, 0);
		CHECK_EQ(hart_call(h, run_one_command, NULL), 0);
		CHECK_EQ(puppet_ret(&p, 1, 1) & SIP_SSIP, SIP_SSIP);
		/* It is not the other vCPU's, who runs there next */
		CHECK(!pending(0));
		puppet_post(&p, 1, PUPPET_IRQ, SIP_SSIP, 1);
		CHECK_EQ(hart_call(h, run_one_command, NULL), 0);
		CHECK(!pending(1));
	}
}

/* E.2: a wait for what is there already is no wait */
static void wfi_pending(void)
{
	struct world w = { 0 };

	puppet_make(&p, 1);
	w.tvm = p.t;
	puppet(&p, 0, PUPPET_IRQ, SIP_SSIP, 0);
	/* The puppet itself waits for a command: all its waits are in vain */
	puppet_post(&p, 0, PUPPET_ECALL, SBI_EID_IPI, 0, 1, 0);
	CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
	CHECK(puppet_done(&p, 0));
	CHECK_EQ((long)puppet_ret(&p, 0, 0), 0);
	CHECK_EQ(p.t->exit.scause, SCAUSE_IRQ | IRQ_SSI);
	CHECK_EQ(p.t->exit.stval, 0);
	puppet_post(&p, 0, PUPPET_WFI);
	CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
	CHECK_EQ(p.t->exit.scause, SCAUSE_IRQ | IRQ_SSI);
	CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
	CHECK_EQ(p.t->exit.scause, SCAUSE_IRQ | IRQ_SSI);
	CHECK(puppet_done(&p, 0));
	/* Pending, but not enabled: a real one */
	puppet_post(&p, 0, PUPPET_IRQ, 0, 0);
	CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
	CHECK(puppet_done(&p, 0));
	CHECK_EQ(p.t->exit.scause, CAUSE_VIRTUAL_INSN);
	/* The host's own SSIP was never touched */
	CHECK(!(csr_read(sip) & SIP_SSIP));
}

static long rfence(unsigned long vcpu, unsigned long fid, unsigned long mask,
		   unsigned long base)
{
	return ecall(vcpu, SBI_EID_RFENCE, fid, mask, base);
}

/* Two pages of the guest's with 1 and 2 in them, GUEST_VA at the first one */
static void two_pages(void)
{
	puppet(&p, 0, PUPPET_STORE, p.data, 1);
	puppet(&p, 0, PUPPET_STORE, p.data + PAGE_SIZE, 2);
	puppet(&p, 0, PUPPET_MAP, p.data);
	/* Paging needs a stack page or two more: let them come now */
	puppet(&p, 0, PUPPET_PAGING);
	CHECK_EQ(puppet(&p, 0, PUPPET_LOAD, VA), 1);
}

/*
 * The host of the target does nothing at all, and the target never leaves: it
 * sees the new page once the fence has returned. Before that it sees either.
 * (QEMU flushes at every trap out of VS-mode. So this shows that the target was
 * reached in time; that it did fence shows in the log, below.)
 */
static void fence_running(void)
{
	static const unsigned long fid[] = { 1, 2, 0, 1 };
	struct hart *h = test_second_hart();
	unsigned long i, calls, stale = 0, seen;

	make(2);
	two_pages();
	puppet(&p, 1, PUPPET_PAGING);
	CHECK_EQ(puppet(&p, 1, PUPPET_LOAD, VA), 1);
	puppet_park(&p, 1, h, false);
	calls = p.t->ecalls;
	for (i = 1; i <= 40; i++) {
		CHECK_EQ(puppet_far(&p, 1, PUPPET_LOAD, VA), 2 - (i & 1));
		puppet(&p, 0, PUPPET_MAP, p.data + (i & 1) * PAGE_SIZE);
		stale += puppet_far(&p, 1, PUPPET_LOAD, VA) == 2 - (i & 1);
		/* To it alone, to both, to all */
		CHECK_EQ(rfence(0, fid[i & 3], i & 4 ? 3 : 2, i & 8 ? -1UL : 0),
			 0);
		CHECK_EQ(puppet_ret(&p, 0, 1), 0);
		seen = puppet_far(&p, 1, PUPPET_LOAD, VA);
		if (seen != 1 + (i & 1))
			FAIL("round %lu: the old page after the fence", i);
		/* The caller's own, by its own means */
		CHECK_EQ(rfence(0, 1, 1, 0), 0);
		CHECK_EQ(puppet(&p, 0, PUPPET_LOAD, VA), 1 + (i & 1));
	}
	NOTE("%lu of 40 old translations in use before the fence", stale);
	CHECK_EQ(p.t->ecalls, calls);
	CHECK(puppet_unpark(&p, 1) <= 4);
}

/* The caller alone: no exit either, and it is done */
static void fence_own(void)
{
	struct hart *h = test_second_hart();
	unsigned long i;

	make(2);
	two_pages();
	puppet(&p, 1, PUPPET_PAGING);
	puppet_park(&p, 1, h, false);
	for (i = 1; i <= 10; i++) {
		CHECK_EQ(puppet_far(&p, 1, PUPPET_LOAD, VA), 2 - (i & 1));
		puppet_far(&p, 1, PUPPET_MAP, p.data + (i & 1) * PAGE_SIZE);
		CHECK_EQ((long)puppet_far(&p, 1, PUPPET_ECALL, SBI_EID_RFENCE,
					  1 + (i & 1), i & 2 ? 1 : 2,
					  i & 2 ? 1 : 0, 0, -1UL, 0),
			 0);
		CHECK_EQ(puppet_far(&p, 1, PUPPET_LOAD, VA), 1 + (i & 1));
	}
	CHECK(puppet_unpark(&p, 1) <= 4);
}

/* Nothing to wait for: it is part of every entry */
static void fence_not_running(void)
{
	unsigned long calls, i;

	make(2);
	two_pages();
	puppet(&p, 1, PUPPET_PAGING);
	calls = p.t->ecalls;
	for (i = 1; i <= 6; i++) {
		CHECK_EQ(puppet(&p, 1, PUPPET_LOAD, VA), 2 - (i & 1));
		puppet(&p, 0, PUPPET_MAP, p.data + (i & 1) * PAGE_SIZE);
		CHECK_EQ(rfence(0, i / 3, 2, 0), 0);
		CHECK_EQ(puppet_ret(&p, 0, 1), 0);
		CHECK_EQ(puppet(&p, 1, PUPPET_LOAD, VA), 1 + (i & 1));
	}
	CHECK_EQ(p.t->ecalls, calls);
}

static void fence_bad(void)
{
	unsigned long i;

	make(2);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(rfence(0, i, 4, 0), SBI_ERR_INVALID_PARAM);
		CHECK_EQ(rfence(0, i, 3, 1), SBI_ERR_INVALID_PARAM);
		CHECK_EQ(rfence(0, i, 1, 64), SBI_ERR_INVALID_PARAM);
		CHECK_EQ(rfence(0, i, 2, -2UL), SBI_ERR_INVALID_PARAM);
		CHECK_EQ(rfence(0, i, 1UL << 63, 1), SBI_ERR_INVALID_PARAM);
		CHECK_EQ(rfence(0, i, 0, 0), 0);
	}
	for (i = 3; i < 9; i++)
		CHECK_EQ(rfence(0, i, 1, 0), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(rfence(0, 1UL << 32, 1, 0), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(ecall(0, SBI_EID_IPI, 1, 1, 0), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(ecall(0, SBI_EID_IPI, 1UL << 32, 1, 0), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(ecall(0, SBI_EID_IPI, 0, 4, 0), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(ecall(0, SBI_EID_IPI, 0, 2, 1), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(ecall(0, SBI_EID_IPI, 0, 1, -2UL), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(ecall(0, SBI_EID_HSM, 4, 0, 0), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(ecall(0, SBI_EID_HSM, SBI_HSM_STATUS, 2, 0),
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(ecall(0, SBI_EID_HSM, SBI_HSM_STATUS, -1UL, 0),
		 SBI_ERR_INVALID_PARAM);
}

/* The log of hart @arg's last run: fences in the guest world beyond those of
 * the entry, with the TVM's hgatp; negative if something is not as it must be */
static long extra_fences(void *arg)
{
	unsigned long i, ev, val, hgatp = 0, n = 0;
	bool in = false;

	(void)arg;
	for (i = 0; i < 64; i++) {
		ev = world_log(i, &val);
		if (ev == COVH_LOG_PMP_HOST)
			in = true;
		if (ev == COVH_LOG_PMP_GUEST)
			break;
		if (!in || ev != COVH_LOG_HFENCE_VVMA)
			continue;
		if (n && val != hgatp)
			return -1;
		hgatp = val;
		/* Newest first: fence.i comes before hfence.vvma */
		if (world_log(i + 1, &val) != COVH_LOG_FENCE_I)
			return -2;
		n++;
	}
	if (world_log(i + 1, &val) != COVH_LOG_HGATP || val != hgatp)
		return -3;
	return (long)n - 1;
}

/* T-54: each fence of another vCPU is one here, under the TVM's VMID */
static void fence_log(void)
{
	struct hart *h = test_second_hart();
	unsigned long i;

	world_need_test_firmware();
	make(2);
	CHECK_EQ(puppet(&p, 1, PUPPET_PAGING), 0);
	puppet_park(&p, 1, h, false);
	for (i = 0; i < 5; i++)
		CHECK_EQ(rfence(0, i / 2, 2, 0), 0);
	/* An interrupt is no fence, and one for the caller is not the other's */
	CHECK_EQ(ecall(0, SBI_EID_IPI, 0, 2, 0), 0);
	CHECK_EQ(rfence(0, 1, 1, 0), 0);
	puppet_unpark(&p, 1);
	CHECK_EQ(hart_call(h, extra_fences, NULL), 5);
}

static bool is_removed(unsigned long gpa)
{
	return !covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE).error;
}

/* T-51, T-53: a vCPU that is inside holds a fence open until it is out */
static void fence_held_open(void)
{
	struct hart *h = test_second_hart();
	unsigned long gpa;

	make(2);
	gpa = p.data + PAGE_SIZE;
	puppet(&p, 1, PUPPET_STORE, gpa, 7);
	puppet_park(&p, 1, h, true);
	puppet_share(&p, gpa, PAGE_SIZE);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK(!is_removed(gpa));
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	CHECK(!is_removed(gpa));
	CHECK_EQ(covh_tvm_fence(p.t->id).error, SBI_ERR_ALREADY_STARTED);
	CHECK(!is_removed(gpa));
	CHECK_STATE(tvm_page_at(p.t, gpa)->pa, PG_BLOCKED);
	puppet_answer(0, 0);
	CHECK_EQ(run_vcpu(0), SBI_ERR_FAILED);
	tvm_kick(p.t);
	/* Inside again, but under the new version */
	puppet_far(&p, 1, PUPPET_DATA);
	CHECK(is_removed(gpa));
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	conf_free(&p.t->conf, tvm_page_at(p.t, gpa)->pa, 1);
	tvm_page_at(p.t, gpa)->pa = 0;
	tvm_page_at(p.t, gpa)->kind = TVM_PAGE_SHARED;
	CHECK_EQ((long)puppet_finish(&p, 0), 0);
	CHECK_EQ(puppet_far(&p, 1, PUPPET_LOAD, gpa), 0);
	puppet_unpark(&p, 1);
}

/* T-23: a page of the guest's that nobody has asked for stays */
static void swapped(void)
{
	unsigned long gpa, page, other, val;

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	puppet(&p, 0, PUPPET_STORE, gpa, 0x5ec4e7);
	page = tvm_page_at(p.t, gpa)->pa;
	other = blank_page(p.t);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	REFUSED(covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_zero_pages(p.t->id, other, 0, 1, gpa),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_reclaim_pages(page, 1), SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_tvm_invalidate_pages(p.t->id, gpa, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	CHECK_STATE(page, PG_BLOCKED);
	check_denied(page);
	/* A fence is no help, and the guest waits at its page */
	puppet_post(&p, 0, PUPPET_LOAD, gpa + 40);
	puppet_once(&p, 0);
	CHECK_EQ(p.t->exit.scause, CAUSE_LOAD_GPF);
	CHECK_EQ(p.t->exit.gpa, gpa);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	REFUSED(covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_tvm_validate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	puppet_finish(&p, 0);
	val = puppet(&p, 0, PUPPET_LOAD, gpa);
	CHECK_EQ(val, 0x5ec4e7);
	CHECK_STATE(page, PG_DATA);
	conf_free(&p.t->conf, other, 1);
}

/* T-34: one clock for all, wherever they run */
static void one_clock(void)
{
	struct hart *h = test_second_hart();
	unsigned long i, last = 0, now;

	make(2);
	puppet_park(&p, 1, h, false);
	for (i = 0; i < 20; i++) {
		now = i & 1 ? puppet_far(&p, 1, PUPPET_TIME)
			    : puppet(&p, 0, PUPPET_TIME);
		CHECK(now >= last);
		last = now;
	}
	puppet_unpark(&p, 1);
	/* And on the other's hart */
	now = puppet(&p, 1, PUPPET_TIME);
	CHECK(now >= last && now - last < time_us(5000000));
}

/* Shutdown while another vCPU is inside: it ends when it comes out */
static void shutdown(void)
{
	struct hart *h = test_second_hart();

	make(3);
	puppet_park(&p, 1, h, true);
	puppet_post(&p, 0, PUPPET_ECALL, SBI_EID_SRST, 0, 0, 0);
	while (tvm_run_once(p.t, 0) == TVM_CONTINUE && !p.t->exit.ret.value)
		CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	CHECK_EQ(p.t->exit.ret.value, 1);
	puppet_check_call(&p.t->exit, SBI_EID_SRST, 0, 0, 0);
	CHECK_EQ(run_vcpu(0), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(run_vcpu(2), SBI_ERR_INVALID_PARAM);
	/* T-16: one of its vCPUs is still inside */
	CHECK_EQ(covh_destroy_tvm(p.t->id).error, SBI_ERR_FAILED);
	tvm_kick(p.t);
	CHECK_EQ(hart_wait(h), TVM_ERROR);
	CHECK_EQ(run_vcpu(1), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(tvm_destroy(p.t), 0);
}

TEST_GROUP(signal, { "T-14 T-17 hart_start", start_notice },
	   { "starts that are refused", bad_starts },
	   { "T-17 hart_stop and another start", stop },
	   { "a second life has nothing of the first", start_afresh },
	   { "HSM suspend", suspend },
	   { "T-14 an IPI to vCPUs that do not run", ipi_not_running },
	   { "an IPI to a vCPU that has stopped", ipi_stopped },
	   { "an IPI to a vCPU inside RUN", ipi_running },
	   { "an IPI that goes along to another hart", ipi_moves },
	   { "WFI with an interrupt pending", wfi_pending },
	   { "a remote fence while the target's host sleeps", fence_running },
	   { "a fence of the caller's own", fence_own },
	   { "a remote fence for a vCPU that does not run", fence_not_running },
	   { "T-54 remote fences in the log", fence_log },
	   { "masks and functions that there are not", fence_bad },
	   { "T-51 T-53 a TVM fence with a vCPU inside", fence_held_open },
	   { "T-23 a page swapped for another", swapped },
	   { "T-34 one clock for all vCPUs", one_clock },
	   { "a shutdown while another vCPU runs", shutdown });
