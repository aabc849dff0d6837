/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ct DIR boot|cbor|x509|branch|memcmp, under valgrind: the job of that name
 * that make_evidence has left in DIR, with the secret in it undefined. Memcheck
 * then complains of each branch and each address that depends on it (threat
 * T-41). The last two leak it in the simplest ways, and must be seen.
 */

#include "helper/helper.h"
#include <mbedtls/platform.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

static struct covh_job job;

static void load(const char *dir, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.job", dir, name);
	f = fopen(path, "rb");
	if (!f || fread(&job, sizeof(job), 1, f) != 1) {
		fprintf(stderr, "ct: %s: cannot be read\n", path);
		exit(1);
	}
	fclose(f);
}

/* Where the secret of this job is */
static u8 *secret(void)
{
	return job.kind == COVH_JOB_BOOT ? job.in.boot.secret
					 : job.in.evidence.id.key;
}

int main(int argc, char **argv)
{
	static const u8 guess[COVH_P384_SIZE];
	bool branch, compare;

	if (argc != 3)
		return 1;
	branch = !strcmp(argv[2], "branch");
	compare = !strcmp(argv[2], "memcmp");
	mbedtls_platform_set_calloc_free(calloc, free);
	load(argv[1], branch || compare ? "cbor" : argv[2]);
	VALGRIND_MAKE_MEM_UNDEFINED(secret(), COVH_P384_SIZE);
	if (branch && (secret()[47] & 1))
		puts("odd");
	if (compare && !memcmp(secret(), guess, sizeof(guess)))
		puts("zero");
	covh_job_run(&job);
	VALGRIND_MAKE_MEM_DEFINED(&job, sizeof(job));
	return job.result ? 2 : 0;
}
