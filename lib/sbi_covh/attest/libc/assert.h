/* SPDX-License-Identifier: BSD-2-Clause */

#ifndef COVH_LIBC_ASSERT_H
#define COVH_LIBC_ASSERT_H

#define assert(x) ((void)0)
#define static_assert _Static_assert

#endif
