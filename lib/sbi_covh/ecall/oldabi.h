/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The differences that SBI_COVH_OLD_NUMBERS makes.
 */

#ifndef __COVH_OLDABI_H__
#define __COVH_OLDABI_H__

#include <sbi_covh/abi.h>

#ifdef CONFIG_SBI_COVH_OLD_NUMBERS

/** Today's number of a COVH function; -1: there is none */
long covh_todays_fid(long fid);

/** Bring tsm_info into the caller's layout. @return its size */
unsigned long covh_callers_info(struct covh_tsm_info *info);

/* finalize had three arguments: what is in the fourth register is none */
#define COVH_HAS_IDENTITY 0

#else

static inline long covh_todays_fid(long fid)
{
	return fid;
}

static inline unsigned long covh_callers_info(struct covh_tsm_info *info)
{
	return sizeof(*info);
}

#define COVH_HAS_IDENTITY 1

#endif

#endif
