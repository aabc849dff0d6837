/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <sbi/riscv_encoding.h>
#include <sbi/sbi_domain.h>
#include <sbi_covh/abi.h>
#include "../hart/hart.h"
#include "ecall.h"

extern struct sbi_domain root;

bool covh_from_host(const struct sbi_trap_regs *regs)
{
	const struct covh_hart *h = covh_hart_this();

	return !sbi_regs_from_virt(regs) &&
	       sbi_mstatus_prev_mode(regs->mstatus) == PRV_S &&
	       sbi_domain_thishart_ptr() == &root && !(h && h->in_guest);
}

long covh_fid(unsigned long a6, bool sdid)
{
	unsigned long hi = a6 >> 32;

	/* As a rule there is nothing else in it */
	if (a6 <= COVH_A6_FID_MASK)
		return (long)a6;
	/* A caller may sign-extend its 32-bit word */
	if (hi && !(hi == 0xFFFFFFFFUL && (a6 & BIT64(31))))
		return -1;
	if (a6 & COVH_A6_RSVD_MASK)
		return -1;
	if (sdid && ((a6 >> COVH_A6_SDID_SHIFT) & COVH_A6_SDID_MASK) > 1)
		return -1;
	return a6 & COVH_A6_FID_MASK;
}

int covh_answer(struct sbi_trap_regs *regs, struct sbi_ecall_return *out,
		long err, u64 value)
{
	out->skip_regs_update = true;
	regs->mepc += 4;
	regs->a0 = (unsigned long)err;
	regs->a1 = err ? 0 : value;
	return 0;
}
