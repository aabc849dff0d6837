// SPDX-License-Identifier: BSD-2-Clause
/*
 * VMMs that are killed at any moment. A child goes through the life of a TVM
 * again and again, and notes in memory that it shares with us in which call it
 * is. We wait until it is in the one that is wanted, for a part of the time
 * that this takes, and kill it. Where the note says it was, it was: it had no
 * time to write another one. Then all must be back.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "prog.h"

enum point {
	BETWEEN,
	GET_INFO,
	NEXT_TVM,
	CREATE_TVM,
	ADD_REGION,
	ADD_PAGES,
	CREATE_VCPU,
	MAP_VCPU,
	FINALIZE,
	POPULATE,
	GET_STATS,
	RUN,
	INTERRUPT,
	CLOSE,
	POINTS
};

static const char *const point_name[] = {
	[BETWEEN] = "between calls",   [GET_INFO] = "GET_INFO",
	[NEXT_TVM] = "NEXT_TVM",       [CREATE_TVM] = "CREATE_TVM",
	[ADD_REGION] = "ADD_REGION",   [ADD_PAGES] = "ADD_PAGES",
	[CREATE_VCPU] = "CREATE_VCPU", [MAP_VCPU] = "mmap",
	[FINALIZE] = "FINALIZE",       [POPULATE] = "POPULATE",
	[GET_STATS] = "GET_STATS",     [RUN] = "RUN",
	[INTERRUPT] = "INTERRUPT",     [CLOSE] = "close, destroy",
};

#define TICKS_PER_MS 10000UL
#define PATIENCE     (60000 * TICKS_PER_MS)
/* Where a call may go on for as long as it likes */
#define RUN_TICKS (20 * TICKS_PER_MS)
/* Ranges of a window, pieces of 2 MiB, pages of 4 KiB: sizes of all kinds */
#define SIZES 5
/* Between calls there is next to no time to hit */
#define LINGER (TICKS_PER_MS / 2)
/* More tries than kills that are wanted: some hit another call */
#define TRIES 12

/* Shared with the child */
struct note {
	volatile uint32_t where;
	volatile uint32_t count[POINTS];
	/** What the call took last time */
	volatile uint64_t took[POINTS];
	/** errno of a call that failed, and which one */
	volatile uint32_t failed, failed_in;
	/** What the child is to be; what it waits before each call */
	uint32_t flags, vcpus, mib, linger;
};

struct row {
	unsigned long kills, tries, lost;
	struct pages before, after;
};

static struct note *note;
static struct row row[POINTS];
static unsigned long wanted;

static uint64_t enter(enum point p)
{
	uint64_t end = ticks() + note->linger;

	while (ticks() < end)
		;
	note->count[p]++;
	__atomic_store_n(&note->where, p, __ATOMIC_SEQ_CST);
	return ticks();
}

static long leave(enum point p, uint64_t since, long ret)
{
	__atomic_store_n(&note->where, BETWEEN, __ATOMIC_SEQ_CST);
	note->took[p] = ticks() - since;
	if (ret == -1 && !note->failed) {
		note->failed_in = p;
		note->failed = (uint32_t)errno;
	}
	return ret;
}

/* In the child: one call, and where it is */
#define IN(point, call)                          \
	({                                       \
		uint64_t __t = enter(point);     \
		leave(point, __t, (long)(call)); \
	})

