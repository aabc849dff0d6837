/* SPDX-License-Identifier: BSD-2-Clause */
/* The key that is ours, and what follows it. */

#ifndef COVM_ESCAPE_H
#define COVM_ESCAPE_H

#include <stdbool.h>

struct escape {
	/** Or NO_ESCAPE */
	int key;
	/** It was the last one */
	bool seen;
};

enum escape_result {
	/** The byte is the guest's */
	ESCAPE_PASS,
	/** It is ours, and there is nothing to do */
	ESCAPE_EAT,
	ESCAPE_QUIT,
	ESCAPE_HELP,
};

/** What to do with a byte. */
enum escape_result escape_next(struct escape *e, unsigned char byte);

/** The key for a user to read, in a static buffer: "^]" */
const char *escape_name(int key);

#endif
