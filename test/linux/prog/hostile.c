// SPDX-License-Identifier: BSD-2-Clause
/* Arguments that no VMM would give: an error, and nothing is lost. */

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>
#include "prog.h"

#define KERNEL	 0xffffffd800000000UL
#define HIGHEST	 (~0UL & ~(PAGE_SIZE - 1))
#define UNMAPPED 0x1000UL
#define FUZZ	 4000

/* Every ioctl: on which descriptor, and whether it takes a pointer */
static const struct {
	const char *name;
	unsigned long cmd;
	/** 0 /dev/cove, 1 TVM, 2 vCPU */
	unsigned int on;
	bool pointer;
} calls[] = {
	{ "GET_INFO", COVE_GET_INFO, 0, true },
	{ "CREATE_TVM", COVE_CREATE_TVM, 0, true },
	{ "NEXT_TVM", COVE_NEXT_TVM, 0, true },
	{ "ADD_REGION", COVE_ADD_REGION, 1, true },
	{ "ADD_PAGES", COVE_ADD_PAGES, 1, true },
	{ "CREATE_VCPU", COVE_CREATE_VCPU, 1, false },
	{ "FINALIZE", COVE_FINALIZE, 1, true },
	{ "POPULATE", COVE_POPULATE, 1, true },
	{ "GET_STATS", COVE_GET_STATS, 1, true },
	{ "RUN", COVE_RUN, 2, false },
	{ "INTERRUPT", COVE_INTERRUPT, 2, false },
};

/* A TVM with a region and vCPU 0, not finalized */
static bool start(struct vmm *v)
{
	struct cove_region r = { .gpa = GUEST_BASE, .size = CHURN_MEMORY };
	struct cove_create c = { 0 };

	memset(v, 0, sizeof(*v));
	memset(v->vcpu, -1, sizeof(v->vcpu));
	v->size = CHURN_MEMORY;
	v->cove = cove_open();
	v->shared = mmap(NULL, v->size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	v->tvm = ioctl(v->cove, COVE_CREATE_TVM, &c);
	r.user_addr = (uint64_t)v->shared;
	if (!check_call(v->tvm >= 0) ||
	    !check_call(!ioctl(v->tvm, COVE_ADD_REGION, &r)))
		return false;
	v->vcpu[0] = ioctl(v->tvm, COVE_CREATE_VCPU, 0);
	return check_call(v->vcpu[0] >= 0);
}

static int descriptor(struct vmm *v, unsigned int on)
{
	return on == 0 ? v->cove : on == 1 ? v->tvm : v->vcpu[0];
}

static void pointers(void)
{
	char *end = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long bad[] = { 0,	UNMAPPED,
				KERNEL, HIGHEST,
				~0UL,	(unsigned long)end + PAGE_SIZE - 4 };
	unsigned int i, k;
	struct vmm v;
	int fd;

	munmap(end + PAGE_SIZE, PAGE_SIZE);
	if (!start(&v))
		return vmm_close(&v);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		fd = descriptor(&v, calls[i].on);
		for (k = 0; calls[i].pointer && k < ARRAY_SIZE(bad); k++)
			check_at(ioctl(fd, calls[i].cmd, bad[k]) == -1 &&
					 errno == EFAULT,
				 "%s at 0x%lx: %s", calls[i].name, bad[k],
				 strerror(errno));
	}
	/* An answer cannot be written; the question can be read */
	mprotect(end, PAGE_SIZE, PROT_READ);
	check_errno(ioctl(v.cove, COVE_GET_INFO, end), EFAULT);
	check_errno(ioctl(v.tvm, COVE_GET_STATS, end), EFAULT);
	munmap(end, PAGE_SIZE);
	vmm_close(&v);
}

static bool known(unsigned int on, unsigned long cmd)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].on == on && calls[i].cmd == cmd)
			return true;
	}
	return false;
}

