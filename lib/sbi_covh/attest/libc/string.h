/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSBI's firmware has the four mem* functions, the compiler wants them. The
 * helper has the others as well. */

#ifndef COVH_LIBC_STRING_H
#define COVH_LIBC_STRING_H

#include <stddef.h>

void *memcpy(void *dest, const void *src, size_t n);
void *memmove(void *dest, const void *src, size_t n);
void *memset(void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strncpy(char *dst, const char *src, size_t n);
char *strchr(const char *s, int c);

#endif
