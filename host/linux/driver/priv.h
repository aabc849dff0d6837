/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Between the files of the driver. Dependencies go down this list:
 *
 *	main	/dev/cove, the module
 *	tvm vcpu stats	file descriptors and what they stand for
 *	run exit	a run of a vCPU, the answer to its exit
 *	region pages share	guest memory
 *	stock	a TVM's confidential pages
 *	range ram	confidential memory of all of them
 *	cpu	NACL memory and fences of each CPU; calls
 *
 * Locks, the outer one first: tvm.lock, vcpu.lock, tvms_lock; tvm.lock, grow's in
 * range.c, range_lock.
 * vcpu.lock is held while its vCPU runs, and tvm.lock is taken in it then:
 * nobody waits for a vcpu.lock (it is tried) with tvm.lock held.
 */

#ifndef COVE_PRIV_H
#define COVE_PRIV_H

#include <linux/bitmap.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <asm/sbi.h>
#include <cove.h>
#include <sbi_covh/abi.h>

#define COVE_HUGE_PAGES (COVE_HUGE_SIZE / PAGE_SIZE)
#define COVE_PGD_PAGES	(COVH_PGD_SIZE / PAGE_SIZE)
#define COVE_REGIONS	16

/** In a loop over the pages of ranges that can be large: let others run. */
static inline void cove_breathe(u64 page)
{
	if (!(page % COVE_HUGE_PAGES))
		cond_resched();
}

/** So many of these faults, and the guest's thread gives up */
#define COVE_REFUSALS 1000

/** scause of a vCPU whose monitor has failed (E.2): the TVM has ended */
#define COVE_CAUSE_MONITOR 16

/* Pages that a TVM has in stock come in pieces of 2 MiB of a range */
struct cove_range;

struct cove_block {
	struct list_head node;
	struct cove_range *range;
	phys_addr_t pa;
	unsigned int nr_used;
	DECLARE_BITMAP(used, COVE_HUGE_PAGES);
};

/** What is known of 4 KiB of guest memory: an address, and in its low bits: */
#define COVE_PAGE_KIND	   3UL
#define COVE_KIND_CONF	   0UL
#define COVE_KIND_SHARED   1UL
#define COVE_KIND_CHANGING 2UL
/** Part of a piece of 2 MiB */
#define COVE_PAGE_HUGE 4UL
#define COVE_PAGE_PA   (~0xfffUL)

struct cove_mem {
	u64 gpa, size, user_addr;
	/** One for each page; an address of 0: nothing is mapped */
	u64 *page;
};

struct cove_tvm {
	struct kref ref;
	struct mutex lock;
	struct list_head node;
	u32 number;
	/** enum cove_tvm_state */
	u32 state;
	u32 flags;
	/** Blocks that it will need in all, and has */
	u64 want, has;
	struct list_head blocks;
	/** The same ones, by their address in units of 2 MiB: a guest decides
	 * which come back when, and there may be many */
	struct xarray block_at;
	u64 id;
	/** Who may use it */
	struct mm_struct *mm;
	struct pid *pid;
	struct cove_mem mem[COVE_REGIONS];
	unsigned int nr_mem;
	u64 memory_size;
	/** 2 MiB in a row for what is measured, or a page */
	struct page *bounce;
	unsigned int bounce_order;
	struct cove_vcpu *vcpu[COVE_MAX_VCPUS];
	unsigned int nr_vcpus;
	u64 pages_4k, pages_2m, pages_shared, pages_tsm, pages_stock;
};

struct cove_vcpu {
	struct cove_tvm *tvm;
	unsigned int id;
	/** Held by who runs it */
	struct mutex lock;
	struct cove_run *run;
	wait_queue_head_t wait;
	/** The guest has started it, and it has not stopped since */
	bool on;
	/** A start that its thread has not seen */
	atomic_t started;
	/** An IPI came while it did not run */
	atomic_t woken;
	/** Level of its external interrupt */
	int interrupt;
	/** The CPU that it is inside on, or -1 */
	int cpu;
	/** For the next run: registers a0 and a1 */
	bool answer;
	unsigned long a0, a1;
	/** The VMM has not answered the last exit yet */
	u32 unanswered;
	/** A range that changes once the TSM has heard the answer: with
	 * tvm->lock */
	struct {
		u64 gpa, size;
		unsigned long kind;
	} change;
	/** Faults in a row whose page the TSM did not take */
	unsigned int refusals;
	u64 runs;
	u64 exits[COVE_COUNTS];
};

/** Why a run ended, read before anything else can change it. */
struct cove_trap {
	struct sbiret ret;
	unsigned long scause;
	unsigned long stval;
	unsigned long gpa;
	unsigned long htinst;
	unsigned long a[8];
	/** In the host's time; all ones: none */
	u64 deadline;
	bool wants_interrupt;
};

/** What get_tsm_info says */
struct cove_tsm {
	u32 state, impl_id, version;
	u64 capabilities;
	/** vCPUs at most; pages of a TVM's and of a vCPU's state, rounded up to
	 * a power of two */
	u32 max_vcpus, tvm_pages, vcpu_pages;
};

/* main.c */
extern struct cove_tsm cove_tsm;

/* ---- cpu.c ---- */

#define covh_call(__fid, __a0, __a1, __a2, __a3, __a4, __a5)    \
	sbi_ecall(COVH_EID_COVH, __fid, (unsigned long)(__a0),  \
		  (unsigned long)(__a1), (unsigned long)(__a2), \
		  (unsigned long)(__a3), (unsigned long)(__a4), \
		  (unsigned long)(__a5))

int cove_cpu_init(void);
void cove_cpu_exit(void);

/** This CPU's NACL memory; NULL: it has none (it goes, or comes). */
void *cove_nacl(void);

