/* SPDX-License-Identifier: BSD-2-Clause */
/* What cases about MMIO share. */

#include <string.h>
#include "mmio.h"

#define MAX_RUNS 100
/* In every register that an instruction has no use for, the number added */
#define PATTERN	     0x5ec4e75500000000UL
#define STORED	     0x81f2e3d4c5b6a798UL
#define HTINST_A0_RD (10U << 7)
#define HTINST_A0_RS (10U << 20)
/* Clear in the transformed instruction if the original one has 2 bytes */
#define HTINST_LONG 2U

const struct mmio_kind mmio_kinds[MMIO_KINDS] = {
	[MMIO_LB] = { "lb", 0x00000003, 1, false, true },
	[MMIO_LH] = { "lh", 0x00001003, 2, false, true },
	[MMIO_LW] = { "lw", 0x00002003, 4, false, true },
	[MMIO_LD] = { "ld", 0x00003003, 8, false, true },
	[MMIO_LBU] = { "lbu", 0x00004003, 1, false, false },
	[MMIO_LHU] = { "lhu", 0x00005003, 2, false, false },
	[MMIO_LWU] = { "lwu", 0x00006003, 4, false, false },
	[MMIO_SB] = { "sb", 0x00000023, 1, true, false },
	[MMIO_SH] = { "sh", 0x00001023, 2, true, false },
	[MMIO_SW] = { "sw", 0x00002023, 4, true, false },
	[MMIO_SD] = { "sd", 0x00003023, 8, true, false },
};

static uint32_t bits(int val, unsigned int lowest, unsigned int nr,
		     unsigned int to)
{
	return ((uint32_t)val >> lowest & ((1U << nr) - 1)) << to;
}

struct mmio_insn mmio_insn(int kind, unsigned int reg, unsigned int at,
			   int offset)
{
	const struct mmio_kind *k = &mmio_kinds[kind];
	uint32_t word = k->base | at << 15;

	if (k->store)
		word |= reg << 20 | bits(offset, 0, 5, 7) |
			bits(offset, 5, 7, 25);
	else
		word |= reg << 7 | bits(offset, 0, 12, 20);
	return (struct mmio_insn){ k, word, (unsigned char)reg,
				   (unsigned char)at, (short)offset };
}

static uint32_t short_sp(const struct mmio_kind *k, unsigned int reg, int o)
{
	bool wide = k->bytes == 8;

	if (k->store)
		return (wide ? 0xe002 | bits(o, 3, 3, 10) | bits(o, 6, 3, 7)
			     : 0xc002 | bits(o, 2, 4, 9) | bits(o, 6, 2, 7)) |
		       reg << 2;
	return (wide ? 0x6002 | bits(o, 3, 2, 5) | bits(o, 6, 3, 2)
		     : 0x4002 | bits(o, 2, 3, 4) | bits(o, 6, 2, 2)) |
	       bits(o, 5, 1, 12) | reg << 7;
}

struct mmio_insn mmio_short(int kind, unsigned int reg, unsigned int at,
			    int offset)
{
	const struct mmio_kind *k = &mmio_kinds[kind];
	uint32_t word = (k->store ? 0xc000 : 0x4000) |
			(k->bytes == 8 ? 0x2000 : 0) | (at - 8) << 7 |
			(reg - 8) << 2 | bits(offset, 3, 3, 10);

	if (at == REG_SP)
		word = short_sp(k, reg, offset);
	else if (k->bytes == 8)
		word |= bits(offset, 6, 2, 5);
	else
		word |= bits(offset, 2, 1, 6) | bits(offset, 6, 1, 5);
	return (struct mmio_insn){ k, word, (unsigned char)reg,
				   (unsigned char)at, (short)offset };
}

uint32_t mmio_htinst(const struct mmio_insn *i)
{
	uint32_t word =
		i->kind->base | (i->kind->store ? HTINST_A0_RS : HTINST_A0_RD);

	return PUPPET_LONG_INSN(i->word) ? word : word & ~HTINST_LONG;
}

static void notice(struct puppet *p, unsigned long fid, unsigned long gpa,
		   unsigned long len)
{
	puppet_covg(p, fid, gpa, len);
	/* T-14: nobody asks for its opinion */
	puppet_answer(-4UL, 7);
	CHECK_EQ((long)puppet_finish(p, 0), 0);
	CHECK_EQ(puppet_ret(p, 0, 1), 0);
}

void mmio_add(struct puppet *p, unsigned long gpa, unsigned long len)
{
	notice(p, COVG_ADD_MMIO_REGION, gpa, len);
}

void mmio_remove(struct puppet *p, unsigned long gpa, unsigned long len)
{
	notice(p, COVG_REMOVE_MMIO_REGION, gpa, len);
}

void mmio_make(struct puppet *p, unsigned int vcpus)
{
	puppet_make(p, vcpus);
	mmio_add(p, MMIO_GPA, MMIO_LEN);
}

static uint64_t truncated(uint64_t val, unsigned int bytes)
{
	return bytes == 8 ? val : val & ((1UL << 8 * bytes) - 1);
}

static uint64_t loaded(const struct mmio_kind *k, uint64_t val)
{
	unsigned int shift = 64 - 8 * k->bytes;

	return k->sign ? (uint64_t)((int64_t)(val << shift) >> shift)
		       : val << shift >> shift;
}

