/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between a fault and the look at its instruction another vCPU changes the
 * code, or takes it away. Whatever the guest does to itself: what the host sees
 * and what it answers belong together, and no register gets a value that is
 * not its own. Firmware that does not use htinst (SBI_COVH_NO_HTINST) looks at
 * the code each time; for it there are more rounds.
 *
 *   rounds=N (600)
 *
 * A hart may fetch an instruction in two halves, and QEMU does: what the guest
 * executes may be a mixture of the two that replace each other. It must be an
 * access, too, or there must be none: both have the same upper half.
 */

#include <host/fdt.h>
#include "mmio.h"

#define VA	 0xc0000000UL
#define ANSWER	 0xf1e2d3c4b5a69788UL
#define AT	 (MMIO_GPA + 0x40)
#define MAX_RUNS 1000

static struct puppet p;
static unsigned long rounds;

/* What came of the rounds: each instruction, and page faults of the guest's */
static unsigned long seen[4], lost;

static void make(struct hart *h)
{
	unsigned int i;

	rounds = bootarg_ulong("rounds", 600);
	mmio_make(&p, 2);
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	puppet(&p, 0, PUPPET_MAP, p.data);
	puppet(&p, 0, PUPPET_PAGING);
	/* Pages that the other one needs, while its host can bring them */
	puppet(&p, 1, PUPPET_FLIP, 0, 0, 0, 0);
	puppet_park(&p, 1, h, false);
	for (i = 0; i < ARRAY_SIZE(seen); i++)
		seen[i] = 0;
	lost = 0;
}

/* All of them take the address from a1, and are at @pc already */
static void post(unsigned long pc, const struct mmio_insn *i, unsigned int nr)
{
	struct puppet_regs *r = puppet_regs(&p, 0);
	unsigned int n;

	for (n = 0; n < 32; n++)
		r->in[n] = 0x5ec4e75500000000UL + n;
	r->in[REG_A1] = AT;
	for (n = 0; n < nr; n++)
		CHECK_EQ(i[n].at, REG_A1);
	puppet_post(&p, 0, PUPPET_INSN, pc, 0, 0);
}

/* The one of @i that this exit is for */
static unsigned int which(const struct mmio_insn *i, unsigned int nr)
{
	unsigned int n;

	for (n = 0; n < nr; n++) {
		if (p.t->exit.htinst == mmio_htinst(&i[n]))
			return n;
	}
	FAIL("htinst 0x%lx, scause %lu: none of the instructions",
	     p.t->exit.htinst, p.t->exit.scause);
	return nr;
}

/* Its code was not there when it looked: a page fault of its own */
static void untouched(unsigned long pc)
{
	const struct puppet_regs *r = puppet_regs(&p, 0);
	unsigned int n;

	CHECK_EQ(puppet_ret(&p, 0, 0), CAUSE_FETCH_PAGE);
	CHECK_EQ(puppet_ret(&p, 0, 2), pc);
	for (n = 1; n < 32; n++)
		CHECK_EQ(r->out[n], r->in[n]);
	lost++;
}

/* One round: at most one exit for MMIO, which must make sense */
static void round(unsigned long pc, const struct mmio_insn *i, unsigned int nr,
		  void (*no_exit)(unsigned long pc))
{
	unsigned int it = nr;
	unsigned long n;

	post(pc, i, nr);
	for (n = 0; !puppet_done(&p, 0); n++) {
		if (n == MAX_RUNS)
			FAIL("it does not end: %s", tvm_describe_exit(p.t));
		puppet_once(&p, 0);
		if (!p.t->exit.htinst) {
			CHECK(!(p.t->exit.gpa - MMIO_GPA < MMIO_LEN));
			CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
			continue;
		}
		CHECK_EQ(it, nr);
		it = which(i, nr);
		mmio_check(&p, &i[it], AT);
		puppet_answer(ANSWER, ~ANSWER);
	}
	/* What is behind the code may be gone as well by then */
	if (it < nr && puppet_ret(&p, 0, 0) == CAUSE_FETCH_PAGE) {
		CHECK_EQ(puppet_ret(&p, 0, 2), pc + 4);
		mmio_check_regs(&p, 0, &i[it], ANSWER);
	} else if (it < nr) {
		mmio_check_done(&p, 0, &i[it], pc, ANSWER);
	} else {
		no_exit(pc);
	}
	if (it < nr)
		seen[it]++;
}

