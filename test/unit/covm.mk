# SPDX-License-Identifier: BSD-2-Clause
#
# test_covm: what the VMM for Linux does without a kernel to do it for.

covm_dir := ../../host/linux/covm
covm_asan := -I$(covm_dir) $(CFLAGS) $(asan) -I../../host/linux/include \
	-I../../host/include -DTOP='"$(abspath ../..)"' \
	-UMBEDTLS_CONFIG_FILE \
	-DMBEDTLS_CONFIG_FILE='"$(abspath ../../host/mbedtls_config.h)"'
covm_objs := $(addprefix $(out)/covm/,die.o progress.o number.o file.o \
	options.o escape.o isa.o tree.o fdt.o kernel.o plan.o linux.o elf.o \
	memory.o term.o measure.o host/image.o host/measure.o mbedtls/sha512.o \
	mbedtls/platform_util.o)

$(out)/covm/host/%.o: ../../host/lib/%.c
	@mkdir -p $(@D)
	$(HOSTCC) $(covm_asan) -c $< -o $@

$(out)/covm/mbedtls/%.o: $(MBEDTLS_SRC_DIR)/library/%.c
	@mkdir -p $(@D)
	$(HOSTCC) $(covm_asan) -c $< -o $@

$(out)/covm/%.o: $(covm_dir)/%.c
	@mkdir -p $(@D)
	$(HOSTCC) $(covm_asan) -c $< -o $@

$(out)/covm/test_covm.o: test_covm.c
	@mkdir -p $(@D)
	$(HOSTCC) $(covm_asan) -c $< -o $@

$(out)/asan/test_covm: $(out)/covm/test_covm.o $(covm_objs)
	@mkdir -p $(@D)
	$(HOSTCC) $(asan) -pthread $^ -lcmocka -o $@

-include $(wildcard $(out)/covm/*.d $(out)/covm/*/*.d)
