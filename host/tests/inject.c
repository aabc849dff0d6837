/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-29: COVG 4 and 5, and the interrupts that a host injects by its hart's
 * hvip (E.6): external ones, which the vCPU has allowed, and no others.
 */

#include <host/fdt.h>
#include "puppet.h"
#include "world.h"

#define VSSIP (1UL << 2)
#define VSTIP (1UL << 6)
#define VSEIP (1UL << 10)
#define LCOFI (1UL << 13)
#define ALL   (~0UL)

#define LAST_ID 2047

static struct puppet p;

static void notice(unsigned long vcpu, unsigned long fid, unsigned long id)
{
	puppet_post(&p, vcpu, PUPPET_ECALL, COVH_EID_COVG, fid, id, 0x5ec4e71,
		    0x5ec4e72, 0x5ec4e73, 0x5ec4e74, 0x5ec4e75);
	puppet_until(&p, vcpu, COVH_EID_COVG, fid);
	CHECK_EQ(p.t->exit.ret.value, 0);
	puppet_check_call(&p.t->exit, COVH_EID_COVG, fid, id, 0);
	puppet_answer(-4UL, 9);
	CHECK_EQ((long)puppet_finish(&p, vcpu), 0);
	CHECK_EQ(puppet_ret(&p, vcpu, 1), 0);
}

static void allow(unsigned long vcpu, unsigned long id)
{
	notice(vcpu, COVG_ALLOW_EXTERNAL_INTERRUPT, id);
}

static void deny(unsigned long vcpu, unsigned long id)
{
	notice(vcpu, COVG_DENY_EXTERNAL_INTERRUPT, id);
}

/* Pending for the guest while the host's hvip is so; QEMU shows other bits in
 * hvip than those that were written */
static unsigned long pending(unsigned long vcpu, unsigned long hvip)
{
	unsigned long sip, before;

	csr_write(CSR_HVIP, hvip);
	before = csr_read(CSR_HVIP);
	puppet(&p, vcpu, PUPPET_IRQ, 0, 0);
	sip = puppet_ret(&p, vcpu, 1);
	CHECK_EQ(csr_read(CSR_HVIP) & VSEIP, before & VSEIP);
	csr_write(CSR_HVIP, 0);
	return sip;
}

/* QEMU 7.2 delivers what it does not show in a guest's sip */
static bool shown(void)
{
	return bootarg_ulong("qemu", 10) >= 10;
}

static unsigned long taken(unsigned long vcpu, unsigned long hvip, int times);

static bool injected(unsigned long vcpu)
{
	unsigned long sip = pending(vcpu, VSEIP);

	CHECK_EQ(sip & ~SIP_SEIP, 0);
	if (!shown()) {
		CHECK_EQ(taken(vcpu, 0, 1), 0);
		return taken(vcpu, VSEIP, 1);
	}
	/* Level: what the host does not say again is gone */
	CHECK_EQ(pending(vcpu, 0), 0);
	return sip;
}

/* Interrupts that are enabled, all of them, so many times */
static unsigned long taken(unsigned long vcpu, unsigned long hvip, int times)
{
	unsigned long before;

	puppet(&p, vcpu, PUPPET_IRQ, 0, 0);
	before = puppet_ret(&p, vcpu, 3);
	csr_write(CSR_HVIP, hvip);
	while (times--)
		puppet(&p, vcpu, PUPPET_IRQ, SIP_SEIP | SIP_STIP | SIP_SSIP, 1);
	csr_write(CSR_HVIP, 0);
	puppet(&p, vcpu, PUPPET_IRQ, 0, 0);
	CHECK_EQ(puppet_ret(&p, vcpu, 0), 0);
	return puppet_ret(&p, vcpu, 3) - before;
}

static void by_default(void)
{
	static const unsigned long hvip[] = { VSSIP, VSTIP,	    VSEIP,
					      LCOFI, VSEIP | VSSIP, ALL };
	unsigned int i;

	puppet_make(&p, 1);
	for (i = 0; i < ARRAY_SIZE(hvip); i++) {
		CHECK_EQ(pending(0, hvip[i]), 0);
		CHECK_EQ(taken(0, hvip[i], 10), 0);
	}
}

static void allowed(void)
{
	static const unsigned long id[] = {
		1, 2, 10, 63, 64, 1024, LAST_ID, ALL
	};
	unsigned int i;

	puppet_make(&p, 1);
	for (i = 0; i < ARRAY_SIZE(id); i++) {
		CHECK(!injected(0));
		allow(0, id[i]);
		CHECK(injected(0));
		/* Twice is once */
		allow(0, id[i]);
		CHECK(injected(0));
		CHECK_EQ(taken(0, VSEIP, 5), 5);
		CHECK_EQ(taken(0, 0, 5), 0);
		deny(0, id[i]);
		CHECK(!injected(0));
		CHECK_EQ(taken(0, VSEIP, 5), 0);
	}
}

/* K-28: one id is as good as all; the last one to be denied counts */
static void several(void)
{
	puppet_make(&p, 1);
	deny(0, 5);
	deny(0, ALL);
	CHECK(!injected(0));
	allow(0, 5);
	deny(0, 6);
	CHECK(injected(0));
	allow(0, LAST_ID);
	deny(0, 5);
	CHECK(injected(0));
	deny(0, LAST_ID);
	CHECK(!injected(0));
	allow(0, ALL);
	deny(0, 5);
	CHECK(injected(0));
	allow(0, 5);
	deny(0, ALL);
	CHECK(!injected(0));
}

