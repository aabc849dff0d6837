/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the TSM's identity comes from: a secret and measurements of the boot
 * stage before, our own measurement of ourselves, cove-abi.md F.1.
 */

#ifndef __COVH_DICE_H__
#define __COVH_DICE_H__

#include <sbi_covh/handover.h>
#include "../core/shim.h"

struct covh_hart;

/**
 * A board's own way to hand over, set before the domains are initialised
 *
 * It copies what the stage before has left into *h, and makes sure that nobody
 * finds it there afterwards: it zeroes it, or locks the device it came from.
 *
 * @param fdt the device tree
 * @return 0; anything else: nothing was handed over
 */
extern int (*covh_dice_hook)(const void *fdt, struct covh_handover *h);

/** Cold boot, once RAM is known: take over what was handed over. Whether or not
 * there will be a TSM: nobody shall find it behind us */
void covh_dice_take(const void *fdt);

/** There is no TSM: the secret is of no use */
void covh_dice_forget(void);

/** Cold boot, with the PMP views in place: derive keys, make tokens, set the
 * registers 0 to 3. Says so on the console, and whatever goes wrong */
void covh_dice_start(struct covh_hart *h);

/** COVH_PLATFORM_*, as evidence says it */
u32 covh_dice_state(void);

/** The same as a word, as the boot says it; once it is taken over */
const char *covh_dice_state_name(void);

#endif
