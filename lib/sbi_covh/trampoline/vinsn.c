/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Cause 22, virtual instruction: waits, entropy, and what a guest has not.
 */

#include "tramp.h"

/* What a hart adds where SSEED lets S-mode have seed */
#define CSR_SEED  0x015
#define OP_SYSTEM 0x73

/* A guest has its seed as if sseed were 1 and useed 0 for it. A mere read does
 * not come here, it is illegal; what is written does not matter */
static bool read_seed(struct covh_vcpu_page *v, u64 insn)
{
	u32 rd = (u32)insn >> 7 & 31;
	u64 seed;

	if ((insn & 0x7F) != OP_SYSTEM || !(insn >> 12 & 3) ||
	    insn >> 20 != CSR_SEED || !(csr_read(CSR_SSTATUS) & SSTATUS_SPP))
		return false;
	seed = csr_swap(CSR_SEED, 0);
	if (rd)
		*tramp_reg(v, rd) = seed;
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
