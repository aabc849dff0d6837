/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Between the files of the module. */

#ifndef COVE_H
#define COVE_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <asm/sbi.h>
#include <sbi_covh/abi.h>
#include "cove_test.h"

#define COVE_PT_PAGES	16
#define COVE_OUTPUT	4096
#define COVE_VCPU	0
#define COVE_PGD_PAGES	(COVH_PGD_SIZE / PAGE_SIZE)
#define COVE_MAX_MEMORY (3UL << 20)

#define covh_call(__fid, __a0, __a1, __a2, __a3, __a4, __a5)    \
	sbi_ecall(COVH_EID_COVH, __fid, (unsigned long)(__a0),  \
		  (unsigned long)(__a1), (unsigned long)(__a2), \
		  (unsigned long)(__a3), (unsigned long)(__a4), \
		  (unsigned long)(__a5))

/** A range of confidential pages, converted and fenced. */
struct cove_conf {
	phys_addr_t base;
	unsigned long pages;
	/** Ordinary memory; NULL: from the pool */
	struct page *window;
	/** Pages in use, from the base on */
	unsigned long used;
};

struct cove_tvm {
	struct mutex lock;
	unsigned long id;
	struct cove_conf conf;
	/** The guest's memory, in bytes */
	unsigned long memory_size;
	/** Pages of the TSM, at the end of conf */
	phys_addr_t pgd, state, vcpu, pt;
	/** The answer to the last exit, for the next run */
	bool answer;
	unsigned long answer_error;
	bool done;
	u32 reason;
	char output[COVE_OUTPUT];
	size_t output_len;
};

/** Why a run ended, read before anything else can change it. */
struct cove_exit {
	struct sbiret ret;
	unsigned long scause;
	unsigned long stval;
	unsigned long htval;
	unsigned long a[8];
	unsigned long vstimecmp;
	unsigned long htimedelta;
	/** The host's hgatp around the run */
	unsigned long hgatp;
};

/* main.c */
extern bool cove_test_firmware;
extern u32 cove_nacl_advertised;

/** The calling CPU's NACL memory. */
void *cove_nacl(void);

/* conf.c */
int cove_conf_init(void);
void cove_conf_exit(void);
unsigned long cove_pool_pages(void);

/** Convert pages and fence every CPU. */
int cove_conf_get(struct cove_conf *c, unsigned long pages, bool window);

/** Take pages out of the range. 0: none left. */
phys_addr_t cove_conf_take(struct cove_conf *c, unsigned long pages);

/**
 * Reclaim all of it and fence. How many pages of a window were not zero, or
 * an error; pages that cannot be had back are lost.
 */
int cove_conf_put(struct cove_conf *c);

/* tvm.c */
int cove_tvm_create(struct cove_tvm *t, const struct cove_test_create *p);
int cove_tvm_destroy(struct cove_tvm *t);

/* run.c */
int cove_tvm_run(struct cove_tvm *t, struct cove_test_run *r);

/* probe.c */
int cove_tvm_peek(struct cove_tvm *t, struct cove_test_peek *p);

/** Event number @i of this CPU's fence log (0: the newest), COVH_LOG_*. */
unsigned int cove_log(unsigned long i, unsigned long *arg);

/** Add to @r what the log says of the run that has just ended. */
void cove_check_log(struct cove_test_run *r, const struct cove_exit *e);

/** errno for an SBI error. */
int cove_errno(long error);

#endif
