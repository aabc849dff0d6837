/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Guest memory as the TSM reaches it: by the TVM's own regions and G-stage.
 */

#ifndef __COVH_GUESTMEM_H__
#define __COVH_GUESTMEM_H__

#include "gstage.h"
#include "region.h"

/**
 * Physical address of a byte of a guest's confidential memory
 *
 * Needs no lock: then it holds as long as the vCPU that asks is inside.
 *
 * @param err set to 0; COVH_ERR_INVALID_ADDRESS nothing is mapped there;
 * COVH_ERR_INVALID_PARAM it is not confidential
 * @return the address; 0 if *err is not
 */
u64 covh_guest_conf(const struct covh_regions *r, const struct covh_gstage *g,
		    u64 gpa, s64 *err);

#endif
