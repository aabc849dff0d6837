/* SPDX-License-Identifier: BSD-2-Clause */
/* A TVM, by /dev/cove. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "die.h"
#include "driver.h"
#include "memory.h"
#include "progress.h"
#include "stats.h"
#include "vm.h"

static void failed(const struct vm *vm, const char *what)
{
	switch (errno) {
	case ENOMEM:
		die("%s: not enough memory for a TVM of %lu MiB", what,
		    vm->plan->size >> 20);
	case ENOSPC:
		die("%s: the pool is too small, and there is no PMP entry to "
		    "protect ordinary memory",
		    what);
	case EAGAIN:
		die("%s: the TSM has no room for another TVM", what);
	case EBUSY:
		die("%s: the host is going to sleep, or down", what);
	case EIO:
		die("%s: the TSM refuses", what);
	}
	die_errno("%s", what);
}

/* Bytes of ordinary memory that can be had, as the kernel estimates */
static uint64_t available(void)
{
	unsigned long kib = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "MemAvailable: %lu kB", &kib) == 1)
			break;
	}
	if (f)
		fclose(f);
	return (uint64_t)kib << 10;
}

/* The driver would look for it for long */
static void check_memory(const struct vm *vm, const struct cove_info *info)
{
	uint32_t from = vm->options->from;
	uint64_t have = 0;

	if (!from)
		from = COVE_FROM_POOL | COVE_FROM_RAM;
	if (from & COVE_FROM_POOL)
		have += info->pool_free;
	if (from & COVE_FROM_RAM)
		have += available();
	if (vm->plan->size > have)
		die("not enough memory for a TVM of %lu MiB: %lu MiB are free",
		    vm->plan->size >> 20, have >> 20);
}

static int create_tvm(const struct vm *vm)
{
	struct cove_create c = {
		.flags = vm->options->from,
		.memory_size = vm->plan->size,
	};
	struct cove_info info;
	int dev = driver_open(&info), fd;

	if (vm->plan->vcpus > info.max_vcpus)
		die("--vcpus %u: at most %u on this machine", vm->plan->vcpus,
		    info.max_vcpus);
	check_memory(vm, &info);
	fd = ioctl(dev, COVE_CREATE_TVM, &c);
	if (fd < 0)
		failed(vm, "creating a TVM");
	close(dev);
	return fd;
}

static void add_region(const struct vm *vm)
{
	struct cove_region r = {
		.gpa = vm->plan->start,
		.size = vm->plan->size,
		.user_addr = (uint64_t)vm->plan->memory,
	};

	if (ioctl(vm->fd, COVE_ADD_REGION, &r))
		failed(vm, "adding guest memory");
}

/* Once copied, a piece is no longer needed here */
static void add_pages(const struct vm *vm)
{
	const struct plan *p = vm->plan;
	uint64_t gpa, done = 0, all = plan_pieces(p);
	struct cove_pages pages = { .size = p->piece };
	void *at;

	for (gpa = p->start; plan_piece(p, &gpa); gpa += p->piece) {
		at = plan_at(p, gpa, p->piece);
		pages.gpa = gpa;
		pages.user_addr = (uint64_t)at;
		if (ioctl(vm->fd, COVE_ADD_PAGES, &pages))
			failed(vm, "loading the guest");
		memory_drop(at, p->piece);
		progress("loading", ++done, all);
	}
	progress_end();
}

static void add_vcpu(struct vm *vm, struct vcpu *v)
{
	v->fd = ioctl(vm->fd, COVE_CREATE_VCPU, (unsigned long)v->id);
	if (v->fd < 0)
		failed(vm, "creating a vCPU");
	v->run_size = COVE_RUN_SIZE;
	v->run = mmap(NULL, v->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      v->fd, 0);
	if (v->run == MAP_FAILED)
		die_errno("vCPU %u", v->id);
}

static void finalize(const struct vm *vm)
{
	struct cove_finalize f = {
		.entry = vm->plan->entry,
		.arg = vm->plan->arg,
		.has_identity = vm->options->has_identity,
	};

	memcpy(f.identity, vm->options->identity, sizeof(f.identity));
	if (ioctl(vm->fd, COVE_FINALIZE, &f))
		failed(vm, "finalizing the TVM");
}

static void populate(const struct vm *vm)
{
	struct cove_span r = { vm->plan->start, vm->plan->size };

	while (ioctl(vm->fd, COVE_POPULATE, &r)) {
		if (errno != EINTR)
			failed(vm, "giving the guest all of its memory");
	}
}

