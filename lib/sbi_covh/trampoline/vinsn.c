/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Cause 22, virtual instruction: waits, entropy, and what a guest has not.
 */

#include "tramp.h"

/* What a hart adds where SSEED lets S-mode have seed */
#define CSR_SEED 0x015

/* csrrw, csrrs, csrrc and their immediate forms, by bits 13:12; the first
 * writes always, the others unless rs1 is x0 or 0 */
static bool is_csr_write(u64 insn, u64 *csr, u32 *rd)
{
	u32 kind = (u32)insn >> 12 & 3, rs1 = (u32)insn >> 15 & 31;

	*csr = insn >> 20 & 0xFFF;
	*rd = (u32)insn >> 7 & 31;
	return (insn & 0x7F) == 0x73 && (kind == 1 || (kind && rs1));
}

/* A guest has its seed as if sseed were 1 and useed 0 for it. What is written
 * does not matter */
static bool read_seed(struct covh_vcpu_page *v, u64 insn)
{
	u64 csr, seed;
	u32 rd;

	if (!is_csr_write(insn, &csr, &rd) || csr != CSR_SEED ||
	    !(csr_read(CSR_SSTATUS) & SSTATUS_SPP))
		return false;
	seed = csr_swap(CSR_SEED, 0);
	if (rd)
		v->gpr[rd] = seed;
	tramp_skip_insn(4);
	return true;
}

void tramp_virtual_insn(struct covh_vcpu_page *v)
{
	u64 insn = csr_read(CSR_STVAL);

	/* A hart may leave stval 0 instead of telling the instruction */
	if (!insn && !tramp_read_insn(&insn))
		return;
	switch (insn) {
	case INSN_WRS_NTO:
		/* A wait that may end at any time, and VTW ends it at once */
		tramp_skip_insn(4);
		return;
	case INSN_WFI:
		tramp_skip_insn(4);
		tramp_wait(v);
	}
	if (!read_seed(v, insn))
		tramp_inject(CAUSE_ILLEGAL, insn);
}
