/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-28: what no host can be asked to emulate. The guest gets an access fault
 * with its own address, and the host hears nothing of it.
 */

#include <host/fdt.h>
#include "mmio.h"

/* rs1 = a1; stores, AMOs: rs2 = a2; rd = a3, or f3 */
#define RS1_A1 (11U << 15)
#define RS2_A2 (12U << 20)
#define RD_3   (13U << 7)

#define AMO(funct5, width)                                                 \
	(0x0000002f | (uint32_t)(funct5) << 27 | (uint32_t)(width) << 12 | \
	 RS1_A1 | RD_3)
#define FLOAD(width)  (0x00000007 | (uint32_t)(width) << 12 | RS1_A1 | RD_3)
#define FSTORE(width) (0x00000027 | (uint32_t)(width) << 12 | RS1_A1 | RS2_A2)

#define VA 0xc0000000UL

static struct puppet p;
static unsigned long pc;

static void make(void)
{
	mmio_make(&p, 1);
	pc = p.data + 0x100;
}

static void refused(uint32_t word, unsigned long at, unsigned long cause)
{
	unsigned long got = mmio_refused(&p, pc, word, at);

	if (got != cause)
		FAIL("0x%x at 0x%lx: cause %ld, not %ld", word, at, got, cause);
	CHECK_EQ(puppet_ret(&p, 0, 1), at);
	CHECK_EQ(puppet_ret(&p, 0, 2), pc);
}

/* Of one hart alone QEMU 7.2 makes a load and a store */
static unsigned long amo_cause(void)
{
	return hart_count() == 1 && bootarg_ulong("qemu", 10) < 10
		       ? CAUSE_LOAD_ACCESS
		       : CAUSE_STORE_ACCESS;
}

static void atomic(void)
{
	/* amoadd, amoswap, amoxor, amoor, amoand, min, max, minu, maxu */
	static const unsigned char amo[] = { 0x00, 0x01, 0x04, 0x08, 0x0c,
					     0x10, 0x14, 0x18, 0x1c };
	unsigned long cause;
	unsigned int i, width;

	make();
	for (width = 2; width <= 3; width++) {
		for (i = 0; i < ARRAY_SIZE(amo); i++)
			refused(AMO(amo[i], width) | RS2_A2, MMIO_GPA + 8,
				amo_cause());
		refused(AMO(0x02, width), MMIO_GPA + 8, CAUSE_LOAD_ACCESS);
		/* Without a reservation it may fail at once, without access */
		cause = mmio_refused(&p, pc, AMO(0x03, width) | RS2_A2,
				     MMIO_GPA + 8);
		if (cause == PUPPET_NO_TRAP)
			CHECK(puppet_regs(&p, 0)->out[13] == 1);
		else
			CHECK_EQ(cause, CAUSE_STORE_ACCESS);
	}
}

static void floating_point(void)
{
	make();
	refused(FLOAD(2), MMIO_GPA + 8, CAUSE_LOAD_ACCESS);
	refused(FLOAD(3), MMIO_GPA + 8, CAUSE_LOAD_ACCESS);
	refused(FSTORE(2), MMIO_GPA + 8, CAUSE_STORE_ACCESS);
	refused(FSTORE(3), MMIO_GPA + 8, CAUSE_STORE_ACCESS);
	/* c.fld fa0, 0(a1); c.fsd */
	refused(0x2188, MMIO_GPA + 8, CAUSE_LOAD_ACCESS);
	refused(0xa188, MMIO_GPA + 8, CAUSE_STORE_ACCESS);
}

/* vsetivli zero, 1, e8, m1; vle8.v v0, (a1); vse8.v v0, (a1) */
static void vector(void)
{
	make();
	if (mmio_refused(&p, pc, 0xc000f057, 0) != PUPPET_NO_TRAP)
		SKIP("a guest has no V here");
	refused(0x02058007, MMIO_GPA + 8, CAUSE_LOAD_ACCESS);
	refused(0x02058027, MMIO_GPA + 8, CAUSE_STORE_ACCESS);
}

/* cbo.zero, cbo.inval, cbo.clean, cbo.flush (a1) */
static void cache_blocks(void)
{
	static const uint32_t cbo[] = { 0x0040200f, 0x0000200f, 0x0010200f,
					0x0020200f };
	unsigned int i, nr = 0;
	unsigned long cause;

	make();
	for (i = 0; i < ARRAY_SIZE(cbo); i++) {
		cause = mmio_refused(&p, pc, cbo[i] | RS1_A1, MMIO_GPA + 64);
		/* Where no guest has them; QEMU 7.2 says cause 1 for 2 */
		if (cause == CAUSE_ILLEGAL || (cause == CAUSE_FETCH_ACCESS &&
					       bootarg_ulong("qemu", 10) < 10))
			continue;
		CHECK_EQ(cause, CAUSE_STORE_ACCESS);
		nr++;
	}
	NOTE("%u of 4 instructions exist", nr);
}

