// SPDX-License-Identifier: BSD-2-Clause
/* Whether all memory is where it was. */

#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "prog.h"

/* The number behind @name in @path */
static unsigned long number(const char *path, const char *name)
{
	FILE *f = fopen(path, "r");
	unsigned long n = 0;
	char line[80];

	if (!f)
		die(path);
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, name, strlen(name)) &&
		    sscanf(line + strlen(name), "%lu", &n) == 1)
			break;
	}
	fclose(f);
	return n;
}

static unsigned long pinned(void)
{
	static const char path[] = "/proc/vmstat";

	return number(path, "nr_foll_pin_acquired ") -
	       number(path, "nr_foll_pin_released ");
}

static void look(struct pages *p)
{
	struct cove_info info;
	int fd = cove_open();

	if (ioctl(fd, COVE_GET_INFO, &info))
		die("COVE_GET_INFO");
	close(fd);
	*p = (struct pages){
		.pool_free = info.pool_free / PAGE_SIZE,
		.pool_size = info.pool_size / PAGE_SIZE,
		.converted = info.ram_size / PAGE_SIZE,
		.ranges = info.ram_ranges,
		.tvms = info.tvms,
		.free = number("/proc/meminfo", "MemFree:") / (PAGE_SIZE >> 10),
		.pinned = pinned(),
	};
}

void pages_now(struct pages *p)
{
	write_text("/proc/sys/vm/drop_caches", "3");
	/* What CPUs have counted and not told yet */
	write_text("/proc/sys/vm/stat_refresh", "1");
	look(p);
}

static bool all_there(const struct pages *p)
{
	return !p->tvms && !p->converted && !p->ranges &&
	       p->pool_free == p->pool_size;
}

bool pages_back(struct pages *p)
{
	const struct timespec t = { .tv_nsec = 10000000 };
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		look(p);
		if (all_there(p))
			return true;
		nanosleep(&t, NULL);
	}
	return false;
}
