# SPDX-License-Identifier: BSD-2-Clause
#
# The TSM, as objects of the OpenSBI platform that includes this file with
# covh_dir set to this directory.
#
#   covh-objs-$(CONFIG_X) += dir/file.o             TSM sources, OpenSBI's flags
#   covh-trampoline-objs-$(CONFIG_X) += file.o      trampoline/, own flags
#   covh-mbedtls-objs-$(CONFIG_X) += file.o         mbedTLS' library/
#   carray-sbi_ecall_exts-$(CONFIG_X) += ecall_x    SBI extensions
#
# MBEDTLS_SRC names an mbedTLS 3.6 source tree.

MBEDTLS_SRC ?= $(abspath $(covh_dir)/../../build/src/mbedtls)

covh-trampoline-objs-$(CONFIG_SBI_COVH) += trampoline.o

covh-mbedtls-objs-$(CONFIG_SBI_COVH) += sha512.o
covh-mbedtls-objs-$(CONFIG_SBI_COVH) += platform_util.o

covh-objs-$(CONFIG_SBI_COVH) += attest/libc/libgcc.o
covh-objs-$(CONFIG_SBI_COVH) += trampoline/blob.o
covh-objs-$(CONFIG_SBI_COVH_STANDALONE) += standalone/guest.o

include $(covh_dir)/rules.mk
