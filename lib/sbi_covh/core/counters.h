/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Counters of a vCPU (SBI_COVH_COUNTERS).
 */

#ifndef __COVH_COUNTERS_H__
#define __COVH_COUNTERS_H__

#include "tvm.h"

/** Vendor function of COVH; arguments, errors: docs/abi.md. On success *size is
 * what it has written */
long covh_get_vcpu_counters(u64 id, u64 vcpu_id, u64 addr, u64 len, u64 *size);

#ifdef CONFIG_SBI_COVH_COUNTERS
/** A run has ended; whoever runs the vCPU writes this alone */
static inline void covh_count_insns(struct covh_vcpu *v, u64 insns)
{
	__atomic_store_n(&v->insns, v->insns + insns, __ATOMIC_RELAXED);
}
#endif

#endif
