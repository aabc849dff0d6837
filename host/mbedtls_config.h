/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mbedTLS for the host: SHA-384 and nothing else. The host computes the
 * measurements by itself so that it need not believe the TSM.
 */

#ifndef HOST_MBEDTLS_CONFIG_H
#define HOST_MBEDTLS_CONFIG_H

#define MBEDTLS_SHA384_C

#endif
