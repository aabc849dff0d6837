# SPDX-License-Identifier: BSD-2-Clause
#
# build/guests/loader.elf

ifneq ($(MAKECMDGOALS),clean)
ifeq ($(OPENSBI_SRC_DIR),)
OPENSBI_SRC_DIR := $(shell BUILD=$(BUILD) $(top)/firmware/prepare.sh opensbi \
	$(or $(OPENSBI_VERSION),1.6))
endif
ifeq ($(wildcard $(OPENSBI_SRC_DIR)/lib/utils/libfdt/libfdt.h),)
$(error OPENSBI_SRC_DIR must be an OpenSBI source tree)
endif
endif

loader_fdt := $(OPENSBI_SRC_DIR)/lib/utils/libfdt
loader_objs := $(patsubst $(here)/loader/%,$(obj)/loader/%.o, \
		$(wildcard $(here)/loader/*.c)) \
	$(patsubst %,$(obj)/loader/host/%.o,string.c bswap.c) \
	$(patsubst %,$(obj)/loader/theirs/%.o,fdt.c fdt_ro.c fdt_wip.c \
		fdt_addresses.c)
# The host's string functions serve libfdt, so the library's have to stay out
loader_lib := $(filter-out $(obj)/lib/mem.c.o,$(lib))
loader_include := -I$(top)/host/include -I$(top)/host/include/libc \
	-I$(loader_fdt)

$(out)/loader.elf: $(loader_objs) $(loader_lib) $(here)/lib/guest.ld \
		$(obj)/link_addr
	@echo " LD        guests/$(@F)"
	$(Q)$(CC) $(ldflags) -o $@ $(loader_objs) $(loader_lib)

$(obj)/loader/theirs/%.o: $(loader_fdt)/% $(obj)/loader.name
	@mkdir -p $(@D)
	@echo " CC        $(*F)"
	$(Q)$(CC) $(cflags) $(loader_include) -w -c -o $@ $<

$(obj)/loader/host/%.o: $(top)/host/lib/% $(obj)/loader.name
	@mkdir -p $(@D)
	@echo " CC        host/lib/$*"
	$(Q)$(CC) $(cflags) $(loader_include) -c -o $@ $<

$(obj)/loader/%.o: $(here)/loader/% $(obj)/loader.name
	@mkdir -p $(@D)
	@echo " CC        guests/loader/$*"
	$(Q)$(CC) $(cflags) $(loader_include) -c -o $@ $<

# Another tree
$(obj)/loader.name: FORCE
	@mkdir -p $(@D)
	@echo '$(OPENSBI_SRC_DIR)' | cmp -s - $@ || \
		echo '$(OPENSBI_SRC_DIR)' >$@

-include $(loader_objs:.o=.d)
