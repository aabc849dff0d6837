/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evidence as a guest gets it, and a host that interrupts, moves, forgets or
 * destroys a guest that waits for it. What the evidence says is looked at by
 * test/attest.
 */

#include <string.h>
#include <sbi_covh/test.h>
#include "evidence.h"

#define CONTEXTS 4

static struct puppet p, q;

static void make(struct puppet *p, unsigned int vcpus)
{
	unsigned int i;

	puppet_make(p, vcpus);
	for (i = 1; i < vcpus; i++)
		CHECK_EQ(puppet(p, 0, PUPPET_START, i), 0);
	for (i = 0; i < vcpus; i++)
		evidence_ready(p, i, 0x1000 + i);
}

static unsigned long whole(struct puppet *p, unsigned long vcpu,
			   unsigned long format)
{
	evidence_ask(p, vcpu, format);
	return evidence_finish(p, vcpu, format);
}

static void both_formats(void)
{
	unsigned long cbor, x509, sum;

	make(&p, 1);
	/* Hosts of spec 0.5 are not told */
	if (!covh_spec05)
		CHECK(p.t->info.tsm_capabilities & COVH_CAP_ATTESTATION_REMOTE);
	cbor = whole(&p, 0, COVG_CERT_CBOR);
	sum = evidence_sum(&p, 0);
	CHECK_EQ(whole(&p, 0, COVG_CERT_CBOR), cbor);
	CHECK_EQ(evidence_sum(&p, 0), sum);
	x509 = whole(&p, 0, COVG_CERT_X509);
	NOTE("evidence: %lu bytes as CBOR, %lu as X.509", cbor, x509);
	/* Another challenge, other evidence */
	evidence_ready(&p, 0, 0x2000);
	CHECK_EQ(whole(&p, 0, COVG_CERT_CBOR), cbor);
	CHECK(evidence_sum(&p, 0) != sum);
}

static uint64_t covg(struct puppet *p, unsigned long fid, unsigned long a0,
		     unsigned long a1, unsigned long a2)
{
	return puppet(p, 0, PUPPET_ECALL, COVH_EID_COVG, fid, a0, a1, a2);
}

static void attcaps(void)
{
	unsigned long gpa;

	make(&p, 1);
	gpa = evidence_out(&p, 0);
	CHECK_EQ(covg(&p, COVG_GET_ATTCAPS, gpa, 336, 0), 0);
	CHECK_EQ(puppet_load(&p, gpa + 8), (3UL << 32) | COVG_HASH_SHA384);
	CHECK_EQ(puppet_load(&p, gpa + 16) & 0xffffffff, 0x0406);
	CHECK_EQ((long)covg(&p, COVG_GET_ATTCAPS, gpa, 335, 0),
		 COVH_ERR_INVALID_PARAM);
	CHECK_EQ((long)covg(&p, COVG_GET_ATTCAPS, gpa + 8, 336, 0),
		 COVH_ERR_INVALID_ADDRESS);
	CHECK_EQ((long)covg(&p, COVG_GET_ATTCAPS, p.box, 336, 0),
		 COVH_ERR_INVALID_PARAM);
}

static void read_register(unsigned long index, uint64_t *words)
{
	unsigned long gpa = evidence_out(&p, 0), i;

	CHECK_EQ(covg(&p, COVG_READ_MEASUREMENT, gpa, 48, index), 0);
	for (i = 0; i < 6; i++)
		words[i] = puppet_load(&p, gpa + 8 * i);
}

