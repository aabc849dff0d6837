// SPDX-License-Identifier: BSD-2-Clause
/* TVMs, alone and beside ordinary VMs. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "prog.h"

#define ROUNDS	     600
#define LOWEST_VMID  64
#define TVM_SEED     7
#define VM_SEED(cpu) (50 + (cpu))

static struct cove_test_info info;

static void nacl(void)
{
	const char *expect = getenv("ADVERTISED");

	if (!check_at(tvm_info(&info), "there is no " COVE_TEST_DEVICE))
		return;
	check_at(info.registered == info.online &&
			 info.registered == cpu_count(),
		 "NACL memory on %u of %u CPUs", info.registered, info.online);
	check_at(info.nacl_advertised == (expect ? 1 : 0),
		 "SBI Base says %u of NACL", info.nacl_advertised);
}

static sigjmp_buf back;

static void segv(int sig)
{
	siglongjmp(back, sig);
}

/* True if the program itself cannot read or write there */
static bool hidden_from_user(volatile uint64_t *p)
{
	struct sigaction sa = { .sa_handler = segv }, old[2];
	volatile int faults = 0;
	volatile int i;

	sigaction(SIGSEGV, &sa, &old[0]);
	sigaction(SIGBUS, &sa, &old[1]);
	for (i = 0; i < 2; i++) {
		if (sigsetjmp(back, 1))
			faults++;
		else if (i)
			*p = 1;
		else
			(void)*p;
	}
	sigaction(SIGSEGV, &old[0], NULL);
	sigaction(SIGBUS, &old[1], NULL);
	return faults == 2;
}

/* T-01 from Linux, by the kernel and by a program, before, in and after runs */
static void alone(bool window)
{
	uint64_t arg = CLASH_ARG(TVM_SEED + window, ROUNDS);
	struct tvm t;
	void *page;

	if (!window && !info.pool_pages)
		return skip("there is no pool");
	if (!tvm_create(&t, "clash", arg, window, 0))
		return;
	tvm_hidden(&t);
	check(!tvm_run(&t, 50));
	tvm_hidden(&t);
	page = tvm_map(&t);
	if (check(page))
		check(hidden_from_user(page));
	tvm_run(&t, 0);
	tvm_hidden(&t);
	check(t.run.done && !t.run.reason);
	sum_right(tvm_output(&t), arg);
	check(!t.run.unfenced);
	tvm_destroy(&t);
}

static void alone_pool(void)
{
	alone(false);
}

static void alone_window(void)
{
	alone(true);
}

/* A VM on a CPU, for as long as stop is not set: a sum after the other */
struct vm_thread {
	pthread_t thread;
	unsigned int cpu;
	volatile bool stop;
	volatile unsigned long sums;
};

static void *keep_summing(void *arg)
{
	struct vm_thread *v = arg;
	struct vm vm;

	pin(v->cpu);
	do {
		vm_create(&vm, "clash", CLASH_ARG(VM_SEED(v->cpu), ROUNDS));
		check(vm_run(&vm));
		sum_right(vm.out, CLASH_ARG(VM_SEED(v->cpu), ROUNDS));
		vm_destroy(&vm);
		v->sums++;
	} while (!v->stop);
	return NULL;
}

static void start_vm(struct vm_thread *v, unsigned int cpu)
{
	*v = (struct vm_thread){ .cpu = cpu };
	if (pthread_create(&v->thread, NULL, keep_summing, v))
		die("pthread_create");
}

static void stop_vm(struct vm_thread *v)
{
	v->stop = true;
	pthread_join(v->thread, NULL);
	check(v->sums);
}

/* The TVM visits all the CPUs, VMs run on two of them */
static void moving(void)
{
	uint64_t arg = CLASH_ARG(TVM_SEED, ROUNDS);
	unsigned int cpu = 0, n = cpu_count();
	struct vm_thread v[2];
	struct tvm t;

	if (!tvm_create(&t, "clash", arg, false, 0))
		return;
	start_vm(&v[0], 0);
	start_vm(&v[1], n - 1);
	do {
		pin(cpu++ % n);
	} while (!tvm_run(&t, 10));
	sum_right(tvm_output(&t), arg);
	check_at(cpu > n, "only %u moves", cpu);
	stop_vm(&v[0]);
	stop_vm(&v[1]);
	check(!t.run.unfenced);
	tvm_destroy(&t);
	pin(0);
}

static volatile bool no_more_tvms;

/* TVMs on all CPUs in turn, until told to stop */
static void *keep_moving(void *arg)
{
	unsigned int cpu = 0, n = cpu_count();
	unsigned long *done = arg;
	struct tvm t;

	for (; !no_more_tvms; ++*done) {
		if (!tvm_create(&t, "clash", CLASH_ARG(TVM_SEED, 200), false,
				0))
			break;
		do {
			pin(cpu++ % n);
		} while (!tvm_run(&t, 10));
		sum_right(tvm_output(&t), CLASH_ARG(TVM_SEED, 200));
		tvm_destroy(&t);
	}
	return NULL;
}

