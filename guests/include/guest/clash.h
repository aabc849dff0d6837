/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What guest "clash" computes, so that whoever runs it can tell whether its
 * sum is right. The guest works through page tables of its own; here the same
 * is done with plain arrays.
 */

#ifndef GUEST_CLASH_H
#define GUEST_CLASH_H

#include <stdint.h>

/** Two address spaces of so many pages each, and the words that count. */
#define CLASH_SPACES 2
#define CLASH_PAGES  32
#define CLASH_WORDS  512
#define CLASH_STRIDE 8

/** The guest's argument: which data, and how many rounds (up to 65535). */
#define CLASH_ARG(seed, rounds) ((uint64_t)(seed) << 16 | (rounds))
#define CLASH_ROUNDS(arg)	((arg)&0xffff)

/** A dot is printed so often, in rounds. */
#define CLASH_DOT 64

typedef uint64_t clash_pages[CLASH_SPACES][CLASH_PAGES][CLASH_WORDS];

static inline uint64_t clash_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/** Depends on the order in which values come. */
static inline uint64_t clash_add(uint64_t sum, uint64_t val)
{
	return (sum ^ val) * 0x100000001b3;
}

/** What the pages hold at the start. */
static inline void clash_fill(clash_pages page, uint64_t arg)
{
	unsigned int s, p, w;

	for (s = 0; s < CLASH_SPACES; s++) {
		for (p = 0; p < CLASH_PAGES; p++) {
			for (w = 0; w < CLASH_WORDS; w += CLASH_STRIDE)
				page[s][p][w] = clash_mix(
					arg ^ (uint64_t)s << 48 ^
					(uint64_t)p << 32 ^ (uint64_t)w << 20);
		}
	}
}

/** The pages of space @round % 2 that change places after a round. */
static inline unsigned int clash_first(uint64_t arg, unsigned int round)
{
	return clash_mix(arg + round) % CLASH_PAGES;
}

static inline unsigned int clash_second(uint64_t arg, unsigned int round)
{
	return clash_mix(~arg - round) % CLASH_PAGES;
}

static inline uint64_t clash_pass(uint64_t sum, clash_pages page,
				  const uint8_t *order, unsigned int s)
{
	unsigned int p, w;

	for (p = 0; p < CLASH_PAGES; p++) {
		for (w = 0; w < CLASH_WORDS; w += CLASH_STRIDE)
			sum = clash_add(sum, page[s][order[p]][w]);
	}
	return sum;
}

/** The sum that the guest must print; @page is memory to work in. */
static inline uint64_t clash_expected(clash_pages page, uint64_t arg)
{
	uint8_t order[CLASH_SPACES][CLASH_PAGES], tmp;
	unsigned int s, p, i, j, round;
	uint64_t sum = 0;

	clash_fill(page, arg);
	for (s = 0; s < CLASH_SPACES; s++) {
		for (p = 0; p < CLASH_PAGES; p++)
			order[s][p] = (uint8_t)p;
	}
	for (round = 0; round < CLASH_ROUNDS(arg); round++) {
		for (s = 0; s < CLASH_SPACES; s++)
			sum = clash_pass(sum, page, order[s], s);
		s = round % CLASH_SPACES;
		i = clash_first(arg, round);
		j = clash_second(arg, round);
		tmp = order[s][i];
		order[s][i] = order[s][j];
		order[s][j] = tmp;
		page[s][order[s][i]][0] += round;
	}
	return sum;
}

#endif
