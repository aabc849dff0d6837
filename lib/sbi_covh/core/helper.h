/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The contexts in which the helper does its jobs (helper/job.h): a fixed number
 * of places in confidential memory, each of which one job owns at a time.
 *
 * A place holds nothing while nobody owns it: zeros. Owning one ends with
 * covh_helper_give(), whatever has become of the job.
 */

#ifndef __COVH_HELPER_H__
#define __COVH_HELPER_H__

#include "../helper/job.h"
#include "shim.h"

/** More than one bit each would hold */
#define COVH_MAX_HELPERS 64

/** Cold boot: n contexts of size bytes, one behind the other, from page-aligned
 * base on; all zero. job is the offset of struct covh_job in a context */
void covh_helper_init(u64 base, u64 size, u32 n, u64 job);

/** Own a context. @return its index, or -1: all have an owner */
int covh_helper_take(void);

/** Zero a context, which nobody executes any more, and give it back. No lock
 * held: IPIs are served on the way */
void covh_helper_give(u32 i);

/** Bit n: context n has an owner */
u64 covh_helper_taken(void);

/** Physical address of a context; its job, in confidential memory */
u64 covh_helper_base(u32 i);
struct covh_job *covh_helper_job(u32 i);

#endif
