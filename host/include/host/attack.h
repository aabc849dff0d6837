/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What attack cases share: the view from M-mode that test builds of the
 * firmware offer, fingerprints of memory, and accesses of every kind.
 */

#ifndef HOST_ATTACK_H
#define HOST_ATTACK_H

#include <host/test.h>

/** Page states as COVH_TEST_PAGE_STATE tells them (cove-abi.md D.1). */
enum page_state {
	PG_RSVD,
	PG_POOL,
	PG_NC,
	PG_NC_SHMEM,
	PG_NC_SHARED,
	PG_CONVERTING,
	PG_CONF_FREE,
	PG_PGD,
	PG_PT,
	PG_TVMSTATE,
	PG_VCPU,
	PG_DATA,
	PG_BLOCKED,
};

/** True if the firmware is a test build. */
bool debug_present(void);

/** Skip the case unless it is. */
void need_debug(void);

/** True if @n windows of one page fit into the PMP now. */
bool have_windows(unsigned int n);

/** Skip the case unless @n windows fit into the PMP. */
void need_windows(unsigned int n);

/** State of the page at @pa, -1 without the debug extension. */
int page_state(unsigned long pa);

/** Read 8 bytes from M-mode; false without the debug extension. */
bool peek(unsigned long pa, unsigned long *val);

/**
 * What firmware answers for one of its private errors: with boot argument
 * errors=standard it is built with SBI_COVH_STD_ERRORS. @private, @standard.
 */
long error_code(long private, long standard);

/** End the case as failed unless a page is in state @want, if one can see. */
#define CHECK_STATE(pa, want)                           \
	do {                                            \
		if (debug_present())                    \
			CHECK_EQ(page_state(pa), want); \
	} while (0)

/** End the case as failed unless a call fails with @want and value 0. */
#define REFUSED(call, want)                                                \
	do {                                                               \
		struct sbiret __r = (call);                                \
		if (__r.error != (want) || __r.value)                      \
			FAIL(#call ": expected %ld, got %ld, value 0x%lx", \
			     (long)(want), __r.error, __r.value);          \
	} while (0)

/** Pages whose state and content must not change. */
struct watch {
	struct phys_range r[16];
	int nr;
	unsigned long sum;
};

/** One more range. */
void watch_add(struct watch *w, unsigned long base, unsigned long pages);

/** Remember how the pages are now. */
void watch_start(struct watch *w);

/** True if they still are as they were. */
bool watch_same(const struct watch *w);

/** Load, store, AMO and fetch at @addr, in three places of its page. */
void check_denied(unsigned long addr);

/** The same through a page table of the host's (satp = Sv39). */
void check_denied_virtual(unsigned long addr);

/** The same through a G-stage table of the host's, as an ordinary VM would. */
void check_denied_guest(unsigned long addr);

/** Load through a table walk that @table, a physical page, is part of. */
void check_denied_walk(unsigned long table);

/** Address of guest memory of test_blank(). */
#define BLANK_GPA   0x80000000UL
#define BLANK_PAGES 64

/**
 * A TVM that is INITIALIZING, with one region and four table pages, no guest
 * page and no vCPU, and @spare more pages for blank_page().
 */
struct tvm *test_blank(unsigned long spare, bool window);

/** A CONF_FREE page of the TVM's stock. */
unsigned long blank_page(struct tvm *t);

/** A whole guest with @spare pages left, all from a window or the pool. */
struct tvm *test_victim(bool window, unsigned long spare);

/** An address that the host must not use, and why. */
struct spot {
	const char *what;
	unsigned long addr;
};

#define MAX_SPOTS 24

/**
 * Addresses of all kinds: firmware, TSM, pool, confidential pages in every
 * use, no RAM at all. Those of @t, and of stocks that are made here. The last
 * one, if @ends, is a host page with a confidential one behind it, less 8.
 */
int collect_spots(struct spot *s, struct tvm *t, bool ends);

#endif
