/* SPDX-License-Identifier: BSD-2-Clause */
/* The types that OpenSBI's libfdt_env.h takes from OpenSBI. */

#ifndef HOST_SBI_TYPES_H
#define HOST_SBI_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libfdt_env.h defines its own */
#undef INT32_MAX
#undef UINT32_MAX

typedef uint16_t be16_t;
typedef uint32_t be32_t;
typedef uint64_t be64_t;

#endif
