/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A short way into M-mode, for the host's COVH calls and the trampoline's LEAVE.
 * OpenSBI's own takes 400 instructions for each.
 *
 * A hart has our mtvec from its first RUN on until the last TVM is gone, so
 * that nobody pays for it who has no TVM. Other traps go on to OpenSBI with all
 * registers as they were.
 */

#ifndef __COVH_VECTOR_H__
#define __COVH_VECTOR_H__

#include <sbi/sbi_trap.h>

/* Offset in struct covh_hart, whose host_regs are at 0 */
#define HART_IN_GUEST SBI_TRAP_REGS_SIZE

/** What a6 holds for RUN, but for a host that names a domain in it */
#ifdef CONFIG_SBI_COVH_OLD_NUMBERS
#define HART_RUN COVH05_RUN_TVM_VCPU
#else
#define HART_RUN COVH_RUN_TVM_VCPU
#endif

#ifndef __ASSEMBLER__

#include "../core/shim.h"

struct covh_hart;

/* vector.S */
/** What mtvec points at */
void covh_vector(void);
/** Continue the host with h->host_regs */
void covh_vector_to_host(struct covh_hart *h) __attribute__((noreturn));
/** Go where mepc and mstatus say, with these in a0 to a7 */
void covh_vector_mret(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6,
		      u64 a7) __attribute__((noreturn));
/** Offset in struct sbi_scratch of the pointer to the hart's state, 0: none */
extern unsigned long covh_hart_offset;

/* run.c */
/** Cold boot: can we stand in front of OpenSBI's vector? */
bool covh_vector_fits(void);
/** This hart has our vector */
bool covh_vector_installed(void);
/**
 * Our vector, unless there is no TVM. Without it nothing may be entered, even
 * if there is a new TVM by now: only our vector knows LEAVE
 *
 * @return true if this hart has it
 */
bool covh_vector_install(void);
/** RUN that came by OpenSBI's vector, as a hart's first does. The vector is
 * installed. Like covh_run() */
void covh_vector_first(struct covh_hart *h, const struct sbi_trap_regs *regs)
	__attribute__((noreturn));
/** If there is no TVM any more: OpenSBI's vector again, on this hart */
void covh_vector_retire(void);
/** The same on all harts, after a TVM was destroyed */
void covh_vector_retire_all(void);

/* world.c */
/** RUN, with the host's registers in h->host_regs, pc behind its ecall */
void covh_run(struct covh_hart *h) __attribute__((noreturn));
/** The trampoline's LEAVE */
void covh_leave(u64 kind, u64 scause, u64 stval, struct covh_hart *h)
	__attribute__((noreturn));

/** The trampoline's WORK and what the helper says; scause of a PAUSE */
void covh_work(u64 scause, u64 fn, struct covh_hart *h)
	__attribute__((noreturn));

/* ecall/ecall_covh.c */
/** Any other call of COVH, with the host's registers as for RUN */
void covh_call(struct covh_hart *h) __attribute__((noreturn));

#endif

#endif
