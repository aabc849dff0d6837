/* SPDX-License-Identifier: BSD-2-Clause */
/* Harts, work for them, time and software interrupts. */

#ifndef HOST_HART_H
#define HOST_HART_H

/* Offsets for start.S */
#define HART_SP		 0
#define HART_STACK_PAGES 4

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <host/csr.h>
#include <host/fdt.h>

/** One hart. tp of a running hart points to its own. */
struct hart {
	/** Top of its stack: start.S reads it */
	unsigned long sp;
	unsigned long id;
	/** Set by the hart itself once it waits for work, cleared at stop */
	int online;
	/** Work: set by hart_post, cleared by the hart when it is done */
	long (*fn)(void *arg);
	void *arg;
	long result;
	/** It sleeps for want of a vCPU, and an IPI would wake it */
	int napping;
	/** NACL shared memory of this hart, NULL if none is set */
	void *shmem;
};

_Static_assert(offsetof(struct hart, sp) == HART_SP, "start.S");

/** Work for a hart: returns anything. Must not use CHECK or fail(). */
typedef long (*hart_fn)(void *arg);

/** The calling hart. */
static inline struct hart *this_hart(void)
{
	struct hart *h;

	__asm__ __volatile__("mv %0, tp" : "=r"(h));
	return h;
}

/** A lock between harts; no trap can come in between. */
static inline void spin_lock(int *l)
{
	while (__atomic_exchange_n(l, 1, __ATOMIC_ACQUIRE))
		;
}

static inline void spin_unlock(int *l)
{
	__atomic_store_n(l, 0, __ATOMIC_RELEASE);
}

/** Called once by the boot hart. */
void hart_init(unsigned long boot_hartid);

/** Number of harts in the machine, started or not. */
int hart_count(void);

/** Hart number @i, 0 to hart_count() - 1; number 0 is the boot hart. */
struct hart *hart_get(int i);

/** Start a hart through HSM and wait until it is there. SBI error code. */
long hart_start(struct hart *h);

/** Stop an idle hart through HSM and wait until HSM says so. */
long hart_stop(struct hart *h);

/**
 * Let another started hart run fn(arg), and return at once. Waits first for
 * what was posted to it before.
 */
void hart_post(struct hart *h, hart_fn fn, void *arg);

/** True while the hart still works on what was posted. */
bool hart_busy(const struct hart *h);

/** Wait for a posted function and return its result. */
long hart_wait(struct hart *h);

/** hart_post and hart_wait; on the calling hart it is a plain call. */
long hart_call(struct hart *h, hart_fn fn, void *arg);

/** Run fn(arg) on every started hart, the caller last; first error. */
long hart_each(hart_fn fn, void *arg);

/** Send a supervisor software interrupt (SSIP) to a hart. */
void ipi_send(const struct hart *h);

/** Clear this hart's own SSIP. */
static inline void ipi_clear(void)
{
	csr_clear(sip, SIP_SSIP);
}

/**
 * Clear this hart's own SSIP once and for all: what other harts have sent up to
 * now, and firmware may still have to deliver, does not set it again.
 */
void ipi_settle(void);

/** Current time in ticks of machine.timebase. */
static inline unsigned long time_now(void)
{
	return csr_read(time);
}

/** @us microseconds in ticks. */
static inline unsigned long time_us(unsigned long us)
{
	return us * machine.timebase / 1000000;
}

/** Make STIP pending at absolute time @when (it ends a run if enabled). */
void timer_set(unsigned long when);

/** No timer interrupt any more; also clears a pending one. */
void timer_clear(void);

/** Wait for @us microseconds. */
void time_delay(unsigned long us);

/**
 * Sleep until an enabled interrupt is pending. Interrupts are never taken
 * (sstatus.SIE stays 0): the caller looks at sip.
 */
static inline void hart_wfi(void)
{
	__asm__ __volatile__("wfi" ::: "memory");
}

#endif

#endif
