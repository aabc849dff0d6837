/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The helper in its context: heap, guard of the stack, and the one job.
 */

#include "helper.h"
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/platform_util.h>

#define GUARD_WORDS 64
#define GUARD	    0xC0DEC0DEC0DEC0DEULL

void helper_main(struct covh_job *job);

/** Where M-mode puts the job */
struct covh_job helper_job __attribute__((section(".job"), aligned(4096)));

static u8 heap[COVH_HELPER_HEAP] __attribute__((section(".heap"), aligned(16)));

/* Between the heap, whose end is hardly ever used, and the stack's end */
static volatile u64 guard[GUARD_WORDS] __attribute__((section(".guard")));

static void guard_set(void)
{
	u32 i;

	for (i = 0; i < GUARD_WORDS; i++)
		guard[i] = GUARD;
}

static bool guard_holds(void)
{
	u32 i;

	for (i = 0; i < GUARD_WORDS; i++)
		if (guard[i] != GUARD)
			return false;
	return true;
}

void helper_main(struct covh_job *job)
{
	guard_set();
	mbedtls_memory_buffer_alloc_init(heap, sizeof(heap));
	covh_job_run(job);
	mbedtls_memory_buffer_alloc_free();
	mbedtls_platform_zeroize(heap, sizeof(heap));
	if (!guard_holds()) {
		mbedtls_platform_zeroize(job, sizeof(*job));
		job->result = COVH_ERR_FAILED;
	}
}
