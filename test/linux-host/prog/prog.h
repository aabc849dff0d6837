/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests from Linux: ordinary VMs through /dev/kvm, TVMs through the module.
 * A line "CASE ok|FAIL|SKIP name" for each case.
 */

#ifndef PROG_H
#define PROG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <guest/clash.h>
#include <guest/swap.h>
#include "../module/cove_test.h"

#define PAGE_SIZE     4096UL
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define GUEST_BASE    COVE_TEST_BASE
#define GUEST_MEMORY  (2UL << 20)
#define GUEST_FOREIGN 0x40000000UL
#define VMID(hgatp)   ((hgatp) >> 44 & 0x3fff)

/* A case: checks that fail are noted, the first one is told */

/** True if @cond; else the case has failed, and the text says why. */
bool check_at(bool cond, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define check(cond) check_at(cond, "%s:%d: %s", __FILE__, __LINE__, #cond)

/** The case cannot be run here. */
void skip(const char *why);

/** End the program: something of Linux itself did not work. */
void die(const char *what) __attribute__((noreturn));

/** Run the calling thread on @cpu only. */
void pin(unsigned int cpu);

/** CPUs online. */
unsigned int cpu_count(void);

/** /guests/<name>.bin, in memory that is never freed. */
const void *guest_image(const char *name, size_t *size);

/** True if @out ends with the sum that guest "clash" must find with @arg. */
bool sum_right(const char *out, uint64_t arg);

/* Ordinary VMs (vm.c) */

struct vm {
	int fd;
	int vcpu;
	struct kvm_run *run;
	char *memory;
	/** The guest has asked for shutdown */
	bool done;
	/** errno of KVM_RUN if it failed */
	int error;
	uint32_t exit_reason;
	char out[1024];
	size_t out_len;
	/** Entries that came back to this program */
	unsigned long exits;
};

/** Guest @name with @arg, or NULL for one that only asks for shutdown. */
void vm_create(struct vm *vm, const char *name, uint64_t arg);

/** Memory at @gpa, slot @slot > 0. */
void vm_add_memory(struct vm *vm, unsigned int slot, uint64_t gpa, void *mem,
		   size_t size);

/** Until the next thing that this program has to answer. False: the end. */
bool vm_run_once(struct vm *vm);

/** Until the guest stops. True if it asked for shutdown. */
bool vm_run(struct vm *vm);

void vm_destroy(struct vm *vm);

/* TVMs (tvm.c) */

struct tvm {
	int fd;
	struct cove_test_run run;
	char out[1024];
};

/** What the module knows; false if there is no module. */
bool tvm_info(struct cove_test_info *info);

/** Guest @name with @arg. False, and the case has failed, if it cannot be. */
bool tvm_create(struct tvm *t, const char *name, uint64_t arg, bool window,
		unsigned int vmid);

/** Run it @max times at most, 0: to the end. True if the guest is done. */
bool tvm_run(struct tvm *t, unsigned long max);

/** What the guest printed. */
const char *tvm_output(struct tvm *t);

/** The kernel reaches for its pages: true if every access faulted. */
bool tvm_hidden(struct tvm *t);

/** One confidential page, for this program to fail at. */
void *tvm_map(struct tvm *t);

/** Destroy; checks that reclaimed pages of a window are zero. */
void tvm_destroy(struct tvm *t);

/** hgatp of @cpu. */
uint64_t hgatp_of(unsigned int cpu);

/** A VM on CPU 0 reads a page, the last CPU replaces it again and again. */
void swap_pages(void);

/* The cases */
void vm_cases(void);
void nacl_cases(void);
void tvm_cases(void);
void smp_cases(void);
void vmid_cases(void);
void bench_cases(void);

/** Run one case and tell its result. */
void run_case(const char *name, void (*fn)(void));

#endif