/** errno for an SBI error. */
int cove_errno(long error);

/**
 * As covh_call, and again for up to a second while the answer is FAILED: on a
 * TVM that means that another call works on it. Sleeps.
 */
struct sbiret cove_call(unsigned long fid, unsigned long a0, unsigned long a1,
			unsigned long a2, unsigned long a3, unsigned long a4,
			unsigned long a5);

/** Pages converted or reclaimed before are so on each CPU after it. */
int cove_fence(void);

/* ---- range.c ---- */

int cove_range_init(void);
void cove_range_exit(void);

/** All that no TVM has, the pool as well. */
void cove_range_give_back(void);

/**
 * A converted piece of 2 MiB that nobody has.
 *
 * @flags: COVE_FROM_*
 * @want: so many more will be asked for
 * -> ENOMEM; ENOSPC: no PMP entry; EINTR: killed
 */
int cove_block_get(u32 flags, u64 want, struct cove_block **block);

/** Give it back: none of its pages is a TVM's. */
void cove_block_put(struct cove_block *block);

/** Fill what struct cove_info says of memory. */
void cove_range_info(struct cove_info *info);

/* ---- ram.c ---- */

/** Up to @size bytes of memory in a row, at least 2 MiB, which the kernel will
 * not touch. -> size; 0: none. Naturally aligned if that is possible. */
u64 cove_ram_get(u64 size, phys_addr_t *pa);
void cove_ram_put(phys_addr_t pa, u64 size);

/* ---- stock.c ---- (with tvm->lock) */

/** @n pages in a row, aligned to @n, a power of two up to 512. -> 0, ENOMEM,
 * ENOSPC */
int cove_stock_get(struct cove_tvm *t, unsigned int n, phys_addr_t *pa);
void cove_stock_put(struct cove_tvm *t, phys_addr_t pa, unsigned int n);

/** All of it, when the TVM is no more. */
void cove_stock_release(struct cove_tvm *t);

/* ---- region.c ---- (with tvm->lock) */

int cove_region_add(struct cove_tvm *t, const struct cove_region *r);
void cove_regions_free(struct cove_tvm *t);

/** Blocks that a TVM with @size bytes of memory needs. */
u64 cove_blocks_for(u64 size);

/** The entry of a page, or NULL. */
u64 *cove_page_at(struct cove_tvm *t, u64 gpa);

/** The address of the caller's that stands for a guest page. */
u64 cove_user_at(struct cove_tvm *t, u64 gpa);

/** The range, not empty and of whole pages, lies within one region. */
bool cove_within(struct cove_tvm *t, u64 gpa, u64 size);

/* ---- pages.c ---- (with tvm->lock) */

int cove_pages_add(struct cove_tvm *t, const struct cove_pages *p);
int cove_pages_populate(struct cove_tvm *t, const struct cove_span *r);

/** What a fault at @gpa needs. *shared: it was one of a shared page. */
int cove_pages_fault(struct cove_tvm *t, u64 gpa, bool *shared);

/** Pages for tables below the root. */
int cove_tables_add(struct cove_tvm *t);

/* ---- share.c ---- */

/** The guest shares a range or takes it back. -> SBI error for the guest; the
 * rest happens in cove_share_settle, after the run that tells it to the TSM. */
long cove_share(struct cove_vcpu *v, u64 gpa, u64 size, unsigned long kind);
void cove_share_settle(struct cove_vcpu *v);

/** With tvm->lock: @gpa changes. The vCPU that has asked for it may be inside,
 * with the answer, for long: bring it out, to settle. */
void cove_share_hurry(struct cove_tvm *t, u64 gpa);

/** Unpin every page that is shared; the TVM is no more. */
void cove_share_release(struct cove_tvm *t);

/** Pin the caller's page for a shared one. */
int cove_share_pin(struct cove_tvm *t, u64 gpa, phys_addr_t *pa);
void cove_share_unpin(struct cove_tvm *t, phys_addr_t pa);

/* ---- tvm.c ---- */

extern struct mutex cove_tvms_lock;
extern struct list_head cove_tvms;

/** -> file descriptor */
int cove_tvm_create(const struct cove_create *c);
void cove_tvm_get(struct cove_tvm *t);
void cove_tvm_put(struct cove_tvm *t);

/** How many there are. */
u32 cove_tvm_count(void);

/** None is made from here on: the machine sleeps, or goes. -> EBUSY: there are
 * some, and more may come */
int cove_tvms_close(void);
void cove_tvms_open(void);

/** It has ended: nobody goes on waiting in it. */
void cove_tvm_end(struct cove_tvm *t);

/* ---- vcpu.c ---- */

/** With tvm->lock. -> file descriptor */
int cove_vcpu_create(struct cove_tvm *t, unsigned long id);
void cove_vcpu_free(struct cove_vcpu *v);

/** Wake it if it waits, bring it out if it is inside. */
void cove_vcpu_kick(struct cove_vcpu *v);

/** Return when each vCPU that is inside now has been outside. */
void cove_vcpus_out(struct cove_tvm *t);

/* ---- run.c ---- (with vcpu->lock) */

/** Until the VMM has something to do. */
int cove_run(struct cove_vcpu *v);

/** Up to a second, for the TVM to have ended by another vCPU. */
bool cove_wait_for_end(struct cove_vcpu *v);

/* ---- exit.c ---- (with vcpu->lock) */

/** -> 0: run again; 1: see v->run; else -errno. */
int cove_exit(struct cove_vcpu *v, struct cove_trap *e);

/** What the VMM has answered, if there was a question. */
void cove_exit_answer(struct cove_vcpu *v);

/* ---- stats.c ---- */

void cove_stats(struct cove_tvm *t, struct cove_stats *s);
int cove_stats_next(struct cove_stats *s);

#endif
