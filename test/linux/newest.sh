#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# newest.sh: the driver on the newest kernel that Debian has (LINUX=newest of
# firmware/linux-kernel.sh) instead of the one that the other tests use: it
# builds, a VMM runs a guest, the kernel is content. With fw_dynamic: the device
# tree of fw_jump lies 34 MiB into RAM, and that kernel is larger.

set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "${BUILD:-$root/build}/test/linux"
build=$(cd "${BUILD:-$root/build}" && pwd)
logs=$build/test/linux
config=${CONFIG:-release}
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}
export LINUX=newest
passed=0
failed=0
skipped=0
# A make above us is not the make of what the tests build
unset MAKEFLAGS MFLAGS MAKELEVEL

# The kernels that it was tried on. What comes after them may want a change
tried='7\.2\.'

pass() { echo "ok $1"; passed=$((passed + 1)); }
fail() { echo "FAIL $1"; failed=$((failed + 1)); }
skip() { echo "SKIP $1"; skipped=$((skipped + 1)); }
end() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
	exit
}

programs() {
	local g
	make -s -C "$root" guests &&
	"$root/firmware/deps.sh" libc6-dev-riscv64-cross &&
	"${cross}gcc" -static -O2 -Wall -Wextra -Werror \
		-I"$root/host/linux/include" -o "$out/minimal" \
		"$root/host/linux/example/minimal.c" || return
	for g in hello spin; do
		"${cross}objcopy" -O binary "$build/guests/$g.elf" \
			"$out/$g.bin" || return
	done
}

if ! "$root/firmware/linux-kernel.sh" headers >/dev/null 2>"$logs/kernel.log"
then
	tail -1 "$logs/kernel.log"
	skip "Debian's newest kernel cannot be had"
	end
fi
out=$("$root/firmware/linux-kernel.sh" dir)
mkdir -p "$out"
if ! programs >"$logs/programs.log" 2>&1; then
	cat "$logs/programs.log"
	fail "a VMM and its guests can be built"
	end
fi

module=$("$root/firmware/linux-module.sh" "$root/host/linux/driver" \
	2>"$logs/module.log")
case $? in
0)
	version=$(modinfo -F vermagic "$module" | cut -d' ' -f1)
	pass "the driver builds for $version"
	;;
2)
	cat "$logs/module.log"
	skip "modules cannot be built for Debian's newest kernel"
	end
	;;
*)
	cat "$logs/module.log"
	version=$(cat "$out"/headers/usr/src/*/include/config/kernel.release)
	if [[ $version =~ ^$tried ]]; then
		fail "the driver builds for $version"
	else
		skip "the driver does not build for $version, which is new"
	fi
	end
	;;
esac

if ! "$root/firmware/linux-image.sh" "$here/init-newest" "$module" \
     "$out/minimal" "$out/hello.bin" "$out/spin.bin" 2>"$logs/image.log"; then
	cat "$logs/image.log"
	fail "an initramfs for $version can be made"
	end
fi
fw=$(CONFIG=$config "$root/firmware/build.sh" | sed -n 's/^firmware: //p')
if [ -z "$fw" ]; then
	fail "the firmware can be built"
	end
fi

# boot NAME MACHINE QEMU-ARGS...: run init-newest and report its cases.
boot() {
	local name=$1 machine=$2 log=$logs/newest-$1.log result text
	shift 2
	timeout 300 "$root/firmware/qemu.sh" -M "$machine" -cpu rv64 -m 1G \
		-smp 2 -nographic -no-reboot -bios "$root/$fw/fw_dynamic.bin" \
		-kernel "$out/Image" -initrd "$out/initrd-init-newest.cpio" \
		-append "console=ttyS0" "$@" </dev/null 2>&1 |
		tr -d '\r' >"$log"
	while read -r _ result text; do
		case $result in
		ok) pass "$text, $name" ;;
		*) fail "$text, $name" ;;
		esac
	done < <(grep '^CASE ' "$log")
	if ! grep -q "^HOST: kernel $version" "$log" ||
	   ! grep -q '^HOST: end' "$log"; then
		fail "no end of the tests on $version, $name"
		tail -5 "$log"
	elif grep '^KERNEL: ' "$log"; then
		fail "the kernel is content, $name"
	else
		pass "the kernel is content, $name"
	fi
}

boot pool virt

# Without a pool all of a TVM's memory is the kernel's
dtb=$logs/no-pool.dtb
"$root/firmware/qemu.sh" -M virt,dumpdtb="$dtb" -cpu rv64 -m 1G -smp 2 \
	-nographic >/dev/null 2>&1
fdtput -c "$dtb" /chosen/opensbi-cove &&
	fdtput -t x "$dtb" /chosen/opensbi-cove pool-size 0 0
boot ram virt -dtb "$dtb"
end
