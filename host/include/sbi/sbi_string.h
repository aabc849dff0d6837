/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSBI's libfdt_env.h names its string functions sbi_*: map them back. */

#ifndef HOST_SBI_STRING_H
#define HOST_SBI_STRING_H

#include <string.h>

#define sbi_memmove memmove
#define sbi_memcpy  memcpy
#define sbi_memcmp  memcmp
#define sbi_memchr  memchr
#define sbi_memset  memset
#define sbi_strchr  strchr
#define sbi_strrchr strrchr
#define sbi_strcmp  strcmp
#define sbi_strncmp strncmp
#define sbi_strlen  strlen
#define sbi_strnlen strnlen

#endif
