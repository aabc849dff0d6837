/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the boot stage before OpenSBI hands over, so that evidence has a root.
 *
 * The property dice-handover of /chosen/opensbi-cove has its address in RAM, of
 * two cells; it is 8-byte-aligned, and nothing else is there: neither firmware,
 * device tree, initrd nor the next image. Cold boot copies it and zeroes it
 * before it looks at what it says. A board whose stage hands over in another way sets
 * covh_dice_hook (hart/dice.h).
 */

#ifndef __SBI_COVH_HANDOVER_H__
#define __SBI_COVH_HANDOVER_H__

#include "abi.h"
#include "evidence.h"

/** "COVEDICE", read as little-endian */
#define COVH_HANDOVER_MAGIC   0x4543494445564F43ULL
#define COVH_HANDOVER_VERSION 1

/** Software components of the platform */
#define COVH_MAX_COMPONENTS 24
#define COVH_COMPONENT_NAME 32

/** One piece of software that was measured */
struct covh_component {
	/** 1 to 31 characters from '!' to '~', and zeros */
	char type[COVH_COMPONENT_NAME];
	/** SHA-384 */
	uint8_t digest[COVH_DIGEST_SIZE];
	/** Security version; decimal text in the token */
	uint32_t svn;
	/** Written as 0 */
	uint32_t reserved;
};

struct covh_handover {
	/** COVH_HANDOVER_MAGIC */
	uint64_t magic;
	/** COVH_HANDOVER_VERSION */
	uint32_t version;
	/** COVH_PLATFORM_*, as the stage before knows it. The TSM lowers it where
	 * it knows better */
	uint32_t platform_state;
	/** The device's secret, or a CDI that the stage has derived for us */
	uint8_t secret[COVH_DIGEST_SIZE];
	uint8_t manufacturer[COVH_MANUFACTURER_SIZE];
	/** What has run and will run, OpenSBI with the TSM included; in order */
	uint32_t ncomponents;
	/** Written as 0 */
	uint32_t reserved;
	struct covh_component component[COVH_MAX_COMPONENTS];
};

_Static_assert(sizeof(struct covh_component) == 88, "component is 88 bytes");
_Static_assert(sizeof(struct covh_handover) == 2248, "handover is 2248 bytes");

#endif
