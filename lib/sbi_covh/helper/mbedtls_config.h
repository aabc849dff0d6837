/* SPDX-License-Identifier: BSD-2-Clause */
/* mbedTLS as the helper uses it: P-384, SHA-384, X.509 out. */

#ifndef COVH_HELPER_MBEDTLS_CONFIG_H
#define COVH_HELPER_MBEDTLS_CONFIG_H

#define MBEDTLS_SHA384_C

#endif
