#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# linux-kernel.sh image|headers|dir: Debian's riscv64 kernel that LINUX of the
# environment stands for: the paths of the packages that it is in, or of those
# that its modules are built with; or the directory that what is made of it
# goes to. Exit status 2: it cannot be had.
#
#   LINUX=6.12     of Debian 13; the default, and what is pinned
#   LINUX=newest   of the suite in sources.lock that has the newest one
#   LINUX=debug    made from Debian's source to watch its modules: the file, and
#                  the directory it is built in (linux-debug.sh)

set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${BUILD:-$here/../build}"
build=$(cd "${BUILD:-$here/../build}" && pwd)
linux=${LINUX:-6.12}

die() { echo "linux-kernel: $1" >&2; exit "${2:-1}"; }
get() { "$here/fetch.sh" "$@" || exit 2; }

stable() {
	local kernel version
	kernel=$(get linux)
	version=$(basename "$kernel" | sed -n 's/^linux-\([0-9.]*\)-.*/\1/p')
	[ -n "$version" ] || die "$kernel: no version in its name"
	case $1 in
	image)
		echo "$kernel"
		;;
	headers)
		get "linux-headers-$version"
		get "linux-headers-common-$version"
		get linux-kbuild
		;;
	esac
}

# All of a kernel at once: what the suite has tomorrow does not go with it.
packages() {
	local abi
	abi=$(dpkg-deb -f "$1" Depends |
		sed -n 's/.*linux-image-\([^ ,]*\)-riscv64.*/\1/p')
	[ -n "$abi" ] || die "${1##*/}: what kernel does it stand for?"
	image=$(get linux-newest-binary "$abi" &&
		get linux-newest-modules "$abi") || return
	headers=$(get linux-newest-headers "$abi" &&
		get linux-newest-headers-common "$abi" &&
		get linux-newest-kbuild "$abi" && get libc-newest)
}

newest() {
	local meta
	meta=$(get linux-newest)
	if ! packages "$meta"; then
		# The suite has another by now than when it was asked last
		rm -f "$meta"
		meta=$(get linux-newest)
		packages "$meta" || exit 2
	fi
	case $1 in
	image) echo "$image" ;;
	headers) echo "$headers" ;;
	esac
}

debug() {
	local tree
	tree=$("$here/linux-debug.sh") || exit
	case $1 in
	image) echo "$tree/arch/riscv/boot/Image" ;;
	headers) echo "$tree" ;;
	esac
}

case $linux:${1:-} in
6.12:image|6.12:headers) stable "$1" ;;
newest:image|newest:headers) newest "$1" ;;
debug:image|debug:headers) debug "$1" ;;
6.12:dir) echo "$build/linux" ;;
newest:dir|debug:dir) echo "$build/linux-$linux" ;;
6.12:*|newest:*|debug:*) die "image, headers or dir" ;;
*) die "LINUX=$linux: 6.12, newest or debug" ;;
esac
