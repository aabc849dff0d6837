// SPDX-License-Identifier: BSD-2-Clause
/* host-test KIND: the cases of that kind. Status 1 if one failed. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "prog.h"

static char why[256];
static bool told;
static bool skipped;
static int failures;

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
	memset(why, 0, sizeof(why));
	told = false;
	skipped = false;
	fn();
	failures += told;
	printf("CASE %s %s%s%s\n",
	       skipped	? "SKIP"
	       : why[0] ? "FAIL"
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

unsigned int cpu_count(void)
{
	return (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
}

const void *guest_image(const char *name, size_t *size)
{
	char path[64];
	struct stat st;
	void *mem;
	int fd;

	snprintf(path, sizeof(path), "/guests/%s.bin", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		die(path);
	*size = (size_t)st.st_size;
	mem = malloc(*size);
	if (!mem || read(fd, mem, *size) != (ssize_t)*size)
		die(path);
	close(fd);
	return mem;
}

bool sum_right(const char *out, uint64_t arg)
{
	clash_pages *work = malloc(sizeof(*work));
	char line[40];
	bool right;

	if (!work)
		die("malloc");
	snprintf(line, sizeof(line), "\nsum=0x%lx\n",
		 clash_expected(*work, arg));
	free(work);
	right = strstr(out, line) != NULL;
	return check_at(right, "expected %.30s, got %.80s", line + 1, out);
}

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {
	{ "vm", vm_cases },   { "nacl", nacl_cases }, { "tvm", tvm_cases },
	{ "smp", smp_cases }, { "vmid", vmid_cases }, { "bench", bench_cases },
};

int main(int argc, char **argv)
{
	unsigned int i;

	for (i = 0; argc == 2 && i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(argv[1], kinds[i].name))
			continue;
		kinds[i].run();
		return failures != 0;
	}
	return 2;
}
