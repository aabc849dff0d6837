// SPDX-License-Identifier: BSD-2-Clause
/* cove-test [case=WORD] [noise=MIB] KIND...: the cases of these kinds, with that
 * in their name. Status 1 if one failed. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "prog.h"

static char why[256];
static bool told;
static bool skipped;
/* Only cases with this in their name */
static const char *only = "";
static int failures;
unsigned long free_noise = 3 * MIB / PAGE_SIZE;

bool check_at(bool cond, const char *fmt, ...)
{
	va_list ap;

	/* Threads check as well: the first failure is told */
	if (cond || __atomic_test_and_set(&told, __ATOMIC_RELAXED))
		return cond;
	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return false;
}

void skip(const char *reason)
{
	skipped = true;
	snprintf(why, sizeof(why), "%s", reason);
}

void die(const char *what)
{
	printf("CASE FAIL %s: %s\n", what, strerror(errno));
	exit(1);
}

void run_case(const char *name, void (*fn)(void))
{
	struct pages before, after;
	bool back;

	if (!strstr(name, only))
		return;
	memset(why, 0, sizeof(why));
	told = false;
	skipped = false;
	pages_now(&before);
	fn();
	back = pages_back(&after);
	pages_now(&after);
	check_at(back, "lost: pool %lu of %lu, converted %lu, TVMs %lu",
		 after.pool_free, after.pool_size, after.converted, after.tvms);
	check_at(after.free + free_noise > before.free,
		 "lost: %lu pages of RAM are free, %lu were", after.free,
		 before.free);
	check_at(after.pinned == before.pinned,
		 "lost: %ld pages of processes are pinned",
		 (long)(after.pinned - before.pinned));
	failures += told;
	printf("CASE %s %s%s%s\n",
	       told	 ? "FAIL"
	       : skipped ? "SKIP"
			 : "ok",
	       name, why[0] ? ": " : "", why);
	fflush(stdout);
}

void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

void unpin(void)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

long read_number(const char *path)
{
	FILE *f = fopen(path, "r");
	long n = -1;

	if (f && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

unsigned long random_below(unsigned long n)
{
	static uint64_t x = 88172645463325252UL;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x % n;
}

int in_child(int (*fn)(void *arg), void *arg)
{
	int pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		_exit(fn(arg));
	return pid;
}

int child_status(int pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {
	{ "limits", limit_cases }, { "tasks", task_cases },
	{ "power", power_cases },  { "hostile", hostile_cases },
	{ "closes", close_cases },
};

int main(int argc, char **argv)
{
	unsigned long kills;
	unsigned int i, a;

	/* It need not be told each time */
	write_text("/proc/sys/vm/drop_caches", "4");
	/* Else each CPU keeps up to a sixteenth of memory to itself, not free */
	write_text("/proc/sys/vm/percpu_pagelist_high_fraction", "10000");
	for (a = 1; a < (unsigned int)argc; a++) {
		if (!strncmp(argv[a], "case=", 5))
			only = argv[a] + 5;
		if (sscanf(argv[a], "noise=%lu", &free_noise) == 1)
			free_noise *= MIB / PAGE_SIZE;
		if (sscanf(argv[a], "kills=%lu", &kills) == 1)
			kill_cases(kills);
		for (i = 0; i < ARRAY_SIZE(kinds); i++) {
			if (!strcmp(argv[a], kinds[i].name))
				kinds[i].run();
		}
	}
	return failures != 0;
}
