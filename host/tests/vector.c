/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short way into M-mode for COVH calls and the end of a run: who takes it,
 * who does not, and how long it is there.
 */

#include <string.h>
#include <sbi_covh/test.h>
#include <host/attack.h>
#include <host/capture.h>
#include <host/nacl.h>
#include <host/vm.h>
#include "puppet.h"
#include "world.h"

#define TRAMPOLINE_EID 0x08C0DE00

/* What RUN has in a6 */
static unsigned long run_fid(void)
{
	return covh_numbers[COVH_RUN_TVM_VCPU];
}

static long installed(void *arg)
{
	(void)arg;
	return sbi_call(COVH_TEST_EID, COVH_TEST_VECTOR).value;
}

static struct tvm *guest(void)
{
	world_need_test_firmware();
	return test_guest("hello", NULL, 0);
}

static struct tvm *has_run(void)
{
	struct tvm *t = guest();

	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	CHECK_EQ(installed(NULL), 1);
	return t;
}

static void comes_and_goes(void)
{
	struct tvm *a = guest(), *b = test_guest("hello", NULL, 0);

	CHECK_EQ(installed(NULL), 0);
	CHECK_EQ(tvm_run_once(a, 0), TVM_CONTINUE);
	CHECK_EQ(installed(NULL), 1);
	CHECK_EQ(tvm_destroy(a), 0);
	CHECK_EQ(installed(NULL), 1);
	CHECK_EQ(tvm_destroy(b), 0);
	CHECK_EQ(installed(NULL), 0);
	/* Nothing to run: nothing to install it for */
	REFUSED(covh_run_tvm_vcpu(a->id, 0), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(installed(NULL), 0);
}

static long run_here(void *arg)
{
	CHECK_EQ(nacl_setup(), 0);
	return tvm_run_once(arg, 0);
}

static long end_here(void *arg)
{
	enum tvm_result r = tvm_handle_exit(arg);

	return r == TVM_CONTINUE ? tvm_run(arg, 0) : r;
}

/* The hart that ends the last TVM tells the others */
static void other_harts(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = guest();
	unsigned long end;

	CHECK_EQ(hart_call(h, installed, NULL), 0);
	CHECK_EQ(hart_call(h, run_here, t), TVM_CONTINUE);
	CHECK_EQ(hart_call(h, installed, NULL), 1);
	CHECK_EQ(installed(NULL), 0);
	CHECK_EQ(tvm_destroy(t), 0);
	end = time_now() + time_us(5000000);
	while (hart_call(h, installed, NULL) && time_now() < end)
		;
	CHECK_EQ(hart_call(h, installed, NULL), 0);
}

static void stop_and_start(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = guest();

	CHECK_EQ(hart_call(h, run_here, t), TVM_CONTINUE);
	CHECK_EQ(hart_stop(h), 0);
	CHECK_EQ(hart_start(h), 0);
	CHECK_EQ(hart_call(h, installed, NULL), 0);
	CHECK_EQ(hart_call(h, run_here, t), TVM_CONTINUE);
	CHECK_EQ(hart_call(h, installed, NULL), 1);
	CHECK_EQ(hart_call(h, end_here, t), TVM_SHUTDOWN);
}

extern char secondary_entry[];

static volatile int naps;

/* Comes back by a new start */
static long sleep(void *arg)
{
	struct sbiret r;

	(void)arg;
	if (naps++)
		return installed(NULL);
	csr_write(sie, SIP_SSIP);
	ipi_clear();
	r = sbi_call(SBI_EID_HSM, SBI_HSM_SUSPEND, 0x80000000,
		     (unsigned long)secondary_entry,
		     (unsigned long)this_hart());
	return r.error;
}

static void non_retentive(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = guest();
	struct sbiret r;
	long result;

	CHECK_EQ(hart_call(h, run_here, t), TVM_CONTINUE);
	naps = 0;
	hart_post(h, sleep, NULL);
	do {
		r = sbi_call(SBI_EID_HSM, SBI_HSM_STATUS, h->id);
	} while (hart_busy(h) && r.value != 4);
	ipi_send(h);
	result = hart_wait(h);
	if (result < 0)
		SKIP("the hart has no such suspend");
	CHECK_EQ(result, 0);
	CHECK_EQ(hart_call(h, run_here, t), TVM_CONTINUE);
	CHECK_EQ(hart_call(h, installed, NULL), 1);
	CHECK_EQ(hart_call(h, end_here, t), TVM_SHUTDOWN);
}

/* An illegal instruction with these in a0, a1, a6, a7: scause, and what became
 * of the registers */
static unsigned long illegal(unsigned long r[4])
{
	register unsigned long a0 __asm__("a0") = r[0];
	register unsigned long a1 __asm__("a1") = r[1];
	register unsigned long a6 __asm__("a6") = r[2];
	register unsigned long a7 __asm__("a7") = r[3];
	unsigned long cause;

	__asm__ __volatile__("	lla	t0, 1f\n"
			     "	csrrw	t0, stvec, t0\n"
			     "	csrw	scause, zero\n"
			     "	.4byte	0\n"
			     "	.balign 4\n"
			     "1:	csrr	%0, scause\n"
			     "	csrw	stvec, t0\n"
			     : "=&r"(cause), "+r"(a0), "+r"(a1), "+r"(a6),
			       "+r"(a7)
			     :
			     : "t0", "memory");
	r[0] = a0;
	r[1] = a1;
	r[2] = a6;
	r[3] = a7;
	return cause;
}

/* Registers alone make no call */
static void other_traps(void)
{
	struct tvm *t = has_run();
	const unsigned long eid[] = { COVH_EID_COVH, TRAMPOLINE_EID };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(eid); i++) {
		unsigned long r[4] = { t->id, 0, run_fid(), eid[i] };

		CHECK_EQ(illegal(r), CAUSE_ILLEGAL);
		CHECK_EQ(r[0], t->id);
		CHECK_EQ(r[1], 0);
		CHECK_EQ(r[2], run_fid());
		CHECK_EQ(r[3], eid[i]);
	}
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
}

