/* SPDX-License-Identifier: BSD-2-Clause */
/* "covm measure": what a guest will be measured as. */

#ifndef COVM_MEASURE_H
#define COVM_MEASURE_H

#include <host/measure.h>
#include "plan.h"

/** Registers 4 and 5 of a TVM that is made by this plan. */
void measure_plan(const struct plan *p, struct measure *m);

/** The subcommand. */
int measure_main(int argc, char **argv);

#endif
