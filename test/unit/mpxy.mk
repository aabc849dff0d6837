# SPDX-License-Identifier: BSD-2-Clause
#
# test_mpxy-VERSION: sbi_mpxy.c of each OpenSBI, patched, against the core.

mpxy_versions := 1.6 1.8.1
mpxy_bins := $(mpxy_versions:%=$(out)/asan/test_mpxy-%)
bins += $(mpxy_bins)

mpxy_flags_1.8.1 := -DMPXY_DOMAIN_DATA
# Headers for RV64: what has assembly in it is not called. Not our warnings
mpxy_cflags := -O1 -g -std=gnu11 -ffreestanding -fno-builtin \
	-D__riscv_xlen=64 -w

.PHONY: always
always:

# Prepared each time: that is quick, and a changed patch must count
$(mpxy_versions:%=$(out)/mpxy-%.o): $(out)/mpxy-%.o: mpxy_native.c always
	@mkdir -p $(@D)
	@src=$$(OPENSBI_SRC= VANILLA= BUILD=$(BUILD) \
		../../firmware/prepare.sh opensbi $*) && \
	$(HOSTCC) $(mpxy_cflags) $(mpxy_flags_$*) $(asan) \
		-I$$src/include -I$$src -c $< -o $@

$(mpxy_bins): $(out)/asan/test_mpxy-%: $(out)/asan/test_mpxy.o \
		$(out)/mpxy-%.o $(common:%=$(out)/asan/%)
	$(HOSTCC) $(asan) -pthread $^ -lcmocka -o $@
