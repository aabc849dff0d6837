/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * All that is known of the machine, before and after a call.
 */

#ifndef CONFORM_SNAPSHOT_H
#define CONFORM_SNAPSHOT_H

#include "fixture.h"

#define MAX_PAGES 1300

/** What calls that change nothing tell of the subject */
enum tvm_view { TVM_NONE, TVM_INITIALIZING, TVM_RUNNABLE, TVM_BUSY };

struct snapshot {
	unsigned int n;
	struct {
		uint64_t pa;
		uint64_t sum;
		uint8_t kind;
		uint8_t state;
	} page[MAX_PAGES];
	enum tvm_view tvm;
	int64_t run; /**< What RUN of vCPU 0 says without NACL memory */
	unsigned int contexts; /**< Of the helper that have an owner */
};

/** State of one page */
enum conform_page conform_state_of(uint64_t pa);

/** Pages and their states only */
void snapshot_pages(const struct fixture *fx, struct snapshot *s);

/** Take one */
void snapshot_take(const struct fixture *fx, struct snapshot *s);

/** Change what a call is to change */
void snapshot_apply(const struct fixture *fx, struct snapshot *s,
		    const struct effect *e, bool no_hart_owes);

/** Contents that a call must leave alone: a set of 1 << KIND_* */
#define SUMS_ALL     (~0U)
#define SUMS_SUCCESS (1U << KIND_HOST | 1U << KIND_OTHER)

/** True if they are equal, contents as far as sums says; drv_note if not */
bool snapshot_same(const struct snapshot *want, const struct snapshot *got,
		   unsigned int sums);

#endif
