/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work for all CPUs of a Linux guest that notices when the machine below does
 * it wrong. A kind of work is a function that its threads call again and
 * again: it makes one pass and answers NULL, or what is wrong.
 */

#ifndef LOAD_H
#define LOAD_H

#include <stdatomic.h>

struct seat {
	unsigned int index; /* Among the threads of this work */
	unsigned int of;    /* So many threads do it */
	unsigned int cpu;   /* Where it is to run */
	unsigned long pass;
	int done; /* For work that ends by itself when load_over is set */
};

/* Threads for each CPU; more than one, where they are to be switched */
#define FP_THREADS     2
#define TURN_THREADS   2
#define FENCE_THREADS  1
#define CODE_THREADS   1
#define WANDER_THREADS 1

#define MAX_CPUS    64
#define MAX_THREADS (2 * MAX_CPUS)

extern unsigned int load_cpus;
extern atomic_int load_over;

/* Before the threads start: NULL, or what cannot be had */
const char *fences_setup(void);
const char *code_setup(void);

const char *fp_pass(struct seat *s);
const char *turns_pass(struct seat *s);
const char *fences_pass(struct seat *s);
const char *code_pass(struct seat *s);
const char *wander_pass(struct seat *s);

#endif
