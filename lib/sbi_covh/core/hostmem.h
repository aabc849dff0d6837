/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Buffers that the host passes by physical address.
 *
 * A page that is host memory when it is checked cannot become a TVM's before
 * this call returns: assignment waits for a local fence of every hart, this
 * one included. So one check and one copy are enough.
 */

#ifndef __COVH_HOSTMEM_H__
#define __COVH_HOSTMEM_H__

#include "shim.h"

/** Copy in; 0 or COVH_ERR_INVALID_ADDRESS (not wholly host RAM, wrap) */
long covh_copy_from_host(void *dst, u64 pa, u64 len);

/** Copy out to where the caller has checked */
void covh_put_to_host(u64 pa, const void *src, u64 len);

/** Copy out; 0 or COVH_ERR_INVALID_ADDRESS, then nothing is written */
long covh_copy_to_host(u64 pa, const void *src, u64 len);

#endif