/* The kernel's fences for a VM reach CPUs that run a TVM, and the VM's own */
static void swap_beside(void)
{
	unsigned long done = 0;
	pthread_t thread;

	no_more_tvms = false;
	if (pthread_create(&thread, NULL, keep_moving, &done))
		die("pthread_create");
	swap_pages();
	no_more_tvms = true;
	pthread_join(thread, NULL);
	check(done);
}

/* Converting and reclaiming: every CPU fences while VMs run */
static void coming_and_going(void)
{
	uint64_t arg = CLASH_ARG(TVM_SEED, 64);
	struct vm_thread v[2];
	unsigned int i;
	struct tvm t;

	start_vm(&v[0], 0);
	start_vm(&v[1], cpu_count() - 1);
	for (i = 0; i < 6; i++) {
		if (!tvm_create(&t, "clash", arg, i & 1, 0))
			break;
		tvm_run(&t, 0);
		sum_right(tvm_output(&t), arg);
		tvm_destroy(&t);
	}
	stop_vm(&v[0]);
	stop_vm(&v[1]);
}

/* KVM's VMIDs count up from 1; use them up until TVMs can have one of them */
static unsigned int vm_with_high_vmid(struct vm *vm, uint64_t arg)
{
	unsigned int vmid;

	for (;;) {
		vm_create(vm, "clash", arg);
		/* It has entered: its table is in hgatp until another's is */
		check(vm_run_once(vm));
		vmid = VMID(hgatp_of(0));
		if (vmid >= LOWEST_VMID)
			return vmid;
		vm_destroy(vm);
		for (; vmid < LOWEST_VMID; vmid++) {
			vm_create(vm, NULL, 0);
			check(vm_run(vm));
			vm_destroy(vm);
		}
	}
}

struct vm_job {
	struct vm *vm;
	unsigned int cpu;
};

static void *run_job(void *arg)
{
	struct vm_job *j = arg;

	pin(j->cpu);
	check(vm_run(j->vm));
	return NULL;
}

/* One VMID, VM on CPU 0, the TVM on @cpu; both are asked what they use */
static void same_vmid(unsigned int cpu)
{
	uint64_t vm_arg = CLASH_ARG(VM_SEED(0), 2 * ROUNDS);
	uint64_t arg = CLASH_ARG(TVM_SEED, ROUNDS);
	unsigned int vmid, seen = 0, asked = 0, beside = 0;
	struct vm_job job;
	pthread_t thread;
	struct tvm t;
	struct vm vm;

	check(tvm_info(&info));
	if (!info.test_firmware)
		return skip("needs CONFIG=test to choose and see VMIDs");
	pin(0);
	vmid = vm_with_high_vmid(&vm, vm_arg);
	if (!tvm_create(&t, "clash", arg, false, vmid))
		return;
	job = (struct vm_job){ &vm, 0 };
	if (pthread_create(&thread, NULL, run_job, &job))
		die("pthread_create");
	pin(cpu);
	while (!tvm_run(&t, 10)) {
		asked++;
		beside += !__atomic_load_n(&vm.done, __ATOMIC_RELAXED);
		seen += VMID(hgatp_of(0)) == vmid;
	}
	pthread_join(thread, NULL);
	pin(0);
	sum_right(tvm_output(&t), arg);
	sum_right(vm.out, vm_arg);
	check_at(VMID(t.run.hgatp) == vmid, "VMIDs: VM %u, TVM %llu", vmid,
		 VMID(t.run.hgatp));
	check_at(asked && seen == asked, "CPU 0 had VMID %u %u times of %u",
		 vmid, seen, asked);
	check_at(beside > asked / 4, "the VM ran %u times of %u", beside,
		 asked);
	check_at(!t.run.unfenced, "%llu of %llu runs unfenced", t.run.unfenced,
		 t.run.runs);
	if (!cpu)
		check_at(t.run.same_vmid > 10 &&
				 t.run.same_vmid == t.run.over_vm,
			 "%llu runs over the VM's table, %llu with its VMID",
			 t.run.over_vm, t.run.same_vmid);
	printf("# VMID %u: TVM on CPU %u, %llu runs, %llu over the VM's table, "
	       "%llu interrupts; beside the VM %u of %u times\n",
	       vmid, cpu, t.run.runs, t.run.same_vmid, t.run.interrupts, beside,
	       asked);
	tvm_destroy(&t);
	vm_destroy(&vm);
}

static void same_vmid_same_cpu(void)
{
	same_vmid(0);
}

static void same_vmid_other_cpu(void)
{
	if (cpu_count() < 2)
		return skip("needs a second CPU");
	same_vmid(cpu_count() - 1);
}

