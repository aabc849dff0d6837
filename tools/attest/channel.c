/* SPDX-License-Identifier: BSD-2-Clause */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "channel.h"

#define PREFIX "attest> "
/* With these the VM, or its host, gives up */
#define VM_FAILED   "attest: FAILED: "
#define HOST_FAILED "host: FAILED: "
/* The host has so long to put its things in order, in ms */
#define END_MS 10000

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

bool channel_open(struct channel *c, char *const *argv, const char *log,
		  int seconds)
{
	int in[2], out[2];

	memset(c, 0, sizeof(*c));
	c->deadline = now_ms() + seconds * INT64_C(1000);
	signal(SIGPIPE, SIG_IGN);
	if (log && !(c->log = fopen(log, "w")))
		return false;
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		return false;
	c->pid = fork();
	if (c->pid < 0)
		return false;
	if (!c->pid) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(out[1], STDERR_FILENO);
		signal(SIGPIPE, SIG_DFL);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	c->to = in[1];
	c->from = out[0];
	return true;
}

/* More bytes; false: there are none */
static bool more(struct channel *c)
{
	struct pollfd p = { .fd = c->from, .events = POLLIN };
	int64_t left = c->deadline - now_ms();
	ssize_t n;

	if (left <= 0 || poll(&p, 1, (int)left) <= 0) {
		snprintf(c->why, sizeof(c->why), "it takes too long");
		return false;
	}
	n = read(c->from, c->in, sizeof(c->in));
	if (n <= 0)
		return false;
	if (c->log)
		fwrite(c->in, 1, (size_t)n, c->log);
	c->have = (size_t)n;
	c->used = 0;
	return true;
}

/* What the host says may be shown: it must not move a terminal's cursor */
static char shown(char c)
{
	return c >= ' ' && c <= '~' ? c : '?';
}

/* The next line, without its end */
static bool next_line(struct channel *c)
{
	size_t n = 0;
	char b;

	for (;;) {
		if (c->used == c->have && !more(c))
			return false;
		b = c->in[c->used++];
		if (b == '\n')
			break;
		if (b != '\r' && n + 1 < sizeof(c->line))
			c->line[n++] = shown(b);
	}
	c->line[n] = '\0';
	return true;
}

static const char *behind(const char *line, const char *start)
{
	size_t n = strlen(start);

	return strncmp(line, start, n) ? NULL : line + n;
}

const char *channel_await(struct channel *c, const char *name)
{
	const char *p;

	while (next_line(c)) {
		p = behind(c->line, PREFIX);
		if (p && (p = behind(p, name)) && (!*p || *p == ' '))
			return p + (*p == ' ');
		if ((p = behind(c->line, VM_FAILED)) ||
		    (p = behind(c->line, HOST_FAILED))) {
			snprintf(c->why, sizeof(c->why), "%s", p);
			return NULL;
		}
	}
	if (!c->why[0])
		snprintf(c->why, sizeof(c->why), "its machine has ended");
	return NULL;
}

bool channel_send(struct channel *c, const char *fmt, ...)
{
	va_list ap;
	bool good;

	va_start(ap, fmt);
	good = vdprintf(c->to, fmt, ap) >= 0;
	va_end(ap);
	if (!good)
		snprintf(c->why, sizeof(c->why), "nobody reads its console");
	return good;
}

void channel_close(struct channel *c)
{
	c->deadline = now_ms() + END_MS;
	while (more(c))
		;
	if (now_ms() >= c->deadline)
		kill(c->pid, SIGKILL);
	close(c->to);
	close(c->from);
	waitpid(c->pid, NULL, 0);
	if (c->log)
		fclose(c->log);
}

void hex_write(const void *data, size_t len, char *out)
{
	const uint8_t *p = data;

	for (; len; len--, out += 2)
		snprintf(out, 3, "%02x", *p++);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

long hex_read(const char *digits, uint8_t *out, size_t max)
{
	size_t n;
	int hi, lo;

	for (n = 0; *digits; n++) {
		hi = digit(*digits++);
		lo = hi < 0 ? -1 : digit(*digits++);
		if (lo < 0 || n == max)
			return -1;
		out[n] = (uint8_t)(hi << 4 | lo);
	}
	return (long)n;
}
