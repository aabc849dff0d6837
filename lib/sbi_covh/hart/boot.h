/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the platform calls: two steps of OpenSBI's cold boot, and a hart's end.
 */

#ifndef __COVH_BOOT_H__
#define __COVH_BOOT_H__

#include <sbi/sbi_types.h>

/** Heap that the TSM needs, in bytes, for a number of harts */
u32 covh_boot_heap_size(u32 harts);

/**
 * From domains_init: choose places and reserve them
 *
 * Never stops the boot: without a TSM the firmware is plain OpenSBI, and one
 * line says why.
 */
void covh_boot_reserve(const void *fdt);

/** From early_exit: this hart stops. Its NACL memory is the host's again */
void covh_hart_exit(void);

/** True if the calling hart has as large a G-stage as the boot hart had */
bool covh_boot_gstage_suffices(void);

/** From the end of final_init on cold boot: start the TSM. As above */
void covh_boot_start(void *fdt);

#endif
