#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# linux-debug.sh: build a kernel from Debian's linux-source that watches what
# its modules do (KASAN, lockdep, kmemleak and more: linux-debug.config), in
# build/linux-debug, and print the directory it is built in. Takes long, once.
# Exit status 2: the source cannot be had.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${BUILD:-$here/../build}/linux-debug
mkdir -p "$out"
out=$(cd "$out" && pwd)
config=$here/linux-debug.config
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}
tree=$out/obj
log=$out/build.log

die() { echo "linux-debug: $1" >&2; exit 1; }

unset MAKEFLAGS MFLAGS MAKELEVEL
package=$("$here/fetch.sh" linux-source) || exit 2
"$here/deps.sh" flex bison bc
exec 7>"$out/.lock-kernel"
flock 7

version=$(dpkg-deb -f "$package" Version)
stamp="$version $(cat "$config" "$0" | sha256sum) $("${cross}gcc" -dumpfullversion)"
if [ "$(cat "$tree/stamp" 2>/dev/null)" = "$stamp" ]; then
	echo "$tree"
	exit 0
fi

src=$out/$(dpkg-deb -f "$package" Package)
if [ "$(cat "$src.version" 2>/dev/null)" != "$version" ]; then
	rm -rf "$src"
	dpkg --fsys-tarfile "$package" |
		tar -xO --wildcards '*/linux-source-*.tar.xz' | tar -xJ -C "$out"
	echo "$version" >"$src.version"
fi

kernel() {
	make -C "$src" O="$tree" ARCH=riscv CROSS_COMPILE="$cross" \
		-j "${JOBS:-$(nproc)}" "$@" >>"$log" 2>&1 ||
		die "$1: $(grep -iE 'error:|No rule' "$log" | head -1), see $log"
}

mkdir -p "$tree"
# With what was made of another kernel
rm -rf "$tree/stamp" "$log" "$out/stamp" "$out"/obj-*
kernel KCONFIG_ALLCONFIG="$config" allnoconfig
# What does not exist, or depends on something else, is left out without a word
missing=$(grep '^CONFIG_' "$config" | grep -vxFf "$tree/.config") ||
	missing=
[ -z "$missing" ] || die "not in the configuration: ${missing//$'\n'/ }"
echo "linux-debug: building Linux $version, which takes a while" >&2
# There are no modules, but this writes down what they may call
kernel Image modules
echo "$stamp" >"$tree/stamp"
echo "$tree"
