/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The TSM's state of one hart, and the parts of hart/.
 */

#ifndef __COVH_HART_H__
#define __COVH_HART_H__

#include <sbi/sbi_scratch.h>
#include <sbi/sbi_trap.h>
#include "../core/guest.h"
#include "../core/hart_ops.h"
#include "../core/pmpview.h"
#include "../core/tvm.h"
#include "place.h"
#include "triggers.h"
#include "vector.h"
#include "world_csrs.h"

/** The host's CSRs while a TVM runs */
struct covh_host_csrs {
#define X(__name, __num, __needs, __how, __what) \
	COVH_SAVED_##__how(unsigned long __name;)
	COVH_WORLD_CSRS(X)
#undef X
};

/** One hart */
struct covh_hart {
	/** What the host continues with. Here and next: see vector.h */
	struct sbi_trap_regs host_regs;
	/** Between RUN and the trampoline's ecall: HS code is the trampoline */
	bool in_guest;
	/** Our own mask of SSE events is in force and must be taken back */
	bool sse_masked;
	/** The hart has Smstateen, AIA's CSRs */
	bool has_stateen, has_aia;
	/** It has Ssctr, vsiselect, scontext, srmcfg */
	bool has_ctr, has_csrind, has_scontext, has_qosid;
	/** It has any of these */
	bool has_more_csrs;
	/** CSR time is there for M-mode */
	bool has_time;
	/** COVH_TRAMP_F_* that are the same for all runs */
	u64 tramp_flags;
	/** End of its area in the trampoline's memory */
	u64 tramp_area;
	/** The run in progress */
	struct covh_run run;
	struct covh_host_csrs host_csrs;
	struct covh_triggers triggers;
#if COVH_COUNT_INSNS
	/** What minstret held at entry */
	u64 minstret;
#endif
	/** PMP registers as OpenSBI left them, and the images of both views */
	struct covh_pmpfixed fixed;
	struct covh_pmpview view;
	/** Mask of the pmpcfg registers that a switch writes */
	u32 view_diff;
};

/** Where the trampoline was put */
struct covh_tramp {
	u64 entry;
	u64 trap;
	u64 harts; /**< First hart area */
};
extern struct covh_tramp covh_tramp;

/** Bytes of a cbo.zero and of a cbo.flush block, 0 if the harts have none */
extern u32 covh_cboz;
extern u32 covh_cbom;

/** Base probe_extension announces NACL (K-3), as the device tree says */
extern bool covh_advertise_nacl;

/** A reset is under way: no TVM runs any more, no hart starts */
extern bool covh_resetting;

/** True once everything below is set up: get_tsm_info says READY */
extern bool covh_ready;

/** Ranges the host must not reach although they are no RAM: reset devices */
#define COVH_MAX_DENY 4
extern struct covh_range covh_deny[COVH_MAX_DENY];
extern u32 covh_ndeny;

/** SiFive's test device (QEMU virt has it), 0 if there is none */
extern u64 covh_finisher;

/** The calling hart's state; NULL before covh_hart_init() */
static inline struct covh_hart *covh_hart_this(void)
{
	return covh_hart_offset
		       ? sbi_scratch_read_type(sbi_scratch_thishart_ptr(),
					       struct covh_hart *,
					       covh_hart_offset)
		       : NULL;
}

/** Say that this hart is about to run S-mode code (it owes fences from here
 * on), or that it runs none until it is started again */
void covh_hart_set_running(bool on);

/**
 * A board's way to clear what a hart predicts from (branch predictors, L1
 * caches), called in M-mode on the way into the guest world and out of it, when
 * all that the hart runs next is the other side's. NULL: nothing is known to
 * do that. Set before cold boot ends
 */
extern void (*covh_flush_hook)(void);

/** Cold boot: make room for every hart's state. 0 or an SBI error */
int covh_hart_init(void);

/* pmp.c */
/** What covh_pmp_configured() will find on the boot hart: PMP entries, *used of
 * them by OpenSBI; once the domains are settled */
u32 covh_pmp_forecast(u32 *used);
/** After OpenSBI's protection-configure step on this hart: take its entries
 * over, install the window set. 0 or an SBI error: the hart must not run */
int covh_pmp_configured(struct sbi_scratch *scratch);
/** Turn off what we have written: no S-mode code runs here until the next
 * covh_pmp_configured(). Some machines keep locked entries over a reset */
void covh_pmp_release(void);
/** Write pmpcfg registers from number 2 on of one view that differ in both */
void covh_pmp_write_more(const struct covh_hart *h, const u64 *cfg);

/* trampoline/vector.S, which is part of the firmware, too */
/** Clear the V registers; mstatus.VS is on */
void tramp_vector_clear(void);

/* world.c */
/** No way back: the hart stops. What a guest has left in CSRs goes */
void covh_world_drop(struct covh_hart *h);
/** Forget the running guest's code and VS-stage translations on this hart */
void covh_world_flush(void);

/* kick.c */
/** Cold boot. 0 or an SBI error */
int covh_kick_init(void);
/** Do what other vCPUs want of the one that runs on this hart, if anything */
void covh_kick_take(struct covh_hart *h);

/* fdt.c: cold boot */
/** Fill covh_deny with the reset devices of the board */
void covh_fdt_find_reset(const void *fdt);
/** Say where the pool is and what the boot says, take the reset devices out.
 * 0 or an error */
int covh_fdt_fixup(void *fdt);
/** Property advertise-nacl of /chosen/opensbi-cove */
bool covh_fdt_advertise_nacl(const void *fdt);
/** Property dice-handover of it, an address, to *pa. SBI_ENOENT: there is none,
 * SBI_EINVAL: it has not two cells */
int covh_fdt_handover(const void *fdt, u64 *pa);

/* fdt_cpus.c: cold boot */
/** Cache block size that all harts name in a property, 0: none, or they differ */
u32 covh_fdt_block_size(const void *fdt, const char *prop);
/** All harts have an extension, by its name in lower case */
bool covh_fdt_isa_has(const void *fdt, const char *name);

/* reset.c */
/** Stand in front of the board's reset devices */
void covh_reset_init(void);

#endif
