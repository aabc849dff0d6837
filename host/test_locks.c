/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long the TSM's locks were held, for boots with lock-limit=N. It means
 * something under QEMU's -icount shift=0 only.
 */

#include <sbi_covh/test.h>
#include <host/test.h>

static const char *const lock_names[COVH_TEST_LOCKS] = { "slots", "TVM",
							 "window" };

static unsigned long longest[COVH_TEST_LOCKS];

unsigned long locks_limit(void)
{
	return bootarg_ulong("lock-limit", 0);
}

const char *locks_check(unsigned long *n)
{
	const char *bad = NULL;
	struct sbiret r;
	unsigned long i;

	for (i = 0; locks_limit() && i < COVH_TEST_LOCKS; i++) {
		r = sbi_call(COVH_TEST_EID, COVH_TEST_LOCK_LONGEST, i);
		if (r.error)
			return NULL;
		if ((unsigned long)r.value > longest[i])
			longest[i] = r.value;
		if ((unsigned long)r.value > locks_limit()) {
			*n = r.value;
			bad = lock_names[i];
		}
	}
	return bad;
}

void locks_report(void)
{
	unsigned long i;

	for (i = 0; locks_limit() && i < COVH_TEST_LOCKS; i++)
		NOTE("lock %s %lu", lock_names[i], longest[i]);
}
