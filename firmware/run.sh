#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh: boot QEMU on the firmware (CONFIG=standalone: with the TVM inside;
# else with the reference host, which loads GUEST). DEBUG=1: under gdb.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$here/..
build=${BUILD:-$root/build}
export GUEST=${GUEST:-$build/guests/hello.elf}
config=${CONFIG:-release}

die() { echo "run: $*" >&2; exit 1; }

[ -f "$GUEST" ] || die "GUEST=$GUEST: no such file"
out=$("$here/build.sh" | sed -n 's/^firmware: //p')
[ -n "$out" ] || die "no firmware"
fw=$root/$out

args=(-M virt -cpu rv64 -smp "${HARTS:-2}" -m 1G -nographic -no-reboot)
if [ "$config" = standalone ]; then
	args+=(-bios "$fw/fw_jump.bin")
	[ -z "${PERF:-}" ] || args+=(-icount shift=0)
else
	args+=(-bios "$fw/fw_jump.bin" -kernel "$build/host/host.bin"
	       -initrd "$GUEST")
fi

if [ "$config" = standalone ] && [ -n "${PERF:-}" ]; then
	"$here/qemu.sh" "${args[@]}" | grep '^standalone: .* instructions'
	exit "${PIPESTATUS[0]}"
fi
if [ -z "${DEBUG:-}" ]; then
	exec "$here/qemu.sh" "${args[@]}"
fi

"$here/qemu.sh" "${args[@]}" -serial "file:$build/debug.log" -monitor none \
	-S -gdb tcp::1234 &
pid=$!
trap 'kill $pid 2>/dev/null' EXIT
sleep 1
cmds=(-ex "target remote :1234"
      -ex "symbol-file" -ex "add-symbol-file $fw/fw_jump.elf -o 0x80000000")
[ ! -f "$build/host/host.elf" ] ||
	cmds+=(-ex "add-symbol-file $build/host/host.elf")
cmds+=(-ex "add-symbol-file $GUEST")
echo "run: the guest's console is in $build/debug.log"
gdb-multiarch -q "${cmds[@]}"
