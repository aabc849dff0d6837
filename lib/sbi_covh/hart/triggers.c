/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_dbtr.h>
#include "triggers.h"

/* Type and dmode of tdata1: what is left of a trigger that never fires. Zero
 * is no type that every hart can hold */
#define TDATA1_KEEP (0x1FUL << 59)

u32 covh_triggers_count(void)
{
	u32 n = (u32)sbi_dbtr_get_total_triggers();

	return n < COVH_MAX_TRIGGERS ? n : COVH_MAX_TRIGGERS;
}

/* Between calls tselect is nobody's: OpenSBI sets it before each use */
void covh_triggers_disarm_all(struct covh_triggers *t)
{
	unsigned long i, n = t->n, tdata1, armed = 0;

	for (i = 0; i < n; i++) {
		csr_write(CSR_TSELECT, i);
		t->tdata1[i] = tdata1 = csr_read(CSR_TDATA1);
		tdata1 &= ~TDATA1_KEEP;
		if (!tdata1)
			continue;
		csr_write(CSR_TDATA1, t->tdata1[i] & TDATA1_KEEP);
		armed = 1;
	}
	t->armed = armed;
}

void covh_triggers_rearm_all(const struct covh_triggers *t)
{
	u32 i;

	for (i = 0; i < t->n; i++) {
		if (!(t->tdata1[i] & ~TDATA1_KEEP))
			continue;
		csr_write(CSR_TSELECT, i);
		csr_write(CSR_TDATA1, t->tdata1[i]);
	}
}
