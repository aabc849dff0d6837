/* SPDX-License-Identifier: BSD-2-Clause */
/* mbedTLS as the helper uses it: P-384, SHA-384, X.509 out. */

#ifndef COVH_HELPER_MBEDTLS_CONFIG_H
#define COVH_HELPER_MBEDTLS_CONFIG_H

#define MBEDTLS_SHA384_C
#define MBEDTLS_MD_C
#define MBEDTLS_HKDF_C
#define MBEDTLS_HMAC_DRBG_C

#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 1
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECDSA_DETERMINISTIC
#define MBEDTLS_ECDSA_SIGN_ALT /* ecdsa.c */

#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_OID_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_WRITE_C
#define MBEDTLS_PK_PARSE_C /* Wanted by the next; nothing of it is linked */
#define MBEDTLS_X509_CREATE_C
#define MBEDTLS_X509_CRT_WRITE_C

/* No operating system, no C library beyond attest/libc, a heap of its own. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_MEMORY_ALIGN_MULTIPLE 8
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_SNPRINTF_ALT
#define MBEDTLS_PLATFORM_EXIT_ALT
#define MBEDTLS_NO_PLATFORM_ENTROPY

/*
 * mbedTLS does not know RV64 and would calculate with limbs of 32 bits. What
 * follows is its own step for compilers with a type of 128 bits; the division
 * of such a number stays its own, as GCC's would be a function of libgcc.
 */
#if defined(__riscv) && __riscv_xlen == 64
#define MBEDTLS_HAVE_INT64
#define MULADDC_X1_INIT              \
	{                            \
		unsigned __int128 r; \
		mbedtls_mpi_uint r0, r1;
#define MULADDC_X1_CORE                   \
	r = *s++ * (unsigned __int128)b;  \
	r0 = (mbedtls_mpi_uint)r;         \
	r1 = (mbedtls_mpi_uint)(r >> 64); \
	r0 += c;                          \
	r1 += r0 < c;                     \
	r0 += *d;                         \
	r1 += r0 < *d;                    \
	c = r1;                           \
	*d++ = r0;
#define MULADDC_X1_STOP }
/* Eight of them unrolled would cost registers, and numbers have six limbs */
#define MULADDC_X8_INIT             \
	for (int i = 0; i < 8; i++) \
	MULADDC_X1_INIT
#define MULADDC_X8_CORE MULADDC_X1_CORE
#define MULADDC_X8_STOP MULADDC_X1_STOP
#endif

#endif
