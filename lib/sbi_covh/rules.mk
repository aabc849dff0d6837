# SPDX-License-Identifier: BSD-2-Clause
#
# How the objects named in objects.mk are built. All of them land under
# OpenSBI's O=; dependencies are a by-product of each compilation.

ifneq ($(CONFIG_SBI_COVH),)
ifeq ($(wildcard $(MBEDTLS_SRC)/library/sha512.c),)
$(error MBEDTLS_SRC=$(MBEDTLS_SRC) is no mbedTLS source tree)
endif
endif

covh_build_dir := $(platform_build_dir)/covh
covh_makefiles := $(covh_dir)/objects.mk $(covh_dir)/rules.mk \
		  $(platform_src_dir)/objects.mk

platform-objs-y += $(addprefix covh/,$(covh-objs-y))
platform-objs-y += $(addprefix covh/mbedtls/,$(covh-mbedtls-objs-y))
platform-genflags-y += -I$(covh_dir)/include

covh_depflags = -MD -MP -MT $@ -MF $(@:.o=.dep)

# A vendor's board may set PLATFORM_RISCV_ISA, so ask late which one it is.
covh_cc_include = $(shell $(CC) -print-file-name=include)

# TSM sources. The rule for platform.o is here for its dependencies.
# (A loop that copies words must not become a call of OpenSBI's memcpy.)
$(covh_build_dir)/%.o $(platform_build_dir)/platform.o: \
	CFLAGS += -I$(covh_dir) $(covh_depflags) \
		  -fno-tree-loop-distribute-patterns -fomit-frame-pointer
$(covh_build_dir)/%.o: ASFLAGS += -I$(covh_dir) $(covh_depflags)

$(covh_build_dir)/%.o: $(covh_dir)/%.c $(KCONFIG_AUTOHEADER) $(covh_makefiles)
	$(call compile_cc,$@,$<)

$(covh_build_dir)/%.o: $(covh_dir)/%.S $(KCONFIG_AUTOHEADER) $(covh_makefiles)
	$(call compile_as,$@,$<)

$(covh_build_dir)/test/%.o: $(covh_dir)/../../test/firmware/%.c \
			    $(KCONFIG_AUTOHEADER) $(covh_makefiles)
	$(call compile_cc,$@,$<)

$(platform_build_dir)/platform.o: $(platform_src_dir)/platform.c \
				  $(KCONFIG_AUTOHEADER) $(covh_makefiles)
	$(call compile_cc,$@,$<)

# OpenSBI makes this list from make variables, which have no date.
$(build_dir)/lib/sbi/sbi_ecall_exts.carray.c: $(covh_makefiles)

# mbedTLS, and whatever of ours includes its headers, sees a C library of
# exactly what attest/libc holds.
covh_mbedtls_flags = -nostdinc -isystem $(covh_cc_include) \
	-isystem $(covh_dir)/attest/libc -I$(MBEDTLS_SRC)/include \
	-DMBEDTLS_CONFIG_FILE='<attest/mbedtls_config.h>'

$(covh_build_dir)/attest/%.o: CFLAGS += $(covh_mbedtls_flags)
$(covh_build_dir)/mbedtls/%.o: CFLAGS += $(covh_mbedtls_flags)

$(covh_build_dir)/mbedtls/%.o: $(MBEDTLS_SRC)/library/%.c \
			       $(KCONFIG_AUTOHEADER) $(covh_makefiles)
	$(call compile_cc,$@,$<)

# The trampoline is an image of its own: no OpenSBI flags, code or data.
covh_trampoline_flags = -mabi=lp64 -march=rv64imac_zicsr -mcmodel=medany \
	-fPIE -mno-relax -ffreestanding -nostdlib -nostdinc \
	-isystem $(covh_cc_include) -std=gnu11 -O2 -g -Wall -Wextra -Werror \
	-fno-stack-protector -fno-strict-aliasing -fno-common \
	-ffunction-sections -fno-builtin -fno-jump-tables \
	-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns \
	-fvisibility=hidden -include $(KCONFIG_AUTOHEADER) \
	-I$(covh_dir)/include -I$(covh_dir) -I$(include_dir)

covh_trampoline_bin := $(covh_build_dir)/trampoline.bin
covh_trampoline_objs := $(addprefix $(covh_build_dir)/tramp-obj/,\
			  $(covh-trampoline-objs-y))

compile_tramp = $(CMD_PREFIX)mkdir -p `dirname $(1)`; \
	     echo " CC-TRAMP  $(subst $(build_dir)/,,$(1))"; \
	     $(CC) $(covh_trampoline_flags) $(covh_depflags) -c $(2) -o $(1)

$(covh_build_dir)/tramp-obj/%.o: $(covh_dir)/trampoline/%.c \
				 $(KCONFIG_AUTOHEADER) $(covh_makefiles)
	$(call compile_tramp,$@,$<)

$(covh_build_dir)/tramp-obj/core/%.o: $(covh_dir)/core/%.c \
				 $(KCONFIG_AUTOHEADER) $(covh_makefiles)
	$(call compile_tramp,$@,$<)

$(covh_build_dir)/tramp-obj/%.o: $(covh_dir)/trampoline/%.S \
				 $(KCONFIG_AUTOHEADER) $(covh_makefiles)
	$(call compile_tramp,$@,$<)

