/* SPDX-License-Identifier: BSD-2-Clause */
/* RUN under inspection. */

#include <string.h>
#include <sbi_covh/test.h>
#include "world.h"

#define NR_SLOTS (COVH_NACL_SHMEM_SIZE / 8)
#define ALL_FPRS                                                               \
	"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25," \
	"26,27,28,29,30,31"

void world_fpr_load(const uint64_t *f)
{
	__asm__ __volatile__(".option push\n"
			     ".option arch, +d\n"
			     ".irp n, " ALL_FPRS "\n"
			     "fld f\\n, 8 * \\n(%0)\n"
			     ".endr\n"
			     ".option pop\n" ::"r"(f)
			     : "memory");
}

void world_fpr_store(uint64_t *f)
{
	__asm__ __volatile__(".option push\n"
			     ".option arch, +d\n"
			     ".irp n, " ALL_FPRS "\n"
			     "fsd f\\n, 8 * \\n(%0)\n"
			     ".endr\n"
			     ".option pop\n" ::"r"(f)
			     : "memory");
}

struct tvm *world_guest(const char *name, unsigned long arg)
{
	struct tvm_config cfg = { .lazy = true, .window = !free_pool.nr };

	return test_guest(name, &cfg, arg);
}

void world_rebuild(struct tvm *t, const char *name, unsigned long arg)
{
	struct tvm_config cfg = { .lazy = true, .window = !free_pool.nr };

	CHECK_EQ(tvm_destroy(t), 0);
	memset(t, 0, sizeof(*t));
	cfg.arg = arg;
	CHECK(image_find(name, &cfg.elf, &cfg.elf_size));
	CHECK_EQ(tvm_build(t, &cfg), 0);
}

void world_expect(const struct tvm *t, const char *name, long want)
{
	long got;

	if (!tvm_value_long(t, name, &got))
		FAIL("the guest did not print %s=: \"%.80s\"", name, t->output);
	if (got != want)
		FAIL("guest: %s=%ld, not %ld: \"%.80s\"", name, got, want,
		     t->output);
}

unsigned int world_log(unsigned long ago, unsigned long *arg)
{
	register unsigned long a0 __asm__("a0") = ago;
	register unsigned long a1 __asm__("a1") = 0;
	register unsigned long a2 __asm__("a2") = 0;
	register unsigned long a6 __asm__("a6") = COVH_TEST_LOG;
	register unsigned long a7 __asm__("a7") = COVH_TEST_EID;

	__asm__ __volatile__("ecall"
			     : "+r"(a0), "+r"(a1), "+r"(a2)
			     : "r"(a6), "r"(a7)
			     : "memory");
	*arg = a1;
	return (unsigned int)a2;
}

/* Events of a run, the exit included */
#define RUN_EVENTS 13

unsigned long world_hgatp(void)
{
	unsigned long arg, i;

	for (i = 0; i < RUN_EVENTS; i++) {
		if (world_log(i, &arg) == COVH_LOG_PMP_GUEST) {
			CHECK_EQ(world_log(i + 1, &arg), COVH_LOG_HGATP);
			return arg;
		}
	}
	FAIL("no run in the log");
	return 0;
}

void world_need_test_firmware(void)
{
	if (sbi_call(COVH_TEST_EID, COVH_TEST_TRAMPOLINE, 0).error)
		SKIP("needs firmware of CONFIG=test");
}

static void fill(const struct world *w, struct capture *in)
{
	unsigned int i;

	for (i = 0; i < 32; i++) {
		in->x[i] = WORLD_HOST_X + i;
		in->f[i] = WORLD_HOST_F + i;
	}
	in->fcsr = WORLD_HOST_FCSR;
	in->x[10] = w->tvm->id;
	in->x[11] = 0;
	in->x[16] = covh_numbers[COVH_RUN_TVM_VCPU];
	in->x[17] = COVH_EID_COVH;
}

static void run(const struct world *w, const struct capture *in,
		struct capture *out)
{
	unsigned long old = csr_read(sstatus);

	if (w->fp == WORLD_FP_ON) {
		capture_ecall(in, out, 1);
		return;
	}
	csr_set(sstatus, SSTATUS_FS);
	world_fpr_load(in->f);
	csr_write(fcsr, in->fcsr);
	csr_clear(sstatus, SSTATUS_FS);
	capture_ecall(in, out, 0);
	csr_set(sstatus, SSTATUS_FS);
	world_fpr_store(out->f);
	out->fcsr = csr_read(fcsr);
	csr_write(sstatus, old);
}

static void check_registers(const struct capture *in, const struct capture *out)
{
	unsigned int i;

	for (i = 1; i < 32; i++) {
		if (i != 10 && i != 11 && out->x[i] != in->x[i])
			FAIL("x%u is 0x%lx after RUN", i, out->x[i]);
	}
	for (i = 0; i < 32; i++) {
		if (out->f[i] != in->f[i])
			FAIL("f%u is 0x%lx after RUN", i, out->f[i]);
	}
	CHECK_EQ(out->fcsr, in->fcsr);
}

static uint64_t slots_before[NR_SLOTS];

static unsigned int slot_of(unsigned long offset)
{
	return (unsigned int)(offset / 8);
}

bool world_is_mmio(const struct world *w)
{
	const struct tvm_exit *e = &w->tvm->exit;

	return !e->ret.value &&
	       (e->scause == CAUSE_LOAD_GPF || e->scause == CAUSE_STORE_GPF) &&
	       e->gpa - w->mmio < w->mmio_len;
}

