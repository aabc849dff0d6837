/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The fuzzer's two mains: libFuzzer's, and a plain one that counts calls.
 *
 *   fuzz [--seed N] [--calls N] [--session N]   from a generator
 *   fuzz FILE...                                from files, as libFuzzer does
 */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"

/* Of the generator: long enough for 64 TVMs, short enough to look at */
#define SESSION_STEPS 4000

static u64 seed = 1, session;
static bool generated;

static void explain(void)
{
	static bool once;

	if (once)
		return;
	once = true;
	printf("the last calls of this session:\n");
	trace_print();
	if (generated)
		printf("again with: --seed %" PRIu64 " --session %" PRIu64 "\n",
		       seed, session);
	fflush(stdout);
}

void bug(const char *fmt, ...)
{
	va_list ap;

	explain();
	printf("FAIL: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	abort();
}

static void died(int sig)
{
	explain();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void prepare(void)
{
	/* cmocka's asserts, outside of a test of cmocka's */
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	signal(SIGABRT, died);
	signal(SIGILL, died);
	signal(SIGTRAP, died);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool once;

	if (!once)
		prepare();
	once = true;
	input_bytes(data, size);
	session_begin();
	while (input_more())
		session_step();
	session_end();
	return 0;
}

#ifndef LIBFUZZER
static void one_session(u64 number, u64 end)
{
	u32 i;

	session = number;
	input_seed(seed << 24 ^ number);
	session_begin();
	for (i = 0; i < SESSION_STEPS && calls_made < end; i++)
		session_step();
	session_end();
}

static void report(void)
{
	u32 i, k;

	printf("%10s", "");
	for (k = 0; k < ANSWERS; k++)
		printf(" %9s", answer_names[k]);
	printf("\n");
	for (i = 0; i < OPS; i++) {
		printf("%-10s", op_name(i));
		for (k = 0; k < ANSWERS; k++)
			printf(" %9" PRIu64, answers[i][k]);
		printf("\n");
	}
	printf("%" PRIu64 " calls (%" PRIu64 " inside of others), %" PRIu64
	       " sessions, seed %" PRIu64 ": clean\n",
	       calls_made, calls_nested, session, seed);
}

static void from_file(const char *name)
{
	static u8 data[1 << 20];
	FILE *f = fopen(name, "rb");
	size_t n;

	if (!f) {
		perror(name);
		exit(1);
	}
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
}

static u64 number(const char *s)
{
	char *end;
	u64 v = s ? strtoull(s, &end, 0) : 0;

	if (!s || *end || end == s) {
		fprintf(stderr, "fuzz: a number is missing\n");
		exit(1);
	}
	return v;
}

int main(int argc, char **argv)
{
	u64 calls = 100000, only = ~0UL, files = 0;
	int i;

	prepare();
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seed")) {
			seed = number(argv[++i]);
		} else if (!strcmp(argv[i], "--calls")) {
			calls = number(argv[++i]);
		} else if (!strcmp(argv[i], "--session")) {
			only = number(argv[++i]);
		} else {
			from_file(argv[i]);
			files++;
		}
	}
	if (files) {
		printf("%" PRIu64 " files, %" PRIu64 " calls: clean\n", files,
		       calls_made);
		return 0;
	}

	generated = true;
	if (only != ~0UL)
		one_session(only, ~0UL);
	else
		for (session = 0; calls_made < calls; session++)
			one_session(session, calls);
	report();
	return 0;
}
#endif
