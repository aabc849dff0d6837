/* SPDX-License-Identifier: BSD-2-Clause */
/* The terminal: every key is the guest's while it runs. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#include "term.h"

static struct termios before;
static volatile sig_atomic_t is_raw;

void term_restore(void)
{
	if (!is_raw)
		return;
	is_raw = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

/* Ours is the fault; but not at the cost of the user's terminal */
static void fatal(int sig)
{
	term_restore();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void catch_fatal(void)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	struct sigaction sa = { .sa_handler = fatal, .sa_flags = SA_NODEFER };
	unsigned int i;

	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaction(sigs[i], &sa, NULL);
	/* Restoring it from the background must not stop us */
	signal(SIGTTOU, SIG_IGN);
}

/*
 * In the background a terminal is not ours. Where it is no session's, as a shell
 * has it that was started on /dev/console, there is no background.
 */
static bool is_ours(void)
{
	pid_t front = tcgetpgrp(STDIN_FILENO);

	return front == getpgrp() || (front < 0 && errno == ENOTTY);
}

bool term_raw(void)
{
	static bool registered;
	struct termios raw;

	if (!isatty(STDIN_FILENO) || !is_ours())
		return false;
	if (!registered) {
		if (tcgetattr(STDIN_FILENO, &before))
			return false;
		atexit(term_restore);
		catch_fatal();
		registered = true;
	}
	raw = before;
	cfmakeraw(&raw);
	/* What bare-metal guests print ends in a newline alone */
	raw.c_oflag = before.c_oflag;
	is_raw = 1;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	return true;
}