static void replaced(const struct mmio_insn *i)
{
	struct hart *h = test_second_hart();
	unsigned long pc, n;

	make(h);
	pc = p.data + 0x200;
	/* The ebreak behind it stays */
	puppet_store(&p, pc, (unsigned long)PUPPET_EBREAK << 32 | i[0].word);
	puppet_far(&p, 1, PUPPET_FLIP, pc, i[0].word, i[1].word, 4);
	for (n = 0; n < rounds; n++)
		round(n & 1 ? pc : VA + 0x200, i, 2, untouched);
	puppet_far(&p, 1, PUPPET_FLIP, 0, 0, 0, 0);
	puppet_unpark(&p, 1);
	NOTE("%lu accesses by one, %lu by the other", seen[0], seen[1]);
	CHECK(seen[0] && seen[1] && !lost);
}

/* Other register, other width, same cause */
static void load_load(void)
{
	const struct mmio_insn i[] = { mmio_insn(MMIO_LD, 20, REG_A1, 0),
				       mmio_insn(MMIO_LH, 21, REG_A1, 0) };

	replaced(i);
}

static void load_store(void)
{
	const struct mmio_insn i[] = { mmio_insn(MMIO_LW, 20, REG_A1, 0),
				       mmio_insn(MMIO_SD, 21, REG_A1, 0) };

	replaced(i);
}

static void store_store(void)
{
	const struct mmio_insn i[] = { mmio_insn(MMIO_SB, 20, REG_A1, 0),
				       mmio_insn(MMIO_SD, 21, REG_A1, 0) };

	replaced(i);
}

/* addi a4, a1, 0 */
#define NO_ACCESS 0x00058713

/* It may be refused like an access that is not emulated */
static void not_an_access(unsigned long pc)
{
	const struct puppet_regs *r = puppet_regs(&p, 0);
	bool refused = puppet_ret(&p, 0, 0) == CAUSE_LOAD_ACCESS;
	unsigned int n;

	if (!refused)
		CHECK_EQ(puppet_ret(&p, 0, 0), PUPPET_NO_TRAP);
	CHECK_EQ(puppet_ret(&p, 0, 2), refused ? pc : pc + 4);
	for (n = 1; n < 32; n++)
		CHECK_EQ(r->out[n],
			 n == 14 && !refused ? r->in[REG_A1] : r->in[n]);
	lost++;
}

static void no_access(void)
{
	const struct mmio_insn i = mmio_insn(MMIO_LD, 20, REG_A1, 0);
	struct hart *h = test_second_hart();
	unsigned long pc, n;

	make(h);
	pc = p.data + 0x200;
	CHECK_EQ(i.word >> 16, NO_ACCESS >> 16);
	puppet_store(&p, pc, (unsigned long)PUPPET_EBREAK << 32 | i.word);
	puppet_far(&p, 1, PUPPET_FLIP, pc, i.word, NO_ACCESS, 4);
	for (n = 0; n < rounds; n++)
		round(pc, &i, 1, not_an_access);
	puppet_far(&p, 1, PUPPET_FLIP, 0, 0, 0, 0);
	puppet_unpark(&p, 1);
	NOTE("%lu of %lu accesses", seen[0], rounds);
	CHECK(seen[0] && lost);
}

/* The page of the code, or of its second half, comes and goes */
static void unmapped(unsigned long page)
{
	const struct mmio_insn i = mmio_insn(MMIO_LD, 20, REG_A1, 0);
	struct hart *h = test_second_hart();
	unsigned long pc, entry, at, n;

	make(h);
	pc = page ? VA + PAGE_SIZE - 2 : VA + 0x200;
	puppet(&p, 0, PUPPET_MAP, p.data + PAGE_SIZE, 1);
	/* Written once, as the first round of its own */
	puppet(&p, 0, PUPPET_INSN, pc, 0x00000013, 1);
	puppet(&p, 0, PUPPET_MAP, p.data + page * PAGE_SIZE, page);
	at = puppet_ret(&p, 0, 0);
	entry = puppet_ret(&p, 0, 1);
	mmio_post(&p, 0, &i, pc, AT);
	mmio_until(&p);
	puppet_answer(ANSWER, 0);
	puppet_finish(&p, 0);
	mmio_check_done(&p, 0, &i, pc, ANSWER);
	puppet_far(&p, 1, PUPPET_FLIP, at, 0, entry, 8);
	for (n = 0; n < rounds; n++)
		round(pc, &i, 1, untouched);
	puppet_far(&p, 1, PUPPET_FLIP, 0, 0, 0, 0);
	puppet_unpark(&p, 1);
	NOTE("%lu accesses, %lu page faults of the guest's", seen[0], lost);
	CHECK(seen[0] && lost);
}

static void code_gone(void)
{
	unmapped(0);
}

static void half_gone(void)
{
	unmapped(1);
}

TEST_GROUP(mmio_race, { "a load becomes another load", load_load },
	   { "a load becomes a store, and back", load_store },
	   { "a store becomes another store", store_store },
	   { "a load becomes no access at all", no_access },
	   { "its page is not mapped any more", code_gone },
	   { "the page of its second half is not mapped any more", half_gone });
