/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The helper in its context: heap, guard of the stack, and the one job.
 */

#include "helper.h"

void helper_main(struct covh_job *job);

/** Where M-mode puts the job */
struct covh_job helper_job __attribute__((section(".job")));

void helper_main(struct covh_job *job)
{
	covh_job_run(job);
}
