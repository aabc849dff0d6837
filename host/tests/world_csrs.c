/* SPDX-License-Identifier: BSD-2-Clause */
/* T-12, T-13, T-70: CSRs of both worlds. */

#include "world.h"
#include "world_csrs.h"

#define COUNT(csr, ...) +1
#define NR		(0 HOST_CSRS(COUNT))
#define NR_VIEW		(0 HOST_VIEWS(COUNT))

static const unsigned short number[NR] = {
#define NUMBER(csr, ...) csr,
	HOST_CSRS(NUMBER)
};
static const unsigned short view[NR_VIEW] = { HOST_VIEWS(NUMBER) };

static bool exists[NR], view_exists[NR_VIEW];
static unsigned long saved[NR], odd[NR], seen[NR];
static unsigned long views_before[NR_VIEW], views_after[NR_VIEW];

static bool htinst_works;

static void find_csrs(void)
{
	unsigned int i = 0;

	csr_write(CSR_HTINST, 0x2003);
	htinst_works = csr_read(CSR_HTINST) == 0x2003;
	csr_write(CSR_HTINST, 0);

#define FIND(csr, val) exists[i] = !csr_probe_read(csr, &saved[i]), i++;
	HOST_CSRS(FIND)
	i = 0;
#define FINDV(csr) view_exists[i] = !csr_probe_read(csr, &views_before[i]), i++;
	HOST_VIEWS(FINDV)
}

static void read_views(unsigned long *v)
{
	unsigned int i = 0;

#define READV(csr)                    \
	if (view_exists[i])           \
		v[i] = csr_read(csr); \
	i++;
	HOST_VIEWS(READV)
}

static void read_csrs(unsigned long *v)
{
	unsigned int i = 0;

#define READ(csr, val)                \
	if (exists[i])                \
		v[i] = csr_read(csr); \
	i++;
	HOST_CSRS(READ)
}

static void restore_csrs(void)
{
	unsigned int i = 0;

#define RESTORE(csr, val)                 \
	if (exists[i])                    \
		csr_write(csr, saved[i]); \
	i++;
	HOST_CSRS(RESTORE)
}

/* Odd values everywhere; what came of them is what must be there after RUN */
static void write_odd(struct world *w)
{
	unsigned int i = 0;

	(void)w;
#define WRITE(csr, val)              \
	if (exists[i])               \
		csr_write(csr, val); \
	i++;
	HOST_CSRS(WRITE)
	/* The timer of the case, and what may end a run */
	csr_write(sie, SIP_STIP | SIP_SSIP);
	if (w->data)
		timer_set(time_now() + time_us(300));
	read_csrs(odd);
	read_views(views_before);
}

static void compare(struct world *w)
{
	unsigned int i;

	read_csrs(seen);
	read_views(views_after);
	restore_csrs();
	for (i = 0; i < NR; i++) {
		/* QEMU: htinst cannot be written by anybody; hvip.VSTIP is
		 * dropped when M-mode writes it, and hvip shows bits of mip */
		if (number[i] == CSR_HTINST && !htinst_works)
			continue;
		if (number[i] == CSR_HVIP) {
			odd[i] &= ~0x2f0UL;
			seen[i] &= ~0x2f0UL;
		}
		if (exists[i] && seen[i] != odd[i])
			FAIL("scause 0x%lx: CSR 0x%x: host wrote 0x%lx, finds 0x%lx",
			     w->tvm->exit.scause, number[i], odd[i], seen[i]);
	}
	for (i = 0; i < NR_VIEW; i++) {
		/* Interrupts may have become pending meanwhile */
		if (view[i] == 0x144 || view[i] == 0xdb0)
			continue;
		/* QEMU 7.2 leaves VSTIP pending when vstimecmp goes back */
		if (view[i] == 0x644) {
			views_before[i] &= ~0x40UL;
			views_after[i] &= ~0x40UL;
		}
		if (view_exists[i] && views_after[i] != views_before[i])
			FAIL("scause 0x%lx: CSR 0x%x was 0x%lx, is 0x%lx",
			     w->tvm->exit.scause, view[i], views_before[i],
			     views_after[i]);
	}
}

static struct world odd_world(const char *name, unsigned long arg)
{
	find_csrs();
	return (struct world){
		.tvm = world_guest(name, arg),
		.prepare = write_odd,
		.look = compare,
		.mmio = CANARY_MMIO,
		.mmio_len = PAGE_SIZE,
	};
}

/* Which ones the cases above are about: test_cpu.py wants to know */
static void print_csrs(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < NR; i++)
		n += exists[i];
	NOTE("%u of %u CSRs exist", n, (unsigned int)NR);
	printf("# CSRs with odd values:");
	for (i = 0; i < NR; i++) {
		if (exists[i] && odd[i] != saved[i])
			printf(" 0x%03x", number[i]);
	}
	printf("\n");
}

static void odd_canary(unsigned long mode, enum world_fp fp)
{
	struct world w = odd_world("canary", mode);

	w.fp = fp;
	CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
	if (mode != CANARY_SRST)
		world_expect(w.tvm, "canary", 0);
	CHECK_EQ(tvm_destroy(w.tvm), 0);
}

static void odd_values(void)
{
	odd_canary(CANARY_ECALL, WORLD_FP_LATE);
	odd_canary(CANARY_WFI, WORLD_FP_ON);
	odd_canary(CANARY_FAULT, WORLD_FP_LATE);
	odd_canary(CANARY_SRST, WORLD_FP_ON);
	print_csrs();
}

