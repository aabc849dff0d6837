// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What the kernel's calls into the firmware cost, in instructions, told in the
 * kernel's log as "# bench NAME VALUE". Under QEMU's -icount shift=0 a tick of
 * the timer is 100 instructions.
 */

#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/timex.h>
#include <asm/sbi.h>

#define TICK  100
#define CALLS 10000

/* The least that firmware can be asked for: get_spec_version */
static u64 base_calls(void)
{
	unsigned long flags;
	u64 start;
	int i;

	local_irq_save(flags);
	start = get_cycles64();
	for (i = 0; i < CALLS; i++)
		sbi_ecall(SBI_EXT_BASE, SBI_EXT_BASE_GET_SPEC_VERSION, 0, 0, 0,
			  0, 0, 0);
	start = get_cycles64() - start;
	local_irq_restore(flags);
	return start;
}

static int __init sbi_bench_init(void)
{
	pr_info("# bench linux.sbi_ecall %llu\n", base_calls() * TICK / CALLS);
	return 0;
}

static void __exit sbi_bench_exit(void)
{
}

module_init(sbi_bench_init);
module_exit(sbi_bench_exit);
MODULE_DESCRIPTION("Cost of calls into the firmware");
MODULE_LICENSE("Dual BSD/GPL");
