/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * From one PMP view to the other.
 */

#ifndef __COVH_PMP_SWITCH_H__
#define __COVH_PMP_SWITCH_H__

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include "hart.h"

/* As a rule one register: everything that differs lies next to each other. The
 * caller fences */
static inline __attribute__((always_inline)) void
covh_pmp_switch(const struct covh_hart *h, const u64 *cfg)
{
	u32 diff = h->view_diff;

	if (diff & 2)
		csr_write(CSR_PMPCFG2, cfg[1]);
	if (diff == 2)
		return;
	if (diff & 1)
		csr_write(CSR_PMPCFG0, cfg[0]);
	if (diff >> 2)
		covh_pmp_write_more(h, cfg);
}

#endif
