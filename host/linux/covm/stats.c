/* SPDX-License-Identifier: BSD-2-Clause */
/* "covm stats": why vCPUs came out, and what memory a TVM has. */

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include "die.h"
#include "driver.h"
#include "number.h"
#include "stats.h"

typedef unsigned long long ull;

const char *stats_state(const struct cove_stats *s)
{
	static const char *const names[] = {
		[COVE_TVM_BUILDING] = "building",
		[COVE_TVM_RUNNABLE] = "running",
		[COVE_TVM_ENDED] = "ended",
	};

	return s->state <= COVE_TVM_ENDED ? names[s->state] : "unknown";
}

void stats_print(FILE *to, const struct cove_stats *s)
{
	unsigned int i;

	fprintf(to, "TVM %u: %s, vCPUs: %u, memory: %llu MiB\n", s->number,
		stats_state(s), s->vcpus, (ull)s->memory_size >> 20);
	fprintf(to, "  pages: %llu of 2 MiB, %llu of 4 KiB, %llu shared, ",
		(ull)s->pages_2m, (ull)s->pages_4k, (ull)s->pages_shared);
	fprintf(to, "%llu for the TSM, %llu in stock\n", (ull)s->pages_tsm,
		(ull)s->pages_stock);
	fprintf(to, "  %-25s %12llu\n", "runs", (ull)s->runs);
	for (i = 0; i <= COVE_COUNT_USER; i++)
		fprintf(to, "  %-25s %12llu\n", driver_counts[i].words,
			(ull)s->exits[i]);
}

void stats_json(FILE *to, const struct cove_stats *s)
{
	unsigned int i;

	fprintf(to, "{\"number\": %u, \"state\": \"%s\", \"pid\": %d, ",
		s->number, stats_state(s), s->pid);
	fprintf(to, "\"vcpus\": %u, \"tvm_id\": %llu, \"memory\": %llu, ",
		s->vcpus, (ull)s->tvm_id, (ull)s->memory_size);
	fprintf(to, "\"pages\": {\"2m\": %llu, \"4k\": %llu, ",
		(ull)s->pages_2m, (ull)s->pages_4k);
	fprintf(to, "\"shared\": %llu, \"tsm\": %llu, \"stock\": %llu}, ",
		(ull)s->pages_shared, (ull)s->pages_tsm, (ull)s->pages_stock);
	fprintf(to, "\"runs\": %llu, \"exits\": {", (ull)s->runs);
	for (i = 0; i <= COVE_COUNT_USER; i++)
		fprintf(to, "%s\"%s\": %llu", i ? ", " : "",
			driver_counts[i].name, (ull)s->exits[i]);
	fprintf(to, "}}");
}

bool stats_next(int dev, uint32_t from, struct cove_stats *s)
{
	memset(s, 0, sizeof(*s));
	s->number = from;
	if (!ioctl(dev, COVE_NEXT_TVM, s))
		/* Whatever the driver says, this has to come to an end */
		return s->number >= from;
	if (errno != ENOENT)
		die_errno(COVE_DEVICE);
	return false;
}

static void show(const struct cove_stats *s, bool json, bool first)
{
	if (json && !first)
		printf(",\n ");
	if (json)
		stats_json(stdout, s);
	else
		stats_print(stdout, s);
}

static void show_all(int dev, bool json)
{
	struct cove_stats s;
	uint64_t next = 0;

	if (json)
		printf("[");
	while (next <= UINT32_MAX && stats_next(dev, (uint32_t)next, &s)) {
		show(&s, json, !next);
		next = (uint64_t)s.number + 1;
	}
	if (json)
		printf("]\n");
	else if (!next)
		printf("no TVMs\n");
}

static void show_one(int dev, uint64_t number, bool json)
{
	struct cove_stats s;

	if (number > UINT32_MAX || !stats_next(dev, (uint32_t)number, &s) ||
	    s.number != number)
		die("there is no TVM %lu", number);
	show(&s, json, true);
	if (json)
		printf("\n");
}

int stats_main(int argc, char **argv)
{
	bool json = false, one = false;
	struct cove_info info;
	uint64_t number = 0;
	int i, dev;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			json = true;
		else if (!one && number_parse(argv[i], &number))
			one = true;
		else
			die_usage("%s: not the number of a TVM, nor --json",
				  argv[i]);
	}
	dev = driver_open(&info);
	if (one)
		show_one(dev, number, json);
	else
		show_all(dev, json);
	return 0;
}
