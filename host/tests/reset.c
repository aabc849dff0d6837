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

/*
 * Pages of the next image, this program: how much of it the boot loader fills
 * is not known, so at a reset from outside such a page could be neither zeroed
 * nor left as it is.
 */
static void image_is_pinned(void)
{
	static char own[PAGE_SIZE] __attribute__((aligned(4096)));
	static char shmem[COVH_NACL_SHMEM_SIZE] __attribute__((aligned(4096)));
	extern char _start[], _end[];
	unsigned long page = ALIGN_DOWN(pa(_start), PAGE_SIZE);

	own[0] = 1;
	CHECK_EQ(covh_convert_pages(pa(own), 1).error, SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(own[0], 1);
	for (; page < pa(_end); page += PAGE_SIZE) {
		CHECK_EQ(covh_convert_pages(page, 1).error,
			 SBI_ERR_INVALID_ADDRESS);
		CHECK_STATE(page, PG_NC_SHMEM);
	}
	/* It is the host's memory in every other way */
	CHECK_EQ(nacl_set_shmem(pa(shmem), 0, 0).error, 0);
	CHECK_EQ(nacl_set_shmem(-1UL, -1UL, 0).error, 0);
	CHECK_EQ(covh_convert_pages(pa(shmem), 1).error,
		 SBI_ERR_INVALID_ADDRESS);
	this_hart()->shmem = NULL;
}

TEST_GROUP(reset, { "T-72 no reset device in the device tree", no_nodes },
	   { "T-72 the reset device's registers fault", no_mmio },
	   { "T-72 the next image cannot be converted", image_is_pinned });