/*
 * T-03: the mapping that this program has of a confidential page becomes
 * memory of a VM. The access fault goes to KVM, which hands it to the guest,
 * or gives up and tells why in the kernel log.
 */
/* What the kernel log says of the VM that it gave up: SCAUSE=0x... */
static unsigned long logged_scause(int kmsg)
{
	unsigned long scause = -1UL;
	char line[512], *at;
	ssize_t n;

	while ((n = read(kmsg, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		at = strstr(line, "SCAUSE=0x");
		if (at)
			scause = strtoul(at + 7, NULL, 16);
	}
	return scause;
}

/* The access fault of this kind: taken by the guest, or told by KVM */
static bool access_faulted(const struct vm *vm, unsigned int how, int kmsg)
{
	static const unsigned long cause[] = { 5, 7, 1 };
	char line[40];

	snprintf(line, sizeof(line), "guest: trap: scause 0x%lx,", cause[how]);
	return !strstr(vm->out, "loaded=") && !strstr(vm->out, "survived=") &&
	       (vm->error ? logged_scause(kmsg) == cause[how]
			  : strstr(vm->out, line) != NULL);
}

/* Guest "outside" loads, stores or jumps there */
static void foreign_page(void *page, unsigned int how, bool ours)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	struct vm vm;

	if (kmsg < 0)
		die("/dev/kmsg");
	lseek(kmsg, 0, SEEK_END);
	vm_create(&vm, "outside", how);
	vm_add_memory(&vm, 1, GUEST_FOREIGN, page, PAGE_SIZE);
	vm_run(&vm);
	check_at(strstr(vm.out, "outside=0x40000000\n") != NULL, "guest: %s",
		 vm.out);
	check_at(ours ? vm.done && strstr(vm.out, "survived=1\n")
		      : access_faulted(&vm, how, kmsg),
		 "%s page, access %u: error %d, %s", ours ? "own" : "TVM's",
		 how, vm.error, vm.out);
	vm_destroy(&vm);
	close(kmsg);
}

static void foreign(void)
{
	static uint32_t own[PAGE_SIZE / 4] __attribute__((aligned(4096)));
	uint64_t arg = CLASH_ARG(TVM_SEED, ROUNDS);
	unsigned int how;
	struct tvm t;
	void *page;

	/* KVM maps the page again and again then */
	if (atoi(getenv("QEMU_MAJOR") ?: "10") < 8)
		return skip("QEMU 7 takes what PMP denies for a page fault");
	if (!tvm_create(&t, "clash", arg, false, 0))
		return;
	check(!tvm_run(&t, 50));
	page = tvm_map(&t);
	if (!check(page))
		return;
	for (how = 0; how < 3; how++) {
		own[0] = 0x8067; /* ret */
		foreign_page(own, how, true);
		foreign_page(page, how, false);
	}
	tvm_run(&t, 0);
	sum_right(tvm_output(&t), arg);
	tvm_destroy(&t);
}

static void set_online(unsigned int cpu, bool on)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online",
		 cpu);
	f = fopen(path, "w");
	if (!f)
		die(path);
	fputs(on ? "1" : "0", f);
	check_at(!fclose(f), "%s", path);
}

/* A conversion while a CPU is off, which then runs what came of it */
static void hotplug(void)
{
	uint64_t arg = CLASH_ARG(TVM_SEED, ROUNDS);
	unsigned int last = cpu_count() - 1;
	struct tvm t;
	bool made;

	if (!last)
		return skip("needs a second CPU");
	set_online(last, false);
	check(tvm_info(&info) && info.registered == last);
	made = tvm_create(&t, "clash", arg, true, 0);
	set_online(last, true);
	check(tvm_info(&info) && info.registered == last + 1);
	if (!made)
		return;
	pin(last);
	tvm_hidden(&t);
	tvm_run(&t, 0);
	pin(0);
	sum_right(tvm_output(&t), arg);
	check(!t.run.unfenced);
	tvm_destroy(&t);
}

void nacl_cases(void)
{
	run_case("NACL memory on each CPU, announced or not as asked", nacl);
}

void tvm_cases(void)
{
	nacl_cases();
	run_case("T-01 Linux runs a TVM from the pool", alone_pool);
	run_case("T-01 Linux runs a TVM from a window", alone_window);
	run_case("a TVM moves between CPUs beside VMs", moving);
	run_case("TVMs come and go beside VMs", coming_and_going);
	run_case("a VM's page is replaced beside TVMs", swap_beside);
	run_case("T-03 a VM maps a page of a TVM", foreign);
}

void smp_cases(void)
{
	run_case("T-74 a CPU comes online after a conversion", hotplug);
}

void vmid_cases(void)
{
	run_case("T-52 a VM and a TVM, one VMID, two CPUs",
		 same_vmid_other_cpu);
	run_case("T-52 a VM and a TVM, one VMID, one CPU", same_vmid_same_cpu);
}
