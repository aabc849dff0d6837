/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the M-mode TSM and the HS-mode trampoline agree on: the private ecall,
 * the registers at entry, and the vCPU state page.
 */

#ifndef __COVH_TRAMP_LAYOUT_H__
#define __COVH_TRAMP_LAYOUT_H__

#include <sbi_covh/abi05.h>
#include <sbi_covh/abi.h>

/*
 * The private ecall, accepted only from a hart that is in the guest world:
 * a7 = EID, a6 = what is asked for. LEAVE does not come back; the others take
 * the guest's own a0 to a2 and return an error in a0 (core/guest.h) and a
 * value in a1.
 */
#define COVH_TRAMP_EID 0x08C0DE00
/** The run ends. a0 = enum covh_exit_kind or COVH_TRAMP_MONITOR_FAULT,
 * a1 = scause and a2 = stval as the host shall see them */
#define COVH_TRAMP_LEAVE 0
/** a0 = GPA, a1 = length */
#define COVH_TRAMP_SHARE   1
#define COVH_TRAMP_UNSHARE 2
/** a0 = vCPU id, a1 = start address, a2 = its argument */
#define COVH_TRAMP_HART_START 3
/** a0 = vCPU id; value: HSM state */
#define COVH_TRAMP_HART_STATUS 4
/** a0 = mask of vCPU ids, a1 = base; value: mask of those to be woken */
#define COVH_TRAMP_IPI	 5
#define COVH_TRAMP_FENCE 6
/** a0 = GPA, a1 = length */
#define COVH_TRAMP_ADD_MMIO    7
#define COVH_TRAMP_REMOVE_MMIO 8

/** a0 = GPA of a digest, a1 = its length, a2 = register */
#define COVH_TRAMP_EXTEND 9
/** a0 to a5 as for COVG 8. 0: WORK must follow, with the vCPU saved */
#define COVH_TRAMP_EVIDENCE 10
/** The helper shall do the job that blocks the vCPU. Like LEAVE, this and what
 * follows does not come back */
#define COVH_TRAMP_WORK 11
/** The helper's own, helper/job.h. a0 = scause: it is interrupted */
#define COVH_TRAMP_WORK_PAUSE 12
/** a0 = scause, a1 = sepc */
#define COVH_TRAMP_WORK_FAULT 13
/** The job is done. It comes back if the guest's TVM is busy: again */
#define COVH_TRAMP_WORK_DONE 14

/** A trap inside the trampoline: the TVM dies, a1 and a2 are never shown */
#define COVH_TRAMP_MONITOR_FAULT 15

/*
 * The registers that M-mode sets at entry: a0 = vCPU state page, a1 = end of
 * this hart's area, a2 = flags, a3 = NACL memory, a4 = TVM state page,
 * a5 = start address, a6 = start argument or answer, a7 = htimedelta.
 */
/** The vCPU starts: a5 and a6 count, everything else takes its reset value */
#define COVH_TRAMP_F_RESET 0x1
/** The hart has sstateen0 */
#define COVH_TRAMP_F_STATEEN 0x2
/** The hart has F and D */
#define COVH_TRAMP_F_FP 0x4
/** Its V registers fit, COVH_TRAMP_VLENB_MAX */
#define COVH_TRAMP_F_V 0x10
/** The call that blocked the vCPU is answered: a6 is the guest's a0, a5 its
 * a1 */
#define COVH_TRAMP_F_ANSWER 0x8
/** The vCPU stays blocked: leave with a6 as scause. It is saved already */
#define COVH_TRAMP_F_PAUSED	   0x20
#define COVH_TRAMP_F_VCPU_ID_SHIFT 32

/** The image is entered at its start; stvec points at this offset in it */
#define COVH_TRAMP_TRAP_OFFSET 4

/** Bytes of a hart's area: the host's FP and V registers at its start, stack
 * above */
#define COVH_TRAMP_HART_SIZE 8192

/** In a hart's area: the host's V registers */
#define COVH_TRAMP_VECTOR_OFFSET 1024

/** Bytes of a V register for which there is room */
#define COVH_TRAMP_VLENB_MAX 64

/** In a hart's area: when the first vCPU to start entered (standalone mode) */
#define COVH_TRAMP_STAMP_OFFSET 512

/* Offsets in the vCPU state page that assembly uses */
#define VCPU_GPR(__n) (8 * (__n))
#define VCPU_HART     256

