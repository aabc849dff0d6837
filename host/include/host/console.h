/* SPDX-License-Identifier: BSD-2-Clause */
/* Output through the SBI debug console. */

#ifndef HOST_CONSOLE_H
#define HOST_CONSOLE_H

#include <stdarg.h>
#include <stddef.h>

/** Find out which console calls the firmware has. */
void console_init(void);

/** Write one byte at once. */
void console_putc(char c);

/** Up to @len bytes of input that are there; how many. */
size_t console_read(char *buf, size_t len);

/** Write @len bytes at once. */
void console_write(const char *s, size_t len);

/**
 * Formatted output: %s %c %d %u %x %p %%, with l, ll or z, a width and 0 or -
 * flags, and a precision for %s.
 */
int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int snprintf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

/** Print "host: FAILED: ..." and power off with a failure status. */
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