/* All numbers, in all directions, of sizes that fit some structure or none */
static void numbers(void)
{
	static const unsigned int size[] = { 0, 8, 16, 24, 96, 248, 16383 };
	unsigned int on, nr, dir, s;
	unsigned long cmd;
	char buf[16384];
	struct vmm v;

	memset(buf, 0xff, sizeof(buf));
	if (!start(&v))
		return vmm_close(&v);
	for (on = 0; on < 3; on++) {
		for (cmd = 0; cmd < 256 * 4 * ARRAY_SIZE(size); cmd++) {
			nr = cmd & 0xff;
			dir = cmd >> 8 & 3;
			s = size[cmd >> 10];
			if (known(on, _IOC(dir, COVE_IOC, nr, s)))
				continue;
			check_errno(ioctl(descriptor(&v, on),
					  _IOC(dir, COVE_IOC, nr, s), buf),
				    ENOTTY);
		}
	}
	check_errno(ioctl(v.tvm, COVE_GET_INFO, buf), ENOTTY);
	check_errno(ioctl(v.vcpu[0], COVE_ADD_REGION, buf), ENOTTY);
	check_errno(ioctl(v.cove, COVE_RUN, 0), ENOTTY);
	vmm_close(&v);
}

static void fails(int fd, unsigned long cmd, const void *arg, const char *what)
{
	int rc = ioctl(fd, cmd, arg);

	check_at(rc == -1 && (errno == EINVAL || errno == EFAULT ||
			      errno == EEXIST || errno == ENOMEM),
		 "%s: %d, %s", what, rc, strerror(errno));
}

static void create_fields(void)
{
	struct cove_create c[] = {
		{ .flags = 4 },
		{ .flags = ~0U },
		{ .reserved = 1 },
		{ .memory_size = ~0UL },
		{ .memory_size = 1UL << 63 },
		{ .flags = 1U << 31, .memory_size = MIB },
	};
	int cove = cove_open();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(c); i++)
		fails(cove, COVE_CREATE_TVM, &c[i], "COVE_CREATE_TVM");
	close(cove);
}

