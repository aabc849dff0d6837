/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load SECONDS: all kinds of work on all CPUs at the same time. One line at the
 * end; the exit status is 0 if no pass went wrong, every thread has made some,
 * and none is stuck.
 */

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

/* How long a thread may take to see the end, with many CPUs on few harts */
#define PATIENCE 60

static const struct work {
	const char *name;
	const char *(*setup)(void);
	const char *(*pass)(struct seat *s);
	unsigned int threads;
	int loose; /* Goes where it wants */
	int ends;  /* By itself */
} works[] = {
	{ "floating point", NULL, fp_pass, FP_THREADS, 0, 0 },
	{ "turns", NULL, turns_pass, TURN_THREADS, 0, 1 },
	{ "fences", fences_setup, fences_pass, FENCE_THREADS, 0, 0 },
	{ "new code", code_setup, code_pass, CODE_THREADS, 0, 0 },
	{ "moves", NULL, wander_pass, WANDER_THREADS, 1, 0 },
};

#define WORKS (sizeof(works) / sizeof(works[0]))

struct worker {
	struct seat seat;
	const struct work *work;
	pthread_t thread;
	const char *wrong;
};

static struct worker workers[WORKS][MAX_THREADS];
unsigned int load_cpus;
atomic_int load_over;

static void *worker(void *arg)
{
	struct worker *w = arg;
	struct seat *s = &w->seat;

	while (!w->wrong && !(w->work->ends ? s->done : load_over)) {
		if (!w->work->loose && sched_getcpu() != (int)s->cpu)
			w->wrong = "runs on a CPU it is not bound to";
		else
			w->wrong = w->work->pass(s);
		s->pass += !s->done;
	}
	/* No use in going on */
	if (w->wrong)
		load_over = 1;
	return NULL;
}

static void start(struct worker *w)
{
	pthread_attr_t attr;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(w->seat.cpu, &set);
	pthread_attr_init(&attr);
	if (!w->work->loose)
		pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (pthread_create(&w->thread, &attr, worker, w)) {
		puts("load: FAILED: no thread can be made");
		exit(1);
	}
	pthread_attr_destroy(&attr);
}

/* Line up all the workers before the first one runs. */
static void start_all(void)
{
	unsigned int i, n, all;

	for (i = 0; i < WORKS; i++) {
		all = works[i].threads * load_cpus;
		for (n = 0; n < all; n++)
			workers[i][n] = (struct worker){
				.seat = { n, all, n % load_cpus, 0, 0 },
				.work = &works[i],
			};
	}
	for (i = 0; i < WORKS; i++)
		for (n = 0; n < works[i].threads * load_cpus; n++)
			start(&workers[i][n]);
}

/* Wait for one; what is wrong with it. */
static const char *verdict(struct worker *w, const struct timespec *until)
{
	if (pthread_timedjoin_np(w->thread, NULL, until))
		return "is stuck";
	if (w->wrong)
		return w->wrong;
	return w->seat.pass ? NULL : "made no pass";
}

/* The line at the end. */
static int result(unsigned int seconds)
{
	unsigned long passes[WORKS] = { 0 };
	struct timespec until;
	const char *wrong;
	unsigned int i, n;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE;
	for (i = 0; i < WORKS; i++) {
		for (n = 0; n < works[i].threads * load_cpus; n++) {
			wrong = verdict(&workers[i][n], &until);
			if (wrong) {
				printf("load: FAILED: %s, thread %u, CPU %u: %s\n",
				       works[i].name, n, workers[i][n].seat.cpu,
				       wrong);
				return 1;
			}
			passes[i] += workers[i][n].seat.pass;
		}
	}
	printf("load: ok, %u CPUs, %u s", load_cpus, seconds);
	for (i = 0; i < WORKS; i++)
		printf(", %s %lu", works[i].name, passes[i]);
	putchar('\n');
	return 0;
}

int main(int argc, char **argv)
{
	int seconds = argc == 2 ? atoi(argv[1]) : 0;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const char *wrong;
	unsigned int i;
	int left;

	if (seconds <= 0) {
		fputs("usage: load SECONDS\n", stderr);
		return 2;
	}
	if (cpus < 1 || cpus > MAX_CPUS) {
		printf("load: FAILED: %ld CPUs\n", cpus);
		return 1;
	}
	load_cpus = cpus;
	for (i = 0; i < WORKS; i++) {
		wrong = works[i].setup ? works[i].setup() : NULL;
		if (wrong) {
			printf("load: FAILED: %s: %s\n", works[i].name, wrong);
			return 1;
		}
	}
	start_all();
	for (left = seconds; left && !load_over; left--)
		sleep(1);
	load_over = 1;
	return result(seconds);
}
