/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the world switch: RUN with every register chosen before and
 * captured after, and with everything else looked at that a host can see.
 */

#ifndef HOST_TESTS_WORLD_H
#define HOST_TESTS_WORLD_H

#include <guest/canary.h>
#include <guest/world.h>
#include <host/capture.h>
#include <host/test.h>

/** What the host's registers hold at RUN, the number added */
#define WORLD_HOST_X	0x4057a11000000000UL
#define WORLD_HOST_F	0x4057f10a70000000UL
#define WORLD_HOST_FCSR 0x86
/** What the shared memory is filled with before RUN */
#define WORLD_HOST_SLOT 0x4057510700000000UL

/** How sstatus.FS stands at RUN and just after it */
enum world_fp {
	/** Off at RUN, the registers hold the host's values; on after it */
	WORLD_FP_LATE,
	/** On all the time */
	WORLD_FP_ON,
};

/** Answers that tvm_handle_exit() does not give, run with world_run() */
struct world {
	struct tvm *tvm;
	enum world_fp fp;
	/** Exits by exception, interrupts: bit of each scause seen */
	unsigned long exceptions, interrupts;
	/** Called after each exit, before it is handled; may be NULL */
	void (*look)(struct world *w);
	/** Called before each RUN; may be NULL */
	void (*prepare)(struct world *w);
	/** The case's own use */
	void *data;
	/** Guest addresses where MMIO exits may come from, and what the host
	 * answers them */
	unsigned long mmio, mmio_len;
	unsigned long mmio_value;
};

/**
 * RUN once, check that the host's registers are intact and that E.2 holds
 * for this exit: no canary in any register or slot it does not name.
 */
enum tvm_result world_run_once(struct world *w);

/** True if the last exit was for MMIO. */
bool world_is_mmio(const struct world *w);

/** Run and answer until the TVM ends. */
enum tvm_result world_run(struct world *w);

/** A TVM from the pool or a window, demand-zero pages. */
struct tvm *world_guest(const char *name, unsigned long arg);

/** Destroy the TVM, and make another of it; a case has 4 at most. */
void world_rebuild(struct tvm *t, const char *name, unsigned long arg);

/** Fail unless line "name=" of the guest's output has the number. */
void world_expect(const struct tvm *t, const char *name, long want);

/** Value and event number @ago (0: the newest) of this hart's fence log. */
unsigned int world_log(unsigned long ago, unsigned long *arg);

/** hgatp of the TVM that has just run on this hart, from the log. */
unsigned long world_hgatp(void);

/** True when the firmware has the test extension; else SKIP. */
void world_need_test_firmware(void);

/** All FP registers; sstatus.FS must be on. */
void world_fpr_load(const uint64_t *f);
void world_fpr_store(uint64_t *f);

#endif
