/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of the helper know of each other.
 */

#ifndef __COVH_HELPER_H__
#define __COVH_HELPER_H__

#include "job.h"

/**
 * Do the job: job->in to job->out and job->result
 *
 * @param job result and out are written; the secret in in is zeroed
 */
void covh_job_run(struct covh_job *job);

#endif
