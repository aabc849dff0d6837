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
	/** sie, sstatus.SIE (0 or 1); ret: software interrupts taken, sip, satp */
	PUPPET_IRQ,
	/** GPA: where GUEST_VA lies, in the table of all vCPUs; no fence */
	PUPPET_MAP,
	/** Paging on, with a fence (guest/smp.h) */
	PUPPET_PAGING,
	/** ret: time */
	PUPPET_TIME,
};

/** One for each vCPU, in the shared page. */
struct puppet_slot {
	/** Counts commands; the host's */
	uint64_t seq;
	/** seq of the last one done; the guest's */
	uint64_t done;
	uint64_t op;
	uint64_t arg[8];
	uint64_t ret[3];
};

#endif
