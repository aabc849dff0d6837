# SPDX-License-Identifier: BSD-2-Clause
#
# The world switch's table of CSRs as code, with OpenSBI's headers: what it
# compiles to is for RV64, but none of its assembly is called.

$(out)/asan/world_native.o: world_native.c always
	@mkdir -p $(@D)
	@src=$$(OPENSBI_SRC= VANILLA= BUILD=$(BUILD) \
		../../firmware/prepare.sh opensbi 1.6) && \
	$(HOSTCC) $(mpxy_cflags) $(asan) -DCONFIG_SBI_COVH -I$$src/include \
		-I$(covh)/core -I$(covh)/include -I. -MMD -MP -c $< -o $@

$(out)/asan/test_world: $(out)/asan/world_native.o
