/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Interrupting a hart that runs a vCPU, without the host: an IPI event of our
 * own. SSIP would not do, it cannot be told from the host's.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_hartmask.h>
#include <sbi/sbi_ipi.h>
#include <sbi/sbi_scratch.h>
#include "hart.h"

static u32 kick_event;

void covh_kick_take(struct covh_hart *h)
{
	u32 sig = covh_run_signals(&h->run);

	if (sig & COVH_SIG_FENCE)
		covh_world_flush();
	if (sig & COVH_SIG_IPI)
		csr_set(CSR_HVIP, MIP_VSSIP);
	if (sig)
		covh_run_signals_done(&h->run, sig);
}

/* Between its traps a hart in the guest world has the TVM's hgatp and hvip.
 * In the host's world it is told that the last TVM is gone */
static void kick_process(struct sbi_scratch *scratch)
{
	struct covh_hart *h = covh_hart_this();

	(void)scratch;
	if (h->in_guest)
		covh_kick_take(h);
	else
		covh_vector_retire();
}

static const struct sbi_ipi_event_ops kick_ops = {
	.name = "covh",
	.process = kick_process,
};

int covh_kick_init(void)
{
	int rc = sbi_ipi_event_create(&kick_ops);

	kick_event = (u32)rc;
	return rc < 0 ? rc : 0;
}

void covh_hart_interrupt(u32 h)
{
	/* On the calling hart OpenSBI calls the handler at once */
	sbi_ipi_send_many(1, sbi_hartindex_to_hartid(h), kick_event, NULL);
}
