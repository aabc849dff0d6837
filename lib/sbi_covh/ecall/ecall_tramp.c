/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The trampoline's own ecall: a run ends.
 */

#include <sbi/riscv_encoding.h>
#include <sbi/sbi_console.h>
#include <sbi_covh/abi.h>
#include "../hart/hart.h"
#include "../standalone/standalone.h"
#include "../trampoline/layout.h"
#include "ecall.h"

/* scause of a monitor fault: what happened inside is nothing to show */
#define CAUSE_MONITOR_FAULT 16

static int tramp_handler(unsigned long extid, unsigned long funcid,
			 struct sbi_trap_regs *regs,
			 struct sbi_ecall_return *out)
{
	struct covh_hart *h = covh_hart_this();
	u64 kind = regs->a0, scause = regs->a1, stval = regs->a2;

	(void)extid;
	(void)funcid;
	if (!h || !h->in_guest || sbi_regs_from_virt(regs) ||
	    sbi_mstatus_prev_mode(regs->mstatus) != PRV_S)
		return covh_answer(regs, out, COVH_ERR_NOT_SUPPORTED, 0);

	if (kind > COVH_EXIT_TVM_DEAD) {
		sbi_printf("opensbi-cove: monitor fault: cause %lu at 0x%lx\n",
			   (unsigned long)scause, (unsigned long)stval);
		kind = COVH_EXIT_TVM_DEAD;
		scause = CAUSE_MONITOR_FAULT;
		stval = 0;
	}
#ifdef CONFIG_SBI_COVH_TRACE
	sbi_printf("opensbi-cove: hart %u: exit, cause 0x%lx, kind %lu\n",
		   covh_hart_self(), (unsigned long)scause,
		   (unsigned long)kind);
#endif
	covh_world_leave(h, regs, scause, stval, kind != COVH_EXIT_RESUMABLE);
	covh_run_end(&h->run, (enum covh_exit_kind)kind, 0);
	covh_standalone_report();
	out->skip_regs_update = true;
	return 0;
}

struct sbi_ecall_extension ecall_tramp;

static int tramp_register(void)
{
	return sbi_ecall_register_extension(&ecall_tramp);
}

/* A probe from the host finds nothing */
static int tramp_probe(unsigned long extid, unsigned long *out_val)
{
	(void)extid;
	*out_val = 0;
	return 0;
}

struct sbi_ecall_extension ecall_tramp = {
	.name = "tramp",
	.extid_start = COVH_TRAMP_EID,
	.extid_end = COVH_TRAMP_EID,
	.experimental = true,
	.register_extensions = tramp_register,
	.probe = tramp_probe,
	.handle = tramp_handler,
};
