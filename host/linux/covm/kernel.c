/* SPDX-License-Identifier: BSD-2-Clause */
/* Documentation/arch/riscv/boot-image-header.rst of the kernel's sources. */

#include <endian.h>
#include <string.h>
#include <cove.h>
#include "fdt.h"
#include "kernel.h"
#include "number.h"

#define OFFSET	   8
#define IMAGE_SIZE 16
#define MAGIC	   48

/* What the kernel needs behind its files to come up at all, and each vCPU */
#define ROOM	  (60 * MIB)
#define ROOM_VCPU (2 * MIB)

static uint64_t number(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

const char *kernel_size(const uint8_t head[KERNEL_HEADER], uint64_t file_size,
			uint64_t *size)
{
	if (head[0] == 0x1f && head[1] == 0x8b)
		return "compressed: unpack it with gunzip";
	if (memcmp(head + MAGIC, "RISCV\0\0", 8))
		return "not a RISC-V Linux kernel image";
	if (number(head + OFFSET) != GUEST_KERNEL - GUEST_RAM)
		return "wants to be loaded elsewhere than 2 MiB behind the "
		       "start of memory";
	*size = number(head + IMAGE_SIZE);
	if (*size < file_size)
		*size = file_size;
	return *size > MAX_MEMORY ? "larger than any guest" : NULL;
}

static uint64_t up(uint64_t value)
{
	return (value + COVE_HUGE_SIZE - 1) & -COVE_HUGE_SIZE;
}

uint64_t kernel_end(uint64_t size)
{
	return up(GUEST_KERNEL + size);
}

uint64_t kernel_least(uint64_t end, unsigned int vcpus)
{
	return up(end) - GUEST_RAM + ROOM + vcpus * ROOM_VCPU;
}
