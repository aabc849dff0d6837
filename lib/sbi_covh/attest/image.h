/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the firmware says about itself, for itself and for tools that have only
 * the file: found there by its magic.
 */

#ifndef __COVH_IMAGE_H__
#define __COVH_IMAGE_H__

/* Options of the build, in the TSM's configuration */
#define COVH_FLAG_TEST	      0x1
#define COVH_FLAG_STATIC      0x2
#define COVH_FLAG_STD_ERRORS  0x4
#define COVH_FLAG_OLD_NUMBERS 0x8
#define COVH_FLAG_COUNTERS    0x10
#define COVH_FLAG_STANDALONE  0x20
#define COVH_FLAG_TRACE	      0x40
#define COVH_FLAG_NO_HTINST   0x80
#define COVH_FLAG_STEP_LIMIT  0x100

#ifndef __ASSEMBLER__

#include "../core/shim.h"

/** 8-byte-aligned, in read-only data */
struct covh_image {
	char magic[16]; /**< "opensbi-cove.img", no 0 byte */
	/** Bytes from the image's start to the end of its read-only part, which
	 * is code, constants and relocations: what register 2 stands for */
	u64 ro_end;
	u32 svn;
	u32 version; /**< COVH_TSM_VERSION */
	u32 flags;   /**< COVH_FLAG_* */
	u32 reserved;
};

extern const struct covh_image covh_image;
/** First byte of the firmware: OpenSBI's linker script has it */
extern const u8 _fw_start[];

#endif

#endif
