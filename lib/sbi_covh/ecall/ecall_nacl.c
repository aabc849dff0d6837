/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * NACL: the part that CoVE uses, cove-abi.md B.6.
 */

#include <sbi_covh/abi.h>
#include "../core/nacl.h"
#include "../hart/hart.h"
#include "../hart/stretch.h"
#include "ecall.h"

static long serve(unsigned long funcid, const struct sbi_trap_regs *regs)
{
	switch (funcid) {
	case COVH_NACL_PROBE_FEATURE:
		return 0;
	case COVH_NACL_SET_SHMEM:
		if (!covh_ready)
			return COVH_ERR_FAILED;
		return covh_nacl_set_shmem(regs->a0, regs->a1, regs->a2);
	default:
		return COVH_ERR_NOT_SUPPORTED;
	}
}

static int nacl_handler(unsigned long extid, unsigned long funcid,
			struct sbi_trap_regs *regs,
			struct sbi_ecall_return *out)
{
	long err = COVH_ERR_NOT_SUPPORTED;

	covh_stretch_start(extid, funcid);
	if (covh_from_host(regs))
		err = serve(funcid, regs);
	covh_stretch_end();
	return covh_answer(regs, out, err, 0);
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