static void extend(void)
{
	static const unsigned long bad[] = { 0, 1, 2, 3, 4, 5, 10, ~0UL };
	uint64_t before[10][6], after[6];
	unsigned long i, gpa;

	make(&p, 1);
	gpa = evidence_challenge(&p, 0);
	for (i = 0; i < 10; i++)
		read_register(i, before[i]);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_EQ((long)covg(&p, COVG_EXTEND_MEASUREMENT, gpa, 48,
				    bad[i]),
			 COVH_ERR_INVALID_PARAM);
	CHECK_EQ((long)covg(&p, COVG_EXTEND_MEASUREMENT, gpa, 64, 6),
		 COVH_ERR_INVALID_PARAM);
	CHECK_EQ((long)covg(&p, COVG_EXTEND_MEASUREMENT, p.box, 48, 6),
		 COVH_ERR_INVALID_PARAM);
	CHECK_EQ((long)covg(&p, COVG_EXTEND_MEASUREMENT, gpa + 48, 48, 6),
		 COVH_ERR_INVALID_ADDRESS);
	CHECK_EQ(covg(&p, COVG_EXTEND_MEASUREMENT, gpa, 48, 7), 0);
	for (i = 0; i < 10; i++) {
		read_register(i, after);
		CHECK_EQ(!memcmp(before[i], after, sizeof(after)), i != 7);
	}
	/* The firmware and its configuration are in registers 2 and 3 */
	for (i = 2; i < 4; i++)
		CHECK(before[i][0] && before[i][1]);
}

static void ask_badly(unsigned long want, unsigned long key, unsigned long len,
		      unsigned long challenge, unsigned long format,
		      unsigned long out, unsigned long size)
{
	long got = (long)puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
				COVG_GET_EVIDENCE, key, len, challenge, format,
				out, size);

	if (got != (long)want || puppet_ret(&p, 0, 1))
		FAIL("0x%lx %lu 0x%lx %lu 0x%lx 0x%lx: expected %ld, got %ld",
		     key, len, challenge, format, out, size, (long)want, got);
}

static void bad_buffers(void)
{
	const unsigned long param = (unsigned long)COVH_ERR_INVALID_PARAM;
	const unsigned long addr = (unsigned long)COVH_ERR_INVALID_ADDRESS;
	const unsigned long len = EVIDENCE_KEY_LEN, size = PAGE_SIZE;
	unsigned long k, c, o, missing = ALIGN_DOWN(~0UL, PAGE_SIZE);

	make(&p, 1);
	k = evidence_key(&p, 0);
	c = evidence_challenge(&p, 0);
	o = evidence_out(&p, 0);
	ask_badly(param, k, 0, c, 1, o, size);
	ask_badly(param, k, 4096, c, 1, o, size);
	ask_badly(param, k, len, c, 0, o, size);
	ask_badly(param, k, len, c, 3, o, size);
	ask_badly(param, k, len, c, 1, o, 0);
	ask_badly(addr, k + 64, len, c, 1, o, size);
	ask_badly(addr, k, len, c + 64, 1, o, size);
	ask_badly(addr, k, len, c, 1, o + 64, size);
	ask_badly(param, p.box, len, c, 1, o, size);
	ask_badly(param, k, len, p.box, 1, o, size);
	ask_badly(param, k, len, c, 1, p.box, size);
	ask_badly(addr, missing, len, c, 1, o, size);
	ask_badly(addr, k, len, missing, 1, o, size);
	ask_badly(addr, k, len, c, 1, missing, 2 * size);
	ask_badly(addr, k, len, c, 1, 0x1000, size);
	CHECK_EQ(puppet_load(&p, o), 0);
	CHECK_EQ(puppet_load(&p, o + PAGE_SIZE), 0);
}

/* T-49: not a key, or a point that is not on the curve */
static void bad_keys(void)
{
	unsigned long k, good, i;

	make(&p, 1);
	k = evidence_key(&p, 0);
	for (i = 0; i < EVIDENCE_KEY_LEN; i += 40) {
		good = puppet_load(&p, k + (i & ~7UL));
		puppet_store(&p, k + (i & ~7UL), good ^ 1UL << 8 * (i & 7));
		evidence_ask(&p, 0, COVG_CERT_X509);
		CHECK_EQ((long)puppet_finish(&p, 0), COVH_ERR_INVALID_PARAM);
		CHECK_EQ(puppet_ret(&p, 0, 1), 0);
		puppet_store(&p, k + (i & ~7UL), good);
	}
	ask_badly((unsigned long)COVH_ERR_INVALID_PARAM, k,
		  EVIDENCE_KEY_LEN - 1, evidence_challenge(&p, 0), 1,
		  evidence_out(&p, 0), PAGE_SIZE);
	CHECK_EQ(puppet_load(&p, evidence_out(&p, 0)), 0);
	whole(&p, 0, COVG_CERT_X509);
}

