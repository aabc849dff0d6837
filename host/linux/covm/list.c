/* SPDX-License-Identifier: BSD-2-Clause */
/* "covm list": the TVMs that there are. */

#include <ctype.h>
#include <string.h>
#include "die.h"
#include "driver.h"
#include "stats.h"

/* The name of a process; it may be anything that it has given itself */
static void command(int pid, char *name, int size)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = pid > 0 ? fopen(path, "re") : NULL;
	if (!f || !fgets(name, size, f))
		snprintf(name, (size_t)size, "-");
	if (f)
		fclose(f);
	name[strcspn(name, "\n")] = '\0';
	for (; *name; name++) {
		if (!isprint((unsigned char)*name))
			*name = '?';
	}
}

static void show(const struct cove_stats *s)
{
	char name[32];

	command(s->pid, name, sizeof(name));
	printf("%6u %7d %-16s %-9s %5u %9lluM\n", s->number, s->pid, name,
	       stats_state(s), s->vcpus,
	       (unsigned long long)s->memory_size >> 20);
}

int list_main(int argc, char **argv)
{
	struct cove_info info;
	struct cove_stats s;
	uint64_t next = 0;
	int dev;

	if (argc > 1)
		die_usage("list: %s: there are no options", argv[1]);
	dev = driver_open(&info);
	printf("%6s %7s %-16s %-9s %5s %10s\n", "NUMBER", "PID", "COMMAND",
	       "STATE", "VCPUS", "MEMORY");
	while (next <= UINT32_MAX && stats_next(dev, (uint32_t)next, &s)) {
		show(&s);
		next = (uint64_t)s.number + 1;
	}
	return 0;
}
