/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-61: memory that fails under a TVM. QEMU's never does, so a leaf of the
 * G-stage is bent to an address that PMP denies: for the hart the same.
 */

#include <host/attack.h>
#include <host/fdt.h>
#include <sbi_covh/test.h>
#include "world.h"

#define DENIED	     0x80000000UL
#define PTE_PPN	     (((1UL << 44) - 1) << 10)
#define HGATP_SV48X4 9
#define MAX_LEAVES   64

/* Leaves that were bent, and what they held */
static struct {
	unsigned long at;
	unsigned long pte;
} bent[MAX_LEAVES];
static unsigned int nr_bent;

static void poke(unsigned long at, unsigned long pte)
{
	CHECK_EQ(sbi_call(COVH_TEST_EID, COVH_TEST_POKE, at, pte).error, 0);
}

/* The TVM has just run on this hart */
static void bend(const struct tvm *t, unsigned long gpa)
{
	int level = world_hgatp() >> 60 == HGATP_SV48X4 ? 3 : 2;
	unsigned long at, table = t->pgd, mask = 2047;
	unsigned long pte;

	for (;; level--, mask = 511) {
		at = table + 8 * (gpa >> (12 + 9 * level) & mask);
		CHECK(peek(at, &pte));
		if (!level)
			break;
		table = (pte & PTE_PPN) << 2;
	}
	CHECK(pte & 1);
	CHECK(nr_bent < MAX_LEAVES);
	bent[nr_bent].at = at;
	bent[nr_bent++].pte = pte;
	poke(at, (pte & ~PTE_PPN) | DENIED >> 2);
}

/* One more run, in which the bent leaves are met. Other TVMs do not notice */
static void expect_error(struct world *w, unsigned long cause)
{
	struct tvm *other = world_guest("hello", 0);

	CHECK_EQ(world_run_once(w), TVM_CONTINUE);
	CHECK_EQ(w->tvm->exit.scause, cause);
	CHECK_EQ(w->tvm->exit.ret.value, 1);
	CHECK_EQ(w->tvm->exit.stval, 0);
	CHECK_EQ(w->tvm->exit.htval, 0);
	CHECK_EQ(covh_run_tvm_vcpu(w->tvm->id, 0).error, SBI_ERR_INVALID_PARAM);
	while (nr_bent) {
		nr_bent--;
		poke(bent[nr_bent].at, bent[nr_bent].pte);
	}
	CHECK_EQ(covh_run_tvm_vcpu(w->tvm->id, 0).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(tvm_destroy(w->tvm), 0);
	CHECK_EQ(tvm_run(other, 0), TVM_SHUTDOWN);
}

/* QEMU 7.2 calls it a guest-page fault, and then it looks like a spurious one */
static void need_access_faults(void)
{
	need_debug();
	if (bootarg_ulong("qemu", 10) < 10)
		SKIP("this QEMU makes a guest-page fault of it");
}

/* The guest's access finds a new page, and that fails */
static void access(unsigned long mode, unsigned long fault, unsigned long cause)
{
	struct world w = { .fp = WORLD_FP_LATE };

	need_access_faults();
	w.tvm = world_guest("canary", mode);
	do {
		CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(w.tvm), TVM_CONTINUE);
	} while (w.tvm->exit.scause != fault);
	bend(w.tvm, w.tvm->exit.gpa);
	expect_error(&w, cause);
}

static void load(void)
{
	access(CANARY_FAULT, CAUSE_LOAD_GPF, CAUSE_LOAD_ACCESS);
}

static void store(void)
{
	access(CANARY_ECALL, CAUSE_STORE_GPF, CAUSE_STORE_ACCESS);
}

static void timer_soon(struct world *w)
{
	(void)w;
	timer_set(time_now() + time_us(300));
	csr_set(sie, SIP_STIP);
}

/* All registers hold canaries, and every page of the program fails */
static void fetch(void)
{
	struct world w = { .fp = WORLD_FP_ON, .prepare = timer_soon };
	unsigned long gpa;
	int i;

	need_access_faults();
	w.tvm = world_guest("canary", CANARY_SPIN);
	for (i = 0; i < 40; i++) {
		CHECK_EQ(world_run_once(&w), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(w.tvm), TVM_CONTINUE);
	}
	CHECK_EQ(w.tvm->exit.scause, SCAUSE_IRQ | IRQ_STI);
	for (gpa = w.tvm->region[0].start; gpa < w.tvm->region[0].end;
	     gpa += PAGE_SIZE)
		if (tvm_page_at(w.tvm, gpa)->pa)
			bend(w.tvm, gpa);
	/* Nothing else may end that run */
	w.prepare = NULL;
	timer_clear();
	csr_write(sie, 0);
	expect_error(&w, CAUSE_FETCH_ACCESS);
}

static void nmi(void)
{
	SKIP("no Smrnmi in OpenSBI, and no NMI on QEMU's virt");
}

TEST_GROUP(world_error, { "T-61 a guest loads from memory that fails", load },
	   { "T-61 a guest stores to memory that fails", store },
	   { "T-61 a guest's program lies in memory that fails", fetch },
	   { "T-61 an NMI while a TVM runs", nmi });
