# SPDX-License-Identifier: BSD-2-Clause
#
# OpenSBI's generic platform, all its boards included, with the TSM in it.

# Take everything from the generic platform of this OpenSBI, except that its
# objects are found from the top of the OpenSBI tree.
cove_generic_dir := $(src_dir)/platform/generic
include $(shell find $(cove_generic_dir) -name objects.mk | sort)
platform-objs-y := $(addprefix platform/generic/,\
		     $(filter-out platform.o,$(platform-objs-y)))
platform-genflags-y += -I$(cove_generic_dir)/include

# platform.c includes the generic one by this path.
platform-genflags-y += -I$(src_dir)/platform
platform-objs-y += platform.o

platform-runcmd = qemu-system-riscv64 -M virt -cpu rv64 -m 1G -nographic \
  -bios $(platform_build_dir)/firmware/fw_payload.bin

covh_dir := $(abspath $(platform_src_dir)/../../lib/sbi_covh)
include $(covh_dir)/objects.mk
