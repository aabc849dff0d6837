/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A hart's first RUN, and who has the vector from when to when.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_scratch.h>
#include "hart.h"

/* OpenSBI's vector on a hart with the H extension, firmware/fw_base.S */
extern void _trap_handler_hyp(void);

/* Harts with our vector, or that were stopped with it */
static u64 installed;

bool covh_vector_fits(void)
{
	return csr_read(CSR_MTVEC) == (unsigned long)_trap_handler_hyp;
}

bool covh_vector_installed(void)
{
	return csr_read(CSR_MTVEC) == (unsigned long)covh_vector;
}

void covh_vector_retire(void)
{
	if (covh_tvm_any() || !covh_vector_installed())
		return;
	csr_write(CSR_MTVEC, _trap_handler_hyp);
	__atomic_fetch_and(&installed, ~BIT64(covh_hart_self()),
			   __ATOMIC_RELAXED);
}

void covh_vector_retire_all(void)
{
	u64 harts;
	u32 h;

	if (covh_tvm_any())
		return;
	harts = __atomic_load_n(&installed, __ATOMIC_SEQ_CST);
	for (h = 0; harts; h++, harts >>= 1)
		if (harts & 1)
			covh_hart_interrupt(h);
}

bool covh_vector_install(void)
{
	csr_write(CSR_MTVEC, covh_vector);
	__atomic_fetch_or(&installed, BIT64(covh_hart_self()),
			  __ATOMIC_SEQ_CST);
	/* Whoever has ended the last TVM before that has not seen us */
	covh_vector_retire();
	return covh_vector_installed();
}

void covh_vector_first(struct covh_hart *h, const struct sbi_trap_regs *regs)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();

	h->host_regs = *regs;
	h->host_regs.mepc += 4;
	/* OpenSBI's trap ends here */
	sbi_trap_set_context(scratch,
			     sbi_trap_get_context(scratch)->prev_context);
	covh_run(h);
}
