/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * RAM survives a reset, so confidential pages are zeroed before the reset
 * device acts (T-72). The device is OpenSBI's; ours only stands in front.
 */

#include <sbi/riscv_io.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_ipi.h>
#include <sbi/sbi_system.h>
#include <sbi/sbi_timer.h>
#include <sbi_covh/abi.h>
#include "../core/attest.h"
#include "../core/fence.h"
#include "../core/page.h"
#include "hart.h"
#include "place.h"

#define FINISHER_FAIL 0x3333U
#define FINISHER_CODE (1U << 16)

/* How long to wait for the other harts to stop, in polls of 1 ms */
#define STOP_POLLS 1000

bool covh_resetting;

/* Per hart: one that only asks must not open the way for another */
static bool bypass[COVH_MAX_HARTS];

static const struct sbi_system_reset_device *inner(u32 type, u32 reason)
{
	const struct sbi_system_reset_device *dev;

	bypass[covh_hart_self()] = true;
	dev = sbi_system_reset_get_device(type, reason);
	bypass[covh_hart_self()] = false;
	return dev;
}

static int covh_reset_check(u32 type, u32 reason)
{
	if (bypass[covh_hart_self()] || !inner(type, reason))
		return 0;
	return 0x7FFFFFFF;
}

static bool others_stopped(void)
{
	u32 h;

	for (h = 0; h < covh_hart_count(); h++)
		if (h != covh_hart_self() && !covh_hart_stopped(h))
			return false;
	return true;
}

/*
 * A TVM must not write behind the scrub. From here on no vCPU is entered and
 * no hart starts; sbi_system_reset() has sent one halt, which a hart that was
 * starting has missed, so it is sent again until all have stopped. A hart that
 * was caught while starting hangs and never says so: hence the limit.
 */
static void stop_others(void)
{
	u32 polls = STOP_POLLS;

	__atomic_store_n(&covh_resetting, true, __ATOMIC_SEQ_CST);
	while (!others_stopped() && polls--) {
		sbi_ipi_send_halt(0, -1UL);
		sbi_timer_mdelay(1);
	}
}

/* The TSM's own, out of the caches as well */
static void forget_key(void)
{
	u64 key = (u64)covh_attest_identity()->key;

	covh_attest_set_identity(NULL);
	covh_flush_page(key & ~(COVH_PAGE_SIZE - 1));
	covh_flush_page((key + COVH_P384_SIZE - 1) & ~(COVH_PAGE_SIZE - 1));
}

static void scrub(void)
{
	u64 pa, end, pages = 0;
	u32 i;

	for (i = 0; i < covh_nram; i++)
		for (pa = covh_ram[i].base; pa < covh_ram[i].end;
		     pa += COVH_PAGE_SIZE)
			if (covh_page_is_conf(pa)) {
				covh_scrub_page(pa);
				pages++;
			}
	forget_key();
	/* Registers that the trampoline spilled on its stacks, jobs of the helper; the next boot
	 * finds no note of ours and has nothing to do */
	end = covh_place.tramp + covh_place.tramp_size;
	for (pa = covh_tramp.harts; pa < end; pa += COVH_PAGE_SIZE)
		covh_scrub_page(pa);
	sbi_printf("opensbi-cove: reset: %lu confidential pages zeroed\n",
		   (unsigned long)pages);
}

/* SiFive's test device can say "failed", which syscon-poweroff cannot */
static void report_failure(u32 type, u32 reason)
{
	if (!covh_finisher || type != SBI_SRST_RESET_TYPE_SHUTDOWN ||
	    reason == SBI_SRST_RESET_REASON_NONE)
		return;
	writel(FINISHER_FAIL | FINISHER_CODE, (volatile void *)covh_finisher);
	/* A second word to the device would take the first back */
	sbi_hart_hang();
}

static void covh_reset(u32 type, u32 reason)
{
	const struct sbi_system_reset_device *dev = inner(type, reason);

	stop_others();
	/* A window that this hart has not installed yet is out of M-mode's
	 * reach with Smepmp */
	if (covh_ready)
		covh_local_fence();
	scrub();
	covh_pmp_release();
	report_failure(type, reason);
	if (dev)
		dev->system_reset(type, reason);
}

static struct sbi_system_reset_device covh_reset_device = {
	.name = "opensbi-cove",
	.system_reset_check = covh_reset_check,
	.system_reset = covh_reset,
};

void covh_reset_init(void)
{
	sbi_system_reset_add_device(&covh_reset_device);
}
