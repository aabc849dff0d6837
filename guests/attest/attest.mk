# SPDX-License-Identifier: BSD-2-Clause
#
# build/guests/attest.elf
#
# It takes mbedTLS from MBEDTLS_SRC_DIR, by default the tree that the firmware
# is built from, and shares the firmware's substitute for a C library.

ifneq ($(MAKECMDGOALS),clean)
ifeq ($(MBEDTLS_SRC_DIR),)
MBEDTLS_SRC_DIR := $(or $(abspath $(MBEDTLS_SRC)),\
	$(shell BUILD=$(BUILD) $(top)/firmware/prepare.sh mbedtls))
endif
ifeq ($(wildcard $(MBEDTLS_SRC_DIR)/library/ecdh.c),)
$(error MBEDTLS_SRC_DIR must be an mbedTLS 3 source tree)
endif
endif

attest_objs := $(patsubst $(here)/attest/%,$(obj)/attest/%.o, \
		$(wildcard $(here)/attest/*.c)) \
	$(patsubst %,$(obj)/attest/theirs/%.o,aes.c bignum.c bignum_core.c \
		block_cipher.c constant_time.c ecdh.c ecp.c ecp_curves.c \
		gcm.c hkdf.c hmac_drbg.c md.c memory_buffer_alloc.c \
		platform.c platform_util.c sha512.c) \
	$(obj)/attest/shared/libgcc.c.o
attest_include := -isystem $(top)/lib/sbi_covh/attest/libc \
	-I$(MBEDTLS_SRC_DIR)/include \
	-DMBEDTLS_CONFIG_FILE='"$(here)/attest/mbedtls_config.h"' \
	-ffile-prefix-map=$(MBEDTLS_SRC_DIR)/=

$(out)/attest.elf: $(attest_objs) $(lib) $(here)/lib/guest.ld $(obj)/link_addr
	@echo " LD        guests/$(@F)"
	$(Q)$(CC) $(ldflags) -o $@ $(attest_objs) $(lib)

$(obj)/attest/theirs/%.o: $(MBEDTLS_SRC_DIR)/library/% $(obj)/attest.name
	@mkdir -p $(@D)
	@echo " CC        $(*F)"
	$(Q)$(CC) $(cflags) $(attest_include) -w -c -o $@ $<

$(obj)/attest/%.o: $(here)/attest/% $(obj)/attest.name
	@mkdir -p $(@D)
	@echo " CC        guests/attest/$*"
	$(Q)$(CC) $(cflags) $(attest_include) -c -o $@ $<

$(obj)/attest/shared/%.o: $(top)/lib/sbi_covh/attest/libc/%
	@mkdir -p $(@D)
	@echo " CC        $(*F)"
	$(Q)$(CC) $(cflags) $(attest_include) -c -o $@ $<

# Another tree
$(obj)/attest.name: FORCE
	@mkdir -p $(@D)
	@echo '$(MBEDTLS_SRC_DIR)' | cmp -s - $@ || \
		echo '$(MBEDTLS_SRC_DIR)' >$@

-include $(attest_objs:.o=.d)