static void build(struct vmm *v)
{
	const struct image *image = guest_image("churn");
	struct cove_create c = { .flags = note->flags, .memory_size = v->size };
	struct cove_region r = { .gpa = GUEST_BASE,
				 .size = v->size,
				 .user_addr = (uint64_t)v->shared };
	struct cove_pages p = { .gpa = GUEST_BASE,
				.size = image->size,
				.user_addr = (uint64_t)image->at };
	struct cove_finalize f = { .entry = GUEST_BASE,
				   .arg = CHURN_ARG(0, 1) };
	unsigned int i;

	v->tvm = (int)IN(CREATE_TVM, ioctl(v->cove, COVE_CREATE_TVM, &c));
	IN(ADD_REGION, ioctl(v->tvm, COVE_ADD_REGION, &r));
	IN(ADD_PAGES, ioctl(v->tvm, COVE_ADD_PAGES, &p));
	for (i = 0; i < v->vcpus; i++) {
		v->vcpu[i] = (int)IN(CREATE_VCPU,
				     ioctl(v->tvm, COVE_CREATE_VCPU, i));
		v->run[i] =
			(void *)IN(MAP_VCPU, mmap(NULL, COVE_RUN_SIZE,
						  PROT_READ | PROT_WRITE,
						  MAP_SHARED, v->vcpu[i], 0));
	}
	IN(FINALIZE, ioctl(v->tvm, COVE_FINALIZE, &f));
}

static void *other_vcpus(void *arg)
{
	struct vmm *v = arg;

	while (vmm_run_once(v, 1) > 0)
		;
	return NULL;
}

static void look(struct vmm *v)
{
	struct cove_span s = { GUEST_BASE, v->size / 2 };
	struct cove_stats stats = { 0 };
	struct cove_info info;

	IN(GET_INFO, ioctl(v->cove, COVE_GET_INFO, &info));
	IN(NEXT_TVM, ioctl(v->cove, COVE_NEXT_TVM, &stats));
	IN(POPULATE, ioctl(v->tvm, COVE_POPULATE, &s));
	IN(GET_STATS, ioctl(v->tvm, COVE_GET_STATS, &stats));
}

/* One TVM. Its second vCPU runs until the end of it */
static void life(struct vmm *v, unsigned long exits)
{
	pthread_t thread;
	unsigned int i;

	build(v);
	look(v);
	if (v->vcpus > 1)
		pthread_create(&thread, NULL, other_vcpus, v);
	for (; exits; exits--) {
		/* An interrupt that the guest has not allowed */
		IN(INTERRUPT, ioctl(v->vcpu[0], COVE_INTERRUPT, exits & 1));
		if (IN(RUN, vmm_run_once(v, 0)) <= 0)
			break;
	}
	if (v->vcpus > 1) {
		/* The other one may wait inside for ever: leave it all */
		for (;;)
			IN(RUN, vmm_run_once(v, 0));
	}
	for (i = 0; i < v->vcpus; i++) {
		munmap(v->run[i], COVE_RUN_SIZE);
		close(v->vcpu[i]);
	}
	IN(CLOSE, close(v->tvm));
}

