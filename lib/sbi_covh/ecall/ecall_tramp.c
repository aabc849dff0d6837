/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The trampoline's own ecall: the guest wants something of M-mode.
 */

#include <sbi/riscv_encoding.h>
#include <sbi_covh/abi.h>
#include "../core/attest.h"
#include "../hart/hart.h"
#include "../hart/stretch.h"
#include "../trampoline/layout.h"
#include "ecall.h"

/* The guest's arguments come as they are: core/ checks them */
static long ask(struct covh_run *run, u64 fn, const struct sbi_trap_regs *r,
		u64 *value)
{
	const struct covh_evidence_args args = {
		r->a0, r->a1, r->a2, r->a3, r->a4, r->a5,
	};

	switch (fn) {
	case COVH_TRAMP_EXTEND:
		return covh_guest_extend(run, r->a0, r->a1, r->a2);
	case COVH_TRAMP_EVIDENCE:
		return covh_guest_evidence(run, &args);
	case COVH_TRAMP_SHARE:
		return covh_guest_share(run, r->a0, r->a1);
	case COVH_TRAMP_UNSHARE:
		return covh_guest_unshare(run, r->a0, r->a1);
	case COVH_TRAMP_ADD_MMIO:
		return covh_guest_add_mmio(run, r->a0, r->a1);
	case COVH_TRAMP_REMOVE_MMIO:
		return covh_guest_remove_mmio(run, r->a0, r->a1);
	case COVH_TRAMP_HART_START:
		return covh_guest_hart_start(run, r->a0, r->a1, r->a2);
	case COVH_TRAMP_HART_STATUS:
		return covh_guest_hart_status(run, r->a0, value);
	case COVH_TRAMP_IPI:
		return covh_guest_signal(run, r->a0, r->a1, COVH_SIG_IPI,
					 value);
	case COVH_TRAMP_FENCE:
		/* Those that do not run flush when they enter */
		return covh_guest_signal(run, r->a0, r->a1, COVH_SIG_FENCE,
					 value);
	default:
		return COVH_ERR_NOT_SUPPORTED;
	}
}

static int tramp_handler(unsigned long extid, unsigned long funcid,
			 struct sbi_trap_regs *regs,
			 struct sbi_ecall_return *out)
{
	struct covh_hart *h = covh_hart_this();
	u64 value = 0;
	long err;

	(void)extid;
	if (!h || !h->in_guest || sbi_regs_from_virt(regs) ||
	    sbi_mstatus_prev_mode(regs->mstatus) != PRV_S)
		return covh_answer(regs, out, COVH_ERR_NOT_SUPPORTED, 0);

	/* LEAVE, WORK and what follows never come here: hart/vector.S has it */
	covh_stretch_start(COVH_TRAMP_EID, funcid);
	err = ask(&h->run, funcid, regs, &value);
	covh_stretch_end();
	return covh_answer(regs, out, err, value);
}

/* A probe from the host finds nothing */
static int tramp_probe(unsigned long extid, unsigned long *out_val)
{
	(void)extid;
	*out_val = 0;
	return 0;
}

COVH_EXTENSION(tramp, COVH_TRAMP_EID, tramp_handler, .probe = tramp_probe,
	       .experimental = true);
