// SPDX-License-Identifier: BSD-2-Clause
/*
 * OpenSBI's generic platform with the TSM added: the generic source is
 * included with its entry point renamed, and works on every board it knows.
 */

#define fw_platform_init generic_fw_platform_init
#include <generic/platform.c>
#undef fw_platform_init

#include <hart/boot.h>

static struct sbi_platform_operations cove_ops;
static const struct sbi_platform_operations *generic_ops;

static int cove_domains_init(void)
{
	int rc = generic_domains_init();

	if (!rc)
		covh_boot_reserve(fdt_get_address());
	return rc;
}

static int cove_final_init(bool cold_boot)
{
	int rc = generic_final_init(cold_boot);

	if (!rc && cold_boot)
		covh_boot_start(fdt_get_address_rw());
	return rc;
}

static void cove_early_exit(void)
{
	covh_hart_exit();
	if (generic_ops->early_exit)
		generic_ops->early_exit();
}

unsigned long fw_platform_init(unsigned long arg0, unsigned long arg1,
			       unsigned long arg2, unsigned long arg3,
			       unsigned long arg4)
{
	unsigned long fdt;

	fdt = generic_fw_platform_init(arg0, arg1, arg2, arg3, arg4);

	generic_ops = (const struct sbi_platform_operations *)
			      platform.platform_ops_addr;
	cove_ops = *generic_ops;
	cove_ops.domains_init = cove_domains_init;
	cove_ops.final_init = cove_final_init;
	cove_ops.early_exit = cove_early_exit;
	platform.platform_ops_addr = (unsigned long)&cove_ops;
	platform.heap_size += BIT_ALIGN(
		covh_boot_heap_size(platform.hart_count), HEAP_BASE_ALIGN);

	return fdt;
}
