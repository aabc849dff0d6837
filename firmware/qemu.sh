#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# qemu.sh ARGS...: run the QEMU to use with ARGS. In order: QEMU= of the
# environment, the system's if it is 10 or newer, Debian's backport unpacked
# in build/qemu10, the system's whatever it is.
#
#   qemu.sh --print     print the command instead
#   qemu.sh --setup     get the backport if it is needed

set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/../build}
mkdir -p "$build"
build=$(cd "$build" && pwd)
dir=$build/qemu10
system=$(command -v qemu-system-riscv64 || true)

major() {
	"$@" --version 2>/dev/null |
		sed -n 's/.*version \([0-9]*\).*/\1/p' | head -1
}

# Debian packages of the shared libraries that the private QEMU lacks.
missing_libraries() {
	ldd "$1/usr/bin/qemu-system-riscv64" | awk '/not found/ { print $1 }'
}

unpack() {
	local tmp=$dir.new deb name libs
	rm -rf "$tmp"
	mkdir -p "$tmp"
	for name in qemu-riscv qemu-data qemu-common; do
		deb=$("$here/fetch.sh" "$name") || return 1
		dpkg -x "$deb" "$tmp" || return 1
	done
	libs=$(missing_libraries "$tmp")
	if [ -n "$libs" ]; then
		# What the backport depends on, with names as in bookworm.
		"$here/deps.sh" libfdt1 libpixman-1-0 libpng16-16 \
			libjpeg62-turbo libslirp0 libcapstone4 liburing2 \
			libnuma1 libgnutls30 libnettle8 libpmem1 libseccomp2 \
			libaio1 libzstd1 libgcc-s1 libfuse3-3 libdw1 \
			libglib2.0-0 libpam0g libsasl2-2 || return 1
		libs=$(missing_libraries "$tmp" | paste -sd' ')
		if [ -n "$libs" ]; then
			echo "qemu: QEMU 10 lacks $libs" >&2
			return 1
		fi
	fi
	rm -rf "$dir"
	mv "$tmp" "$dir"
}

setup() {
	[ -z "${QEMU:-}" ] || return 0
	if [ -n "$system" ] && [ "$(major "$system")" -ge 10 ]; then
		return
	fi
	[ ! -x "$dir/usr/bin/qemu-system-riscv64" ] || return 0
	[ "$(dpkg --print-architecture)" = amd64 ] && (
		exec 7>"$dir.lock"
		flock 7
		[ -x "$dir/usr/bin/qemu-system-riscv64" ] || unpack
	) || echo "qemu: QEMU 10 cannot be had, using the system's" \
		"$(major "$system")" >&2
}

choose() {
	if [ -n "${QEMU:-}" ]; then
		cmd=("$QEMU")
	elif [ -n "$system" ] && [ "$(major "$system")" -ge 10 ]; then
		cmd=("$system")
	elif [ -x "$dir/usr/bin/qemu-system-riscv64" ]; then
		# It must not load the modules of the system's QEMU.
		cmd=(env QEMU_MODULE_DIR="$dir/usr/lib/x86_64-linux-gnu/qemu"
		     "$dir/usr/bin/qemu-system-riscv64"
		     -L "$dir/usr/share/qemu" -audio none)
	else
		cmd=("$system")
	fi
	if [ -z "${cmd[0]}" ] || ! command -v "${cmd[0]}" >/dev/null; then
		echo "qemu: no ${cmd[0]:-qemu-system-riscv64}" >&2
		exit 1
	fi
}

case ${1:-} in
--setup)
	setup
	choose
	;;
--print)
	choose
	echo "${cmd[@]}"
	;;
*)
	choose
	exec "${cmd[@]}" "$@"
	;;
esac