static void short_buffer(void)
{
	unsigned long len, out;

	make(&p, 1);
	len = whole(&p, 0, COVG_CERT_CBOR);
	evidence_ready(&p, 0, 0x1000);
	out = evidence_out(&p, 0);
	CHECK_EQ((long)puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
			      COVG_GET_EVIDENCE, evidence_key(&p, 0),
			      EVIDENCE_KEY_LEN, evidence_challenge(&p, 0),
			      COVG_CERT_CBOR, out, len - 1),
		 COVH_ERR_INVALID_PARAM);
	CHECK_EQ(puppet_ret(&p, 0, 1), len);
	CHECK_EQ(puppet_load(&p, out), 0);
	CHECK_EQ(puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG, COVG_GET_EVIDENCE,
			evidence_key(&p, 0), EVIDENCE_KEY_LEN,
			evidence_challenge(&p, 0), COVG_CERT_CBOR, out, len),
		 0);
	CHECK_EQ(puppet_ret(&p, 0, 1), len);
}

/* RUN until the command is done, ended every so many ticks, on harts in turn.
 * What the host sees of each interrupted run is an interrupt and nothing else */
static struct {
	unsigned long ticks;
	unsigned long interrupted;
	long result;
} slice;

static long one_slice(void *arg)
{
	struct tvm_exit *e = &p.t->exit;
	unsigned int i;

	(void)arg;
	CHECK_EQ(nacl_setup(), 0);
	for (i = REG_A0; i < REG_A0 + 8; i++)
		*nacl_gpr(i) = 0;
	csr_write(sie, SIP_STIP);
	timer_set(time_now() + slice.ticks);
	slice.result = tvm_run_once(p.t, 0);
	timer_clear();
	csr_write(sie, SIP_SSIP);
	if (slice.result != TVM_CONTINUE || e->ret.value)
		FAIL("vCPU 0: %s", tvm_describe_exit(p.t));
	if (e->scause != (SCAUSE_IRQ | IRQ_STI)) {
		slice.result = tvm_handle_exit(p.t);
		return 0;
	}
	slice.interrupted++;
	CHECK_EQ(e->stval, 0);
	CHECK_EQ(e->htval, 0);
	CHECK_EQ(e->htinst, 0);
	for (i = 0; i < 8; i++)
		CHECK_EQ(e->a[i], 0);
	return 0;
}

static void in_slices(unsigned long ticks, struct hart *other)
{
	unsigned long n;

	slice.ticks = ticks;
	slice.interrupted = 0;
	for (n = 0; !puppet_done(&p, 0); n++) {
		if (n == 1000000)
			FAIL("it never ends");
		hart_call(other && n % 2 ? other : this_hart(), one_slice,
			  NULL);
	}
}

/* 10,000 instructions under -icount, where a tick is 100 */
static void interrupted(void)
{
	unsigned long ticks = bootarg_ulong("slice", 100);
	unsigned long len, sum;

	make(&p, 1);
	len = whole(&p, 0, COVG_CERT_X509);
	sum = evidence_sum(&p, 0);
	evidence_ready(&p, 0, 0x1000);
	evidence_ask(&p, 0, COVG_CERT_X509);
	in_slices(ticks, NULL);
	CHECK_EQ(evidence_finish(&p, 0, COVG_CERT_X509), len);
	CHECK_EQ(evidence_sum(&p, 0), sum);
	NOTE("interrupted %lu times", slice.interrupted);
	CHECK(slice.interrupted > 20);
}

