/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver, /dev/cove. */

#ifndef COVM_DRIVER_H
#define COVM_DRIVER_H

#include <cove.h>

/** Open it and check that it is the one that we know; dies otherwise. */
int driver_open(struct cove_info *info);

/** What a count of exits is of, in plain words and as a name in JSON. */
struct driver_count {
	const char *words, *name;
};

/** One for each enum cove_count. */
extern const struct driver_count driver_counts[COVE_COUNT_USER + 1];

#endif
