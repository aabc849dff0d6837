// SPDX-License-Identifier: BSD-2-Clause
/*
 * OpenSBI's generic platform with the TSM added: the generic source is
 * included with its entry point renamed, and works on every board it knows.
 */

#define fw_platform_init generic_fw_platform_init
#include <generic/platform.c>
#undef fw_platform_init

static struct sbi_platform_operations cove_ops;

unsigned long fw_platform_init(unsigned long arg0, unsigned long arg1,
			       unsigned long arg2, unsigned long arg3,
			       unsigned long arg4)
{
	unsigned long fdt;

	fdt = generic_fw_platform_init(arg0, arg1, arg2, arg3, arg4);

	cove_ops = *(const struct sbi_platform_operations *)
			   platform.platform_ops_addr;
	platform.platform_ops_addr = (unsigned long)&cove_ops;

	return fdt;
}
