/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and stores of guest puppet in a region that it has declared as MMIO,
 * one instruction at a time; cove-abi.md E.2 says what the host must see.
 */

#ifndef HOST_TESTS_MMIO_H
#define HOST_TESTS_MMIO_H

#include "puppet.h"
#include "world.h"

#define MMIO_GPA 0x10000000UL
#define MMIO_LEN (4 * PAGE_SIZE)

#define REG_RA 1
#define REG_SP 2
#define REG_A1 11

/** One kind of load or store. */
struct mmio_kind {
	const char *name;
	/** Instruction of 4 bytes without registers and offset */
	uint32_t base;
	unsigned char bytes;
	bool store, sign;
};

/** An instruction of such a kind. */
struct mmio_insn {
	const struct mmio_kind *kind;
	uint32_t word;
	/** Register loaded or stored, and that of the address */
	unsigned char reg, at;
	short offset;
};

/** Where it is executed, and what it accesses: as the guest sees it and GPA. */
struct mmio_place {
	unsigned long pc;
	unsigned long va;
	unsigned long gpa;
};

#define MMIO_KINDS 11
extern const struct mmio_kind mmio_kinds[MMIO_KINDS];

enum {
	MMIO_LB,
	MMIO_LH,
	MMIO_LW,
	MMIO_LD,
	MMIO_LBU,
	MMIO_LHU,
	MMIO_LWU,
	MMIO_SB,
	MMIO_SH,
	MMIO_SW,
	MMIO_SD,
};

/** The instruction of 4 bytes. */
struct mmio_insn mmio_insn(int kind, unsigned int reg, unsigned int at,
			   int offset);

/** That of 2 bytes for LW, LD, SW, SD: registers x8 to x15, or @at sp. */
struct mmio_insn mmio_short(int kind, unsigned int reg, unsigned int at,
			    int offset);

/** What the host sees of it in slot htinst. */
uint32_t mmio_htinst(const struct mmio_insn *i);

/** COVG call of vCPU 0 that must succeed: its notice is checked. */
void mmio_add(struct puppet *p, unsigned long gpa, unsigned long len);
void mmio_remove(struct puppet *p, unsigned long gpa, unsigned long len);

/** A puppet, and MMIO_LEN bytes at MMIO_GPA; code goes to p->data. */
void mmio_make(struct puppet *p, unsigned int vcpus);

/** Fill the registers for @i at @va, and post it to the vCPU. */
void mmio_post(struct puppet *p, unsigned long vcpu, const struct mmio_insn *i,
	       unsigned long pc, unsigned long va);

/** Run vCPU 0 up to its next MMIO exit, with all that world_run_once checks. */
void mmio_until(struct puppet *p);

/** Check the exit, in p->t->exit: exactly what E.2 says for @i at @gpa. */
void mmio_check(const struct puppet *p, const struct mmio_insn *i,
		unsigned long gpa);

/** What vCPU's store @i stores. */
uint64_t mmio_stored(const struct puppet *p, unsigned long vcpu,
		     const struct mmio_insn *i);

/** Registers after it: the host has answered @answer. */
void mmio_check_regs(const struct puppet *p, unsigned long vcpu,
		     const struct mmio_insn *i, unsigned long answer);

/** And no trap, pc behind it. */
void mmio_check_done(const struct puppet *p, unsigned long vcpu,
		     const struct mmio_insn *i, unsigned long pc,
		     unsigned long answer);

/** All of it for vCPU 0: the host answers @answer, to a store as well. */
void mmio_access(struct puppet *p, const struct mmio_insn *i,
		 const struct mmio_place *at, unsigned long answer);

/**
 * Any instruction at @pc, with @a1 in a1 and patterns in the other registers;
 * it must cause no exit but page faults of the guest's memory. Cause of its
 * trap; stval is puppet_ret(p, 0, 1).
 */
unsigned long mmio_refused(struct puppet *p, unsigned long pc, uint32_t word,
			   unsigned long a1);

#endif
