/* SPDX-License-Identifier: BSD-2-Clause */
/* mbedTLS includes it and needs nothing of it. */

#ifndef COVH_LIBC_STDIO_H
#define COVH_LIBC_STDIO_H

#include <stddef.h>

#endif