static int victim(void *arg)
{
	static struct vmm v;

	v.vcpus = note->vcpus;
	v.size = note->mib * MIB;
	v.cove = cove_open();
	v.shared = mmap(NULL, v.size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (;;)
		life(&v, *(enum point *)arg == RUN ? 10000 : 20);
	return 0;
}

static void spin_until(unsigned long end, enum point p)
{
	while (ticks() < end && note->where == (uint32_t)p)
		;
}

/* Until the child has been in @n calls @p and is at @where. False: never */
static bool wait_for(enum point p, unsigned int n, enum point where, int pid)
{
	unsigned long end = ticks() + PATIENCE, i = 0;
	int status;

	while (note->count[p] < n || note->where != (uint32_t)where) {
		if (ticks() > end || note->failed)
			return false;
		if (++i % 1000000 == 0 && waitpid(pid, &status, WNOHANG))
			return false;
	}
	return true;
}

/* Of the child; also how long it took in the runs before */
static void prepare(enum point p)
{
	uint64_t took[POINTS];

	memcpy(took, (const void *)note->took, sizeof(took));
	memset(note, 0, sizeof(*note));
	memcpy((void *)note->took, took, sizeof(took));
	note->flags = (uint32_t)random_below(4);
	note->mib = 4 + 2 * (uint32_t)random_below(SIZES);
	/* The end of a TVM with two is only seen when all of it is killed */
	note->vcpus = p == CLOSE ? 1 : 1 + (uint32_t)random_below(2);
	note->linger = p == BETWEEN ? LINGER : 0;
}

/* What calls take, before one of them is the first to be hit */
static void measure(void)
{
	enum point p = CLOSE;
	int pid;

	prepare(p);
	pid = in_child(victim, &p);
	wait_for(p, 2, BETWEEN, pid);
	kill(pid, SIGKILL);
	child_status(pid);
}

/* Between calls: after one of any kind */
static enum point any_call(void)
{
	return GET_INFO + random_below(INTERRUPT - GET_INFO);
}

static bool kill_one(enum point p)
{
	unsigned long most, delay;
	unsigned int nth;
	enum point hit;
	int pid;

	prepare(p);
	most = p == RUN ? RUN_TICKS : 5 * note->took[p] / 4 + 1;
	delay = random_below(most);
	/* With two vCPUs there is one TVM in each child */
	nth = note->vcpus > 1 && p != RUN ? 1
					  : 1 + (unsigned int)random_below(3);
	pid = in_child(victim, &p);
	if (!check_at(wait_for(p == BETWEEN ? any_call() : p, nth, p, pid),
		      "%s: not reached; %s: %s", point_name[p],
		      point_name[note->failed_in],
		      strerror((int)note->failed))) {
		kill(pid, SIGKILL);
		child_status(pid);
		return false;
	}
	if (p != BETWEEN)
		spin_until(ticks() + delay, p);
	kill(pid, SIGKILL);
	check_at(child_status(pid) == -SIGKILL, "%s: not killed",
		 point_name[p]);
	hit = note->where;
	row[hit].kills++;
	return check_at(!note->failed, "%s: %s", point_name[note->failed_in],
			strerror((int)note->failed));
}

static void kill_at(enum point p)
{
	struct row *r = &row[p];
	struct pages now;

	pages_now(&r->before);
	r->after = r->before;
	while (r->kills < wanted && r->tries < TRIES * wanted) {
		r->tries++;
		if (!kill_one(p))
			break;
		if (!pages_back(&now))
			r->lost++;
		if (now.pool_free < r->after.pool_free ||
		    now.free < r->after.free || now.converted)
			r->after = now;
		if (!check_at(!r->lost, "%s: not all is back", point_name[p]))
			break;
	}
	/* What is missing now is missing for good */
	pages_now(&now);
	r->after.free = now.free;
	check_at(r->kills >= wanted, "%s: only %lu of %lu kills hit it",
		 point_name[p], r->kills, wanted);
	check_at(now.free + FREE_NOISE > r->before.free,
		 "%s: %lu pages of RAM were free, %lu are", point_name[p],
		 r->before.free, now.free);
}

static void print_row(const char *name, const struct row *r)
{
	printf("# %-14s %6lu %-9s %6lu %7lu %6lu %7lu\n", name, r->kills,
	       r->lost ? "LOST" : "all back", r->before.pool_free,
	       r->before.free, r->after.pool_free, r->after.free);
}

static void all_points(void)
{
	struct row sum = { 0 };
	unsigned int p;

	guest_image("churn");
	note = mmap(NULL, sizeof(*note), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (note == MAP_FAILED)
		die("mmap");
	measure();
	pages_now(&sum.before);
	for (p = 0; p < POINTS; p++)
		kill_at(p);
	pages_now(&sum.after);
	printf("# %-14s %6s %-9s %14s %14s\n", "", "", "", "pages before",
	       "pages after");
	printf("# %-14s %6s %-9s %6s %7s %6s %7s\n", "kill point", "kills",
	       "outcome", "pool", "RAM", "pool", "RAM");
	for (p = 0; p < POINTS; p++) {
		print_row(point_name[p], &row[p]);
		sum.kills += row[p].kills;
		sum.lost += row[p].lost;
	}
	print_row("all", &sum);
	munmap(note, sizeof(*note));
}

void kill_cases(unsigned long kills)
{
	wanted = (kills + POINTS - 1) / POINTS;
	run_case("a VMM is killed in the middle of each call", all_points);
}
