/* SPDX-License-Identifier: BSD-2-Clause */
/* mbedTLS checks CHAR_BIT; the compiler's own header wants a libc. */

#ifndef LIBC_LIMITS_H
#define LIBC_LIMITS_H

#define CHAR_BIT __CHAR_BIT__
#define INT_MAX	 __INT_MAX__
#define UINT_MAX (__INT_MAX__ * 2U + 1U)

#endif
