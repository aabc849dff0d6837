/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * SUPD: which supervisor domains there are, cove-abi.md B.2.
 */

#include <sbi_covh/abi.h>
#include "ecall.h"

static int supd_handler(unsigned long extid, unsigned long funcid,
			struct sbi_trap_regs *regs,
			struct sbi_ecall_return *out)
{
	(void)extid;
	if (!covh_from_host(regs) || funcid != COVH_SUPD_GET_ACTIVE_DOMAINS)
		return covh_answer(regs, out, COVH_ERR_NOT_SUPPORTED, 0);
	return covh_answer(regs, out, 0, COVH_SUPD_DOMAINS);
}

COVH_EXTENSION(supd, COVH_EID_SUPD, supd_handler);
