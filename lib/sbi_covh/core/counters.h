/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Counters of a vCPU (SBI_COVH_COUNTERS).
 */

#ifndef __COVH_COUNTERS_H__
#define __COVH_COUNTERS_H__

#include "shim.h"

/** Vendor function of COVH; arguments, errors: docs/abi.md. On success *size is
 * what it has written */
long covh_get_vcpu_counters(u64 id, u64 vcpu_id, u64 addr, u64 len, u64 *size);

#endif