/* Where the hart does it, it is one access; where it does not, the guest's own
 * fault (4, 6) says so, and is its own affair as well */
static void misaligned_at(int kind, unsigned long at)
{
	struct mmio_insn i = mmio_insn(kind, 13, REG_A1, 0);
	unsigned long cause = mmio_refused(&p, pc, i.word, at);
	unsigned long want =
		i.kind->store ? CAUSE_STORE_ACCESS : CAUSE_LOAD_ACCESS;
	unsigned long tval = puppet_ret(&p, 0, 1);

	if (cause != want && cause != want - 1)
		FAIL("%s at 0x%lx: cause %ld", i.kind->name, at, cause);
	/* Its address, or that of the part on the next page */
	if (tval != at && (tval != ALIGN_DOWN(at, PAGE_SIZE) + PAGE_SIZE ||
			   tval >= at + i.kind->bytes))
		FAIL("%s at 0x%lx: stval 0x%lx", i.kind->name, at, tval);
	CHECK_EQ(puppet_ret(&p, 0, 2), pc);
}

static void misaligned(void)
{
	unsigned long edge, end, o;
	int k;

	make();
	end = p.t->region[p.t->nr_region - 1].end;
	/* A device right behind the guest's memory */
	puppet_store(&p, end - 8, 0x5ec4e7);
	mmio_add(&p, end, PAGE_SIZE);
	for (k = 0; k < MMIO_KINDS; k++) {
		for (o = 1; o < mmio_kinds[k].bytes; o++) {
			misaligned_at(k, MMIO_GPA + 16 + o);
			/* Both pages; its end; its beginning */
			edge = MMIO_GPA + PAGE_SIZE;
			misaligned_at(k, edge - o);
			misaligned_at(k, end - o);
		}
	}
	CHECK_EQ(puppet_load(&p, end - 8), 0x5ec4e7);
}

/* One part is MMIO, the other nothing at all: dead or refused, but no exit
 * for half an access */
static void half(unsigned long at)
{
	static const int kind[] = { MMIO_LD, MMIO_SD, MMIO_LH, MMIO_SH };
	struct puppet_regs *r;
	struct mmio_insn i;
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(kind); n++) {
		make();
		i = mmio_insn(kind[n], 13, REG_A1, 0);
		r = puppet_regs(&p, 0);
		r->in[REG_A1] = at;
		r->in[13] = 0x5ec4e75ec4e7UL;
		puppet_post(&p, 0, PUPPET_INSN, pc, i.word, 1);
		while (!puppet_done(&p, 0)) {
			CHECK_EQ(tvm_run_once(p.t, 0), TVM_CONTINUE);
			CHECK_EQ(p.t->exit.htinst, 0);
			if (p.t->exit.ret.value)
				break;
			CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
		}
		if (p.t->exit.ret.value)
			CHECK_EQ(p.t->exit.gpa, 0);
		else
			CHECK_EQ(puppet_ret(&p, 0, 0) | 1,
				 i.kind->store ? CAUSE_STORE_ACCESS
					       : CAUSE_LOAD_ACCESS);
		CHECK_EQ(tvm_destroy(p.t), 0);
	}
}

static void over_the_end(void)
{
	half(MMIO_GPA + MMIO_LEN - 1);
}

static void over_the_start(void)
{
	half(MMIO_GPA - 1);
}

/* hlv.b, hlv.d, hlvx.hu, hlvx.wu, hsv.b, hsv.d, at MMIO and at memory */
static void hypervisor(void)
{
	static const uint32_t insn[] = { 0x60004073, 0x6c004073, 0x64304073,
					 0x68304073, 0x62004073, 0x6e004073 };
	unsigned int i;

	make();
	puppet_store(&p, p.data + PAGE_SIZE, 0x5ec4e7);
	for (i = 0; i < ARRAY_SIZE(insn); i++) {
		CHECK_EQ(mmio_refused(&p, pc, insn[i] | RS1_A1, MMIO_GPA),
			 CAUSE_ILLEGAL);
		CHECK_EQ(mmio_refused(&p, pc, insn[i] | RS1_A1,
				      p.data + PAGE_SIZE),
			 CAUSE_ILLEGAL);
	}
}

/* T-28: at its physical address and another */
static void fetch(void)
{
	static const unsigned long at[] = { MMIO_GPA, MMIO_GPA + 2,
					    MMIO_GPA + MMIO_LEN - 4,
					    MMIO_GPA + MMIO_LEN - 2 };
	unsigned long faults, i;

	make();
	puppet(&p, 0, PUPPET_EXEC, MMIO_GPA + 8);
	CHECK_EQ(puppet_ret(&p, 0, 1), CAUSE_FETCH_ACCESS);
	CHECK_EQ(puppet_ret(&p, 0, 2), MMIO_GPA + 8);
	/* Pages that it needs for the rest come now */
	puppet(&p, 0, PUPPET_MAP, MMIO_GPA);
	puppet(&p, 0, PUPPET_PAGING);
	faults = p.t->faults;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		puppet(&p, 0, PUPPET_EXEC, at[i]);
		CHECK_EQ(puppet_ret(&p, 0, 1), CAUSE_FETCH_ACCESS);
		CHECK_EQ(puppet_ret(&p, 0, 2), at[i]);
	}
	puppet(&p, 0, PUPPET_EXEC, 0xc0000010UL);
	CHECK_EQ(puppet_ret(&p, 0, 1), CAUSE_FETCH_ACCESS);
	CHECK_EQ(puppet_ret(&p, 0, 2), 0xc0000010UL);
	CHECK_EQ(p.t->faults, faults);
}

