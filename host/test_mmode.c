/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long M-mode went on without serving IPIs, for boots with mmode-limit=N.
 * It means something under QEMU's -icount shift=0 only.
 */

#include <sbi_covh/test.h>
#include <host/meter.h>
#include <host/string.h>
#include <host/test.h>

#define TRAMP_EID 0x08C0DE00

static const struct {
	const char *name;
	unsigned long eid;
} extensions[] = {
	{ "nacl", COVH_EID_NACL },
	{ "covh", COVH_EID_COVH },
	{ "tramp", TRAMP_EID },
};

static unsigned long longest[ARRAY_SIZE(extensions)][COVH_TEST_FUNCTIONS];

static unsigned long limit(void)
{
	return bootarg_ulong("mmode-limit", 0);
}

/* Since the last look */
static unsigned long look(unsigned long ext, unsigned long fid)
{
	struct sbiret r = sbi_call(COVH_TEST_EID, COVH_TEST_STRETCH,
				   extensions[ext].eid, fid);
	unsigned long n = r.error ? 0 : r.value * METER_TICK;

	if (n > longest[ext][fid])
		longest[ext][fid] = n;
	return n;
}

bool mmode_check(char *why, size_t size)
{
	unsigned long i, fid, n;
	bool good = true;

	for (i = 0; limit() && i < ARRAY_SIZE(extensions); i++) {
		for (fid = 0; fid < COVH_TEST_FUNCTIONS; fid++) {
			n = look(i, fid);
			if (n <= limit())
				continue;
			snprintf(
				why, size,
				"%s %lu: %lu instructions without a look at IPIs",
				extensions[i].name, fid, n);
			good = false;
		}
	}
	return good;
}

void mmode_report(void)
{
	unsigned long i, fid;

	for (i = 0; limit() && i < ARRAY_SIZE(extensions); i++) {
		for (fid = 0; fid < COVH_TEST_FUNCTIONS; fid++) {
			if (longest[i][fid])
				NOTE("bench mmode.%s.%lu %lu",
				     extensions[i].name, fid, longest[i][fid]);
		}
	}
}