static volatile bool fencing;

static long fence_main(void *arg)
{
	unsigned long n = 0, end = time_now() + time_us(5000000);

	for (; fencing && time_now() < end; n++)
		sbi_call(SBI_EID_RFENCE, 0, 1, *(unsigned long *)arg);
	return (long)n;
}

/* A guest waits with the registers of LEAVE for an interrupt of M-mode's: it
 * must not end its run itself, and say why */
static void guest_registers(void)
{
	struct hart *h = test_second_hart();
	unsigned long self = this_hart()->id;
	struct puppet_regs *r;
	struct puppet p;
	int i;

	world_need_test_firmware();
	puppet_make(&p, 1);
	/* Its pages are there from here on */
	puppet(&p, 0, PUPPET_INSN, p.data + 0x200, 0x00000013, 1);
	r = puppet_regs(&p, 0);
	for (i = 0; i < 32; i++)
		r->in[i] = 0;
	r->in[11] = 0x1234;
	r->in[17] = TRAMPOLINE_EID;
	/* j . */
	puppet_post(&p, 0, PUPPET_INSN, p.data + 0x200, 0x0000006f, 1);
	p.t->cfg.tick = time_us(20000);
	fencing = true;
	hart_post(h, fence_main, &self);
	for (i = 0; i < 20; i++)
		CHECK_EQ(puppet_once(&p, 0)->scause, SCAUSE_IRQ | 5);
	fencing = false;
	CHECK(hart_wait(h) > 20);
}

/* Every register but a0 and a1 survives a call */
static struct sbiret call(unsigned long eid, unsigned long a6, unsigned long a0,
			  unsigned long a1)
{
	struct capture in, out;
	int i;

	for (i = 1; i < 32; i++)
		in.x[i] = WORLD_HOST_X + i;
	in.x[10] = a0;
	in.x[11] = a1;
	in.x[16] = a6;
	in.x[17] = eid;
	capture_ecall(&in, &out, 0);
	for (i = 1; i < 32; i++)
		if (i != 10 && i != 11)
			CHECK_EQ(out.x[i], in.x[i]);
	return (struct sbiret){ (long)out.x[10], (long)out.x[11] };
}

static void other_calls(void)
{
	struct tvm *t = has_run();
	unsigned long fid;

	/* LEAVE is the trampoline's, in the guest world */
	for (fid = 0; fid < 32; fid++)
		REFUSED(call(TRAMPOLINE_EID, fid, 0, 0), SBI_ERR_NOT_SUPPORTED);
	/* The number of RUN in other extensions */
	REFUSED(call(SBI_EID_BASE, run_fid(), 0, 0), SBI_ERR_NOT_SUPPORTED);
	REFUSED(call(COVH_EID_NACL, run_fid(), 0, 0), SBI_ERR_NOT_SUPPORTED);
	/* A call that goes on to OpenSBI */
	CHECK_EQ(call(SBI_EID_BASE, SBI_BASE_SPEC_VERSION, 0, 0).error, 0);
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
}

