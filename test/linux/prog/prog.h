/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of /dev/cove, from a program. A line "CASE ok|FAIL|SKIP name" for each
 * case. Each begins and ends with no TVM and all memory where it was.
 */

#ifndef PROG_H
#define PROG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cove.h>
#include <guest/churn.h>

#define PAGE_SIZE     4096UL
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define GUEST_BASE    0x80000000UL
#define MIB	      (1UL << 20)
/** What guest "churn" needs without CHURN_ARG(, mib). */
#define CHURN_MEMORY (4 * MIB)

/* A case: checks that fail are noted, the first one is told */

/** True if @cond; else the case has failed, and the text says why. */
bool check_at(bool cond, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define check(cond) check_at(cond, "%s:%d: %s", __FILE__, __LINE__, #cond)

/** @cond, or else the case has failed and errno is told. */
#define check_call(cond)                                           \
	check_at(cond, "%s:%d: %s: %s", __FILE__, __LINE__, #cond, \
		 strerror(errno))

/** The call fails with errno @want. */
#define check_errno(call, want)                                              \
	({                                                                   \
		long __r = (errno = 0, (long)(call));                        \
		check_at(__r == -1 && errno == (want), "%s:%d: %s: %ld, %s", \
			 __FILE__, __LINE__, #call, __r, strerror(errno));   \
	})

/** The case cannot be run here. */
void skip(const char *why);

/** End the program: something of Linux itself did not work. */
void die(const char *what) __attribute__((noreturn));

/** Run one case, see that nothing is lost, and tell the result. */
void run_case(const char *name, void (*fn)(void));

/** Run the calling thread on @cpu only. */
void pin(unsigned int cpu);

/** Run it on any. */
void unpin(void);

/** The number that /sys or /proc file @path begins with; -1: none. */
long read_number(const char *path);

/** Write @text to @path. -> 0 or errno */
int write_text(const char *path, const char *text);

/** From 0 to @n - 1; the same numbers in every run of the program. */
unsigned long random_below(unsigned long n);

/** Ticks of the time CSR. */
static inline unsigned long ticks(void)
{
	unsigned long t;

	__asm__ __volatile__("rdtime %0" : "=r"(t));
	return t;
}

/* What must come back (back.c) */

struct pages {
	/** The driver's, in pages of 4 KiB, and TVMs */
	unsigned long pool_free, pool_size, converted, ranges, tvms;
	/** MemFree, caches dropped */
	unsigned long free;
	/** Pages of processes that something holds for devices, or for TVMs */
	unsigned long pinned;
};

void pages_now(struct pages *p);

/** Wait, 10 s at most, for no TVM and all pages. False: they are lost. Caches
 * stay. */
bool pages_back(struct pages *p);

/** Pages of MemFree that may be missing: what the kernel keeps for itself. 3 MiB,
 * or noise=MIB of the command line. */
extern unsigned long free_noise;

/* A VMM (vmm.c) */

struct vmm {
	int cove;
	int tvm;
	int vcpu[CHURN_VCPUS];
	struct cove_run *run[CHURN_VCPUS];
	unsigned int vcpus;
	char *shared;
	size_t size;
	/** The guest has shut down, with 0 */
	bool done;
	/** The last exit that was none of churn's */
	unsigned int exit_reason;
	char out[256];
	size_t out_len;
	/** COVE_RUNs that came back, and those with EINTR */
	unsigned long runs, interrupted;
};

/** /dev/cove, or the end of the program. */
int cove_open(void);

/** Everything up to COVE_FINALIZE. @size of guest memory, a multiple of 2 MiB.
 * False, and the case has failed, if it cannot be. */
bool vmm_start(struct vmm *v, const char *guest, unsigned long arg,
	       unsigned int vcpus, size_t size, unsigned int flags);

/** One COVE_RUN of vCPU @id, its exit answered. -> 1: the guest goes on; 0:
 * it has ended; -1: COVE_RUN failed, not with EINTR */
int vmm_run_once(struct vmm *v, unsigned int id);

/** All vCPUs, a thread each, until the guest has ended. True: with 0. */
bool vmm_run(struct vmm *v);

/** The guest's last line is churn's, and all was right. */
bool churn_right(struct vmm *v, unsigned int vcpus, unsigned long rounds);

/** Close everything that is open. */
void vmm_close(struct vmm *v);

/** Steps of vmm_start(), for VMMs that are to die in one of them. */
struct image {
	void *at;
	size_t size;
};
const struct image *guest_image(const char *name);

/** Run @fn(@arg) in a process. -> pid */
int in_child(int (*fn)(void *arg), void *arg);

/** Its exit status, or -signal. */
int child_status(int pid);

/* The cases */
void kill_cases(unsigned long kills);
void limit_cases(void);
void task_cases(void);
void power_cases(void);
void hostile_cases(void);
void close_cases(void);

#endif
