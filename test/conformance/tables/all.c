/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * All tables.
 */

#include "../conform.h"
#include "all.h"

#define POINTER(__x) &conform_##__x,

const struct spec *const conform_specs[] = { ALL_SPECS(POINTER) };
const uint32_t conform_spec_count =
	sizeof(conform_specs) / sizeof(conform_specs[0]);
