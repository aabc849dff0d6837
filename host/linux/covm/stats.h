/* SPDX-License-Identifier: BSD-2-Clause */
/* "covm list", "covm stats", "covm info": what the driver knows. */

#ifndef COVM_STATS_H
#define COVM_STATS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <cove.h>

/** A TVM's exits and pages, in lines for a user, or as an object in JSON. */
void stats_print(FILE *to, const struct cove_stats *s);
void stats_json(FILE *to, const struct cove_stats *s);

/** "building", "running" or "ended" */
const char *stats_state(const struct cove_stats *s);

/** The first TVM of number @from or above. False: there is none. */
bool stats_next(int dev, uint32_t from, struct cove_stats *s);

/** The subcommands. */
int stats_main(int argc, char **argv);
int list_main(int argc, char **argv);
int info_main(int argc, char **argv);

#endif
