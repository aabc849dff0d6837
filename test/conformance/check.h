/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One check of a table, and the memory that its call reads and writes.
 */

#ifndef CONFORM_CHECK_H
#define CONFORM_CHECK_H

#include "engine.h"

struct check {
	const struct spec *spec;
	struct row row;
	/** Its arguments as numbers */
	uint64_t arg[MAX_ARGS];
	/** It speaks of pages of 2 MiB */
	bool big;
	/** Numbers of its faults in the table, from 1; 0: none */
	unsigned int fault[2];
};

/** Make the check and count what came of it */
void check_run(struct fixture *fx, struct check *c, struct tally *t);

/** True if a guest makes this call, not a host */
bool check_is_guest(enum conform_fn fn);

/** True if arguments name the pages of 2 MiB */
bool check_mentions_big(const uint64_t arg[MAX_ARGS]);

/**
 * Write what the call finds: parameters of create_tvm, slots of RUN, and a
 * pattern where get_tsm_info will write
 */
void memory_before(const struct fixture *fx, const struct check *c);

/** After a success: true if get_tsm_info has written what it must and nothing
 * behind it, and if what was reclaimed is zero */
bool memory_after(const struct fixture *fx, const struct check *c);

#endif
