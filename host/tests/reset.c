/* SPDX-License-Identifier: BSD-2-Clause */
/* The reset device is out of the host's reach; SRST is the way. */

#include <libfdt.h>
#include <string.h>
#include <host/attack.h>

/* Where QEMU's virt has it. Only used if this is that machine */
#define VIRT_TEST_DEVICE 0x100000UL
#define VIRT_POWER_OFF	 0x5555U

static void no_nodes(void)
{
	static const char *const compatible[] = { "syscon-poweroff",
						  "syscon-reboot",
						  "sifive,test0",
						  "sifive,test1" };
	const void *fdt = (const void *)machine.fdt.start;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(compatible); i++) {
		if (fdt_node_offset_by_compatible(fdt, -1, compatible[i]) >= 0)
			FAIL("the device tree has a %s node", compatible[i]);
	}
	CHECK_EQ(machine.test_device, 0);
	CHECK(sbi_probe(SBI_EID_SRST));
}

/* Had this any effect, the machine would be off now */
static void no_mmio(void)
{
	const void *fdt = (const void *)machine.fdt.start;
	unsigned long off;

	if (fdt_node_check_compatible(fdt, 0, "riscv-virtio"))
		SKIP("not QEMU's virt machine");
	for (off = 0; off < PAGE_SIZE; off += 4) {
		CHECK_EQ(probe_store32(VIRT_TEST_DEVICE + off, VIRT_POWER_OFF),
			 CAUSE_STORE_ACCESS);
		CHECK_EQ(probe_load8(VIRT_TEST_DEVICE + off, NULL),
			 CAUSE_LOAD_ACCESS);
	}
	check_denied(VIRT_TEST_DEVICE);
	check_denied_virtual(VIRT_TEST_DEVICE);
	check_denied_guest(VIRT_TEST_DEVICE);
}

TEST_GROUP(reset, { "T-72 no reset device in the device tree", no_nodes },
	   { "T-72 the reset device's registers fault", no_mmio });
