#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# linux-module.sh DIR: build the kernel module whose sources (and Kbuild file)
# are in DIR for the kernel of linux-image.sh, with Debian's headers of the
# same version, and print the path of the .ko file. COVE_TOP is this
# repository, for the Kbuild file. Exit status 2: no headers can be had.
#
# The headers want the compiler of their kernel, gcc-14, and tools that run on
# a newer C library than Debian 12's: any cross compiler will do, and Debian 12
# has a backport of the tools.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
src=$(cd "$1" && pwd)
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}
mkdir -p "${BUILD:-$root/build}/linux"
out=$(cd "${BUILD:-$root/build}/linux" && pwd)

die() { echo "linux-module: $1" >&2; exit "${2:-1}"; }
get() { "$here/fetch.sh" "$1" || exit 2; }

kernel=$(get linux)
version=$(basename "$kernel" | sed -n 's/^linux-\([0-9.]*\)-.*/\1/p')
[ -n "$version" ] || die "$kernel: no version in its name"
headers=$(get "linux-headers-$version")
common=$(get "linux-headers-common-$version")
tools=$(get linux-kbuild)

exec 7>"$out/.lock-module"
flock 7

# Headers, with links and the one absolute path turned to what is here.
unpack() {
	local dir=$1 deb link
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new"
	for deb in "$headers" "$common" "$tools"; do
		dpkg -x "$deb" "$dir.new"
	done
	link=$(readlink "$dir.new"/usr/src/linux-headers-*-riscv64/scripts)
	link=$dir.new/usr/lib/$(basename "$(dirname "$link")")
	[ -e "$link" ] ||
		ln -s "$(basename "$dir.new"/usr/lib/linux-kbuild-*)" "$link"
	! ldd "$link/scripts/mod/modpost" 2>&1 | grep -q 'not found' ||
		die "${tools##*/}: its tools do not run on this machine" 2
	sed -i "s,/usr/src/,$dir/usr/src/," \
		"$dir.new"/usr/src/linux-headers-*-riscv64/Makefile
	mv "$dir.new" "$dir"
}

tree=$out/headers-$version
stamp="$headers $common $tools"
if [ "$(cat "$tree/stamp" 2>/dev/null)" != "$stamp" ]; then
	unpack "$tree"
	echo "$stamp" >"$tree/stamp"
fi

work=$out/obj-$(basename "$src")
mkdir -p "$work"
cp -pu "$src"/* "$work/"
unset MAKEFLAGS MFLAGS MAKELEVEL ARCH
make -C "$tree"/usr/src/linux-headers-*-riscv64 M="$work" COVE_TOP="$root" \
	CC="${cross}gcc" LD="${cross}ld" CONFIG_DEBUG_INFO_BTF_MODULES= \
	modules >"$work/build.log" 2>&1 || {
	grep -iE '(error|warning):' "$work/build.log" >&2 ||
		tail -5 "$work/build.log" >&2
	die "${src##*/}: build failed, see ${work#"$root"/}/build.log"
}
ls "$work"/*.ko