/* The others are never the host's to inject, and an IPI is not its to take */
static void others(void)
{
	static const unsigned long hvip[] = { VSSIP, VSTIP, VSSIP | VSTIP,
					      LCOFI, ALL & ~VSEIP };
	unsigned int i;

	puppet_make(&p, 1);
	allow(0, ALL);
	for (i = 0; i < ARRAY_SIZE(hvip); i++) {
		CHECK_EQ(pending(0, hvip[i]), 0);
		CHECK_EQ(pending(0, hvip[i] | VSEIP), shown() ? SIP_SEIP : 0);
		CHECK_EQ(taken(0, hvip[i], 5), 0);
	}
	CHECK_EQ((long)puppet(&p, 0, PUPPET_ECALL, SBI_EID_IPI, 0, 1, 0), 0);
	CHECK_EQ(pending(0, 0), SIP_SSIP);
	CHECK_EQ(pending(0, VSEIP), SIP_SSIP | (shown() ? SIP_SEIP : 0));
	CHECK_EQ(pending(0, VSTIP), SIP_SSIP);
	CHECK_EQ(pending(0, 0), SIP_SSIP);
}

static void per_vcpu(void)
{
	puppet_make(&p, 3);
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 2), 0);
	allow(1, 33);
	CHECK(!injected(0));
	CHECK(injected(1));
	CHECK(!injected(2));
	allow(0, ALL);
	deny(1, 33);
	CHECK(injected(0));
	CHECK(!injected(1));
	CHECK(!injected(2));
}

static void bad_ids(void)
{
	static const unsigned long id[] = { 0,	       LAST_ID + 1,
					    4096,      1UL << 32 | 1,
					    1UL << 63, ALL - 1,
					    0xffffffff };
	unsigned long calls, fid;
	unsigned int i;

	puppet_make(&p, 1);
	calls = p.t->ecalls;
	for (fid = COVG_ALLOW_EXTERNAL_INTERRUPT;
	     fid <= COVG_DENY_EXTERNAL_INTERRUPT; fid++) {
		for (i = 0; i < ARRAY_SIZE(id); i++) {
			CHECK_EQ((long)puppet(&p, 0, PUPPET_ECALL,
					      COVH_EID_COVG, fid, id[i]),
				 SBI_ERR_INVALID_PARAM);
			CHECK_EQ(puppet_ret(&p, 0, 1), 0);
		}
	}
	CHECK_EQ(p.t->ecalls, calls);
	CHECK(!injected(0));
	/* Nor has a bad one to deny any effect */
	allow(0, 1);
	for (i = 0; i < ARRAY_SIZE(id); i++)
		puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
		       COVG_DENY_EXTERNAL_INTERRUPT, id[i]);
	CHECK(injected(0));
}

/* A vCPU that starts again has allowed nothing */
static void second_life(void)
{
	puppet_make(&p, 2);
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	allow(1, ALL);
	CHECK(injected(1));
	puppet_post(&p, 1, PUPPET_STOP);
	while (tvm_run_once(p.t, 1) == TVM_CONTINUE && !p.t->exit.ret.value)
		CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	CHECK(!injected(1));
	allow(1, 7);
	CHECK(injected(1));
}

static long pending_there(void *arg)
{
	unsigned long hvip = *(unsigned long *)arg;

	if (nacl_setup())
		return -1;
	csr_write(CSR_HVIP, hvip);
	while (!puppet_done(&p, 0)) {
		if (tvm_run_once(p.t, 0) != TVM_CONTINUE ||
		    tvm_handle_exit(p.t) != TVM_CONTINUE)
			return -2;
	}
	csr_write(CSR_HVIP, 0);
	return (long)puppet_ret(&p, 0, 1);
}

/* It is the hvip of the hart that runs it which counts */
static void moved(void)
{
	struct hart *h = test_second_hart();
	unsigned long hvip = 0;
	int i;

	puppet_make(&p, 1);
	allow(0, 1);
	for (i = 0; i < 10; i++) {
		CHECK(injected(0));
		csr_write(CSR_HVIP, VSEIP);
		puppet_post(&p, 0, PUPPET_IRQ, 0, 0);
		hvip = i & 1 ? VSEIP : VSSIP;
		CHECK_EQ(hart_call(h, pending_there, &hvip),
			 i & 1 && shown() ? SIP_SEIP : 0);
		csr_write(CSR_HVIP, 0);
	}
}

/* A guest that waits for it goes on, and takes it */
static void ends_wfi(void)
{
	unsigned long i, n;

	puppet_make(&p, 1);
	allow(0, 1);
	for (i = 1; i < 10; i++) {
		puppet(&p, 0, PUPPET_IRQ, SIP_SEIP, 1);
		puppet_once(&p, 0);
		CHECK_EQ(p.t->exit.scause, CAUSE_VIRTUAL_INSN);
		csr_write(CSR_HVIP, VSEIP);
		puppet_once(&p, 0);
		csr_write(CSR_HVIP, 0);
		puppet(&p, 0, PUPPET_IRQ, 0, 0);
		n = puppet_ret(&p, 0, 3);
		CHECK_EQ(n, i);
	}
}

TEST_GROUP(inject, { "T-29 hvip of the host, nothing allowed", by_default },
	   { "T-29 an interrupt allowed, denied", allowed },
	   { "T-29 several allowed, some denied", several },
	   { "T-29 T-69 interrupts that nobody can allow", others },
	   { "T-29 one vCPU allows, another does not", per_vcpu },
	   { "ids that there are not", bad_ids },
	   { "T-29 a vCPU that starts again", second_life },
	   { "T-29 hvip of the hart that runs it", moved },
	   { "an interrupt ends a wait", ends_wfi });
