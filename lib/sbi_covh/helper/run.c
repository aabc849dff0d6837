/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Which job is which.
 */

#include "helper.h"

void covh_job_run(struct covh_job *job)
{
	memset(&job->in, 0, sizeof(job->in));
	memset(&job->out, 0, sizeof(job->out));
	job->result = COVH_ERR_FAILED;
}
