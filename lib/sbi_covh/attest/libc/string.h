/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSBI's firmware has the four mem* functions, the compiler wants them. */

#ifndef COVH_LIBC_STRING_H
#define COVH_LIBC_STRING_H

#include <stddef.h>

void *memcpy(void *dest, const void *src, size_t n);
void *memmove(void *dest, const void *src, size_t n);
void *memset(void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#endif
