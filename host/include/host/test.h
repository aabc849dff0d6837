/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests that run on the host in HS-mode and report in TAP. A file in tests/
 * is a group:
 *
 *	static void reads_fault(void)
 *	{
 *		struct conf c = { 0 };
 *		...
 *		CHECK_EQ(probe_load(page, NULL), CAUSE_LOAD_ACCESS);
 *	}
 *
 *	TEST_GROUP(pages,
 *		   { "T-01 host loads from a CONF_FREE page", reads_fault },
 *		   { "T-01 host stores to a CONF_FREE page", writes_fault });
 *
 * Boot argument test=pages runs it, test=all runs all groups; test=a,b runs
 * two, test=all,-a all but one. With case=T-01, only cases whose name contains
 * that word run.
 *
 * A failed CHECK ends the case, wherever it stands, and so does an
 * unexpected trap; on a secondary hart CHECK only notes the failure. After
 * each case all TVMs are destroyed and their pages reclaimed, as are stocks
 * from test_conf(); nothing else is undone.
 */

#ifndef HOST_TEST_H
#define HOST_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <host/console.h>
#include <host/cove.h>
#include <host/csr.h>
#include <host/hart.h>
#include <host/probe.h>
#include <host/tvm.h>

struct test_case {
	const char *name;
	void (*run)(void);
};

struct test_group {
	const char *name;
	const struct test_case *cases;
	unsigned long nr;
};

/** Define and register a group of cases. */
#define TEST_GROUP(id, ...)                                           \
	static const struct test_case id##_cases[] = { __VA_ARGS__ }; \
	static const struct test_group id##_group                     \
		__attribute__((used, section(".test_groups"))) = {    \
			#id, id##_cases, ARRAY_SIZE(id##_cases)       \
		}

/** End the case as failed unless @cond. */
#define CHECK(cond)                                                       \
	do {                                                              \
		if (!(cond))                                              \
			test_fail(__FILE__, __LINE__, "expected " #cond); \
	} while (0)

/** End the case as failed unless two integers are equal: actual, expected. */
#define CHECK_EQ(actual, expected)                                   \
	do {                                                         \
		long __a = (long)(actual), __e = (long)(expected);   \
		if (__a != __e)                                      \
			test_fail(__FILE__, __LINE__,                \
				  #actual ": expected %ld (0x%lx), " \
					  "got %ld (0x%lx)",         \
				  __e, __e, __a, __a);               \
	} while (0)

/** End the case as failed with a message of its own. */
#define FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)

/** End the case as skipped, with the reason. */
#define SKIP(reason) test_skip(reason)

/** A line "# ..." in the output. */
#define NOTE(fmt, ...) printf("# " fmt "\n", ##__VA_ARGS__)

void test_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void test_skip(const char *reason);

/** True while a case runs: an unexpected trap ends it, not the host. */
bool test_running(void);

/** Argument lock-limit=: instructions that a lock of the TSM may be held; 0 */
unsigned long locks_limit(void);

/** A lock that was held longer since the last call, and how long; or NULL */
const char *locks_check(unsigned long *n);

/** Lines "# lock NAME N" */
void locks_report(void);

/** False and why: a call was in M-mode longer than argument mmode-limit=, in
 * instructions, without a look at IPIs, since the last time this was asked */
bool mmode_check(char *why, size_t size);

/** Lines "# bench mmode.EXTENSION.FUNCTION N" */
void mmode_report(void);

/** Run what the argument test= names, print the result and power off. */
void test_main(const char *groups) __attribute__((noreturn));

/**
 * An empty stock that is reclaimed after the case. At most 4 a case, and
 * the TSM must accept the reclaim.
 */
struct conf *test_conf(void);

/** A stock of @pages CONF_FREE pages; from the pool, else from a window. */
struct conf *test_conf_pages(unsigned long pages);

/** An unused TVM object that lives as long as the case. At most 4. */
struct tvm *test_tvm(void);

/**
 * A TVM that is ready to run, from guest @name of the initrd; @cfg NULL:
 * eager, from the pool (or a window when there is none), with @arg.
 */
struct tvm *test_guest(const char *name, const struct tvm_config *cfg,
		       unsigned long arg);

/** The first secondary hart, started; SKIPs when there is one hart. */
struct hart *test_second_hart(void);

/** Skip the case when there is no TSM. */
void test_need_tsm(void);

#endif
