#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# kills.sh [KILLS]: the tests of the driver in prog/, on Debian's kernel in
# QEMU: nothing is lost, whatever a VMM does and wherever it is killed, KILLS
# times in all (20). A line "CASE ok|FAIL|SKIP name" for each case; lines with
# "# " are figures. Status 1 if a case failed, 2: no kernel or headers.
#
# HARTS=2 TESTS="tasks hostile": another machine, only these. LINUX=debug: on a
# kernel that watches the driver (firmware/linux-debug.sh), and is slow.

set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "${BUILD:-$root/build}/test/linux"
build=$(cd "${BUILD:-$root/build}" && pwd)
logs=$build/test/linux
linux=${LINUX:-6.12}
out=$("$root/firmware/linux-kernel.sh" dir)
mkdir -p "$out"
kills=${1:-20}
harts=${HARTS:-2}
tests=${TESTS:-minimal limits tasks power hostile closes kills=$kills}
log=$logs/kills-$linux-$harts.log
seconds=$((600 + 6 * kills))
if [ "$linux" = debug ]; then
	seconds=$((6 * seconds))
	# KASAN keeps what is freed for a while, up to a 32nd of memory
	tests="noise=32 $tests"
fi
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}
# A make above us is not the make of what the tests build
unset MAKEFLAGS MFLAGS MAKELEVEL
failed=0

# result ok|FAIL NAME
result() {
	echo "CASE $1 $2"
	[ "$1" = ok ] || failed=1
}

# compiled OUT ARGS...: a program for the host
compiled() {
	local out=$1
	shift
	"${cross}gcc" -static -pthread -O2 -Wall -Wextra -Werror \
		-I"$root/host/linux/include" -I"$root/guests/include" \
		-o "$out" "$@"
}

programs() {
	make -s -C "$root" guests >&2 &&
	"$root/firmware/deps.sh" libc6-dev-riscv64-cross >&2 &&
	compiled "$out/cove-test" "$here"/prog/*.c &&
	compiled "$out/minimal" "$root/host/linux/example/minimal.c" ||
		return
	for g in hello churn spin; do
		"${cross}objcopy" -O binary "$build/guests/$g.elf" \
			"$out/$g.bin" || return
	done
}

if ! programs >"$logs/programs.log" 2>&1; then
	cat "$logs/programs.log"
	result FAIL "the tests of the driver can be built"
	exit 1
fi
module=$("$root/firmware/linux-module.sh" "$root/host/linux/driver" \
	2>"$logs/module.log")
case $? in
0) ;;
2)	cat "$logs/module.log"
	echo "CASE SKIP the driver: no headers or source of Debian's kernel"
	exit 2 ;;
*)	cat "$logs/module.log"
	result FAIL "the driver can be built"
	exit 1 ;;
esac
cd "$out" || exit 1
if ! "$root/firmware/linux-image.sh" "$here/init-driver" "$module" cove-test \
     minimal hello.bin churn.bin spin.bin 2>"$logs/image.log"; then
	cat "$logs/image.log"
	echo "CASE SKIP the driver: Debian's kernel cannot be had"
	exit 2
fi
fw=$(CONFIG=${CONFIG:-release} "$root/firmware/build.sh" |
	sed -n 's/^firmware: //p')
[ -n "$fw" ] || { result FAIL "the firmware can be built"; exit 1; }

timeout "$seconds" "$root/firmware/qemu.sh" -M virt -cpu rv64 -m 1G \
	-smp "$harts" -nographic -no-reboot -bios "$root/$fw/fw_jump.bin" \
	-kernel Image -initrd initrd-init-driver.cpio \
	-append "console=ttyS0 TESTS=\"$tests\"" </dev/null 2>&1 |
	sed -u 's,\r,,' >"$log"

grep -E '^(CASE|#) ' "$log"
! grep -q '^CASE FAIL ' "$log" || failed=1
if [[ " $tests " = *" minimal "* ]]; then
	if grep -q '^HOST: minimal: status 0' "$log" &&
	   grep -q '^hello from a confidential VM: vCPU 0, argument 0x1234' "$log" &&
	   grep -q '^2262 primes below 20000' "$log"; then
		result ok "the example of docs/host-guide.md runs a guest"
	else
		result FAIL "the example of docs/host-guide.md runs a guest"
	fi
fi
if ! grep -q '^HOST: end' "$log"; then
	tail -5 "$log"
	result FAIL "the tests of the driver come to an end"
elif grep '^KERNEL: ' "$log"; then
	result FAIL "the kernel is content with the driver"
else
	result ok "the kernel is content with the driver"
fi
exit $failed
