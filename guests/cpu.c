/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work that needs nothing but the CPU and its own memory, timed: a sort, a
 * hash, a product of matrices. The same whether this is a TVM or not, so that
 * the times can be compared; "check" must be equal.
 */

#include <stdint.h>
#include <guest/guest.h>

#define NUMBERS 200000
#define BYTES	(1UL << 20)
#define PASSES	16
#define SIDE	200

static uint32_t number[NUMBERS];
static uint8_t bytes[BYTES];
static double a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

static uint32_t next(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x;
}

static void sift(uint32_t i, uint32_t n)
{
	uint32_t child, x = number[i];

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && number[child + 1] > number[child])
			child++;
		if (number[child] <= x)
			break;
		number[i] = number[child];
		i = child;
	}
	number[i] = x;
}

/* Heap sort: the same steps every time, and no stack */
static uint64_t sort(void)
{
	uint32_t i, x;

	for (i = NUMBERS / 2; i-- > 0;)
		sift(i, NUMBERS);
	for (i = NUMBERS - 1; i > 0; i--) {
		x = number[0];
		number[0] = number[i];
		number[i] = x;
		sift(0, i);
	}
	for (i = 1; i < NUMBERS; i++) {
		if (number[i - 1] > number[i])
			return 0;
	}
	return number[NUMBERS / 2];
}

/* FNV-1a */
static uint64_t hash(void)
{
	uint64_t h = 0xcbf29ce484222325;
	unsigned int pass;
	unsigned long i;

	for (pass = 0; pass < PASSES; pass++) {
		for (i = 0; i < BYTES; i++)
			h = (h ^ bytes[i]) * 0x100000001b3;
	}
	return h;
}

static uint64_t matrix(void)
{
	unsigned int i, j, k;
	double sum = 0;

	for (i = 0; i < SIDE; i++) {
		for (j = 0; j < SIDE; j++) {
			sum = 0;
			for (k = 0; k < SIDE; k++)
				sum += a[i][k] * b[k][j];
			c[i][j] = sum;
		}
	}
	for (i = 0; i < SIDE; i++)
		sum += c[i][SIDE - 1 - i];
	return (uint64_t)sum;
}

/* All memory is there before the clock runs */
static void fill(void)
{
	uint32_t x = 1;
	unsigned long i, j;

	for (i = 0; i < NUMBERS; i++)
		number[i] = next(&x);
	for (i = 0; i < BYTES; i++)
		bytes[i] = (uint8_t)(next(&x) >> 24);
	for (i = 0; i < SIDE; i++) {
		for (j = 0; j < SIDE; j++) {
			a[i][j] = next(&x) % 1000;
			b[i][j] = next(&x) % 1000;
			c[i][j] = 0;
		}
	}
}

static void run(const char *name, uint64_t (*work)(void))
{
	unsigned long start = guest_time();
	uint64_t check = work();
	unsigned long ticks = guest_time() - start;

	printf("cpu: %s %lu ticks, check %lx\n", name, ticks, check);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	(void)vcpu_id;
	(void)arg;
	fill();
	run("sort", sort);
	run("hash", hash);
	run("matrix", matrix);
	return 0;
}
