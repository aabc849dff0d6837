/* SPDX-License-Identifier: BSD-2-Clause */
/* One line that says what went wrong, and the end of the process. */

#ifndef COVM_DIE_H
#define COVM_DIE_H

#include <stddef.h>

/** Exit statuses besides 0, and 128 + n for signal n */
#define STATUS_FAILED 1
#define STATUS_USAGE  2

/** "covm: ..." on stderr, status 1. From any thread. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/** The same with what errno says behind it. */
void die_errno(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/** The same as die() with status 2: the command line is wrong. */
void die_usage(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/** "covm: ..." on stderr. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** exit() that several threads may call: the first one does it. */
void leave(int status) __attribute__((noreturn));

/** Zeroed memory; dies if there is none. */
void *xzalloc(size_t size);

/** realloc() that dies. */
void *xrealloc(void *p, size_t size);

#endif
