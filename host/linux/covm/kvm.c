/* SPDX-License-Identifier: BSD-2-Clause */
/* An ordinary guest, by /dev/kvm: the same image, for comparison. */

#include "die.h"
#include "vm.h"

#ifdef __riscv

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/kvm.h>
#include <asm/ptrace.h>
#include "memory.h"

/* Newer than the headers of some C libraries: registers that switch an SBI
 * extension on, and the number of the debug console's */
#define REG_SBI_EXT 0x0000000008000000UL
#define EXT_DBCN    9

static int open_kvm(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		die("/dev/kvm is not there: no hypervisor extension, or KVM is "
		    "not loaded (modprobe kvm)");
	if (fd < 0)
		die_errno("/dev/kvm");
	if (ioctl(fd, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		die("/dev/kvm: not API version %d", KVM_API_VERSION);
	return fd;
}

static void set_reg(struct vcpu *v, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_RISCV | KVM_REG_SIZE_U64 | id,
		.addr = (uint64_t)&value,
	};

	if (ioctl(v->fd, KVM_SET_ONE_REG, &reg))
		die_errno("vCPU %u: KVM_SET_ONE_REG", v->id);
}

#define set_core(v, name, value)                                        \
	set_reg(v,                                                      \
		KVM_REG_RISCV_CORE |                                    \
			offsetof(struct kvm_riscv_core, regs.name) / 8, \
		value)

static void add_vcpu(struct vm *vm, struct vcpu *v)
{
	v->fd = ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)v->id);
	if (v->fd < 0)
		die_errno("vCPU %u: KVM_CREATE_VCPU", v->id);
	v->run = mmap(NULL, v->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      v->fd, 0);
	if (v->run == MAP_FAILED)
		die_errno("vCPU %u", v->id);
	set_reg(v, REG_SBI_EXT | EXT_DBCN, 1);
}

/* The others are off until the guest starts them: KVM sees to that */
static void set_start(struct vcpu *v, const struct plan *p)
{
	set_core(v, pc, p->entry);
	set_core(v, a0, v->id);
	set_core(v, a1, p->arg);
}

static void add_memory(struct vm *vm)
{
	const struct plan *p = vm->plan;
	struct kvm_userspace_memory_region r = {
		.guest_phys_addr = p->start,
		.memory_size = p->size,
		.userspace_addr = (uint64_t)p->memory,
	};

	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &r))
		die_errno("KVM_SET_USER_MEMORY_REGION");
	if (vm->options->eager && !memory_fill(p->memory, p->size))
		die_errno("%lu MiB of guest memory", p->size >> 20);
}

static void create(struct vm *vm)
{
	int kvm = open_kvm(), size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	unsigned int i;

	if (size < (int)sizeof(struct kvm_run))
		die("/dev/kvm: vCPUs are described in %d bytes", size);
	vm->fd = ioctl(kvm, KVM_CREATE_VM, 0UL);
	if (vm->fd < 0)
		die_errno("KVM_CREATE_VM");
	close(kvm);
	add_memory(vm);
	for (i = 0; i < vm->plan->vcpus; i++) {
		vm->vcpu[i].run_size = (size_t)size;
		add_vcpu(vm, &vm->vcpu[i]);
	}
	set_start(&vm->vcpu[0], vm->plan);
}

static void from_mmio(const struct kvm_run *r, struct vm_exit *e)
{
	e->reason = VM_EXIT_MMIO;
	e->mmio.gpa = r->mmio.phys_addr;
	e->mmio.size = r->mmio.len;
	e->mmio.is_store = r->mmio.is_write;
	memcpy(&e->mmio.data, r->mmio.data, sizeof(e->mmio.data));
}

static void from_sbi(const struct kvm_run *r, struct vm_exit *e)
{
	unsigned int i;

	e->reason = VM_EXIT_SBI;
	e->sbi.extension = r->riscv_sbi.extension_id;
	e->sbi.function = r->riscv_sbi.function_id;
	for (i = 0; i < 6; i++)
		e->sbi.args[i] = r->riscv_sbi.args[i];
}

static void from_system(const struct kvm_run *r, struct vm_exit *e)
{
	e->reason = VM_EXIT_SYSTEM;
	e->system.type = r->system_event.type == KVM_SYSTEM_EVENT_RESET;
	e->system.reason = r->system_event.ndata ? r->system_event.data[0] : 0;
}

static void fault(struct vm_exit *e, const char *what, uint64_t number)
{
	e->reason = VM_EXIT_FAULT;
	snprintf(e->fault.text, sizeof(e->fault.text), "%s (%lu)", what,
		 number);
}

static void run(struct vcpu *v, struct vm_exit *e)
{
	const struct kvm_run *r = v->run;

	if (ioctl(v->fd, KVM_RUN, 0UL)) {
		if (errno != EINTR && errno != EAGAIN)
			fault(e, "KVM_RUN fails", (uint64_t)errno);
		return;
	}
	switch (r->exit_reason) {
	case KVM_EXIT_MMIO:
		from_mmio(r, e);
		break;
	case KVM_EXIT_RISCV_SBI:
		from_sbi(r, e);
		break;
	case KVM_EXIT_SYSTEM_EVENT:
		from_system(r, e);
		break;
	case KVM_EXIT_INTR:
		break;
	default:
		fault(e, "KVM cannot go on with the guest", r->exit_reason);
	}
}

static void answer(struct vcpu *v, const struct vm_exit *e)
{
	struct kvm_run *r = v->run;

	if (e->reason == VM_EXIT_MMIO && !e->mmio.is_store)
		memcpy(r->mmio.data, &e->mmio.data, sizeof(r->mmio.data));
	if (e->reason == VM_EXIT_SBI) {
		r->riscv_sbi.ret[0] = (unsigned long)e->sbi.error;
		r->riscv_sbi.ret[1] = e->sbi.value;
	}
}

static void interrupt(struct vcpu *v, bool level)
{
	struct kvm_interrupt irq = {
		.irq = level ? KVM_INTERRUPT_SET : KVM_INTERRUPT_UNSET,
	};

	ioctl(v->fd, KVM_INTERRUPT, &irq);
}

static void stop(struct vcpu *v)
{
	struct kvm_run *r = v->run;

	__atomic_store_n(&r->immediate_exit, 1, __ATOMIC_SEQ_CST);
}

static void stats(struct vm *vm)
{
	uint64_t mmio = 0, sbi = 0, other = 0;
	unsigned int i;

	for (i = 0; i < vm->plan->vcpus; i++) {
		mmio += vm->vcpu[i].exits[VM_EXIT_MMIO];
		sbi += vm->vcpu[i].exits[VM_EXIT_SBI];
		other += vm->vcpu[i].exits[VM_EXIT_AGAIN];
	}
	fprintf(stderr,
		"covm: exits to covm: %lu loads and stores, %lu console calls, "
		"%lu others\n",
		mmio, sbi, other);
}

const struct backend kvm_backend = {
	.create = create,
	.run = run,
	.answer = answer,
	.interrupt = interrupt,
	.stop = stop,
	.stats = stats,
};

#else

static void create(struct vm *vm)
{
	(void)vm;
	die("this machine is no RISC-V one");
}

const struct backend kvm_backend = { .create = create };

#endif
