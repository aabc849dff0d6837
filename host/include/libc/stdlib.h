/* SPDX-License-Identifier: BSD-2-Clause */
/* mbedTLS includes this; what is compiled here uses nothing of it. */

#ifndef LIBC_STDLIB_H
#define LIBC_STDLIB_H

#include <stddef.h>

#endif
