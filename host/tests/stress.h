/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stress: all harts make random calls, legal and not, on the same pages and
 * TVMs at the same time. What each hart is and shares with the others.
 */

#ifndef HOST_TESTS_STRESS_H
#define HOST_TESTS_STRESS_H

#include <host/attack.h>
#include <guest/stress.h>

#define STRESS_TVMS 8

/** A range of pages that change sides all the time. */
struct arena {
	unsigned long base, pages;
};

/** What happens to be known of a TVM; any hart may change it any time. */
struct stress_tvm {
	unsigned long id;
	/** What a vCPU has asked to share or unshare */
	unsigned long gpa, len;
	/** The guest has shut down */
	bool over;
};

/** One hart. */
struct worker {
	uint64_t random;
	/** Counts up as long as the hart lives; what it does at the moment */
	unsigned long progress;
	const char *doing;
	/** It is to stop */
	int leave;
	/** Memory of its own: parameters, staging, NACL memory */
	unsigned long *params;
	void *staging;
	void *shmem;
	/** Figures: calls, those that succeeded, runs, exits of some kinds */
	unsigned long calls, ok, runs, exits[24], bytes, shares, lives, zeros,
		steals;
};

/** What all harts work on. */
struct stress {
	struct arena pool, plain, shared;
	struct image image;
	struct stress_tvm tvm[STRESS_TVMS];
	struct worker worker[8];
	int nr;
	/** Told to each hart */
	int stop;
	/** What a hart has found: printed by the boot hart */
	const char *wrong;
	unsigned long wrong_at;
};

extern struct stress stress;

/** A number below @n. */
unsigned long pick(struct worker *w, unsigned long n);
static inline bool once_in(struct worker *w, unsigned long n)
{
	return !pick(w, n);
}

/** Count a call; its error. */
long said(struct worker *w, struct sbiret r);

/** Something that must not be. */
void stress_wrong(const char *what, unsigned long at);

/** A page in this state, if there is one nearby; aligned to @pages. */
unsigned long stress_page(struct worker *w, enum page_state st,
			  unsigned long pages);

/** One of the TVMs; @tvm may be NULL. */
struct stress_tvm *stress_tvm(struct worker *w);

/** One random thing (stress_calls.c), one random run (stress_run.c). */
void stress_step(struct worker *w);
void stress_run(struct worker *w);

/** Unmap a range, as far as that is possible now. */
void stress_give_way(struct worker *w, unsigned long id, unsigned long gpa,
		     unsigned long len);

#endif