/* The other ways to write the same number are not taken for it by the vector,
 * but they are RUN */
static void other_words(void)
{
	/* The first one comes by OpenSBI's vector */
	const unsigned long word[] = { 1UL << COVH_A6_SDID_SHIFT,
				       1UL << COVH_A6_SDID_SHIFT, 0 };
	struct tvm *t = guest();
	unsigned int i;

	CHECK_EQ(nacl_setup(), 0);
	for (i = 0; i < ARRAY_SIZE(word); i++) {
		CHECK_EQ(call(COVH_EID_COVH, run_fid() | word[i], t->id, 0)
				 .error,
			 0);
		CHECK_EQ(*nacl_gpr(17), SBI_EID_DBCN);
		*nacl_gpr(10) = 0;
	}
	REFUSED(call(COVH_EID_COVH, run_fid() | 1UL << 25, t->id, 0),
		SBI_ERR_NOT_SUPPORTED);
}

static void errors(void)
{
	struct tvm *t = guest();
	int i;

	/* By OpenSBI's vector first, then by ours */
	for (i = 0; i < 2; i++) {
		CHECK_EQ(nacl_setup(), 0);
		REFUSED(call(COVH_EID_COVH, run_fid(), t->id + 1, 0),
			SBI_ERR_INVALID_PARAM);
		REFUSED(call(COVH_EID_COVH, run_fid(), t->id, 1),
			SBI_ERR_INVALID_PARAM);
		CHECK_EQ(nacl_disable(), 0);
		REFUSED(call(COVH_EID_COVH, run_fid(), t->id, 0),
			SBI_ERR_FAILED);
		CHECK_EQ(installed(NULL), 1);
	}
	CHECK_EQ(nacl_setup(), 0);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
}

/* Each function, and numbers that are none, with arguments that fit nothing */
static void ask_all(struct sbiret answer[32])
{
	unsigned long fid;

	for (fid = 0; fid < 32; fid++)
		/* Which would ask the other harts to fence, too */
		if (fid != covh_numbers[COVH_GLOBAL_FENCE])
			answer[fid] = call(COVH_EID_COVH, fid, ~0UL, 1);
}

static void all_calls(void)
{
	struct sbiret opensbi[32] = { 0 }, ours[32] = { 0 };
	unsigned long fid;
	struct tvm *t;

	ask_all(opensbi);
	t = has_run();
	ask_all(ours);
	for (fid = 0; fid < 32; fid++) {
		CHECK_EQ(ours[fid].error, opensbi[fid].error);
		CHECK_EQ(ours[fid].value, 0);
		CHECK_EQ(opensbi[fid].value, 0);
	}
	CHECK_EQ(ours[covh_numbers[COVH_GET_TSM_INFO]].error,
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
}

__asm__("	.balign 4\n"
	"vector_vm_code:\n"
	"	ecall\n");
extern const char vector_vm_code[];

/* VS-mode's ecall is no ecall of the host's */
static void ordinary_vm(void)
{
	struct tvm *t = has_run();
	struct vm vm;

	vm_create(&vm, "hello", 0, 1);
	memcpy(vm.mem + (vm.vs.pc - 0x80000000), vector_vm_code, 4);
	vm.vs.x[10] = t->id;
	vm.vs.x[11] = 0;
	vm.vs.x[16] = run_fid();
	vm.vs.x[17] = COVH_EID_COVH;
	vm_load(&vm, 0);
	vs_enter(&vm.vs);
	vm_unload();
	CHECK_EQ(vm.vs.scause, CAUSE_VS_ECALL);
	CHECK_EQ(vm.vs.x[10], t->id);
	CHECK_EQ(vm.vs.x[16], run_fid());
	CHECK_EQ(vm.vs.x[17], COVH_EID_COVH);
	vm_destroy(&vm);
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
}

TEST_GROUP(vector, { "the vector comes with RUN and goes", comes_and_goes },
	   { "the last TVM ends on another hart", other_harts },
	   { "a hart stops and starts between two runs", stop_and_start },
	   { "a hart loses its state between two runs", non_retentive },
	   { "other traps with RUN's registers", other_traps },
	   { "a guest with the registers of LEAVE", guest_registers },
	   { "other calls with RUN's number", other_calls },
	   { "RUN in other words", other_words }, { "RUN that fails", errors },
	   { "each call by both ways", all_calls },
	   { "RUN in an ordinary VM", ordinary_vm }, );
