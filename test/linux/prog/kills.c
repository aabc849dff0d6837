// SPDX-License-Identifier: BSD-2-Clause
/*
 * VMMs that are killed at any moment. A child goes through the life of a TVM
 * again and again, and notes in memory that it shares with us in which call it
 * is. Before the one that is to be hit it sets a timer that kills it after a
 * part of the time that this call takes. Where the note says it was, it was:
 * there was no time to write another one. Then all must be back.
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

#define TICKS_PER_MS 10000L
#define NS_PER_TICK  100
/* To wait for a child, in ms */
#define PATIENCE 60000
/* Where a call may go on for as long as it likes */
#define RUN_TICKS (20 * TICKS_PER_MS)
/* Ranges of a window, pieces of 2 MiB, pages of 4 KiB: sizes of all kinds */
#define SIZES 5
/* Between calls there is next to no time to hit */
#define LINGER (TICKS_PER_MS / 2)
/* More tries than kills that are wanted: some hit another call */
#define TRIES 20
/* What setting a timer takes, to begin with, and by how much that is changed
 * when it was too early or too late: at first, and at most */
#define TIMER_TICKS 100
#define TIMER_STEP  20
#define TIMER_LEAP  TICKS_PER_MS

/* Shared with the child */
struct note {
	volatile uint32_t where;
	volatile uint32_t count[POINTS];
	/** Lives of a TVM that it has seen to the end */
	volatile uint32_t lives;
	/** What the call took, at best */
	volatile uint64_t took[POINTS];
	/** errno of a call that failed, and which one */
	volatile uint32_t failed, failed_in;
	/** What the child is to be */
	uint32_t flags, vcpus, mib;
	/** Killed @delay ticks after it begins call @call for the @nth time, if
	 * that is not 0; @linger is the time between calls */
	uint32_t target, call, nth, linger;
	uint64_t delay;
	/** It has come to that call */
	volatile uint32_t entered;
};

struct row {
	unsigned long kills, tries, lost;
	struct pages before, after;
};

static struct note *note;
static struct row row[POINTS];
static unsigned long wanted;
/* From setting the timer to the call, as it seems */
static long before = TIMER_TICKS;

/* In the child */
static timer_t timer;

static void make_timer(void)
{
	struct sigevent e = { .sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGKILL };

	if (timer_create(CLOCK_MONOTONIC, &e, &timer))
		_exit(1);
}

static void set_timer(void)
{
	uint64_t ns = note->delay * NS_PER_TICK + 1;
	struct itimerspec t = {
		.it_value = { (time_t)(ns / 1000000000),
			      (long)(ns % 1000000000) },
	};

	timer_settime(timer, 0, &t, NULL);
}

static uint64_t enter(enum point p)
{
	uint64_t end = ticks() + note->linger;

	bool now = p == note->call && ++note->count[p] == note->nth;

	if (now)
		set_timer();
	while (ticks() < end)
		;
	if (now)
		note->entered = 1;
	__atomic_store_n(&note->where, p, __ATOMIC_SEQ_CST);
	return ticks();
}