$(covh_build_dir)/trampoline.elf: $(covh_trampoline_objs) \
				  $(covh_dir)/trampoline/trampoline.ld
	@echo " LD-TRAMP  $(subst $(build_dir)/,,$@)"
	$(CMD_PREFIX)$(CC) -mabi=lp64 -march=rv64imac_zicsr -nostdlib \
		-static -Wl,--no-relax -Wl,--gc-sections -Wl,--build-id=none \
		-Wl,--fatal-warnings \
		-T $(covh_dir)/trampoline/trampoline.ld \
		$(covh_trampoline_objs) -o $@

$(covh_trampoline_bin): $(covh_build_dir)/trampoline.elf
	$(call compile_objcopy,$@,$<)

$(covh_build_dir)/trampoline/blob.o: $(covh_trampoline_bin)
$(covh_build_dir)/trampoline/blob.o: \
	ASFLAGS += -DCOVH_TRAMPOLINE_BIN='"$(covh_trampoline_bin)"'

-include $(covh_trampoline_objs:.o=.dep)

# The helper is another image of its own, with its own mbedTLS. It is linked as
# a static PIE whose only relocations are relative ones: M-mode applies those.
covh_helper_flags = -mabi=lp64 -march=rv64imac_zicsr -mcmodel=medany -fPIE \
	-mno-relax -ffreestanding -fbuiltin -nostdlib -nostdinc \
	-isystem $(covh_cc_include) -isystem $(covh_dir)/attest/libc \
	-std=gnu11 -g -Wall -Wextra -Werror -fno-stack-protector \
	-fno-strict-aliasing -fno-common -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns \
	-fvisibility=hidden -I$(MBEDTLS_SRC)/include -I$(covh_dir)/include \
	-I$(covh_dir) -DMBEDTLS_CONFIG_FILE='<helper/mbedtls_config.h>'

# Small, but for what a signature spends its time in
covh_helper_fast := lib constant_time bignum bignum_core ecp_curves sha512
covh_helper_opt = $(if $(filter $(covh_helper_fast),$(basename $(@F))),-O2,-Os)

covh_helper_bin := $(covh_build_dir)/helper.bin
covh_helper_objs := $(addprefix $(covh_build_dir)/helper-obj/,\
		      $(covh-helper-objs-y))

compile_helper = $(CMD_PREFIX)mkdir -p `dirname $(1)`; \
	     echo " CC-HELPER $(subst $(build_dir)/,,$(1))"; \
	     $(CC) $(covh_helper_flags) $(covh_helper_opt) $(covh_depflags) -c $(2) -o $(1)

$(covh_build_dir)/helper-obj/%.o: $(covh_dir)/%.c $(covh_makefiles)
	$(call compile_helper,$@,$<)

$(covh_build_dir)/helper-obj/%.o: $(covh_dir)/%.S $(covh_makefiles)
	$(call compile_helper,$@,$<)

$(covh_build_dir)/helper-obj/mbedtls/%.o: $(MBEDTLS_SRC)/library/%.c \
					  $(covh_makefiles)
	$(call compile_helper,$@,$<)

$(covh_build_dir)/helper.elf: $(covh_helper_objs) $(covh_dir)/helper/helper.ld
	@echo " LD-HELPER $(subst $(build_dir)/,,$@)"
	$(CMD_PREFIX)$(CC) -mabi=lp64 -march=rv64imac_zicsr -nostdlib \
		-static-pie -Wl,--no-dynamic-linker -Wl,--no-relax \
		-Wl,--gc-sections -Wl,--build-id=none -Wl,--fatal-warnings \
		-Wl,-z,text -T $(covh_dir)/helper/helper.ld \
		$(covh_helper_objs) -o $@
	$(CMD_PREFIX)if $$($(CC) -print-prog-name=readelf) -rW $@ | grep R_RISCV_ | \
		grep -v R_RISCV_RELATIVE; then \
		echo "$@: relocations that M-mode does not know" >&2; \
		rm $@; false; fi

$(covh_helper_bin): $(covh_build_dir)/helper.elf
	$(call compile_objcopy,$@,$<)

$(covh_build_dir)/helper/blob.o: $(covh_helper_bin)
$(covh_build_dir)/helper/blob.o: \
	ASFLAGS += -DCOVH_HELPER_BIN='"$(covh_helper_bin)"'

-include $(covh_helper_objs:.o=.dep)

# Standalone mode embeds the TVM's ELF file.
ifeq ($(CONFIG_SBI_COVH_STANDALONE),y)
ifeq ($(COVH_GUEST_ELF),)
$(error CONFIG_SBI_COVH_STANDALONE needs COVH_GUEST_ELF=/path/to/guest.elf)
endif
covh_guest_image := $(covh_build_dir)/guest.image

$(covh_guest_image): $(COVH_GUEST_ELF) $(covh_dir)/standalone/image.py
	$(CMD_PREFIX)mkdir -p $(@D); python3 $(covh_dir)/standalone/image.py $< $@

$(covh_build_dir)/standalone/guest.o: $(covh_guest_image)
$(covh_build_dir)/standalone/guest.o: \
	ASFLAGS += -DCOVH_GUEST_IMAGE='"$(covh_guest_image)"'
endif
