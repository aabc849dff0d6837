#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh: boot QEMU on the firmware (CONFIG=standalone: with the TVM inside;
# else with the reference host, which loads GUEST and makes VCPUS vCPUs; APPEND
# are more boot arguments of the host's). DEBUG=1: under gdb. LINUX_GUEST=1: the guest
# is Debian's kernel with MEM, and APPEND goes to its command line.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
build=${BUILD:-$root/build}
export GUEST=${GUEST:-$build/guests/hello.elf}
config=${CONFIG:-release}

die() { echo "run: $*" >&2; exit 1; }

# number NAME MOST: $NAME, if set, is one of 1 to MOST
number() {
	local value=${!1:-1}

	if ! [[ $value =~ ^[1-9][0-9]{0,2}$ ]] || [ "$value" -gt "$2" ]; then
		die "$1=$value: 1 to $2"
	fi
}
number HARTS 64
number VCPUS 64
ram=1G
cpu=rv64
hostargs="${VCPUS:+vcpus=$VCPUS }${APPEND:-}"
initrd=$GUEST
if [ -n "${LINUX_GUEST:-}" ]; then
	"$root/guests/linux/build.sh" guest
	GUEST=$build/guests/loader.elf
	initrd=$build/linux/guest.cpio
	"$root/guests/linux/build.sh" --pack "$initrd" guest
	# What the kernel is told of, the machine has to have
	isa=${ISA:-}
	for name in ${isa//,/ }; do cpu+=,$name=on; done
	# What the host itself needs, the files too, comes on top
	ram=$(($(numfmt --from=iec "${MEM:-512M}") / 1048576 + 1024))M
	hostargs=linux=guest
fi
[ -f "$GUEST" ] || die "GUEST=$GUEST: no such file"
out=$("$here/build.sh" | sed -n 's/^firmware: //p')
fw=$root/$out

done='host: done, power off'
elf=$fw/fw_jump.elf
args=(-M virt -cpu "$cpu" -smp "${HARTS:-2}" -m "$ram" -nographic -no-reboot)
if [ "$config" = standalone ]; then
	done='standalone: first instruction'
	args+=(-bios "$fw/fw_jump.bin")
	[ -z "${PERF:-}" ] || args+=(-icount shift=0)
else
	args+=(-bios "$fw/fw_jump.bin" -kernel "$build/host/host.bin"
	       -initrd "$initrd" -append "$hostargs")
fi

# All went well only if the last step was reached: QEMU itself powers off with
# status 0 whatever the reason was.
if [ -z "${DEBUG:-}" ]; then
	log=$build/run.log
	filter=(cat)
	[ -z "${PERF:-}" ] || filter=(grep --line-buffered '^standalone: .* instructions')
	set +e
	"$here/qemu.sh" "${args[@]}" | tee "$log" | "${filter[@]}"
	status=${PIPESTATUS[0]}
	set -e
	[ "$status" = 0 ] || die "QEMU: exit status $status"
	failure=$(grep -aE -m1 '^(host: FAILED|standalone: .* failed)' "$log") &&
		die "${failure%$'\r'}"
	grep -aqE "^$done" "$log" || die "ended without \"$done\""
	exit 0
fi

# The trampoline has no fixed place: gdb asks the firmware where it put it, just
# before M-mode is left for the first time.
"$here/qemu.sh" "${args[@]}" -serial "file:$build/debug.log" -monitor none \
	-S -gdb "tcp::${GDB_PORT:-1234}" &
pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT
sleep 1
cat >"$build/debug.gdb" <<-GDB
	set confirm off
	set pagination off
	target remote :${GDB_PORT:-1234}
	add-symbol-file $elf -o 0x80000000
	$(if [ "$config" != standalone ]; then
		echo "add-symbol-file $build/host/host.elf -o 0x80200000"
	fi)
	add-symbol-file $GUEST
	thbreak sbi_hart_switch_mode
	commands
	silent
	add-symbol-file $fw/trampoline.elf -o covh_place.block
	echo Firmware ready; the trampoline's symbols are loaded.\\n
	end
	echo At reset. "continue" goes to the end of the firmware's boot.\\n
GDB
echo "run: the console is in $build/debug.log"
gdb-multiarch -q -x "$build/debug.gdb" ${GDB_ARGS:+$GDB_ARGS}
