# SPDX-License-Identifier: BSD-2-Clause
#
# The helper's objects, compiled natively: what of lib/sbi_covh/helper and of
# mbedTLS is C without a hart. Wants BUILD, covh and MBEDTLS_SRC_DIR.

helper_own := cbor cose cose_key dice ecdsa evidence keys run x509
helper_mbedtls := asn1parse asn1write bignum bignum_core constant_time ecdsa \
	ecp ecp_curves hkdf hmac_drbg md memory_buffer_alloc oid pk pk_ecc \
	pk_wrap pkwrite platform platform_util sha512 x509_create x509write \
	x509write_crt
helper_objs := $(helper_own:%=%.o) $(helper_mbedtls:%=mbedtls/%.o)

helper_cflags := -std=gnu11 -g -Wall -Wextra -Werror -DCOVH_DEBUG \
	-I$(covh) -I$(covh)/include -I$(MBEDTLS_SRC_DIR)/include -MMD -MP \
	-DMBEDTLS_CONFIG_FILE='<helper/mbedtls_config.h>'
