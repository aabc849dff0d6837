/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the engine asks of the world it runs in.
 */

#ifndef CONFORM_DRIVER_H
#define CONFORM_DRIVER_H

#include "conform.h"

/** What a call returns: registers a0 and a1 */
struct answer {
	int64_t error;
	uint64_t value;
};

/** Where things are. Physical addresses; 0: there is no such thing */
struct layout {
	/** BLOCK_PAGES pages each, aligned to their size: to be converted */
	uint64_t block[2];
	/** They are from the boot-time pool */
	bool pooled;
	/** HOST_PAGES pages of the host's, aligned to their size */
	uint64_t host;
	/** 2 MiB that can be converted, 2 MiB of the host's, both aligned */
	uint64_t big, big_host;
	/** SLOT_PAGES pages that can be converted, aligned to 16 KiB */
	uint64_t slots;
	/** WINDOW_PAGES pages of the host's, outside the pool, aligned to 16 KiB */
	uint64_t windows;
	uint64_t pool, firmware, tsm, hole, mmio, ram_last;
	/** First GPA beyond the G-stage */
	uint64_t limit;
	uint64_t info_len;
};

#define BLOCK_PAGES  64
#define HOST_PAGES   32
#define BIG_PAGES    512
#define SLOT_PAGES   (5 * 68)
#define WINDOW_PAGES 64

/** Fill the layout; everything is the host's and not converted. Once */
void drv_layout(struct layout *l);

/** Why this is not to be had (one of NEED_*), or NULL */
const char *drv_lacks(unsigned int need);

/** A call of the host's on the first hart, or LOCAL2 on the second */
struct answer drv_call(enum conform_fn fn, const uint64_t arg[MAX_ARGS]);

/** The same while an add_tvm_measured_pages with arguments held is at work */
struct answer drv_call_held(enum conform_fn fn, const uint64_t arg[MAX_ARGS],
			    const uint64_t held[6]);

/** local_fence on the second hart, if there is one */
void drv_fence_others(void);

/** States of n pages from pa on, as M-mode sees them */
void drv_states(uint64_t pa, unsigned int n, uint8_t state[]);

/** Pages that one drv_states() may ask for */
#define MAX_STATES 16

/** Checksum of a page's content, whoever owns it; 0 if it cannot be read */
uint64_t drv_sum(uint64_t pa);

/** Write host memory, read it */
void drv_write(uint64_t pa, const void *src, size_t n);
void drv_read(uint64_t pa, void *dst, size_t n);

/** Page i of what the guest runs from: its content if it is of the file, GPA */
enum image_page { IMAGE_END, IMAGE_FILE, IMAGE_ZERO };
enum image_page drv_image(unsigned int i, uint64_t *gpa, uint8_t page[PAGE]);

/** How a run of the guest ended */
enum guest_end {
	GUEST_ANSWERED,	 /**< the guest has got its answer */
	GUEST_FORWARDED, /**< the host is to answer; *a is what it was asked */
	GUEST_REFUSED,	 /**< RUN gave an error, in *a */
	GUEST_ENDED,	 /**< RUN's value is not 0 */
	GUEST_LOST,	 /**< something else came out */
};

/** vCPU 0 makes a call (COVG, or G_RAW) */
enum guest_end drv_guest_call(uint64_t id, enum conform_fn fn,
			      const uint64_t arg[MAX_ARGS], struct answer *a);

/** RUN vCPU 0 after the host has answered what was forwarded */
enum guest_end drv_guest_resume(uint64_t id, struct answer *a);

/** The guest starts vCPU 1, which then does nothing */
bool drv_guest_start_second(uint64_t id);

/** The guest shuts down, or only vCPU 0 stops: RUN's value is 1 */
bool drv_guest_end(uint64_t id, bool all);

/** vCPU 0 asks for evidence and is interrupted while the helper makes it: key and
 * challenge lie in the page at gpa, the answer goes there */
bool drv_guest_work(uint64_t id, uint64_t gpa);

/** What is to be had of attestation from now on. NEED_CORE but for the first */
enum attest { ATTEST_ALL, ATTEST_NO_KEY, ATTEST_NO_CONTEXT };
void drv_attest(enum attest what);

/** Contexts of the helper that have an owner */
unsigned int drv_contexts(void);

/** Run a vCPU on the second hart until drv_guest_kick(); it is inside now */
bool drv_guest_spin(uint64_t id, uint64_t vcpu);
void drv_guest_kick(void);

/** A line about a check that failed, or about the run */
void drv_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