static void odd_values_mmio(void)
{
	odd_canary(CANARY_LOAD, WORLD_FP_LATE);
	odd_canary(CANARY_STORE, WORLD_FP_ON);
}

static void odd_values_interrupt(void)
{
	struct world w = odd_world("canary", CANARY_SPIN);
	int i;

	w.data = &w;
	for (i = 0; i < 40; i++) {
		CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(w.tvm), TVM_CONTINUE);
	}
	CHECK_EQ(w.tvm->exit.scause, SCAUSE_IRQ | IRQ_STI);
	csr_write(sie, 0);
}

static void odd_values_fatal(void)
{
	struct world w = odd_world("outside", 1);

	CHECK_EQ(world_run(&w), TVM_FATAL);
}

/* The guest compares its own CSRs over exits, and counts interrupts */
static void compared(unsigned long mode)
{
	struct world w = odd_world("world", mode | 50 << 8);
	unsigned long v;

	CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
	/* A hart with hstateen0 has sstateen0, and a guest sees its own */
	world_expect(w.tvm, "sstateen0", !csr_probe_read(0x60c, &v));
	world_expect(w.tvm, "initial", 0);
	world_expect(w.tvm, "state", 0);
	world_expect(w.tvm, "irqs", 0);
	world_expect(w.tvm, "loads", mode == WORLD_MMIO ? 50 : 0);
	CHECK_EQ(tvm_destroy(w.tvm), 0);
}

static void guest_state(void)
{
	compared(WORLD_STATE);
	compared(WORLD_MMIO);
}

/* Nor does it get at more because the host has enabled everything */
static void guest_forbidden(void)
{
	struct world w = odd_world("illegal", ILLEGAL_HEXT);

	CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
	world_expect(w.tvm, "hext", 0);
}

#define FWFT 0x46574654

/*
 * FWFT features 0-5: misaligned delegation, landing pad, shadow stack, double
 * trap, hardware A/D, pointer masking. Changed just for RUN: this host could
 * not live with all of them.
 */
static unsigned long fwft_set(unsigned long *v)
{
	unsigned long f, changed = 0;
	struct sbiret r;

	for (f = 0; f < 6; f++) {
		r = sbi_call(FWFT, 1, f);
		if (r.error)
			continue;
		changed += !sbi_call(FWFT, 0, f, v[f], 0).error;
		v[f] = (unsigned long)r.value;
	}
	return changed;
}

static void fwft(void)
{
	unsigned long v[6] = { 0, 0, 0, 0, 0, 7 }, changed = 0, f;
	struct tvm *t = world_guest("world", WORLD_STATE | 20 << 8);
	enum tvm_result r;
	struct sbiret now;

	for (f = 0; f < 5; f++) {
		now = sbi_call(FWFT, 1, f);
		v[f] = !now.error && !now.value;
	}
	do {
		/* Exchanges what is set for what v holds */
		changed += fwft_set(v);
		r = tvm_run_once(t, 0);
		fwft_set(v);
		if (r == TVM_CONTINUE)
			r = tvm_handle_exit(t);
	} while (r == TVM_CONTINUE);
	CHECK_EQ(r, TVM_SHUTDOWN);
	world_expect(t, "initial", 0);
	world_expect(t, "state", 0);
	world_expect(t, "irqs", 0);
	if (!changed)
		SKIP("no FWFT feature can be changed");
	NOTE("%lu FWFT features changed in each of %lu runs", changed / t->runs,
	     t->runs);
}

/* One interrupt bit of hvip at a time, hie and hideleg against the guest */
static void injected(void)
{
	static const unsigned long bit[] = { 1UL << 2, 1UL << 6, 1UL << 10,
					     1UL << 13 };
	unsigned long old = csr_read(CSR_VSTIMECMP);
	struct tvm *t = world_guest("world", WORLD_STATE | 64 << 8);
	enum tvm_result r;
	unsigned int i;

	for (i = 0;; i++) {
		csr_write(CSR_HVIP, bit[i % 4]);
		csr_write(CSR_VSTIMECMP, 0);
		csr_write(0x603, i & 8 ? 0x444 : 0);
		csr_write(0x604, 0x1444);
		r = tvm_run_once(t, 0);
		csr_write(CSR_HVIP, 0);
		if (r == TVM_CONTINUE)
			r = tvm_handle_exit(t);
		if (r != TVM_CONTINUE)
			break;
	}
	csr_write(CSR_VSTIMECMP, old);
	csr_write(0x603, 0);
	csr_write(0x604, 0);
	CHECK_EQ(r, TVM_SHUTDOWN);
	world_expect(t, "irqs", 0);
	world_expect(t, "state", 0);
}

static void qos_id(void)
{
	unsigned long val;

	if (csr_probe_read(0x181, &val))
		SKIP("QEMU has no Ssqosid: natively in test/unit/test_world.c");
	odd_values();
}

TEST_GROUP(world_csrs,
	   { "T-12 T-70 CSRs after ecall, WFI, fault, shutdown", odd_values },
	   { "T-12 T-70 CSRs after MMIO", odd_values_mmio },
	   { "T-12 CSRs after a host interrupt", odd_values_interrupt },
	   { "T-12 CSRs after a fatal fault", odd_values_fatal },
	   { "T-13 T-70 the guest's CSRs against odd values", guest_state },
	   { "T-13 T-62 what a guest may not use, against them",
	     guest_forbidden },
	   { "T-60 the QoS id of both worlds", qos_id },
	   { "T-13 FWFT features changed before RUN", fwft },
	   { "T-13 T-29 interrupts injected by hvip, vstimecmp", injected });
