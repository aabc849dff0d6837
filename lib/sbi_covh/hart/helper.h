/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The helper on this machine: its contexts in RAM, and how a hart gets there.
 */

#ifndef __COVH_HART_HELPER_H__
#define __COVH_HART_HELPER_H__

#include "../core/shim.h"

struct covh_hart;

/** Bytes that n contexts take. @return 0 if the image is unusable */
u64 covh_helper_bytes(u32 n);

/** Cold boot: the contexts begin at pa, which is page-aligned and all zero */
void covh_helper_put(u64 pa, u32 n);

/** Where the context's image is entered to start, or to go on with its job */
u64 covh_helper_entry(u32 i, bool start);

/**
 * Cold boot: do the job of a context here and now, with interrupts off
 *
 * @return true if the helper got to its end
 */
bool covh_helper_do(struct covh_hart *h, u32 i);

/** What a hart came out of the helper with */
struct covh_helper_trap {
	u64 cause;
	u64 function; /**< Of the private ecall, if it was one */
};
/** helper_call.S: run HS-mode code at pc until it traps into M-mode */
struct covh_helper_trap covh_helper_call(u64 pc, u64 mstatus);

#endif
