/* SPDX-License-Identifier: BSD-2-Clause */
/* How far something is that takes its time: on stderr, if that is a terminal */

#ifndef COVM_PROGRESS_H
#define COVM_PROGRESS_H

#include <stdint.h>

/** @done of @total, in any unit. */
void progress(const char *what, uint64_t done, uint64_t total);

/** Take the line away, if there is one. */
void progress_end(void);

#endif