/* E.2: the slots an exit may write. The rest is the host's, or zero */
static bool may_differ(const struct world *w, unsigned int i)
{
	unsigned int a0 = slot_of(COVH_NACL_GPR_OFFSET(REG_A0));
	const struct tvm_exit *e = &w->tvm->exit;

	if (world_is_mmio(w) &&
	    (i == a0 || i == slot_of(COVH_NACL_CSR_OFFSET(CSR_HTINST))))
		return true;
	if (i == slot_of(COVH_NACL_CSR_OFFSET(CSR_VSTIMECMP)) ||
	    i == slot_of(COVH_NACL_CSR_OFFSET(CSR_VSIE)) ||
	    i == slot_of(COVH_NACL_CSR_OFFSET(CSR_HTIMEDELTA)) ||
	    i == slot_of(COVH_NACL_CSR_OFFSET(CSR_HTVAL)))
		return true;
	return e->scause == CAUSE_VS_ECALL && i >= a0 && i < a0 + 8;
}

static void check_slots(const struct world *w)
{
	const struct tvm_exit *e = &w->tvm->exit;
	const uint64_t *slot = this_hart()->shmem;
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++) {
		if (slot[i] && slot[i] != slots_before[i] && !may_differ(w, i))
			FAIL("scause 0x%lx: slot 0x%x holds 0x%lx", e->scause,
			     8 * i, slot[i]);
		if ((slot[i] ^ CANARY_X_BASE) >> 8 == 0 ||
		    (slot[i] ^ CANARY_F_BASE) >> 8 == 0)
			FAIL("scause 0x%lx: a canary in slot 0x%x", e->scause,
			     8 * i);
	}
	CHECK_EQ(*nacl_csr(CSR_HVIP), 0);
	CHECK_EQ(*nacl_csr(CSR_HTINST) != 0, world_is_mmio(w));
}

static void check_exit(const struct world *w)
{
	const struct tvm_exit *e = &w->tvm->exit;
	unsigned int i;

	if (e->scause & SCAUSE_IRQ || e->ret.value ||
	    e->scause == CAUSE_VS_ECALL) {
		CHECK_EQ(e->stval, 0);
		CHECK_EQ(e->htval, 0);
	} else if (e->scause == CAUSE_VIRTUAL_INSN) {
		CHECK_EQ(e->stval, 0x10500073);
		CHECK_EQ(e->htval, 0);
	} else if (world_is_mmio(w)) {
		/* A load shows nothing but where */
		if (e->scause == CAUSE_LOAD_GPF)
			CHECK_EQ(e->a[0], 0);
	} else {
		/* T-40: the page, not the address in it */
		CHECK_EQ(e->gpa & (PAGE_SIZE - 1), 0);
	}
	if (e->scause != CAUSE_VS_ECALL)
		return;
	/* Two arguments of COVG are the host's business, else a byte is */
	for (i = e->a[7] == COVH_EID_COVG ? 2 : 1; i < 6; i++)
		CHECK_EQ(e->a[i], 0);
	CHECK(e->a[7] == COVH_EID_COVG || e->a[0] <= 0xff);
}

enum tvm_result world_run_once(struct world *w)
{
	struct capture in, out;
	struct tvm_exit *e = &w->tvm->exit;
	unsigned int i;

	fill(w, &in);
	out = in;
	if (!this_hart()->shmem)
		CHECK_EQ(nacl_setup(), 0);
	/* What the host answers stays: a0 and a1 */
	for (i = 0; i < NR_SLOTS; i++) {
		if (i != slot_of(COVH_NACL_GPR_OFFSET(REG_A0)) &&
		    i != slot_of(COVH_NACL_GPR_OFFSET(REG_A0 + 1)))
			((uint64_t *)this_hart()->shmem)[i] =
				WORLD_HOST_SLOT + i;
	}
	if (w->prepare)
		w->prepare(w);
	memcpy(slots_before, this_hart()->shmem, sizeof(slots_before));
	w->tvm->runs++;
	run(w, &in, &out);
	e->ret.error = (long)out.x[10];
	e->ret.value = (long)out.x[11];
	e->scause = csr_read(scause);
	e->stval = csr_read(stval);
	if (e->ret.error)
		return TVM_ERROR;
	e->htval = *nacl_csr(CSR_HTVAL);
	e->htinst = *nacl_csr(CSR_HTINST);
	e->gpa = e->htval << 2 | (e->stval & 3);
	for (i = 0; i < 8; i++)
		e->a[i] = *nacl_gpr(REG_A0 + i);
	if (e->scause & SCAUSE_IRQ)
		w->interrupts |= 1UL << (e->scause & 63);
	else
		w->exceptions |= 1UL << (e->scause & 63);
	if (w->look)
		w->look(w);
	check_registers(&in, &out);
	check_slots(w);
	check_exit(w);
	/* T-54: the guest's page that was just in use is gone at once */
	CHECK_EQ(probe_load(w->tvm->first_page, NULL), CAUSE_LOAD_ACCESS);
	CHECK_EQ(probe_store(w->tvm->first_page, 0), CAUSE_STORE_ACCESS);
	return TVM_CONTINUE;
}

enum tvm_result world_run(struct world *w)
{
	enum tvm_result r;

	do {
		r = world_run_once(w);
		if (r == TVM_CONTINUE && world_is_mmio(w))
			*nacl_gpr(REG_A0) = w->mmio_value;
		else if (r == TVM_CONTINUE)
			r = tvm_handle_exit(w->tvm);
	} while (r == TVM_CONTINUE);
	timer_clear();
	csr_write(sie, 0);
	return r;
}
