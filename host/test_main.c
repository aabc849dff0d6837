/* SPDX-License-Identifier: BSD-2-Clause */
/* The TAP runner. */

#include <string.h>
#include <host/entry.h>
#include <host/jump.h>
#include <host/test.h>

enum { PASSED = 1, FAILED, SKIPPED };

extern const struct test_group _test_groups[], _test_groups_end[];

static struct jump case_end;
static bool running;
/* What went wrong, or why it was skipped */
static char reason[256];
/* A failure noted by a secondary hart */
static bool failed_elsewhere;

bool test_running(void)
{
	return running;
}

static void end_case(int result)
{
	running = false;
	jump_back(&case_end, result);
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
	const char *base = strrchr(file, '/');
	va_list ap;
	int n;

	if (failed_elsewhere)
		end_case(FAILED);
	n = snprintf(reason, sizeof(reason), "%s:%d: ", base ? base + 1 : file,
		     line);
	va_start(ap, fmt);
	vsnprintf(reason + n, sizeof(reason) - n, fmt, ap);
	va_end(ap);
	if (this_hart() == hart_get(0))
		end_case(FAILED);
	failed_elsewhere = true;
}

void test_skip(const char *why)
{
	snprintf(reason, sizeof(reason), "%s", why);
	end_case(SKIPPED);
}

/* True if @list, words with commas between them, contains @word or "all", and
 * no "-@word" behind it. */
static bool listed(const char *list, const char *word)
{
	bool found = false;
	size_t n;

	for (; *list; list += n + (list[n] == ',')) {
		for (n = 0; list[n] && list[n] != ','; n++)
			;
		if ((n == strlen(word) && !strncmp(list, word, n)) ||
		    (n == 3 && !strncmp(list, "all", 3)))
			found = true;
		else if (n == strlen(word) + 1 && list[0] == '-' &&
			 !strncmp(list + 1, word, n - 1))
			found = false;
	}
	return found;
}

static bool selected(const struct test_case *c)
{
	static char word[64];

	return !bootarg("case", word, sizeof(word)) || strstr(c->name, word);
}

static int run_case(const struct test_case *c)
{
	int result = jump_save(&case_end);
	const char *lock;
	char late[80];
	unsigned long n;

	if (!result) {
		running = true;
		failed_elsewhere = false;
		c->run();
		result = failed_elsewhere ? FAILED : PASSED;
	}
	running = false;
	lock = locks_check(&n);
	if (lock && result != FAILED) {
		snprintf(reason, sizeof(reason),
			 "the %s lock was held for %lu instructions", lock, n);
		result = FAILED;
	}
	if (!mmode_check(late, sizeof(late)) && result != FAILED) {
		snprintf(reason, sizeof(reason), "%s", late);
		result = FAILED;
	}
	return result;
}

static void report(unsigned long n, const struct test_case *c, int result)
{
	printf("%sok %lu - %s%s%s\n", result == FAILED ? "not " : "", n,
	       c->name,
	       result == FAILED	   ? " # "
	       : result == SKIPPED ? " # SKIP "
				   : "",
	       result == PASSED ? "" : reason);
}

static void list_groups(void)
{
	const struct test_group *g;

	for (g = _test_groups; g < _test_groups_end; g++)
		printf("# group %s: %lu cases\n", g->name, g->nr);
}

static unsigned long count_cases(const char *groups)
{
	const struct test_group *g;
	unsigned long i, n = 0;

	for (g = _test_groups; g < _test_groups_end; g++) {
		for (i = 0; listed(groups, g->name) && i < g->nr; i++)
			n += selected(&g->cases[i]);
	}
	return n;
}

void test_main(const char *groups)
{
	unsigned long i, n = 0, count[4] = { 0 };
	const struct test_group *g;
	int result;

	printf("TAP version 13\n");
	if (!count_cases(groups)) {
		list_groups();
		fail("no test case matches test=%s", groups);
	}
	printf("1..%lu\n", count_cases(groups));
	for (g = _test_groups; g < _test_groups_end; g++) {
		for (i = 0; listed(groups, g->name) && i < g->nr; i++) {
			if (!selected(&g->cases[i]))
				continue;
			result = run_case(&g->cases[i]);
			report(++n, &g->cases[i], result);
			count[result]++;
			test_cleanup();
		}
	}
	locks_report();
	mmode_report();
	printf("# %lu passed, %lu failed, %lu skipped\n", count[PASSED],
	       count[FAILED], count[SKIPPED]);
	sbi_shutdown(!count[FAILED]);
}