static void moved(void)
{
	struct hart *other = test_second_hart();
	unsigned long len, sum;

	make(&p, 1);
	len = whole(&p, 0, COVG_CERT_CBOR);
	sum = evidence_sum(&p, 0);
	evidence_ready(&p, 0, 0x1000);
	evidence_ask(&p, 0, COVG_CERT_CBOR);
	in_slices(2000, other);
	CHECK_EQ(evidence_finish(&p, 0, COVG_CERT_CBOR), len);
	CHECK_EQ(evidence_sum(&p, 0), sum);
	CHECK(slice.interrupted > 10);
}

static unsigned long test_value(unsigned long fid)
{
	struct sbiret r = sbi_call(COVH_TEST_EID, fid);

	CHECK_EQ(r.error, 0);
	return (unsigned long)r.value;
}

/* The vCPU is blocked in the helper, in the middle of its work */
static void begin(struct puppet *p, unsigned long vcpu)
{
	struct tvm_exit *e = &p->t->exit;
	unsigned long before = test_value(COVH_TEST_CONTEXTS);

	evidence_ask(p, vcpu, COVG_CERT_CBOR);
	csr_write(sie, SIP_STIP);
	do {
		timer_set(time_now() + time_us(1000));
		CHECK_EQ(tvm_run_once(p->t, vcpu), TVM_CONTINUE);
		if (e->scause != (SCAUSE_IRQ | IRQ_STI))
			CHECK_EQ(tvm_handle_exit(p->t), TVM_CONTINUE);
	} while (test_value(COVH_TEST_CONTEXTS) == before);
	timer_clear();
	csr_write(sie, SIP_SSIP);
	CHECK(!puppet_done(p, vcpu));
}

/* As many as there are contexts, and one more: two TVMs, two vCPUs and more */
static void several(void)
{
	unsigned long i;

	need_debug();
	make(&p, 3);
	make(&q, 2);
	for (i = 0; i < 2; i++) {
		begin(&p, i);
		begin(&q, i);
	}
	evidence_ask(&p, 2, COVG_CERT_CBOR);
	CHECK_EQ((long)puppet_finish(&p, 2),
		 error_code(COVH_ERR_BUSY, COVH_ERR_FAILED));
	for (i = 0; i < 2; i++) {
		evidence_finish(&q, i, COVG_CERT_CBOR);
		evidence_finish(&p, i, COVG_CERT_CBOR);
	}
	whole(&p, 2, COVG_CERT_CBOR);
}

static void destroyed(void)
{
	unsigned long i;

	need_debug();
	/* Twice as often as there are contexts: they all come back */
	make(&p, CONTEXTS);
	for (i = 0; i < CONTEXTS; i++)
		begin(&p, i);
	CHECK_EQ(tvm_destroy(p.t), 0);
	make(&q, CONTEXTS);
	for (i = 0; i < CONTEXTS; i++)
		begin(&q, i);
	CHECK_EQ(tvm_destroy(q.t), 0);
	CHECK_EQ(test_value(COVH_TEST_CONTEXTS), 0);
}

/* Private key: in a context while a job is there, and nowhere else */
static void no_key_left(void)
{
	need_debug();
	CHECK_EQ(test_value(COVH_TEST_FIND_KEY), 0);
	make(&p, 2);
	whole(&p, 0, COVG_CERT_CBOR);
	CHECK_EQ(test_value(COVH_TEST_FIND_KEY), 0);
	begin(&p, 1);
	CHECK(test_value(COVH_TEST_FIND_KEY) >= 6);
	CHECK_EQ(tvm_destroy(p.t), 0);
	CHECK_EQ(test_value(COVH_TEST_FIND_KEY), 0);
}