/* In the order in which measure.c measures it */
static void create(struct vm *vm)
{
	unsigned int i;

	vm->fd = create_tvm(vm);
	add_region(vm);
	add_pages(vm);
	for (i = 0; i < vm->plan->vcpus; i++)
		add_vcpu(vm, &vm->vcpu[i]);
	finalize(vm);
	if (vm->options->eager)
		populate(vm);
}

static void from_mmio(const struct cove_run *r, struct vm_exit *e)
{
	e->reason = VM_EXIT_MMIO;
	e->mmio.gpa = r->mmio.gpa;
	e->mmio.data = r->mmio.data;
	e->mmio.size = r->mmio.size;
	e->mmio.is_store = r->mmio.is_store;
}

static void from_sbi(const struct cove_run *r, struct vm_exit *e)
{
	e->reason = VM_EXIT_SBI;
	e->sbi.extension = r->sbi.extension;
	e->sbi.function = r->sbi.function;
	memcpy(e->sbi.args, r->sbi.args, sizeof(e->sbi.args));
}

static const char *cause_name(uint64_t cause)
{
	switch (cause) {
	case 2:
		return "an illegal instruction";
	case 20:
		return "a fetch from outside of its memory";
	case 21:
		return "a load from outside of its memory";
	case 23:
		return "a store outside of its memory";
	}
	return "an exception that nobody handles";
}

static void from_fault(const struct cove_run *r, struct vm_exit *e)
{
	e->reason = VM_EXIT_FAULT;
	snprintf(e->fault.text, sizeof(e->fault.text),
		 "%s died: %s (cause %llu, guest address 0x%llx)",
		 r->fault.tvm ? "the TVM" : "it", cause_name(r->fault.scause),
		 (unsigned long long)r->fault.scause,
		 (unsigned long long)r->fault.gpa);
}

static void translate(const struct cove_run *r, struct vm_exit *e)
{
	switch (r->exit_reason) {
	case COVE_EXIT_NONE:
		break;
	case COVE_EXIT_MMIO:
		from_mmio(r, e);
		break;
	case COVE_EXIT_SBI:
		from_sbi(r, e);
		break;
	case COVE_EXIT_SYSTEM:
		e->reason = VM_EXIT_SYSTEM;
		e->system.type = r->system.type;
		e->system.reason = r->system.reason;
		break;
	case COVE_EXIT_FAULT:
		from_fault(r, e);
		break;
	case COVE_EXIT_NO_MEMORY:
		e->reason = VM_EXIT_NO_MEMORY;
		e->gpa = r->memory.gpa;
		break;
	default:
		e->reason = VM_EXIT_FAULT;
		snprintf(e->fault.text, sizeof(e->fault.text),
			 "covm does not know exit %u", r->exit_reason);
	}
}

static void run(struct vcpu *v, struct vm_exit *e)
{
	const struct cove_run *r = v->run;

	if (!ioctl(v->fd, COVE_RUN, 0UL)) {
		translate(r, e);
		return;
	}
	if (errno == EINTR)
		return;
	e->reason = errno == ESHUTDOWN ? VM_EXIT_ENDED : VM_EXIT_FAULT;
	if (e->reason == VM_EXIT_FAULT)
		snprintf(e->fault.text, sizeof(e->fault.text),
			 "the driver cannot run it: %s", strerror(errno));
}

static void answer(struct vcpu *v, const struct vm_exit *e)
{
	struct cove_run *r = v->run;

	if (e->reason == VM_EXIT_MMIO && !e->mmio.is_store)
		r->mmio.data = e->mmio.data;
	if (e->reason == VM_EXIT_SBI) {
		r->sbi.error = e->sbi.error;
		r->sbi.value = e->sbi.value;
	}
}

/* It fails only if the TVM has ended */
static void interrupt(struct vcpu *v, bool level)
{
	ioctl(v->fd, COVE_INTERRUPT, (unsigned long)level);
}

static void stop(struct vcpu *v)
{
	struct cove_run *r = v->run;

	__atomic_store_n(&r->immediate_exit, 1, __ATOMIC_SEQ_CST);
}

static void stats(struct vm *vm)
{
	struct cove_stats s = { 0 };

	if (ioctl(vm->fd, COVE_GET_STATS, &s))
		note("no figures of the TVM: %s", strerror(errno));
	else
		stats_print(stderr, &s);
}

const struct backend cove_backend = {
	.create = create,
	.run = run,
	.answer = answer,
	.interrupt = interrupt,
	.stop = stop,
	.stats = stats,
};
