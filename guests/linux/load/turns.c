/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token goes around, from CPU to CPU: who has it wakes the next one, which
 * sleeps on another CPU. Whoever gets it must be the one whose turn it is.
 */

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

/* Seconds */
#define PATIENCE 30

/* To each its own futex: the value is the turn it may take next */
static struct {
	_Alignas(64) atomic_uint turn;
} places[MAX_THREADS];
static atomic_uint turns;
static atomic_int last_taken;

/* Until it is our turn, or the last one was taken; nonzero: neither comes. */
static int wait_for(atomic_uint *word, unsigned int turn)
{
	const struct timespec most = { 1, 0 };
	unsigned int seen, patience = PATIENCE;

	while ((seen = *word) != turn && !last_taken && patience) {
		if (syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, &most,
			    NULL, 0) &&
		    errno == ETIMEDOUT)
			patience--;
	}
	return seen != turn && !last_taken;
}

/*
 * Only who has the token may end it all: one that left by itself would leave
 * the others without.
 */
const char *turns_pass(struct seat *s)
{
	atomic_uint *mine = &places[s->index].turn;
	atomic_uint *next = &places[(s->index + 1) % s->of].turn;
	unsigned int turn = (unsigned int)s->pass * s->of + s->index;

	/* The very first turn is there from the start */
	if (wait_for(mine, turn))
		return "its turn does not come";
	if (last_taken) {
		s->done = 1;
		return NULL;
	}
	if (atomic_fetch_add(&turns, 1) != turn)
		return "it was not its turn";
	if (load_over)
		last_taken = 1;
	*next = turn + 1;
	syscall(SYS_futex, next, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	return NULL;
}
