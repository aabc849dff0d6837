/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A machine for the native tests: simulated RAM, harts with PMP and TLBs.
 *
 * Each hart caches what its PMP allowed (host accesses) and what its G-stage
 * walks found (guest accesses) until core/ asks for the flush that would drop
 * it on hardware.
 */

#ifndef __FAKE_HART_H__
#define __FAKE_HART_H__

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "attest.h"
#include "fence.h"
#include "gstage.h"
#include "hart_ops.h"
#include "nacl.h"
#include "page.h"
#include "tvm.h"
#include <sbi_covh/abi.h>

#define PG	   4096UL
#define FAKE_HARTS 4

/* RAM: firmware, host memory, the pool, host memory; a second bank */
#define RAM_BASE  0x80000000UL
#define RAM_SIZE  0x4000000UL
#define FW_BASE	  RAM_BASE
#define FW_SIZE	  0x200000UL
#define POOL_BASE 0x80400000UL
#define POOL_SIZE 0x400000UL
#define HOST_BASE 0x80800000UL
#define RAM_END	  (RAM_BASE + RAM_SIZE)
#define RAM2_BASE 0x100000000UL
#define RAM2_SIZE 0x100000UL

/* Contexts of the helper, in firmware memory here */
#define HELPERS	     (FW_BASE + 0x100000UL)
#define HELPER_SIZE  0x8000UL
#define HELPER_JOB   0x1000UL
#define HELPER_COUNT 2

#define PMP_ENTRIES 6

struct fake {
	u32 harts;
	bool stopped[FAKE_HARTS];
	bool smepmp; /* M-mode obeys the PMP: see covh_conf_ptr */
	u32 installs[FAKE_HARTS];
	u32 vmid_flushes[FAKE_HARTS];
	u32 clears;
	u32 ipis;
	u32 interrupts[FAKE_HARTS];
	/* The run on each hart, for covh_hart_interrupt(); NULL: none */
	struct covh_run *runs[FAKE_HARTS];
	/* Harts are threads: an interrupt waits until its hart looks */
	bool threads;
	bool pending[FAKE_HARTS];
	u64 instret;		 /* what locks count with */
	u32 loads[HELPER_COUNT]; /* images put into a context */
	u32 prints;
	char line[256];
	/* Called between pages of long work, after each copy, before a set
	 * is in force (with no lock held) */
	void (*ipi_hook)(void);
	void (*install_hook)(void);
	void (*unmap_hook)(u64 pa, u64 len);
};

extern struct fake fake;
extern _Thread_local u32 fake_self;

/** A fresh machine and a fresh core; cmocka setup */
int fake_setup(void **state);
int fake_setup_sv39(void **state);
/** Check all invariants; cmocka teardown */
int fake_teardown(void **state);
void fake_check(void);

/** Simulated RAM, its record, and a record written directly */
void *fake_ram(u64 pa);
u64 *fake_rec(u64 pa);
u64 covh_page_info(u64 pa);
void covh_page_census(u64 count[COVH_PG_STATES]);
void fake_poke(u64 pa, enum covh_page_state st, u64 info);

/** A load of the host on a hart: false is an access fault */
bool fake_host_load(u32 hart, u64 pa, u64 *value);
bool fake_host_can(u32 hart, u64 pa);

/** The window set that a hart has installed */
const struct covh_winset *fake_installed(u32 hart);

/** Guest access on a hart: walks hgatp, caches. False is a guest page fault */
bool fake_guest_load(u32 hart, const struct covh_run *run, u64 gpa, u64 *value);
/** The same from the TLB alone: what a hart still knows */
bool fake_guest_cached(u32 hart, const struct covh_run *run, u64 gpa, u64 *pa);
/** What M-mode does when a hart in the guest world is interrupted */
void fake_serve(u32 hart);
/** With threads: take the calling hart's interrupt, if there is one */
void fake_poll(void);
/** What the world switch does before it enters a guest */
void fake_enter(u32 hart, const struct covh_run *run);

/** Run as another hart for a while */
#define AS_HART(__h)                                                         \
	for (u32 old__ = fake_self, once__ = (fake_self = (__h), 1); once__; \
	     once__ = 0, fake_self = old__)

/** global_fence here, local_fence on all other harts that are not stopped */
void fake_fence(void);

/** convert and fence */
void fake_give(u64 pa, u64 n);

/* A TVM in the making: pages are taken from the pool, in order */
struct maker {
	u64 id;
	u64 next; /* next unused pool page */
	u64 pgd;
	u64 state;
	u64 pt;
	u64 vcpu0;
};

#define GPA	  0x80000000UL
#define GPA_LEN	  0x800000UL
#define PARAMS	  (HOST_BASE + 0x10000)
#define NACL_AREA (HOST_BASE + 0x20000)
#define SRC	  (HOST_BASE + 0x200000)

/** Give n pages of the pool, aligned, and return their address */
u64 maker_pages(struct maker *m, u64 n, u64 align);
/** create_tvm with params in host memory */
long maker_create(u64 pgd, u64 state, u64 *id);
/** INITIALIZING with region, 8 table pages, vCPU 0 */
void maker_init(struct maker *m);
/** The same, finalized */
void maker_run(struct maker *m);
/** A second TVM from where the first one's pool pages end */
void maker_second(struct maker *m, const struct maker *first);

/** The state page of a TVM */
struct covh_tvm_page *maker_page(const struct maker *m);

/** Byte i of pattern page p; gen_expected.py has the same formula */
static inline u8 pattern(u64 p, u64 i)
{
	return (u8)(p * 37 + i * 11 + (i >> 8) * 5 + 3);
}
void fake_pattern(u64 pa, u64 p);

#define t(__f) cmocka_unit_test_setup_teardown(__f, fake_setup, fake_teardown)
#define t39(__f) \
	cmocka_unit_test_setup_teardown(__f, fake_setup_sv39, fake_teardown)

#define OK	  0
#define FAILED	  COVH_ERR_FAILED
#define INV_PARAM COVH_ERR_INVALID_PARAM
#define INV_ADDR  COVH_ERR_INVALID_ADDRESS

#define assert_rc(__want, __call) assert_int_equal((__call), (__want))
#define assert_state(__pa, __st) \
	assert_int_equal(covh_page_state(__pa), COVH_PG_##__st)

#endif
