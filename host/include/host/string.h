/* SPDX-License-Identifier: BSD-2-Clause */
/* The string functions there are: see libc/string.h. */

#ifndef HOST_STRING_H
#define HOST_STRING_H

#include <string.h>

#endif
