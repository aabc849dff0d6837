// SPDX-License-Identifier: BSD-2-Clause
/* An ordinary VM with one vCPU, through /dev/kvm. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <asm/ptrace.h>
#include <linux/kvm.h>
#include "prog.h"

/* Newer than the headers that the cross compiler may have */
#define REG_SBI_EXT	0x0000000008000000UL
#define SBI_EXT_ID_DBCN 9
#define SBI_DBCN	0x4442434E
#define DBCN_WRITE_BYTE 2
#define SBI_SRST	0x53525354
#define NOT_SUPPORTED	(-2L)

/* ecall */
static const uint32_t shutdown_code[] = { 0x00000073 };

static void set_reg(struct vm *vm, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_RISCV | KVM_REG_SIZE_U64 | id,
		.addr = (uint64_t)&val,
	};

	if (ioctl(vm->vcpu, KVM_SET_ONE_REG, &reg))
		die("KVM_SET_ONE_REG");
}

#define set_core(vm, name, val)                                         \
	set_reg(vm,                                                     \
		KVM_REG_RISCV_CORE |                                    \
			offsetof(struct kvm_riscv_core, regs.name) / 8, \
		val)

static void load(struct vm *vm, const char *name, uint64_t arg)
{
	const void *image = shutdown_code;
	size_t size = sizeof(shutdown_code);

	if (name)
		image = guest_image(name, &size);
	if (size > GUEST_MEMORY)
		die(name);
	memcpy(vm->memory, image, size);
	set_core(vm, pc, GUEST_BASE);
	set_core(vm, a0, 0);
	set_core(vm, a1, arg);
	if (name) {
		set_reg(vm, REG_SBI_EXT | SBI_EXT_ID_DBCN, 1);
	} else {
		set_core(vm, a7, SBI_SRST);
		set_core(vm, a6, 0);
		set_core(vm, a1, 0);
	}
}

void vm_create(struct vm *vm, const char *name, uint64_t arg)
{
	static int kvm = -1;
	int size;

	memset(vm, 0, sizeof(*vm));
	if (kvm < 0)
		kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	vm->fd = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		die("KVM_CREATE_VM");
	vm->memory = mmap(NULL, GUEST_MEMORY, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (vm->memory == MAP_FAILED)
		die("mmap");
	vm_add_memory(vm, 0, GUEST_BASE, vm->memory, GUEST_MEMORY);
	vm->vcpu = ioctl(vm->fd, KVM_CREATE_VCPU, 0);
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (vm->vcpu < 0 || size < 0)
		die("KVM_CREATE_VCPU");
	vm->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED,
		       vm->vcpu, 0);
	if (vm->run == MAP_FAILED)
		die("mmap of the vCPU");
	load(vm, name, arg);
}

void vm_add_memory(struct vm *vm, unsigned int slot, uint64_t gpa, void *mem,
		   size_t size)
{
	struct kvm_userspace_memory_region r = {
		.slot = slot,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uint64_t)mem,
	};

	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &r))
		die("KVM_SET_USER_MEMORY_REGION");
}

static void answer_sbi(struct vm *vm)
{
	unsigned long *ret = vm->run->riscv_sbi.ret;

	ret[0] = (unsigned long)NOT_SUPPORTED;
	ret[1] = 0;
	if (vm->run->riscv_sbi.extension_id != SBI_DBCN ||
	    vm->run->riscv_sbi.function_id != DBCN_WRITE_BYTE)
		return;
	ret[0] = 0;
	if (vm->out_len + 1 < sizeof(vm->out))
		vm->out[vm->out_len++] = (char)vm->run->riscv_sbi.args[0];
}

bool vm_run_once(struct vm *vm)
{
	int rc = ioctl(vm->vcpu, KVM_RUN, 0);

	vm->exits++;
	if (rc && errno == EINTR)
		return true;
	if (rc) {
		vm->error = errno;
		return false;
	}
	vm->exit_reason = vm->run->exit_reason;
	switch (vm->exit_reason) {
	case KVM_EXIT_RISCV_SBI:
		answer_sbi(vm);
		return true;
	case KVM_EXIT_SYSTEM_EVENT:
		vm->done = true;
	}
	return false;
}

bool vm_run(struct vm *vm)
{
	while (vm_run_once(vm))
		;
	return vm->done;
}

void vm_destroy(struct vm *vm)
{
	munmap(vm->run, (size_t)sysconf(_SC_PAGESIZE));
	close(vm->vcpu);
	close(vm->fd);
	munmap(vm->memory, GUEST_MEMORY);
}
