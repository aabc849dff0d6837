// SPDX-License-Identifier: BSD-2-Clause
/*
 * latency NAME: how late a sleeping process wakes up, in instructions, under
 * QEMU's -icount shift=0: "# bench NAME.median" and ".max".
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A tick of the timer is 100 ns, an instruction is one */
#define PERIOD_NS 3300000
#define SLEEPS	  400

static int64_t since(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - t->tv_sec) * 1000000000LL + now.tv_nsec -
	       t->tv_nsec;
}

static void add(struct timespec *t, long ns)
{
	t->tv_nsec += ns;
	if (t->tv_nsec >= 1000000000L) {
		t->tv_nsec -= 1000000000L;
		t->tv_sec++;
	}
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	static int64_t late[SLEEPS];
	struct timespec until;
	int i;

	if (argc != 2)
		return 2;
	for (i = 0; i < SLEEPS; i++) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		add(&until, PERIOD_NS);
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until,
				       NULL) == EINTR)
			;
		late[i] = since(&until);
	}
	qsort(late, SLEEPS, sizeof(*late), compare);
	printf("# bench %s.median %lld\n# bench %s.max %lld\n", argv[1],
	       (long long)late[SLEEPS / 2], argv[1],
	       (long long)late[SLEEPS - 1]);
	return 0;
}
