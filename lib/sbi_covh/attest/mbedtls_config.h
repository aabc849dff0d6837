/* SPDX-License-Identifier: BSD-2-Clause */
/* mbedTLS as the TSM uses it: SHA-384, nothing else yet. */

#ifndef COVH_MBEDTLS_CONFIG_H
#define COVH_MBEDTLS_CONFIG_H

#define MBEDTLS_SHA384_C
/* attest/sha512_alt.c */
#define MBEDTLS_SHA512_PROCESS_ALT

/* No operating system and no C library beyond attest/libc. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_SNPRINTF_ALT
#define MBEDTLS_PLATFORM_EXIT_ALT
#define MBEDTLS_NO_PLATFORM_ENTROPY

#endif
