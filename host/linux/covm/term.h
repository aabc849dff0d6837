/* SPDX-License-Identifier: BSD-2-Clause */
/* The terminal: every key is the guest's while it runs. */

#ifndef COVM_TERM_H
#define COVM_TERM_H

#include <stdbool.h>

/** Raw mode for stdin, if it is a terminal and ours: true. Undone by
 * term_restore(), at exit, and by signals that kill. */
bool term_raw(void);

/** As it was. More than once is fine, and from any thread. */
void term_restore(void);

#endif
