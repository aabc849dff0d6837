/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Measurement registers, cove-abi.md F.2 and F.3.
 */

#ifndef __COVH_MEASURE_H__
#define __COVH_MEASURE_H__

#include "shim.h"
#include <sbi_covh/abi.h>

/** M' = SHA-384(M || le64(gpa) || page[4096]) */
void covh_measure_page(u8 reg[COVH_DIGEST_SIZE], u64 gpa, const void *page);

/** M' = SHA-384(M || le32(tag) || le32(len) || payload); len at most 28 */
void covh_measure_record(u8 reg[COVH_DIGEST_SIZE], u32 tag, const void *payload,
			 u32 len);

#endif
