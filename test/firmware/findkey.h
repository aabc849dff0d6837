/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Test builds: look for secrets where they must not be.
 */

#ifndef __COVH_TEST_FINDKEY_H__
#define __COVH_TEST_FINDKEY_H__

#include <sbi/sbi_types.h>

/** How often 8 bytes of the key are found, as COVH_TEST_FIND_KEY says */
u64 covh_test_find_key(void);

/** How often 8 bytes are found that are given inverted: COVH_TEST_FIND */
u64 covh_test_find(u64 inverted);

#endif
