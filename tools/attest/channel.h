/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to a VM: the console of a machine that a command runs. Whoever owns
 * that machine can read, change, drop and invent what goes over it.
 */

#ifndef ATTEST_CHANNEL_H
#define ATTEST_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/** A longer line is cut */
#define CHANNEL_LINE 2048

struct channel {
	pid_t pid;
	int to, from;
	FILE *log;
	/** Milliseconds of the monotonic clock */
	int64_t deadline;
	/** What has been read and is no line yet, and the line before */
	char in[4096];
	size_t have, used;
	char line[CHANNEL_LINE];
	/** Why there is nothing more; empty: the command has ended */
	char why[256];
};

/**
 * Start a command
 *
 * @param c out
 * @param argv the command, NULL behind the last word
 * @param log file for all that comes; NULL: none
 * @param seconds after so many nothing more is awaited
 * @return false: it cannot be started
 */
bool channel_open(struct channel *c, char *const *argv, const char *log,
		  int seconds);

/**
 * Wait for a line of the VM's
 *
 * Lines that begin otherwise are passed over.
 *
 * @param name first word of the line, behind "attest> "
 * @return what follows that word, valid until the next call; NULL: it did not
 *	come, c->why has the reason
 */
const char *channel_await(struct channel *c, const char *name);

/** Send a line, printf-like; false: nobody reads */
bool channel_send(struct channel *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** Wait for the command's end, and end it if it takes too long. */
void channel_close(struct channel *c);

/** 2 * @len digits and a NUL to @out */
void hex_write(const void *data, size_t len, char *out);

/** Hexadecimal digits to at most @max bytes; how many, -1: they are none */
long hex_read(const char *digits, uint8_t *out, size_t max);

#endif
