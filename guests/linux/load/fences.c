/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page with a greater number takes the place of the one before; then the
 * number is made known. Who has read it on another CPU and still finds a
 * smaller one in the page has a stale translation: a remote fence was lost.
 */

#define _GNU_SOURCE
#include <linux/membarrier.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "load.h"

#define PAGE 4096UL

/* Two pages of a file for each thread, and a window that shows one of them */
static int file;
static char *pages;
static char *windows;
static struct {
	_Alignas(64) atomic_ulong number;
} known[MAX_THREADS];

static atomic_ulong *file_page(unsigned int thread, unsigned long which)
{
	return (atomic_ulong *)(pages + (2UL * thread + which) * PAGE);
}

static atomic_ulong *window(unsigned int thread)
{
	return (atomic_ulong *)(windows + thread * PAGE);
}

/* Have the window of a thread show one of its pages. */
static int show(unsigned int thread, unsigned long which)
{
	return mmap(window(thread), PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_FIXED, file,
		    (long)((2UL * thread + which) * PAGE)) == MAP_FAILED;
}

static int barrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0) != 0;
}

const char *fences_setup(void)
{
	unsigned int threads = load_cpus * FENCE_THREADS, i;
	unsigned long size = 2UL * threads * PAGE;

	file = memfd_create("load", 0);
	if (file < 0 || ftruncate(file, (long)size))
		return "no memory file";
	pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	windows = mmap(NULL, threads * PAGE, PROT_READ,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED || windows == MAP_FAILED)
		return "no memory";
	for (i = 0; i < threads; i++)
		if (show(i, 0))
			return "no window";
	if (barrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) ||
	    barrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE))
		return "no membarrier";
	return NULL;
}

/* Renew our own page. */
static const char *renew(unsigned int thread, unsigned long number)
{
	*file_page(thread, number & 1) = number;
	if (show(thread, number & 1))
		return "a page cannot be mapped";
	known[thread].number = number;
	/* Other ways to have all CPUs look up */
	if (mprotect(window(thread), PAGE, PROT_READ) ||
	    barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) ||
	    barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE))
		return "mprotect or membarrier fails";
	return NULL;
}

const char *fences_pass(struct seat *s)
{
	const char *wrong = renew(s->index, s->pass + 1);
	unsigned int i;
	unsigned long n;

	for (i = 0; i < s->of && !wrong; i++) {
		n = known[i].number;
		if (*window(i) < n)
			wrong = "a page that is no longer there was read";
	}
	return wrong;
}
