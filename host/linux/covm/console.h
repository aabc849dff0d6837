/* SPDX-License-Identifier: BSD-2-Clause */
/* stdin and stdout as the guest's console, and the user's signals. */

#ifndef COVM_CONSOLE_H
#define COVM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include "options.h"

struct vm;

/** Before any other thread: take signals, start to read. */
void console_start(const struct options *o);

/** Input is for this guest from now on; NULL: for none. */
void console_attach(struct vm *vm);

/** Output of the guest's. From any thread. */
void console_write(const char *s, size_t n);

/** Input is typed, not read from a file. */
bool console_is_terminal(void);

/** Something has changed that the reading thread waits for. */
void console_wake(void);

#endif
