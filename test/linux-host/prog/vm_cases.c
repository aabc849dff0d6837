// SPDX-License-Identifier: BSD-2-Clause
/* What holds on any firmware: ordinary VMs alone. */

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "prog.h"

#define ROUNDS 600
#define SWAPS  200

static void sums(void)
{
	struct vm vm;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		vm_create(&vm, "clash", CLASH_ARG(i, ROUNDS));
		check(vm_run(&vm));
		sum_right(vm.out, CLASH_ARG(i, ROUNDS));
		/* To be compared between firmwares */
		printf("HOST: VM %u: %s", i, strstr(vm.out, "sum="));
		vm_destroy(&vm);
	}
}

static void *run_clash(void *arg)
{
	unsigned int cpu = *(unsigned int *)arg;
	struct vm vm;

	pin(cpu);
	vm_create(&vm, "clash", CLASH_ARG(100 + cpu, ROUNDS));
	check(vm_run(&vm));
	sum_right(vm.out, CLASH_ARG(100 + cpu, ROUNDS));
	vm_destroy(&vm);
	return NULL;
}

static void one_per_cpu(void)
{
	unsigned int cpu[8], i, n = cpu_count();
	pthread_t thread[8];

	for (i = 0; i < n && i < ARRAY_SIZE(cpu); i++) {
		cpu[i] = i;
		if (pthread_create(&thread[i], NULL, run_clash, &cpu[i]))
			die("pthread_create");
	}
	while (i)
		pthread_join(thread[--i], NULL);
}

/* Pages of a file, each with its number inside */
static int numbered_pages(void)
{
	int fd = memfd_create("numbers", 0);
	uint64_t i;

	if (fd < 0 || ftruncate(fd, (SWAPS + 1) * PAGE_SIZE))
		die("memfd_create");
	for (i = 0; i <= SWAPS; i++) {
		if (pwrite(fd, &i, sizeof(i), (off_t)(i * PAGE_SIZE)) !=
		    sizeof(i))
			die("pwrite");
	}
	return fd;
}

static void *run_swap(void *arg)
{
	struct vm *vm = arg;

	pin(0);
	check(vm_run(vm));
	return NULL;
}

/* Page @number in the place of the one before; false: the guest hangs on it */
static bool replace(char *mem, int fd, uint64_t number)
{
	volatile uint64_t *announced = (volatile uint64_t *)(mem + PAGE_SIZE);
	time_t end = time(NULL) + 10;

	if (mmap(mem, PAGE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, fd,
		 (off_t)(number * PAGE_SIZE)) == MAP_FAILED)
		die("mmap");
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	announced[0] = number;
	while (announced[1] < number && time(NULL) < end)
		sched_yield();
	return check_at(announced[1] >= number,
			"page %lu came, the guest still reads %lu", number,
			announced[1]);
}

/*
 * While the guest reads, its page is replaced again and again from another
 * CPU: each time the kernel has to take back the old mapping from the VM.
 */
void swap_pages(void)
{
	int fd = numbered_pages();
	pthread_t thread;
	char line[32];
	struct vm vm;
	uint64_t i;
	char *mem;

	vm_create(&vm, "swap", 0);
	mem = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	vm_add_memory(&vm, 1, SWAP_NUMBER, mem, 2 * PAGE_SIZE);
	if (pthread_create(&thread, NULL, run_swap, &vm))
		die("pthread_create");
	pin(cpu_count() - 1);
	for (i = 1; i <= SWAPS; i++) {
		if (!replace(mem, fd, i))
			break;
	}
	*(volatile uint64_t *)(mem + PAGE_SIZE) = SWAP_END;
	pthread_join(thread, NULL);
	snprintf(line, sizeof(line), "stale=0\nchanges=%u\n", SWAPS);
	check_at(!strcmp(vm.out, line), "%s", vm.out);
	vm_destroy(&vm);
	munmap(mem, 2 * PAGE_SIZE);
	close(fd);
	pin(0);
}

void vm_cases(void)
{
	run_case("a VM switches page tables and sums", sums);
	run_case("a VM on every CPU", one_per_cpu);
	run_case("a VM's page is replaced while it reads", swap_pages);
}
