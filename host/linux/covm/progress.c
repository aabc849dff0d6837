/* SPDX-License-Identifier: BSD-2-Clause */
/* A line that is written over and over. */

#include <stdio.h>
#include <unistd.h>
#include "progress.h"

static int shown = -1;

void progress(const char *what, uint64_t done, uint64_t total)
{
	int percent = total ? (int)((double)done * 100 / (double)total) : 100;

	if (percent == shown || !isatty(STDERR_FILENO))
		return;
	shown = percent;
	fprintf(stderr, "\rcovm: %s: %d%%", what, percent);
}

void progress_end(void)
{
	if (shown >= 0)
		fprintf(stderr, "\r\033[K");
	shown = -1;
}