static long leave(enum point p, uint64_t since, long ret)
{
	__atomic_store_n(&note->where, BETWEEN, __ATOMIC_SEQ_CST);
	since = ticks() - since;
	if (!note->took[p] || since < note->took[p])
		note->took[p] = since;
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

/* Calls that are over at once are made so often that one is sure to be hit */
static const unsigned int often[POINTS] = {
	[GET_INFO] = 500,  [NEXT_TVM] = 500,   [CREATE_TVM] = 20,
	[ADD_REGION] = 14, [CREATE_VCPU] = 60, [MAP_VCPU] = 500,
	[GET_STATS] = 500, [INTERRUPT] = 100,
};

static unsigned int times(enum point p)
{
	return note->target == p && often[p] ? often[p] : 1;
}

static void create(struct vmm *v)
{
	struct cove_create c = { .flags = note->flags, .memory_size = v->size };
	unsigned int i;

	for (i = 1; i < times(CREATE_TVM); i++)
		close((int)IN(CREATE_TVM, ioctl(v->cove, COVE_CREATE_TVM, &c)));
	v->tvm = (int)IN(CREATE_TVM, ioctl(v->cove, COVE_CREATE_TVM, &c));
}

static void add_memory(struct vmm *v)
{
	const struct image *image = guest_image("churn");
	struct cove_region r = { .gpa = GUEST_BASE,
				 .size = v->size,
				 .user_addr = (uint64_t)v->shared };
	struct cove_pages p = { .gpa = GUEST_BASE,
				.size = image->size,
				.user_addr = (uint64_t)image->at };
	unsigned int i;

	IN(ADD_REGION, ioctl(v->tvm, COVE_ADD_REGION, &r));
	for (i = 1; i < times(ADD_REGION); i++) {
		r.gpa = GUEST_BASE + i * (1UL << 30);
		r.size = PAGE_SIZE;
		IN(ADD_REGION, ioctl(v->tvm, COVE_ADD_REGION, &r));
	}
	IN(ADD_PAGES, ioctl(v->tvm, COVE_ADD_PAGES, &p));
}

static void *map(int vcpu)
{
	return (void *)IN(MAP_VCPU,
			  mmap(NULL, COVE_RUN_SIZE, PROT_READ | PROT_WRITE,
			       MAP_SHARED, vcpu, 0));
}

static void add_vcpus(struct vmm *v)
{
	unsigned int i;

	for (i = 0; i < v->vcpus; i++) {
		v->vcpu[i] = (int)IN(CREATE_VCPU,
				     ioctl(v->tvm, COVE_CREATE_VCPU, i));
		v->run[i] = map(v->vcpu[i]);
	}
	/* The guest does not look for so many */
	for (i = 1; i < times(CREATE_VCPU); i++)
		close((int)IN(CREATE_VCPU, ioctl(v->tvm, COVE_CREATE_VCPU,
						 COVE_MAX_VCPUS - i)));
	for (i = 1; i < times(MAP_VCPU); i++)
		munmap(map(v->vcpu[0]), COVE_RUN_SIZE);
}

static void build(struct vmm *v)
{
	struct cove_finalize f = { .entry = GUEST_BASE,
				   .arg = CHURN_ARG(0, 1) };

	create(v);
	add_memory(v);
	add_vcpus(v);
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
	unsigned int i;

	for (i = 0; i < times(GET_INFO); i++)
		IN(GET_INFO, ioctl(v->cove, COVE_GET_INFO, &info));
	for (i = 0; i < times(NEXT_TVM); i++)
		IN(NEXT_TVM, ioctl(v->cove, COVE_NEXT_TVM, &stats));
	IN(POPULATE, ioctl(v->tvm, COVE_POPULATE, &s));
	for (i = 0; i < times(GET_STATS); i++)
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
		for (i = 0; i < times(INTERRUPT); i++)
			IN(INTERRUPT,
			   ioctl(v->vcpu[0], COVE_INTERRUPT, (exits + i) & 1));
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
	unsigned long exits = note->target == RUN ? 10000 : 5;
	static struct vmm v;

	(void)arg;
	make_timer();
	v.vcpus = note->vcpus;
	v.size = note->mib * MIB;
	v.cove = cove_open();
	v.shared = mmap(NULL, v.size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (; !note->failed; note->lives++)
		life(&v, exits);
	return 1;
}

/* Of the child; @note keeps how long calls took in those before */
static void prepare(enum point p)
{
	uint64_t took[POINTS];

	memcpy(took, (const void *)note->took, sizeof(took));
	memset(note, 0, sizeof(*note));
	memcpy((void *)note->took, took, sizeof(took));
	note->flags = (uint32_t)random_below(4);
	note->mib = 4 + 2 * (uint32_t)random_below(SIZES);
	note->vcpus = 1;
	note->target = p;
	note->call = p;
}

/* What calls take, before one of them is the first to be hit */
static void measure(void)
{
	struct timespec t = { .tv_nsec = 1000000 };
	int pid;

	prepare(BETWEEN);
	pid = in_child(victim, NULL);
	while (note->lives < 2 && !note->failed)
		nanosleep(&t, NULL);
	kill(pid, SIGKILL);
	child_status(pid);
}

/* When and where the child is to be killed */
static void aim(enum point p)
{
	unsigned long most = 5 * note->took[p] / 4 + 1, nth = 3;

	prepare(p);
	/* One with two vCPUs has one TVM, and each call that makes it once */
	if (p == RUN || p == INTERRUPT || p == BETWEEN)
		note->vcpus += (uint32_t)random_below(2);
	if (p == RUN)
		most = RUN_TICKS;
	if (p == BETWEEN) {
		note->call = GET_INFO + random_below(INTERRUPT - GET_INFO);
		note->linger = most = LINGER;
	}
	if (note->vcpus > 1)
		nth = 1;
	if (often[p])
		nth = often[p];
	note->nth = 1 + (uint32_t)random_below(nth);
	note->delay = random_below(most);
	if (p != BETWEEN)
		note->delay += (unsigned long)before;
}

static void learn(enum point p)
{
	static long step;
	long first = note->entered ? -TIMER_STEP : TIMER_STEP;

	if (p == BETWEEN)
		return;
	if (note->where == (uint32_t)p) {
		step = 0;
		return;
	}
	/* A slow kernel takes a hundred times as long: wider each time that it
	 * was wrong on the same side */
	step = step && (step > 0) == (first > 0) ? 2 * step : first;
	if (labs(step) > TIMER_LEAP)
		step = first;
	before += step;
	if (before < 0)
		before = 0;
}

/* -> its status; one that does not end by itself fails */
static int wait_for(int pid)
{
	struct timespec t = { .tv_nsec = 1000000 };
	unsigned int i;
	int status;

	for (i = 0; i < PATIENCE; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFSIGNALED(status) ? -WTERMSIG(status)
						   : WEXITSTATUS(status);
		nanosleep(&t, NULL);
	}
	kill(pid, SIGKILL);
	check_at(false, "it hangs");
	return child_status(pid);
}

static bool kill_one(enum point p)
{
	int status;

	aim(p);
	status = wait_for(in_child(victim, NULL));
	if (status == -SIGKILL)
		row[note->where].kills++;
	learn(p);
	return check_at(status == -SIGKILL && !note->failed,
			"%s: status %d, %s: %s", point_name[p], status,
			point_name[note->failed_in],
			strerror((int)note->failed));
}

static void print_row(const char *name, const struct row *r)
{
	printf("# %-14s %6lu %-9s %6lu %7lu %6lu %7lu\n", name, r->kills,
	       r->lost ? "LOST" : "all back", r->before.pool_free,
	       r->before.free, r->after.pool_free, r->after.free);
	fflush(stdout);
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
	check_at(now.free + free_noise > r->before.free,
		 "%s: %lu pages of RAM were free, %lu are", point_name[p],
		 r->before.free, now.free);
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
	printf("# %-14s %6s %-9s %14s %14s\n", "", "", "", "pages before",
	       "pages after");
	printf("# %-14s %6s %-9s %6s %7s %6s %7s\n", "kill point", "kills",
	       "outcome", "pool", "RAM", "pool", "RAM");
	pages_now(&sum.before);
	for (p = 0; p < POINTS; p++) {
		kill_at(p);
		print_row(point_name[p], &row[p]);
	}
	pages_now(&sum.after);
	for (p = 0; p < POINTS; p++) {
		sum.kills += row[p].kills;
		sum.lost += row[p].lost;
	}
	print_row("all", &sum);
	/* Those that have hit something else on their way are in there, too */
	printf("# kills in each call, all told:");
	for (p = 0; p < POINTS; p++)
		printf(" %s %lu%s", point_name[p], row[p].kills,
		       p + 1 < POINTS ? "," : "\n");
	munmap(note, sizeof(*note));
}

void kill_cases(unsigned long kills)
{
	wanted = (kills + POINTS - 1) / POINTS;
	run_case("a VMM is killed in the middle of each call", all_points);
}
