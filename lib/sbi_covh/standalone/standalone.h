/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Standalone mode: one TVM, embedded in the firmware, without a host.
 */

#ifndef __COVH_STANDALONE_H__
#define __COVH_STANDALONE_H__

#include "../core/shim.h"

#ifdef CONFIG_SBI_COVH_STANDALONE
/**
 * Create, measure and finalize the TVM; let the boot hart continue in the stub
 *
 * Last step of cold boot, the PMP is in force. A failure ends the machine.
 */
void covh_standalone_start(void);

/** First exit of the TVM: print what each step took */
void covh_standalone_report(void);
#else
static inline void covh_standalone_start(void)
{
}

static inline void covh_standalone_report(void)
{
}
#endif

#endif
