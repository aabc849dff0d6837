/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The SBI of a guest: extensions and their ids, for C and assembly.
 */

#ifndef __COVH_TRAMP_SBI_IDS_H__
#define __COVH_TRAMP_SBI_IDS_H__

#include <sbi_covh/abi.h>

/* clang-format off */

#define SBI_LEGACY_SET_TIMER	0x00
#define SBI_LEGACY_PUTCHAR	0x01
#define SBI_LEGACY_GETCHAR	0x02
#define SBI_LEGACY_CLEAR_IPI	0x03
#define SBI_BASE		0x10
#define SBI_TIME		0x54494D45
#define SBI_IPI			0x735049
#define SBI_RFENCE		0x52464E43
#define SBI_HSM			0x48534D
#define SBI_DBCN		0x4442434E
#define SBI_SRST		0x53525354

/** What probe_extension finds */
#define SBI_KNOWN							\
	SBI_BASE, SBI_TIME, SBI_IPI, SBI_RFENCE, SBI_HSM, SBI_DBCN,	\
	SBI_SRST, COVH_EID_COVG, SBI_LEGACY_SET_TIMER,			\
	SBI_LEGACY_PUTCHAR, SBI_LEGACY_GETCHAR, SBI_LEGACY_CLEAR_IPI

#define SBI_SPEC_VERSION	0x02000000

#define BASE_SPEC_VERSION	0
#define BASE_IMPL_ID		1
#define BASE_IMPL_VERSION	2
#define BASE_PROBE_EXTENSION	3
/* 4 to 6: mvendorid, marchid, mimpid. "Not implemented" is allowed, and a guest
 * needs no erratum of this hart's M-mode */
#define BASE_LAST		6

#define TIME_SET_TIMER		0

/* clang-format on */

#endif
