/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest puppet does what the host tells it through a page that it shares first
 * of all: so a test can have a guest do anything at any time, on any vCPU, and
 * sees what came of it. No guest that has a secret would.
 */

#ifndef GUEST_PUPPET_H
#define GUEST_PUPPET_H

#include <stdint.h>

#define PUPPET_VCPUS 16
/** Pages of the guest's own, at PUPPET_DATA's address */
#define PUPPET_PAGES 144

enum puppet_op {
	/** ret: address of the first data page */
	PUPPET_DATA,
	/** address; ret: value, cause, tval */
	PUPPET_LOAD,
	/** address, value; ret: -, cause, tval */
	PUPPET_STORE,
	/** address; ret: -, cause, tval */
	PUPPET_EXEC,
	/** eid, fid, a0 to a5; ret: error, value */
	PUPPET_ECALL,
	/** id: another vCPU becomes a puppet; ret: error */
	PUPPET_START,
	/** The vCPU stops; there is no ret */
	PUPPET_STOP,
	/** One WFI; ret: 0 */
	PUPPET_WFI,
	/** 1: wait for commands without WFI, 0: with it */
	PUPPET_POLL,
	/**
	 * sie, sstatus.SIE (0 or 1); ret: software interrupts taken, sip, satp,
	 * external interrupts taken (each clears its bit of sie)
	 */
	PUPPET_IRQ,
	/**
	 * GPA (GUEST_NOWHERE: none), number of a page: where that page from
	 * GUEST_VA lies, in the table of all vCPUs; no fence. ret: its entry's
	 * address, and the entry
	 */
	PUPPET_MAP,
	/** GPA: where the table is that PUPPET_MAP writes, for walks */
	PUPPET_TABLE,
	/** Paging on, with a fence (guest/smp.h) */
	PUPPET_PAGING,
	/** ret: time */
	PUPPET_TIME,
	/**
	 * Address, instruction of 2 or 4 bytes, 1: write it there first (0: it
	 * is there). Executes it there with the registers of puppet_regs; ret:
	 * cause and tval of its trap (cause 3: none), and pc after it
	 */
	PUPPET_INSN,
	/**
	 * Address, value, value, bytes (4 or 8): while it polls the vCPU
	 * stores one and the other there, in turn. Address 0: no more
	 */
	PUPPET_FLIP,
	/**
	 * eid, fid, a0, a1, other fid: until the next command the vCPU makes
	 * this call and the other one, in turn
	 */
	PUPPET_LOOP,
};

/** Instructions of PUPPET_INSN: this is one of 4 bytes */
#define PUPPET_LONG_INSN(insn) (((insn)&3) == 3)

/** What ends PUPPET_INSN's instruction: an ebreak of 2 bytes */
#define PUPPET_EBREAK  0x9002
#define PUPPET_NO_TRAP 3

/** One for each vCPU, in the shared page. */
struct puppet_slot {
	/** Counts commands; the host's */
	uint64_t seq;
	/** seq of the last one done; the guest's */
	uint64_t done;
	uint64_t op;
	uint64_t arg[8];
	uint64_t ret[4];
};

/** Registers of PUPPET_INSN, before it and after it; x0 is not looked at */
struct puppet_regs {
	uint64_t in[32];
	uint64_t out[32];
};

/** vCPUs that can do PUPPET_INSN */
#define PUPPET_REGS 4

/** The shared page. */
struct puppet_box {
	struct puppet_slot slot[PUPPET_VCPUS];
	struct puppet_regs regs[PUPPET_REGS];
};

#endif
