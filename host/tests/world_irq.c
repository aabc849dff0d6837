/* SPDX-License-Identifier: BSD-2-Clause */
/* T-58, T-16, T-69: interrupts, remote fences and other harts during a run. */

#include <string.h>
#include "world.h"

/* What a second hart does to hart 0 while that one runs a TVM */
struct job {
	struct hart *target;
	struct tvm *tvm;
	unsigned long value;
	volatile unsigned long done;
	long error;
};

/* Not on a stack: a case that fails does not wait for the other hart */
static struct job job;

/* A guest that loops with interrupts off, up to its loop */
static struct tvm *spinning(void)
{
	struct tvm *t = test_guest("spin", NULL, 0);

	while (!strstr(t->output, "spin=1\n")) {
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	}
	return t;
}

/* One run that only hart h's job ends, with its last word, an IPI */
static void run_until_ipi(struct tvm *t, struct hart *h, hart_fn fn)
{
	struct world w = { .tvm = t };

	job.target = this_hart();
	CHECK_EQ(nacl_setup(), 0);
	csr_write(sie, SIP_SSIP);
	hart_post(h, fn, &job);
	CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
	CHECK_EQ(t->exit.scause, SCAUSE_IRQ | IRQ_SSI);
	CHECK(csr_read(sip) & SIP_SSIP);
	ipi_clear();
	csr_write(sie, 0);
	CHECK_EQ(hart_wait(h), 0);
}

static void timer(void)
{
	struct world w = { .tvm = spinning() };
	unsigned long when;
	int i;

	for (i = 0; i < 5; i++) {
		when = time_now() + time_us(2000);
		timer_set(when);
		csr_write(sie, SIP_STIP);
		CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
		CHECK_EQ(w.tvm->exit.scause, SCAUSE_IRQ | IRQ_STI);
		CHECK(csr_read(sip) & SIP_STIP);
		CHECK(time_now() >= when);
		timer_clear();
	}
}

static long kick(void *arg)
{
	struct job *j = arg;

	time_delay(2000);
	j->done = 1;
	ipi_send(j->target);
	return 0;
}

static void ipi(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = spinning();
	int i;

	for (i = 0; i < 5; i++) {
		job = (struct job){ 0 };
		run_until_ipi(t, h, kick);
		CHECK_EQ(job.done, 1);
	}
}

/* Both pending, one masked: only what the host has enabled ends a run */
static void masked(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = spinning();
	struct world w = { .tvm = t };

	ipi_send(this_hart());
	timer_set(time_now() + time_us(1000));
	csr_write(sie, SIP_STIP);
	CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
	CHECK_EQ(t->exit.scause, SCAUSE_IRQ | IRQ_STI);
	CHECK_EQ(csr_read(sip) & (SIP_SSIP | SIP_STIP), SIP_SSIP | SIP_STIP);
	CHECK_EQ(csr_read(sie), SIP_STIP);
	timer_clear();
	ipi_clear();
	(void)h;
}

#define FENCES 150

static long fences(void *arg)
{
	static const unsigned long fid[] = { 0, 1, 2, 3, 4, 5, 6 };
	struct job *j = arg;
	unsigned long i;

	time_delay(500);
	for (i = 0; i < FENCES && !j->error; i++) {
		j->error = sbi_call(SBI_EID_RFENCE, fid[i % 7], 1,
				    j->target->id, 0x80000000, 0x4000, 3)
				   .error;
		j->done++;
	}
	ipi_send(j->target);
	return j->error;
}

static void remote_fences(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = spinning();

	job = (struct job){ 0 };
	run_until_ipi(t, h, fences);
	CHECK_EQ(job.error, 0);
	CHECK_EQ(job.done, FENCES);
}

/*
 * T-16: the same vCPU from another hart, and destroying what runs. Should it
 * get there first, its timer ends the run, and both try again.
 */
static long run_it_too(void *arg)
{
	struct job *j = arg;
	struct sbiret run, destroy;
	int i;

	if (nacl_setup())
		return 1;
	for (i = 0; i < 100 && !j->done; i++) {
		time_delay(1000);
		timer_set(time_now() + time_us(1000));
		csr_write(sie, SIP_STIP);
		run = covh_run_tvm_vcpu(j->tvm->id, 0);
		csr_write(sie, SIP_SSIP);
		timer_clear();
		if (run.error != SBI_ERR_INVALID_PARAM)
			continue;
		destroy = covh_destroy_tvm(j->tvm->id);
		j->done = 1;
		j->error = destroy.error;
	}
	ipi_send(j->target);
	return j->done ? 0 : 2;
}

static void twice(void)
{
	struct hart *h = test_second_hart();
	struct world w;
	enum tvm_result r;

	job = (struct job){ .tvm = spinning(), .target = this_hart() };
	w = (struct world){ .tvm = job.tvm };
	csr_write(sie, SIP_SSIP);
	hart_post(h, run_it_too, &job);
	do {
		r = world_run_once(&w);
		if (r != TVM_CONTINUE)
			CHECK_EQ(job.tvm->exit.ret.error,
				 SBI_ERR_INVALID_PARAM);
	} while (r != TVM_CONTINUE && !job.done);
	CHECK_EQ(hart_wait(h), 0);
	CHECK_EQ(r, TVM_CONTINUE);
	CHECK_EQ(job.tvm->exit.scause, SCAUSE_IRQ | IRQ_SSI);
	ipi_clear();
	csr_write(sie, 0);
	/* Refused while it ran, and still there */
	CHECK_EQ(job.error, SBI_ERR_FAILED);
	timer_set(time_now() + time_us(500));
	csr_write(sie, SIP_STIP);
	CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
	CHECK_EQ(job.tvm->exit.scause, SCAUSE_IRQ | IRQ_STI);
}

