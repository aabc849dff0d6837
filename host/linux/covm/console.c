/* SPDX-License-Identifier: BSD-2-Clause */
/* Two threads: one reads stdin, the other waits for signals. */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "console.h"
#include "die.h"
#include "escape.h"
#include "term.h"
#include "vm.h"

/* So long, in ms, it takes the serial port to send what it was given */
#define TICK 2

static struct {
	/** For .vm */
	pthread_mutex_t lock;
	struct vm *vm;
	struct escape escape;
	/** stdin is a terminal that is ours; there is nothing to read any more */
	atomic_bool terminal, eof;
	int wake;
} console = { .lock = PTHREAD_MUTEX_INITIALIZER, .wake = -1 };

void console_write(const char *s, size_t n)
{
	ssize_t done;

	while (n) {
		done = write(STDOUT_FILENO, s, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			die_errno("stdout");
		s += done;
		n -= (size_t)done;
	}
}

bool console_is_terminal(void)
{
	return console.terminal;
}

void console_wake(void)
{
	uint64_t one = 1;

	if (write(console.wake, &one, sizeof(one)) < 0)
		return;
}

void console_attach(struct vm *vm)
{
	pthread_mutex_lock(&console.lock);
	console.vm = vm;
	pthread_mutex_unlock(&console.lock);
	console_wake();
}

/* Where nobody reads our output the other thread may hold the lock for long */
static void quit(int status)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	if (pthread_mutex_timedlock(&console.lock, &until) || !console.vm)
		leave(status);
	vm_end(console.vm, VM_STOPPED, status);
	pthread_mutex_unlock(&console.lock);
}

static void help(void)
{
	const char *key = escape_name(console.escape.key);

	note("%s q ends the guest, %s %s sends it %s", key, key, key, key);
}

static void type(unsigned char byte)
{
	enum escape_result r = ESCAPE_PASS;

	if (console.terminal)
		r = escape_next(&console.escape, byte);
	switch (r) {
	case ESCAPE_PASS:
		if (console.vm)
			devices_input(&console.vm->devices, byte);
		break;
	case ESCAPE_EAT:
		break;
	case ESCAPE_QUIT:
		if (!console.vm)
			leave(STATUS_FAILED);
		vm_end(console.vm, VM_STOPPED, 0);
		break;
	case ESCAPE_HELP:
		help();
		break;
	}
}

/* A file waits for the guest; a terminal does not, so that our key is heard */
static size_t room(void)
{
	if (console.terminal)
		return 64;
	return console.vm ? devices_room(&console.vm->devices) : 0;
}

static void read_some(void)
{
	unsigned char buf[64];
	size_t most = room();
	ssize_t n, i;

	if (!most)
		return;
	n = read(STDIN_FILENO, buf, most < sizeof(buf) ? most : sizeof(buf));
	if (!n || (n < 0 && errno != EINTR && errno != EAGAIN))
		console.eof = true;
	for (i = 0; i < n; i++)
		type(buf[i]);
}

static bool wants_tick(void)
{
	return console.vm && devices_wants_tick(&console.vm->devices);
}

/* One turn, with the lock held but while it waits */
static void turn(void)
{
	struct pollfd fd[2] = {
		{ .fd = console.wake, .events = POLLIN },
		{ .fd = console.eof || !room() ? -1 : STDIN_FILENO,
		  .events = POLLIN },
	};
	bool tick = wants_tick();
	uint64_t count;

	pthread_mutex_unlock(&console.lock);
	/* A tick is not to be waited for any longer because of a wake */
	poll(tick ? fd + 1 : fd, tick ? 1 : 2, tick ? TICK : -1);
	if (!tick && fd[0].revents && read(console.wake, &count, 8) < 0)
		fd[0].revents = 0;
	pthread_mutex_lock(&console.lock);
	if (tick && console.vm)
		devices_tick(&console.vm->devices);
	if (fd[1].revents)
		read_some();
}

static void *reader(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&console.lock);
	for (;;)
		turn();
	return NULL;
}

/* In the background a terminal is not ours to read */
static void take_terminal(void)
{
	console.terminal = term_raw();
	if (isatty(STDIN_FILENO))
		console.eof = !console.terminal;
}

static void *signals(void *arg)
{
	const sigset_t *set = arg;
	int sig;

	for (;;) {
		if (sigwait(set, &sig))
			continue;
		if (sig != SIGCONT)
			quit(128 + sig);
		/* Stopped and going on, or taken to the foreground */
		take_terminal();
		console_wake();
	}
	return NULL;
}

static void thread(void *(*fn)(void *), void *arg)
{
	pthread_t t;
	int err = pthread_create(&t, NULL, fn, arg);

	if (err)
		die("cannot start a thread: %s", strerror(err));
	pthread_detach(t);
}

/* Threads inherit the mask, so that one only gets these */
static void take_signals(void)
{
	static const int sigs[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCONT };
	static sigset_t set;
	unsigned int i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaddset(&set, sigs[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	thread(signals, &set);
}

void console_start(const struct options *o)
{
	console.escape.key = o->escape;
	console.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (console.wake < 0)
		die_errno("eventfd");
	take_signals();
	take_terminal();
	if (console.terminal && o->escape != NO_ESCAPE)
		note("%s q ends the guest", escape_name(o->escape));
	thread(reader, NULL);
}
