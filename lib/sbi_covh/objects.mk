# SPDX-License-Identifier: BSD-2-Clause
#
# The TSM, as objects of the OpenSBI platform that includes this file with
# covh_dir set to this directory.
#
#   covh-objs-$(CONFIG_X) += dir/file.o             TSM sources, OpenSBI's flags
#   covh-trampoline-objs-$(CONFIG_X) += file.o      trampoline/, own flags
#   covh-helper-objs-$(CONFIG_X) += dir/file.o      helper image, own flags; its
#                                                   mbedtls/ is mbedTLS' library/
#   covh-mbedtls-objs-$(CONFIG_X) += file.o         mbedTLS' library/
#   carray-sbi_ecall_exts-$(CONFIG_X) += ecall_x    SBI extensions
#
# MBEDTLS_SRC names an mbedTLS 3.6 source tree.

MBEDTLS_SRC ?= $(abspath $(covh_dir)/../../build/src/mbedtls)

covh-trampoline-objs-$(CONFIG_SBI_COVH) += entry.o trap.o sbi.o covg.o fault.o
covh-trampoline-objs-$(CONFIG_SBI_COVH) += lazy.o vector.o nacl.o lib.o smp.o
covh-trampoline-objs-$(CONFIG_SBI_COVH) += insn.o mmio.o dbcn.o guestmem.o vinsn.o
# Read-only look-ups that both sides make
covh-trampoline-objs-$(CONFIG_SBI_COVH) += core/region.o core/gstage.o
covh-trampoline-objs-$(CONFIG_SBI_COVH) += core/guestmem.o

covh-helper-objs-$(CONFIG_SBI_COVH) += helper/entry.o helper/main.o
covh-helper-objs-$(CONFIG_SBI_COVH) += helper/run.o helper/lib.o
covh-helper-objs-$(CONFIG_SBI_COVH) += helper/cbor.o helper/cose.o
covh-helper-objs-$(CONFIG_SBI_COVH) += helper/cose_key.o helper/keys.o
covh-helper-objs-$(CONFIG_SBI_COVH) += helper/dice.o helper/evidence.o
covh-helper-objs-$(CONFIG_SBI_COVH) += helper/x509.o helper/ecdsa.o
covh-helper-objs-$(CONFIG_SBI_COVH) += attest/libc/libgcc.o
covh-helper-objs-$(CONFIG_SBI_COVH) += $(addprefix mbedtls/,asn1parse.o \
	asn1write.o bignum.o bignum_core.o constant_time.o ecdsa.o ecp.o \
	ecp_curves.o hkdf.o hmac_drbg.o md.o memory_buffer_alloc.o oid.o pk.o \
	pk_ecc.o pk_wrap.o pkwrite.o platform.o platform_util.o sha512.o \
	x509_create.o x509write.o x509write_crt.o)

covh-mbedtls-objs-$(CONFIG_SBI_COVH) += sha512.o
covh-mbedtls-objs-$(CONFIG_SBI_COVH) += platform_util.o

covh-objs-$(CONFIG_SBI_COVH) += core/page.o core/window.o core/pmpview.o
covh-objs-$(CONFIG_SBI_COVH) += core/fence.o core/region.o core/gstage.o
covh-objs-$(CONFIG_SBI_COVH) += core/tvm.o core/tvm_mem.o core/tvm_block.o
covh-objs-$(CONFIG_SBI_COVH) += core/vcpu.o core/guest.o core/guest_smp.o
covh-objs-$(CONFIG_SBI_COVH) += core/measure.o core/nacl.o core/hostmem.o
covh-objs-$(CONFIG_SBI_COVH) += core/guestmem.o core/attest.o core/helper.o
covh-objs-$(CONFIG_SBI_COVH) += hart/boot.o hart/place.o hart/fdt.o
covh-objs-$(CONFIG_SBI_COVH) += hart/fdt_cpus.o
covh-objs-$(CONFIG_SBI_COVH) += hart/previous.o
covh-objs-$(CONFIG_SBI_COVH) += hart/pmp.o hart/world.o hart/reset.o
covh-objs-$(CONFIG_SBI_COVH) += hart/hart_ops.o hart/print.o hart/compat.o
covh-objs-$(CONFIG_SBI_COVH) += hart/triggers.o
covh-objs-$(CONFIG_SBI_COVH) += hart/kick.o hart/vector.o hart/run.o
covh-objs-$(CONFIG_SBI_COVH) += ecall/ecall.o ecall/ecall_supd.o
covh-objs-$(CONFIG_SBI_COVH) += ecall/ecall_nacl.o ecall/ecall_covh.o
covh-objs-$(CONFIG_SBI_COVH) += ecall/ecall_tramp.o
covh-objs-$(CONFIG_SBI_COVH_COUNTERS) += core/counters.o
covh-objs-$(CONFIG_SBI_COVH_OLD_NUMBERS) += ecall/oldabi.o
covh-objs-$(CONFIG_SBI_COVH) += hart/dice.o hart/helper.o hart/helper_call.o
covh-objs-$(CONFIG_SBI_COVH) += attest/sha384.o attest/libc/libgcc.o
covh-objs-$(CONFIG_SBI_COVH) += attest/image.o
covh-objs-$(CONFIG_SBI_COVH) += attest/sha512.o attest/sha512_alt.o
covh-objs-$(CONFIG_SBI_COVH) += trampoline/blob.o trampoline/vector.o
covh-objs-$(CONFIG_SBI_COVH) += helper/blob.o
covh-objs-$(CONFIG_SBI_COVH_STANDALONE) += standalone/guest.o standalone/stub.o
covh-objs-$(CONFIG_SBI_COVH_STANDALONE) += standalone/standalone.o
# test/firmware of the repository: nothing of it is in other builds
covh-objs-$(CONFIG_SBI_COVH_TEST) += test/ecall_test.o test/fencelog.o
covh-objs-$(CONFIG_SBI_COVH_TEST) += test/locks.o test/watch.o test/stretch.o
covh-objs-$(CONFIG_SBI_COVH_TEST) += test/findkey.o

carray-sbi_ecall_exts-$(CONFIG_SBI_COVH) += ecall_supd ecall_covh ecall_nacl
carray-sbi_ecall_exts-$(CONFIG_SBI_COVH) += ecall_tramp
carray-sbi_ecall_exts-$(CONFIG_SBI_COVH_TEST) += ecall_covtest

include $(covh_dir)/rules.mk
