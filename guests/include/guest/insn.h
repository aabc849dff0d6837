/* SPDX-License-Identifier: BSD-2-Clause */
/* One instruction with registers of the caller's choice. */

#ifndef GUEST_INSN_H
#define GUEST_INSN_H

/* Offsets for insn_asm.S */
#define INSN_PC	     256
#define INSN_CAUSE   264
#define INSN_TVAL    272
#define INSN_SP	     280
#define INSN_STVEC   288
#define INSN_SSTATUS 296

#ifndef __ASSEMBLER__

#include <stdint.h>

struct insn_run {
	/** Registers before it, and after it; x0 is not looked at */
	uint64_t x[32];
	/** Where it is, and where the trap came that ended it */
	uint64_t pc;
	uint64_t cause, tval;
	/** For insn_run */
	uint64_t sp, stvec, sstatus;
};

/** Execute what is at r->pc, in S-mode without interrupts, up to a trap. */
void insn_run(struct insn_run *r);

#endif

#endif