/* In struct covh_vector */
#define VECTOR_VSTART 0
#define VECTOR_VCSR   8
#define VECTOR_VL     16
#define VECTOR_VTYPE  24
#define VECTOR_REGS   32

/* SBI_COVH_COUNTERS: the end of the page, which outlasts a reset of the vCPU */
#define VCPU_COUNTS_SIZE (8 * (2 + COVH_COUNT_HANDLERS * COVH_COUNT_CAUSES))
#define VCPU_COUNTS	 (4096 - VCPU_COUNTS_SIZE)
/** Exits that the trampoline has handled */
#define VCPU_COUNT(__cause) (VCPU_COUNTS + 16 + 8 * (__cause))

#ifndef __ASSEMBLER__

#include "../core/shim.h"
#include "vcpu_csrs.h"

/** Floating-point registers of one side */
struct covh_fp {
	u64 f[32];
	u64 fcsr;
};

/** Vector registers of one side */
struct covh_vector {
	u64 vstart;
	u64 vcsr;
	u64 vl;
	u64 vtype;
	/** v0 to v31, without gaps whatever their size is */
	u8 v[32 * COVH_TRAMP_VLENB_MAX];
};

/** SBI_COVH_COUNTERS: exits of the vCPU */
struct covh_counts {
	/** Where the last one is counted, as handler and cause */
	u64 handler;
	u64 cause;
	u64 exits[COVH_COUNT_HANDLERS][COVH_COUNT_CAUSES];
};

/** The three counters at one moment */
struct covh_stamp {
	u64 cycle;
	u64 instret;
	u64 time;
};

/** What the vCPU waits for; completed from NACL memory at its next RUN */
enum covh_pending {
	COVH_PENDING_NONE = 0,
	COVH_PENDING_ECALL,   /**< The a0 slot holds the host's answer */
	COVH_PENDING_PUTCHAR, /**< Legacy call: only a0 changes */
	COVH_PENDING_GETCHAR, /**< The same, and it is a character or -1 */
	COVH_PENDING_MMIO,    /**< The a0 slot holds what a load brings */
	COVH_PENDING_DBCN,    /**< Buffer the host sees: a1 slot, a count */
	COVH_PENDING_WRITE,   /**< One byte of a buffer it does not see */
	COVH_PENDING_READ,    /**< The a0 slot holds a byte for one */
};

/** Ids of external interrupts are below this number */
#define COVH_EXT_IDS 2048

/** The vCPU state page. Only the trampoline reads and writes it */
struct covh_vcpu_page {
	u64 gpr[32];	 /**< gpr[0] is unused */
	u64 hart;	 /**< End of the hart's area, this run */
	u64 nacl;	 /**< NACL memory of the hart, this run */
	u64 tvm;	 /**< TVM state page */
	u64 flags;	 /**< COVH_TRAMP_F_*, this run */
	u64 htimedelta;	 /**< Published at every exit */
	u64 sstatus_spp; /**< Mode to return to: SSTATUS_SPP or 0 */
	u64 pending;	 /**< enum covh_pending */
	u64 slots_used;	 /**< The last exit wrote GPR slots */
	u64 live;	 /**< SSTATUS_FS, _VS: loaded in the hart, this run */
	u64 mmio_insn;	 /**< MMIO: the transformed load, and the */
	u64 mmio_reg;	 /**< register that it goes to */
	u64 dbcn;	 /**< DBCN: bytes asked for; READ: GPA of the byte */
	u64 ext_allowed; /**< Number of bits in ext_ids */
	/** External interrupts that the guest allows (COVG 4) */
	u64 ext_ids[COVH_EXT_IDS / 64];
#define X(__name, __num, __needs) u64 __name;
	struct {
		COVH_VCPU_CSRS(X)
	} csr;
#undef X
	struct covh_fp fp;
	struct covh_vector vector;
};

_Static_assert(sizeof(struct covh_vcpu_page) <= VCPU_COUNTS, "one page");
_Static_assert(sizeof(struct covh_counts) == VCPU_COUNTS_SIZE, "asm");
_Static_assert(offsetof(struct covh_vcpu_page, hart) == VCPU_HART, "asm");
_Static_assert(sizeof(struct covh_fp) <= COVH_TRAMP_STAMP_OFFSET, "no overlap");
_Static_assert(sizeof(struct covh_vector) <=
		       COVH_TRAMP_HART_SIZE / 2 - COVH_TRAMP_VECTOR_OFFSET,
	       "half for the stack");
_Static_assert(offsetof(struct covh_vector, v) == VECTOR_REGS, "asm");

#endif

#endif
