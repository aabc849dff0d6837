/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Counting instructions of the firmware itself.
 */

#include <core/hart_ops.h>
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>

/* minstret: the counter may stand, as it does in the guest world. It then
 * goes on from where it stood */
#define INSTRET (1UL << 2)

void covh_watch_start(struct covh_watch *w)
{
	w->inhibit = csr_read_clear(CSR_MCOUNTINHIBIT, INSTRET);
	w->instret = csr_read(CSR_MINSTRET);
}

u64 covh_watch_stop(const struct covh_watch *w)
{
	u64 n = csr_read(CSR_MINSTRET) - w->instret;

	csr_write(CSR_MCOUNTINHIBIT, w->inhibit);
	if (w->inhibit & INSTRET)
		csr_write(CSR_MINSTRET, w->instret);
	return n;
}
