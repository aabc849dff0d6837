# SPDX-License-Identifier: BSD-2-Clause
#
# The helper: its own code and its own mbedTLS, with the heap of the C library.

include ../helper/native.mk

helper_tests := test_cbor test_cose_key test_helper
helper_asan := -D_GNU_SOURCE $(helper_cflags) -O1 -I. -I$(out) $(asan)

$(out)/helper/mbedtls/%.o: $(MBEDTLS_SRC_DIR)/library/%.c
	@mkdir -p $(@D)
	$(HOSTCC) $(helper_asan) -c $< -o $@

$(out)/helper/%.o: $(covh)/helper/%.c
	@mkdir -p $(@D)
	$(HOSTCC) $(helper_asan) -c $< -o $@

$(out)/helper/%.o: %.c | $(out)/expected.h
	@mkdir -p $(@D)
	$(HOSTCC) $(helper_asan) -c $< -o $@

$(helper_tests:%=$(out)/asan/%): $(out)/asan/%: $(out)/helper/%.o \
		$(out)/helper/cbor_walk.o $(helper_objs:%=$(out)/helper/%)
	@mkdir -p $(@D)
	$(HOSTCC) $(asan) $^ -lcmocka -o $@

-include $(wildcard $(out)/helper/*.d $(out)/helper/mbedtls/*.d)
