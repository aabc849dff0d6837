/* SPDX-License-Identifier: BSD-2-Clause */
/* vCPUs are threads; what they come back for is answered here. */

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "console.h"
#include "die.h"
#include "sbi.h"
#include "vm.h"

void vm_end(struct vm *vm, enum vm_end end, int status)
{
	pthread_mutex_lock(&vm->lock);
	if (vm->end == VM_RUNS) {
		vm->end = end;
		vm->status = status;
		pthread_cond_broadcast(&vm->ended);
	}
	pthread_mutex_unlock(&vm->lock);
}

static bool has_ended(struct vm *vm)
{
	bool ended;

	pthread_mutex_lock(&vm->lock);
	ended = vm->end != VM_RUNS;
	pthread_mutex_unlock(&vm->lock);
	return ended;
}

static void system_exit(struct vm *vm, const struct vm_exit *e)
{
	if (e->system.type)
		vm_end(vm, VM_REBOOT, 0);
	else
		vm_end(vm, VM_SHUTDOWN, e->system.reason ? STATUS_FAILED : 0);
}

/* A guest that is dead or cannot go on */
static void failed(struct vcpu *v, const struct vm_exit *e)
{
	struct vm *vm = v->vm;

	if (has_ended(vm))
		return;
	if (e->reason == VM_EXIT_FAULT)
		note("vCPU %u: %s", v->id, e->fault.text);
	else
		note("vCPU %u: no memory for the guest's page at 0x%lx", v->id,
		     e->gpa);
	vm_end(vm, VM_STOPPED, STATUS_FAILED);
}

/* False: this vCPU does not run any more */
static bool handle(struct vcpu *v, struct vm_exit *e)
{
	switch (e->reason) {
	case VM_EXIT_AGAIN:
		return true;
	case VM_EXIT_MMIO:
		devices_access(&v->vm->devices, e);
		break;
	case VM_EXIT_SBI:
		sbi_call(v->vm, e);
		break;
	case VM_EXIT_SYSTEM:
		system_exit(v->vm, e);
		return false;
	case VM_EXIT_FAULT:
	case VM_EXIT_NO_MEMORY:
		failed(v, e);
		return false;
	default:
		return false;
	}
	v->vm->backend->answer(v, e);
	return true;
}

static void *vcpu_main(void *arg)
{
	struct vcpu *v = arg;
	struct vm_exit e;

	do {
		if (has_ended(v->vm))
			break;
		e.reason = VM_EXIT_AGAIN;
		v->vm->backend->run(v, &e);
		v->exits[e.reason]++;
	} while (handle(v, &e));
	return NULL;
}

static void kick(int sig)
{
	(void)sig;
}

static void start(struct vm *vm)
{
	/* No SA_RESTART: what a thread waits in is to fail */
	struct sigaction sa = { .sa_handler = kick };
	unsigned int i;
	int err;

	sigaction(SIGUSR1, &sa, NULL);
	for (i = 0; i < vm->plan->vcpus; i++) {
		err = pthread_create(&vm->vcpu[i].thread, NULL, vcpu_main,
				     &vm->vcpu[i]);
		if (err)
			die("cannot start a thread: %s", strerror(err));
	}
}

static void stop(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->plan->vcpus; i++) {
		vm->backend->stop(&vm->vcpu[i]);
		pthread_kill(vm->vcpu[i].thread, SIGUSR1);
	}
	for (i = 0; i < vm->plan->vcpus; i++)
		pthread_join(vm->vcpu[i].thread, NULL);
}

/* What it has is the kernel's again with the last descriptor */
static void destroy(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->plan->vcpus; i++) {
		munmap(vm->vcpu[i].run, vm->vcpu[i].run_size);
		close(vm->vcpu[i].fd);
	}
	close(vm->fd);
}

static void wait_for_end(struct vm *vm)
{
	pthread_mutex_lock(&vm->lock);
	while (vm->end == VM_RUNS)
		pthread_cond_wait(&vm->ended, &vm->lock);
	pthread_mutex_unlock(&vm->lock);
}

static void init(struct vm *vm, const struct options *o, const struct plan *p)
{
	unsigned int i;

	memset(vm, 0, sizeof(*vm));
	vm->backend = o->kvm ? &kvm_backend : &cove_backend;
	vm->options = o;
	vm->plan = p;
	vm->fd = -1;
	pthread_mutex_init(&vm->lock, NULL);
	pthread_cond_init(&vm->ended, NULL);
	for (i = 0; i < p->vcpus; i++) {
		vm->vcpu[i].vm = vm;
		vm->vcpu[i].id = i;
		vm->vcpu[i].fd = -1;
	}
	devices_init(&vm->devices, vm);
}

/*
 * When the process ends as well, its end is the end of the threads, which may
 * be anywhere.
 */
enum vm_end vm_run(struct vm *vm, const struct options *o, const struct plan *p,
		   int *status)
{
	init(vm, o, p);
	vm->backend->create(vm);
	console_attach(vm);
	start(vm);
	wait_for_end(vm);
	*status = vm->status;
	if (o->stats)
		vm->backend->stats(vm);
	if (vm->end == VM_REBOOT) {
		console_attach(NULL);
		stop(vm);
		destroy(vm);
	}
	return vm->end;
}