static void fill(struct puppet_regs *r)
{
	unsigned int i;

	for (i = 0; i < 32; i++) {
		r->in[i] = PATTERN + i;
		r->out[i] = 0;
	}
}

void mmio_post(struct puppet *p, unsigned long vcpu, const struct mmio_insn *i,
	       unsigned long pc, unsigned long va)
{
	struct puppet_regs *r = puppet_regs(p, vcpu);

	fill(r);
	r->in[i->reg] = STORED;
	r->in[i->at] = va - (unsigned long)(long)i->offset;
	r->in[0] = 0;
	puppet_post(p, vcpu, PUPPET_INSN, pc, i->word, 1);
}

static struct world world_of(struct puppet *p)
{
	return (struct world){ .tvm = p->t,
			       .mmio = MMIO_GPA,
			       .mmio_len = MMIO_LEN };
}

void mmio_until(struct puppet *p)
{
	struct world w = world_of(p);
	int n;

	for (n = 0; n < MAX_RUNS; n++) {
		CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
		if (world_is_mmio(&w))
			return;
		if (puppet_done(p, 0))
			FAIL("no exit: scause %ld, stval 0x%lx in the guest",
			     puppet_ret(p, 0, 0), puppet_ret(p, 0, 1));
		CHECK_EQ(tvm_handle_exit(p->t), TVM_CONTINUE);
	}
	FAIL("no exit: %s", tvm_describe_exit(p->t));
}

uint64_t mmio_stored(const struct puppet *p, unsigned long vcpu,
		     const struct mmio_insn *i)
{
	return truncated(puppet_regs(p, vcpu)->in[i->reg], i->kind->bytes);
}

void mmio_check(const struct puppet *p, const struct mmio_insn *i,
		unsigned long gpa)
{
	const struct tvm_exit *e = &p->t->exit;
	unsigned int n;

	CHECK_EQ(e->ret.value, 0);
	CHECK_EQ(e->scause, i->kind->store ? CAUSE_STORE_GPF : CAUSE_LOAD_GPF);
	CHECK_EQ(e->stval, gpa & 3);
	CHECK_EQ(e->htval, gpa >> 2);
	CHECK_EQ(e->htinst, mmio_htinst(i));
	CHECK_EQ(e->a[0], i->kind->store ? mmio_stored(p, e->vcpu, i) : 0);
	/* Of the other slots none has anything of the guest's */
	for (n = 0; n < 32; n++) {
		if (n != REG_A0)
			CHECK((*nacl_gpr(n) ^ PATTERN) >> 32);
	}
}

void mmio_check_regs(const struct puppet *p, unsigned long vcpu,
		     const struct mmio_insn *i, unsigned long answer)
{
	const struct puppet_regs *r = puppet_regs(p, vcpu);
	uint64_t want;
	unsigned int n;

	for (n = 1; n < 32; n++) {
		want = r->in[n];
		if (!i->kind->store && n == i->reg)
			want = loaded(i->kind, answer);
		if (r->out[n] != want)
			FAIL("%s, 0x%x: x%u is 0x%lx, not 0x%lx", i->kind->name,
			     i->word, n, r->out[n], want);
	}
}

void mmio_check_done(const struct puppet *p, unsigned long vcpu,
		     const struct mmio_insn *i, unsigned long pc,
		     unsigned long answer)
{
	CHECK_EQ(puppet_ret(p, vcpu, 0), PUPPET_NO_TRAP);
	CHECK_EQ(puppet_ret(p, vcpu, 2),
		 pc + (PUPPET_LONG_INSN(i->word) ? 4 : 2));
	mmio_check_regs(p, vcpu, i, answer);
}

/* What world_run_once leaves to us: the answer, and a lie beside it */
static void finish(struct puppet *p, unsigned long answer)
{
	struct world w = world_of(p);
	int n;

	puppet_answer(answer, ~answer);
	for (n = 0; !puppet_done(p, 0); n++) {
		CHECK(n < MAX_RUNS);
		CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
		CHECK(!world_is_mmio(&w));
		CHECK_EQ(tvm_handle_exit(p->t), TVM_CONTINUE);
	}
}

void mmio_access(struct puppet *p, const struct mmio_insn *i,
		 const struct mmio_place *at, unsigned long answer)
{
	mmio_post(p, 0, i, at->pc, at->va);
	mmio_until(p);
	mmio_check(p, i, at->gpa);
	finish(p, answer);
	mmio_check_done(p, 0, i, at->pc, answer);
}

unsigned long mmio_refused(struct puppet *p, unsigned long pc, uint32_t word,
			   unsigned long a1)
{
	struct puppet_regs *r = puppet_regs(p, 0);
	struct world w = world_of(p);
	unsigned long n;

	fill(r);
	r->in[REG_A1] = a1;
	puppet_post(p, 0, PUPPET_INSN, pc, word, 1);
	for (n = 0; !puppet_done(p, 0); n++) {
		CHECK(n < MAX_RUNS);
		CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
		if (world_is_mmio(&w))
			FAIL("0x%x: an MMIO exit, htinst 0x%lx", word,
			     p->t->exit.htinst);
		CHECK_EQ(tvm_handle_exit(p->t), TVM_CONTINUE);
	}
	/* A trap has no other effect on registers */
	for (n = 1; n < 32 && puppet_ret(p, 0, 0) != PUPPET_NO_TRAP; n++)
		CHECK_EQ(r->out[n], r->in[n]);
	return puppet_ret(p, 0, 0);
}
