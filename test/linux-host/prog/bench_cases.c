// SPDX-License-Identifier: BSD-2-Clause
/*
 * What an exit of an ordinary VM costs, in instructions: a line "# bench NAME
 * VALUE" each. Only under QEMU's -icount shift=0, where a tick of the timer is
 * 100 instructions, are these figures anything.
 */

#include <stdio.h>
#include <string.h>
#include <linux/kvm.h>
#include <guest/bench.h>
#include "prog.h"

#define TICK 100UL
/* Fewer instructions than between two timer interrupts of the kernel, so that
 * the least of some rounds has none in it */
#define CALLS  1000UL
#define EXITS  100UL
#define ROUNDS 20

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void report(const char *name, uint64_t ticks, uint64_t n)
{
	if (check_at(ticks != UINT64_MAX && ticks > 0, "no time for %s", name))
		printf("# bench linux.%s %lu\n", name, ticks * TICK / n);
}

/* The guest times calls that KVM answers in the kernel */
static void in_kernel(void)
{
	uint64_t base, time, best_base = UINT64_MAX, best_time = UINT64_MAX;
	struct vm vm;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		vm_create(&vm, "bench", CALLS);
		check(vm_run(&vm));
		if (check_at(sscanf(vm.out, "base=%lu\ntime=%lu", &base,
				    &time) == 2,
			     "the guest printed %.60s", vm.out)) {
			best_base = least(best_base, base);
			best_time = least(best_time, time);
		}
		vm_destroy(&vm);
	}
	report("kvm_ecall", best_base, CALLS);
	report("kvm_timer", best_time, CALLS);
}

static uint64_t now(void)
{
	uint64_t t;

	__asm__ __volatile__("rdtime %0" : "=r"(t)::"memory");
	return t;
}

/* A call that KVM leaves to this program */
static void in_user(void)
{
	uint64_t t, best = UINT64_MAX;
	struct vm vm;
	unsigned long n;
	int i;

	vm_create(&vm, "bench", BENCH_FORWARD);
	check(vm_run_once(&vm));
	for (i = 0; i < ROUNDS; i++) {
		t = now();
		for (n = 0; n < EXITS; n++)
			vm_run_once(&vm);
		best = least(best, now() - t);
	}
	check(!vm.error && vm.exit_reason == KVM_EXIT_RISCV_SBI);
	report("kvm_user_exit", best, EXITS);
	vm_destroy(&vm);
}

void bench_cases(void)
{
	run_case("calls that KVM answers", in_kernel);
	run_case("calls that the VMM answers", in_user);
}
