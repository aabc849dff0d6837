# SPDX-License-Identifier: BSD-2-Clause

ifneq ($(words $(CURDIR)),1)
$(error the path "$(CURDIR)" has a space in it, which make cannot handle)
endif

OPENSBI_VERSION ?= 1.6
CONFIG ?= release
CROSS_COMPILE ?= riscv64-linux-gnu-
BUILD := $(CURDIR)/build
JOBS ?= $(shell nproc)
GUEST ?=

# Everything below is made of these; scripts read them from the environment.
export OPENSBI_VERSION CONFIG CROSS_COMPILE BUILD JOBS HARTS
export OPENSBI_SRC MBEDTLS_SRC QEMU EXTRA_CONFIG VARIANT FW_PAYLOAD GUEST PERF V
export VCPUS APPEND MEM ISA FORMAT
# Files that a user names lie where he is
override GUEST_SRC := $(abspath $(GUEST_SRC))
override GUEST_ELF := $(abspath $(GUEST_ELF))
MAKEFLAGS += --no-print-directory

.PHONY: help
help:
	@sed -n 's/^## \?//p' $(firstword $(MAKEFILE_LIST))

## make run                 start a confidential VM in QEMU and watch it
## make run GUEST=x.elf     the same with your own VS-mode ELF file (VCPUS=4)
## make run-linux-guest     the same with Debian's Linux inside, a shell on the
##                          terminal (VCPUS=2 MEM=512M HARTS=2 APPEND= ISA=)
## make run-linux           the same with a Linux that is host, by driver and VMM
##                          (VCPUS=2 MEM=512M HARTS=2 APPEND=)
## make run-attest          a relying party gives a VM a secret, and gives it to
##                          no other: three attacks (FORMAT=cbor|x509)
## make run-standalone      firmware that runs one VM by itself (PERF=1: figures)
## make debug               the same as run, stopped, with gdb attached
##
## make deps                install packages, fetch sources and QEMU
## make firmware            build/fw/<version>/<config>/fw_{jump,dynamic,payload}
## make guests host         the payloads: VMs and the bare-metal host
## make packages            Debian packages: opensbi-cove, cove-dkms, covm
## make tools               build/tools/cove-verify, cove-measure, for relying parties
##
## make test                all suites; each can be run alone:
##   test-lint test-unit test-helper test-fuzz test-tools test-system
##   test-attest test-linux-host test-linux-guest test-linux test-uboot test-porting
##   test-packages
##   test-mutants test-matrix soak bench bench-linux   (not in make test)
## make fmt lint            format, check
## make clean distclean     remove outputs; remove downloads too
##
## Variables: OPENSBI_VERSION=1.6|1.8.1 CONFIG=release|test|standalone
##   EXTRA_CONFIG="CONFIG_X=y" VARIANT=name, FW_PAYLOAD=, HARTS=, JOBS=
##   OPENSBI_SRC= MBEDTLS_SRC= QEMU= CROSS_COMPILE= instead of Debian's

.PHONY: deps
deps:
	@firmware/deps.sh
	@[ -n "$(OPENSBI_SRC)" ] || firmware/fetch.sh opensbi-$(OPENSBI_VERSION) >/dev/null
	@[ -n "$(MBEDTLS_SRC)" ] || firmware/prepare.sh mbedtls >/dev/null
	@firmware/qemu.sh --setup

.PHONY: firmware
firmware: deps
	+@firmware/build.sh

.PHONY: guests host
guests host: deps
	@for f in $(GUEST_SRC) $(GUEST_ELF); do [ -f "$$f" ] || { \
		echo "$@: $$f: no such file" >&2; exit 1; }; done
	+@$(MAKE) -C $@ GUEST_SRC=$(GUEST_SRC) GUEST_ELF=$(GUEST_ELF)
host: guests

.PHONY: tools
tools:
	@firmware/deps.sh libssl-dev pkg-config
	+@$(MAKE) -C $@

.PHONY: packages
packages: deps
	@packaging/build.sh

.PHONY: run run-linux-guest run-linux run-attest run-standalone
run: host
	+@firmware/run.sh

run-linux-guest: host
	+@LINUX_GUEST=1 firmware/run.sh

run-linux: guests
	+@host/linux/run.sh

run-attest: host
	@firmware/deps.sh libssl-dev libfdt-dev pkg-config
	+@$(MAKE) -s -C tools
	+@$(MAKE) -s -C tools/attest
	+@tools/attest/run.sh

run-standalone: guests
	+@CONFIG=standalone firmware/run.sh

.PHONY: debug
debug: host
	@firmware/deps.sh gdb-multiarch
	+@DEBUG=1 firmware/run.sh

suites := lint unit helper fuzz tools system attest linux-host linux-guest linux uboot porting \
	packages
.PHONY: test $(suites:%=test-%) test-mutants test-matrix soak bench bench-linux
test: deps
	+@test/run-suites.sh $(suites)

$(suites:%=test-%) test-mutants test-matrix soak bench bench-linux: deps
	+@test/run-suites.sh $(@:test-%=%)

.PHONY: fmt lint
fmt:
	@firmware/deps.sh clang-format
	@firmware/lint.sh fmt

lint:
	@firmware/deps.sh clang-format cppcheck shellcheck
	@firmware/lint.sh

.PHONY: clean distclean
clean:
	rm -rf $(filter-out %/cache %/apt %/qemu10,$(wildcard build/*))

distclean:
	rm -rf build
