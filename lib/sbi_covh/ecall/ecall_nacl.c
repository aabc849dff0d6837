/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * NACL: the part that CoVE uses, cove-abi.md B.6.
 */

#include <sbi_covh/abi.h>
#include "../core/nacl.h"
#include "../hart/hart.h"
#include "ecall.h"

static int nacl_handler(unsigned long extid, unsigned long funcid,
			struct sbi_trap_regs *regs,
			struct sbi_ecall_return *out)
{
	(void)extid;
	if (!covh_from_host(regs))
		return covh_answer(regs, out, COVH_ERR_NOT_SUPPORTED, 0);

	switch (funcid) {
	case COVH_NACL_PROBE_FEATURE:
		return covh_answer(regs, out, 0, 0);
	case COVH_NACL_SET_SHMEM:
		if (!covh_ready)
			return covh_answer(regs, out, COVH_ERR_FAILED, 0);
		return covh_answer(
			regs, out,
			covh_nacl_set_shmem(regs->a0, regs->a1, regs->a2), 0);
	default:
		return covh_answer(regs, out, COVH_ERR_NOT_SUPPORTED, 0);
	}
}

/*
 * Mainline KVM takes a successful probe as an order to use the shared memory
 * for ordinary VMs, and would lose their TLB flushes (K-3). So the functions
 * work but are announced only if the device tree asks for it.
 */
static int nacl_probe(unsigned long extid, unsigned long *out_val)
{
	(void)extid;
	*out_val = covh_advertise_nacl;
	return 0;
}

COVH_EXTENSION(nacl, COVH_EID_NACL, nacl_handler, .probe = nacl_probe);
