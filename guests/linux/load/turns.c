/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token goes around, from CPU to CPU: who has it wakes the next one, which
 * sleeps on another CPU. Whoever gets it must be the one whose turn it is.
 */

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

/* To each its own futex: the value is the turn it may take next */
static struct {
	_Alignas(64) atomic_uint turn;
} places[MAX_THREADS];
static atomic_uint turns;

static void wait_for(atomic_uint *word, unsigned int not )
{
	/* Not for ever: at the end nobody wakes us */
	const struct timespec most = { 0, 100000000 };

	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, not, &most, NULL, 0);
}

const char *turns_pass(struct seat *s)
{
	atomic_uint *mine = &places[s->index].turn;
	atomic_uint *next = &places[(s->index + 1) % s->of].turn;
	unsigned int turn = (unsigned int)s->pass * s->of + s->index;
	unsigned int seen;

	/* The very first turn is there from the start */
	while ((seen = *mine) != turn) {
		if (load_over)
			return NULL;
		wait_for(mine, seen);
	}
	if (atomic_fetch_add(&turns, 1) != turn)
		return "it was not its turn";
	*next = turn + 1;
	syscall(SYS_futex, next, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	return NULL;
}