static void region_fields(void)
{
	static char page[3 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
	unsigned long free = 0x100000000UL, here = (unsigned long)page;
	struct cove_region r[] = {
		{ free + 1, PAGE_SIZE, here },
		{ free, PAGE_SIZE + 1, here },
		{ free, PAGE_SIZE, here + 8 },
		{ free, 0, here },
		{ free, HIGHEST, here },
		{ HIGHEST, 2 * PAGE_SIZE, here },
		{ HIGHEST, PAGE_SIZE, here },
		{ 1UL << 50, PAGE_SIZE, here },
		{ (1UL << 50) - PAGE_SIZE, 2 * PAGE_SIZE, here },
		{ 1UL << 63, PAGE_SIZE, here },
		{ free, PAGE_SIZE, KERNEL },
		{ free, PAGE_SIZE, HIGHEST },
		{ free, 1UL << 60, here },
		{ 0, 1UL << 50, 0 },
		{ GUEST_BASE, PAGE_SIZE, here },
		{ GUEST_BASE - PAGE_SIZE, 2 * PAGE_SIZE, here },
		{ GUEST_BASE + CHURN_MEMORY - PAGE_SIZE, 2 * PAGE_SIZE, here },
	};
	struct vmm v;
	unsigned int i;

	if (start(&v)) {
		for (i = 0; i < ARRAY_SIZE(r); i++) {
			int rc = ioctl(v.tvm, COVE_ADD_REGION, &r[i]);

			check_at(rc == -1, "region %u is taken", i);
		}
		/* As many as it likes, and then no more */
		for (i = 0; i < 1000; i++) {
			r[0] = (struct cove_region){ free + i * 2 * PAGE_SIZE,
						     PAGE_SIZE, here };
			if (ioctl(v.tvm, COVE_ADD_REGION, &r[0]))
				break;
		}
		check_at(i && i < 1000, "%u regions", i);
	}
	vmm_close(&v);
}

static void pages_fields(void)
{
	static char page[2 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
	unsigned long here = (unsigned long)page;
	unsigned long end = GUEST_BASE + CHURN_MEMORY;
	char *half = mmap(NULL, 2 * PAGE_SIZE, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct cove_pages p[] = {
		{ GUEST_BASE + 1, PAGE_SIZE, here },
		{ GUEST_BASE, PAGE_SIZE - 1, here },
		{ GUEST_BASE, 0, here },
		{ GUEST_BASE, HIGHEST, here },
		{ GUEST_BASE - PAGE_SIZE, PAGE_SIZE, here },
		{ end - PAGE_SIZE, 2 * PAGE_SIZE, here },
		{ end, PAGE_SIZE, here },
		{ HIGHEST, PAGE_SIZE, here },
		{ HIGHEST, 2 * PAGE_SIZE, here },
		{ 0, PAGE_SIZE, here },
		{ GUEST_BASE, PAGE_SIZE, 0 },
		{ GUEST_BASE, PAGE_SIZE, UNMAPPED },
		{ GUEST_BASE, PAGE_SIZE, KERNEL },
		{ GUEST_BASE, PAGE_SIZE, HIGHEST },
		{ GUEST_BASE, CHURN_MEMORY, HIGHEST - PAGE_SIZE },
		{ GUEST_BASE, CHURN_MEMORY, KERNEL },
	};
	struct cove_pages good = { GUEST_BASE, PAGE_SIZE, here };
	struct vmm v;
	unsigned int i;

	munmap(half + PAGE_SIZE, PAGE_SIZE);
	if (start(&v)) {
		for (i = 0; i < ARRAY_SIZE(p); i++)
			fails(v.tvm, COVE_ADD_PAGES, &p[i], "COVE_ADD_PAGES");
		check_call(!ioctl(v.tvm, COVE_ADD_PAGES, &good));
		check_errno(ioctl(v.tvm, COVE_ADD_PAGES, &good), EEXIST);
		/* One page there, one not */
		good = (struct cove_pages){ GUEST_BASE + 8 * PAGE_SIZE,
					    2 * PAGE_SIZE,
					    (unsigned long)half };
		check_errno(ioctl(v.tvm, COVE_ADD_PAGES, &good), EFAULT);
	}
	munmap(half, PAGE_SIZE);
	vmm_close(&v);
}

static void vcpu_ids(void)
{
	static const unsigned long id[] = { 64,	       65,	  ~0UL,
					    1UL << 32, 1UL << 63, 0xffffffff };
	struct vmm v;
	unsigned int i;

	if (start(&v)) {
		for (i = 0; i < ARRAY_SIZE(id); i++)
			check_errno(ioctl(v.tvm, COVE_CREATE_VCPU, id[i]),
				    EINVAL);
		check_errno(ioctl(v.tvm, COVE_CREATE_VCPU, 0), EEXIST);
	}
	vmm_close(&v);
}

/* Before FINALIZE and after it */
static void states(void)
{
	struct cove_finalize f = { .entry = GUEST_BASE };
	struct cove_span s = { GUEST_BASE, PAGE_SIZE };
	struct cove_region r = { 1UL << 40, PAGE_SIZE, 0x10000 };
	struct cove_create c = { 0 };
	struct vmm v;
	int tvm;

	if (!start(&v))
		return vmm_close(&v);
	check_errno(ioctl(v.tvm, COVE_POPULATE, &s), EINVAL);
	check_errno(ioctl(v.vcpu[0], COVE_RUN, 0), EINVAL);
	f.reserved = 1;
	check_errno(ioctl(v.tvm, COVE_FINALIZE, &f), EINVAL);
	f.reserved = 0;
	f.has_identity = 2;
	check_errno(ioctl(v.tvm, COVE_FINALIZE, &f), EINVAL);
	f.has_identity = 1;
	check_call(!ioctl(v.tvm, COVE_FINALIZE, &f));
	check_errno(ioctl(v.tvm, COVE_FINALIZE, &f), EINVAL);
	check_errno(ioctl(v.tvm, COVE_CREATE_VCPU, 1), EINVAL);
	check_errno(ioctl(v.tvm, COVE_ADD_REGION, &r), EINVAL);
	check_errno(ioctl(v.vcpu[0], COVE_RUN, 1), EINVAL);
	check_errno(ioctl(v.vcpu[0], COVE_INTERRUPT, 2), EINVAL);
	check_errno(ioctl(v.vcpu[0], COVE_INTERRUPT, 1UL << 32), EINVAL);
	vmm_close(&v);
	/* Without a vCPU */
	v.cove = cove_open();
	tvm = ioctl(v.cove, COVE_CREATE_TVM, &c);
	check_errno(ioctl(tvm, COVE_FINALIZE, &f), EINVAL);
	close(tvm);
	close(v.cove);
}

static void spans(void)
{
	unsigned long end = GUEST_BASE + CHURN_MEMORY;
	struct cove_span s[] = {
		{ GUEST_BASE + 1, PAGE_SIZE },
		{ GUEST_BASE, 1 },
		{ GUEST_BASE, 0 },
		{ GUEST_BASE, HIGHEST },
		{ end, PAGE_SIZE },
		{ end - PAGE_SIZE, 2 * PAGE_SIZE },
		{ HIGHEST, 2 * PAGE_SIZE },
		{ 0, PAGE_SIZE },
	};
	struct vmm v;
	unsigned int i;

	if (vmm_start(&v, "churn", CHURN_ARG(5, 0), 1, CHURN_MEMORY, 0)) {
		for (i = 0; i < ARRAY_SIZE(s); i++)
			check_errno(ioctl(v.tvm, COVE_POPULATE, &s[i]), EINVAL);
		s[0] = (struct cove_span){ GUEST_BASE, CHURN_MEMORY };
		/* Pages that are there stay, as often as one likes */
		check_call(!ioctl(v.tvm, COVE_POPULATE, &s[0]));
		check_call(!ioctl(v.tvm, COVE_POPULATE, &s[0]));
		check(vmm_run(&v));
		churn_right(&v, 1, 5);
	}
	vmm_close(&v);
}

/* On a slow machine other tasks may want the CPU first, a few times */
static bool ends_in_fault(struct vmm *v)
{
	unsigned int i;

	for (i = 0; i < 100; i++) {
		if (vmm_run_once(v, 0) <= 0)
			return v->exit_reason == COVE_EXIT_FAULT;
	}
	return false;
}

static void entries(void)
{
	static const unsigned long entry[] = { 0,	 1,    HIGHEST,
					       KERNEL,	 ~0UL, GUEST_BASE + 1,
					       1UL << 50 };
	struct cove_finalize f = { 0 };
	unsigned int i;
	struct vmm v;

	for (i = 0; i < ARRAY_SIZE(entry); i++) {
		if (!start(&v))
			return vmm_close(&v);
		f.entry = entry[i];
		v.run[0] = mmap(NULL, COVE_RUN_SIZE, PROT_READ | PROT_WRITE,
				MAP_SHARED, v.vcpu[0], 0);
		/* Whoever lets it be made has it end at once */
		if (!ioctl(v.tvm, COVE_FINALIZE, &f))
			check_at(ends_in_fault(&v), "entry 0x%lx: exit %u",
				 entry[i], v.exit_reason);
		vmm_close(&v);
	}
}

static void mappings(void)
{
	int rw = PROT_READ | PROT_WRITE;
	struct vmm v;

	if (start(&v)) {
		check(mmap(NULL, 2 * COVE_RUN_SIZE, rw, MAP_SHARED, v.vcpu[0],
			   0) == MAP_FAILED);
		check(mmap(NULL, COVE_RUN_SIZE, rw, MAP_SHARED, v.vcpu[0],
			   PAGE_SIZE) == MAP_FAILED);
		check(mmap(NULL, COVE_RUN_SIZE, rw, MAP_PRIVATE, v.vcpu[0],
			   0) == MAP_FAILED);
		check(mmap(NULL, PAGE_SIZE, rw, MAP_SHARED, v.tvm, 0) ==
		      MAP_FAILED);
		check(mmap(NULL, PAGE_SIZE, rw, MAP_SHARED, v.cove, 0) ==
		      MAP_FAILED);
		check(read(v.tvm, &v.size, 8) < 0);
		check(write(v.vcpu[0], &v.size, 8) < 0);
	}
	vmm_close(&v);
}

static volatile bool enough;

/* Another thread writes whatever into the page that the driver reads */
static void *scribble(void *arg)
{
	volatile uint32_t *p = arg;
	uint32_t x = 1;

	while (!enough) {
		x = x * 1664525 + 1013904223;
		p[1 + (x >> 16) % (COVE_RUN_SIZE / 4 - 1)] = x;
	}
	return NULL;
}

static void scribbled(void)
{
	pthread_t thread;
	unsigned int i;
	struct vmm v;

	if (vmm_start(&v, "churn", CHURN_ARG(0, 0), 1, CHURN_MEMORY, 0)) {
		enough = false;
		if (pthread_create(&thread, NULL, scribble, v.run[0]))
			die("pthread_create");
		/* The guest gets wrong answers; who knows how far it comes */
		for (i = 0; i < 2000; i++) {
			if (ioctl(v.vcpu[0], COVE_RUN, 0) && errno != EINTR)
				break;
		}
		enough = true;
		pthread_join(thread, NULL);
	}
	vmm_close(&v);
}

static void interrupted(int sig)
{
	(void)sig;
}

/* A structure of numbers that are likely to be wrong in some way */
static void fill_random(uint64_t *p, unsigned int n, const struct vmm *v)
{
	const uint64_t value[] = {
		0,	   1,	       PAGE_SIZE,
		2 * MIB,   GUEST_BASE, GUEST_BASE + PAGE_SIZE,
		HIGHEST,   KERNEL,     (uint64_t)v->shared,
		1UL << 32, 1UL << 50,  GUEST_BASE + 2 * MIB,
	};

	while (n--) {
		p[n] = value[random_below(ARRAY_SIZE(value))];
		if (!random_below(8))
			p[n] += random_below(3) - 1;
	}
}

/* Calls in any order with any arguments, TVMs one after the other */
static void random_calls(void)
{
	struct sigaction sa = { .sa_handler = interrupted };
	struct itimerval t = { { 0, 20000 }, { 0, 20000 } };
	uint64_t arg[32];
	unsigned int i, k;
	struct vmm v;
	int fd;

	sigaction(SIGALRM, &sa, NULL);
	if (!start(&v))
		return vmm_close(&v);
	setitimer(ITIMER_REAL, &t, NULL);
	for (i = 0; i < FUZZ; i++) {
		if (i % 100 == 99) {
			vmm_close(&v);
			if (!start(&v))
				break;
		}
		k = (unsigned int)random_below(ARRAY_SIZE(calls));
		fill_random(arg, ARRAY_SIZE(arg), &v);
		fd = ioctl(descriptor(&v, calls[k].on), calls[k].cmd,
			   calls[k].pointer ? (uint64_t)arg : arg[0]);
		if (fd > 0)
			close(fd);
	}
	memset(&t, 0, sizeof(t));
	setitimer(ITIMER_REAL, &t, NULL);
	vmm_close(&v);
}

void hostile_cases(void)
{
	run_case("pointers to nowhere", pointers);
	run_case("ioctls that there are not", numbers);
	run_case("fields of CREATE_TVM", create_fields);
	run_case("fields of ADD_REGION", region_fields);
	run_case("fields of ADD_PAGES", pages_fields);
	run_case("ids of vCPUs", vcpu_ids);
	run_case("calls in the wrong state", states);
	run_case("fields of POPULATE", spans);
	run_case("entries that are none", entries);
	run_case("mappings that there are not", mappings);
	run_case("a vCPU's page is written while it runs", scribbled);
	run_case("random calls", random_calls);
}
