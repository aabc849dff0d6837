/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * mbedTLS for the native tests: SHA-384 and nothing else.
 */

#define MBEDTLS_SHA384_C