/* The room for the certificate is taken away meanwhile */
static void page_taken(void)
{
	unsigned long out;

	need_debug();
	make(&p, 1);
	out = evidence_out(&p, 0);
	begin(&p, 0);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, out, PAGE_SIZE).error, 0);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	CHECK_EQ((long)puppet_finish(&p, 0), COVH_ERR_INVALID_ADDRESS);
	CHECK_EQ(puppet_ret(&p, 0, 1), 0);
	CHECK_EQ(covh_tvm_validate_pages(p.t->id, out, PAGE_SIZE).error, 0);
	CHECK_EQ(puppet_load(&p, out), 0);
	whole(&p, 0, COVG_CERT_CBOR);
}

static struct hart *far;

/* A RUN that meets another call on the TVM is FAILED: again */
static long run_far(void *arg)
{
	unsigned long i = (unsigned long)arg;
	unsigned long end = time_now() + time_us(PUPPET_PATIENCE);

	CHECK_EQ(nacl_setup(), 0);
	csr_write(sie, SIP_STIP);
	while (!puppet_done(&p, i) && time_now() < end) {
		struct tvm_exit e;

		timer_set(time_now() + time_us(200));
		if (tvm_vcpu_run(p.t, i, &e) == TVM_CONTINUE &&
		    e.scause != (SCAUSE_IRQ | IRQ_STI))
			tvm_vcpu_handle(p.t, &e);
	}
	timer_clear();
	csr_write(sie, SIP_SSIP);
	return 0;
}

/* Two vCPUs of one TVM on two harts, and nobody else runs a blocked one */
static void at_once(void)
{
	unsigned long i;

	far = test_second_hart();
	make(&p, 2);
	evidence_ask(&p, 1, COVG_CERT_X509);
	hart_post(far, run_far, (void *)1);
	evidence_ask(&p, 0, COVG_CERT_X509);
	run_far((void *)0);
	hart_wait(far);
	for (i = 0; i < 2; i++) {
		CHECK(puppet_done(&p, i));
		evidence_finish(&p, i, COVG_CERT_X509);
	}
}

#define FADD_D	   0x02007053U /* fadd.d f0, f0, f0 */
#define VSETVLI_E8 0x00007057U /* vsetvli x0, x0, e8, m1; illegal without V */

static uint64_t far_insn(uint32_t insn)
{
	return puppet_far(&p, 0, PUPPET_INSN, p.data, insn, 1);
}

/* FP and V are live when the guest asks, and are used again in the same run */
static void fp_goes_on(void)
{
	uint64_t v;

	far = test_second_hart();
	make(&p, 1);
	puppet_park(&p, 0, far, false);
	CHECK_EQ(far_insn(FADD_D), PUPPET_NO_TRAP);
	v = far_insn(VSETVLI_E8);
	evidence_ask(&p, 0, COVG_CERT_CBOR);
	CHECK_EQ(puppet_wait(&p, 0), 0);
	CHECK_EQ(far_insn(FADD_D), PUPPET_NO_TRAP);
	CHECK_EQ(far_insn(VSETVLI_E8), v);
	NOTE("RUN has come back %lu times meanwhile", puppet_unpark(&p, 0));
}

TEST_GROUP(evidence,
	   { "COVG 8 in both formats, the same each time", both_formats },
	   { "COVG 6 says what there is", attcaps },
	   { "T-45 COVG 7 extends runtime registers only", extend },
	   { "T-46 bad buffers for evidence", bad_buffers },
	   { "T-49 bad keys", bad_keys },
	   { "a buffer that is too short: how much it takes", short_buffer },
	   { "interrupted again and again", interrupted },
	   { "moved from hart to hart", moved },
	   { "two TVMs, two vCPUs, and BUSY", several },
	   { "destroyed in the middle", destroyed },
	   { "no key in RAM but in a job", no_key_left },
	   { "T-46 the buffer goes while the helper works", page_taken },
	   { "two vCPUs on two harts at once", at_once },
	   { "FP goes on in the run that asked", fp_goes_on });