/* The vCPU goes on where it was, on another hart and back */
static long run_to_timer(void *arg)
{
	struct tvm *t = arg;

	if (nacl_setup())
		return -1;
	timer_set(time_now() + time_us(500));
	csr_write(sie, SIP_STIP);
	if (tvm_run_once(t, 0) != TVM_CONTINUE)
		return -2;
	csr_write(sie, SIP_SSIP);
	timer_clear();
	return t->exit.scause == (SCAUSE_IRQ | IRQ_STI) ? 0 : -3;
}

static void wanders(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = world_guest("fp", 60);
	enum tvm_result r = TVM_CONTINUE;
	long away;
	int i;

	for (i = 0; r == TVM_CONTINUE; i++) {
		r = tvm_run_once(t, 0);
		if (r != TVM_CONTINUE)
			break;
		r = tvm_handle_exit(t);
		/* An answer waits in this hart's slots: none must, to move */
		if (r != TVM_CONTINUE || t->exit.scause == CAUSE_VS_ECALL)
			continue;
		away = hart_call(h, run_to_timer, t);
		CHECK(away == 0 || away == -3);
		while (away == -3 && r == TVM_CONTINUE &&
		       t->exit.scause != CAUSE_VS_ECALL) {
			r = tvm_handle_exit(t);
			away = hart_call(h, run_to_timer, t);
		}
		if (away == -3)
			r = tvm_handle_exit(t);
		*nacl_gpr(REG_A0) = 0;
	}
	CHECK_EQ(r, TVM_SHUTDOWN);
	world_expect(t, "fp", 0);
}

#define CSR_HIE	      0x604
#define CSR_HGEIE     0x607
#define CSR_HGEIP     0xe12
#define CSR_VSISELECT 0x250
#define CSR_VSIREG    0x251
#define HSTATUS_VGEIN (1UL << 12)
#define FILE_1	      (1UL << 1)
#define SIP_SGEIP     (1UL << 12)
/* Registers of a guest interrupt file */
#define EIDELIVERY 0x70
#define EIP0	   0x80
#define EIE0	   0xc0

static void file_write(unsigned long reg, unsigned long val)
{
	csr_write(CSR_VSISELECT, reg);
	csr_write(CSR_VSIREG, val);
}

/* Identity 1 of guest interrupt file 1: pending or not */
static void file_set(bool pending)
{
	csr_set(CSR_HSTATUS, HSTATUS_VGEIN);
	file_write(EIDELIVERY, pending);
	file_write(EIE0, pending ? 2 : 0);
	file_write(EIP0, pending ? 2 : 0);
	csr_write(CSR_HGEIE, pending ? FILE_1 : 0);
	csr_write(CSR_HIE, pending ? SIP_SGEIP : 0);
	if (!pending)
		csr_clear(CSR_HSTATUS, HSTATUS_VGEIN);
}

/*
 * T-69: a guest file of the host's, selected by VGEIN, has an interrupt. It
 * must not end the run, must not be the TVM's, and is there afterwards
 */
static void guest_file(void)
{
	struct world w = { .tvm = world_guest("world", WORLD_STATE | 20 << 8) };
	unsigned long v, before, lost = 0, ended = 0;
	enum tvm_result r;

	if (csr_probe_read(CSR_VSISELECT, &v))
		SKIP("the hart has no AIA");
	csr_write(CSR_HGEIE, FILE_1);
	v = csr_read(CSR_HGEIE);
	csr_write(CSR_HGEIE, 0);
	if (v != FILE_1)
		SKIP("the hart has no guest interrupt file");
	file_set(true);
	before = csr_read(CSR_HGEIP);
	do {
		r = tvm_run_once(w.tvm, 0);
		lost += csr_read(CSR_HGEIP) != FILE_1 ||
			csr_read(CSR_HGEIE) != FILE_1 ||
			!(csr_read(CSR_HIE) & SIP_SGEIP) ||
			!(csr_read(CSR_HSTATUS) & HSTATUS_VGEIN);
		ended += (w.tvm->exit.scause & SCAUSE_IRQ) != 0;
		if (r == TVM_CONTINUE)
			r = tvm_handle_exit(w.tvm);
	} while (r == TVM_CONTINUE);
	file_set(false);
	CHECK_EQ(r, TVM_SHUTDOWN);
	CHECK_EQ(before, FILE_1);
	CHECK_EQ(lost, 0);
	CHECK_EQ(ended, 0);
	world_expect(w.tvm, "initial", 0);
	world_expect(w.tvm, "irqs", 0);
	world_expect(w.tvm, "state", 0);
}

TEST_GROUP(world_irq,
	   { "T-58 the host's timer ends a run with interrupts off", timer },
	   { "T-58 an IPI of another hart ends it", ipi },
	   { "T-58 what the host has masked does not end it", masked },
	   { "remote fences are served without an exit", remote_fences },
	   { "T-16 one vCPU on two harts", twice },
	   { "T-18 a vCPU that moves between harts", wanders },
	   { "T-69 an interrupt of the host's guest file", guest_file });
