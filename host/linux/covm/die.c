/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages, and the ways out. */

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "die.h"
#include "progress.h"
#include "term.h"

static void line(const char *fmt, va_list ap, const char *why)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	progress_end();
	fprintf(stderr, "covm: %s%s%s\n", text, why ? ": " : "",
		why ? why : "");
}

void leave(int status)
{
	static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;

	/* Never given back: exit() is for one thread only */
	pthread_mutex_lock(&once);
	term_restore();
	exit(status);
}

void die(const char *fmt, ...)
{
	va_list ap;

	term_restore();
	va_start(ap, fmt);
	line(fmt, ap, NULL);
	va_end(ap);
	leave(STATUS_FAILED);
}

void die_errno(const char *fmt, ...)
{
	const char *why = strerror(errno);
	va_list ap;

	term_restore();
	va_start(ap, fmt);
	line(fmt, ap, why);
	va_end(ap);
	leave(STATUS_FAILED);
}

void die_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(fmt, ap, NULL);
	va_end(ap);
	leave(STATUS_USAGE);
}

void note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(fmt, ap, NULL);
	va_end(ap);
}

void *xzalloc(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		die("no memory (%zu bytes)", size);
	return p;
}

void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p)
		die("no memory (%zu bytes)", size);
	return p;
}
