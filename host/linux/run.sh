#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh: boot QEMU on the firmware with Debian's Linux as the host, which runs
# a TVM with the same Linux in it and VCPUS, MEM and APPEND. HARTS are the
# machine's. Where nobody sits at a terminal, what comes on standard input is
# typed, and then "exit" at each prompt.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${BUILD:-$root/build}" && pwd)
log=$build/run-linux.log

die() { echo "run-linux: $*" >&2; exit 1; }

[[ ${HARTS:-2} =~ ^[1-9][0-9]?$ && ${HARTS:-2} -le 64 ]] ||
	die "HARTS=$HARTS: 1 to 64"
status=0
"$here/image.sh" host || status=$?
[ "$status" = 0 ] || exit "$status"
fw=$root/$("$root/firmware/build.sh" | sed -n 's/^firmware: //p')

# What the kernel and its files take, twice, comes on top
ram=$(($(numfmt --from=iec "${MEM:-512M}") / 1048576 + 1024))M
machine=(-M virt -cpu rv64 -smp "${HARTS:-2}" -m "$ram" -nographic -no-reboot
	 -bios "$fw/fw_jump.bin" -kernel "$build/linux/Image"
	 -initrd "$build/linux/initrd-host.cpio" -append console=ttyS0)

# A prompt ends with what asks the terminal where its cursor is
typist() {
	cat <&0 &
	# shellcheck disable=SC2064
	trap "kill $! 2>/dev/null; exit" TERM
	wait $! || :
	while sleep 1; do
		case $(tail -c 16 "$log" | tr -d '\0') in
		*'tvm# '* | *'host# '*) echo exit ;;
		esac
	done
}

: >"$log"
set +e
if [ -t 0 ]; then
	"$root/firmware/qemu.sh" "${machine[@]}" | tee "$log"
	status=${PIPESTATUS[0]}
else
	exec 3< <(typist)
	typist=$!
	"$root/firmware/qemu.sh" "${machine[@]}" <&3 | tee "$log"
	status=${PIPESTATUS[0]}
	kill "$typist" 2>/dev/null
fi
set -e
[ "$status" = 0 ] || die "QEMU: exit status $status"
failure=$(grep -a -m1 '^host: FAILED' "$log") && die "${failure%$'\r'}"
grep -aq '^host: covm: exit status 0' "$log" || die "the TVM did not end well"
grep -aq '^host: done, power off' "$log" ||
	die 'ended without "host: done, power off"'
