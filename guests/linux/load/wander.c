/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From CPU to CPU, with a nap on each: it must be the CPU that was asked for,
 * no nap may be too short, and time never goes back between two CPUs.
 */

#define _GNU_SOURCE
#include <sched.h>
#include <stddef.h>
#include <time.h>

#include "load.h"

#define NAP_NS 1000000L

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

const char *wander_pass(struct seat *s)
{
	static long long last[MAX_THREADS];
	unsigned int cpu = (s->cpu + s->pass) % load_cpus;
	const struct timespec nap = { 0, NAP_NS };
	long long before, after;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return "no way to the next CPU";
	if (sched_getcpu() != (int)cpu)
		return "on another CPU than asked for";
	before = now();
	nanosleep(&nap, NULL);
	after = now();
	if (before < last[s->index])
		return "time went back on the way to another CPU";
	if (after - before < NAP_NS)
		return "a nap was too short";
	last[s->index] = after;
	return NULL;
}