/* An instruction that begins in its own memory and ends in the device's */
static void fetch_half(void)
{
	unsigned long end, cause;
	struct puppet_regs *r;

	make();
	end = p.t->region[p.t->nr_region - 1].end;
	mmio_add(&p, end, PAGE_SIZE);
	/* The lower half of a load of 4 bytes */
	puppet_store(&p, end - 8, 0x2583000000000000UL);
	r = puppet_regs(&p, 0);
	r->in[REG_A1] = p.data;
	puppet_post(&p, 0, PUPPET_INSN, end - 2, 0, 0);
	cause = puppet_finish(&p, 0);
	CHECK_EQ(cause, CAUSE_FETCH_ACCESS);
	CHECK_EQ(puppet_ret(&p, 0, 1), end);
	CHECK_EQ(puppet_ret(&p, 0, 2), end - 2);
}

/* The guest's table is in MMIO: it is no instruction that reads there */
static void table_walk(void)
{
	make();
	puppet(&p, 0, PUPPET_PAGING);
	puppet(&p, 0, PUPPET_TABLE, MMIO_GPA);
	puppet_post(&p, 0, PUPPET_LOAD, VA);
	while (!puppet_done(&p, 0)) {
		CHECK_EQ(tvm_run_once(p.t, 0), TVM_CONTINUE);
		CHECK_EQ(p.t->exit.htinst, 0);
		/* E.2: it may die of it, and nothing is shown */
		if (p.t->exit.ret.value) {
			CHECK_EQ(p.t->exit.gpa, 0);
			return;
		}
		CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	}
	CHECK_EQ(puppet_ret(&p, 0, 1), CAUSE_LOAD_ACCESS);
	CHECK_EQ(puppet_ret(&p, 0, 2), VA);
}

/* E.3: a table that is not there yet is a page like others, read or not */
static void table_fault(void)
{
	unsigned long table;

	make();
	table = p.data + 9 * PAGE_SIZE;
	puppet(&p, 0, PUPPET_PAGING);
	puppet(&p, 0, PUPPET_TABLE, table);
	puppet_post(&p, 0, PUPPET_STORE, VA + 0x123, 1);
	do {
		puppet_once(&p, 0);
		if (p.t->exit.gpa == table)
			break;
		CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	} while (!puppet_done(&p, 0));
	CHECK_EQ(p.t->exit.gpa, table);
	CHECK_EQ(p.t->exit.htinst, 0);
	CHECK_EQ(p.t->exit.stval, 0);
	puppet_finish(&p, 0);
	/* Zeros: there is nothing at that address */
	CHECK_EQ(puppet_ret(&p, 0, 1), CAUSE_STORE_PAGE);
	CHECK_EQ(puppet_ret(&p, 0, 2), VA + 0x123);
}

/* Each trap of the guest is another one, for ever: the host has its hart back
 * whenever its timer says so */
static void handler(void)
{
	struct world w = { .tvm = NULL };
	unsigned long start, i;

	make();
	w.tvm = p.t;
	puppet_regs(&p, 0)->in[REG_A1] = MMIO_GPA + 0x40;
	/* csrw stvec, a1; then its ebreak */
	puppet_post(&p, 0, PUPPET_INSN, pc, 0x10559073, 1);
	for (i = 0; i < 20;) {
		start = time_now();
		timer_set(start + time_us(1000));
		csr_write(sie, SIP_STIP);
		CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
		csr_write(sie, 0);
		i += p.t->exit.scause == (SCAUSE_IRQ | IRQ_STI);
		CHECK(time_now() - start < time_us(5000000));
		CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
		timer_clear();
	}
	CHECK(!puppet_done(&p, 0));
}

TEST_GROUP(mmio_refused, { "AMO, LR, SC", atomic },
	   { "floating point", floating_point }, { "vector", vector },
	   { "cache blocks", cache_blocks },
	   { "misaligned, over the edge of two pages", misaligned },
	   { "over the end of the region", over_the_end },
	   { "over its start", over_the_start },
	   { "T-62 hypervisor loads and stores", hypervisor },
	   { "T-28 a jump into MMIO", fetch },
	   { "T-28 an instruction that ends in MMIO", fetch_half },
	   { "a page table in MMIO", table_walk },
	   { "T-40 a page table that is not there yet", table_fault },
	   { "T-58 T-59 a trap handler in MMIO", handler });
