/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counting instructions. Under QEMU's -icount shift=0 one tick of the timer is
 * 100 instructions, and a count repeats exactly; otherwise figures mean
 * nothing. A figure is the mean of as many repeats as bring the measured total
 * to 1,000,000 instructions, less what an empty measurement counts.
 *
 * A measurement is off by up to a tick, the more reason for many; but what is
 * measured may take its turn with the tick, and be off by the same each time.
 * So each begins at another place between two ticks.
 */

#ifndef HOST_METER_H
#define HOST_METER_H

#include <stdbool.h>
#include <host/csr.h>

#define METER_TICK   100UL
#define METER_ENOUGH (1000000UL / METER_TICK)

/** All zero: nothing measured yet. */
struct meter {
	unsigned long start;
	unsigned long ticks;
	unsigned long n;
	unsigned long runs;
};

static inline void meter_start(struct meter *m)
{
	unsigned long i;

	for (i = 0; i < m->runs * 7 % 50; i++)
		__asm__ __volatile__("");
	m->start = csr_read(time);
}

/** What lies between is @n of what is measured. */
static inline void meter_stop(struct meter *m, unsigned long n)
{
	m->ticks += csr_read(time) - m->start;
	m->n += n;
	m->runs++;
}

static inline bool meter_enough(const struct meter *m)
{
	return m->ticks >= METER_ENOUGH;
}

#endif
