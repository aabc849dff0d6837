/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One job, whatever it is.
 */

#include "helper.h"
#include <mbedtls/platform_util.h>

void covh_job_run(struct covh_job *job)
{
	int err = COVH_ERR_FAILED;

	memset(&job->out, 0, sizeof(job->out));
	if (job->kind == COVH_JOB_BOOT)
		err = covh_boot(&job->in.boot, &job->out.boot);
	else if (job->kind == COVH_JOB_EVIDENCE)
		err = covh_evidence(&job->in.evidence, &job->out.evidence);

	mbedtls_platform_zeroize(&job->in, sizeof(job->in));
	if (err)
		mbedtls_platform_zeroize(&job->out, sizeof(job->out));
	job->result = err;
}
