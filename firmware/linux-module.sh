#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# linux-module.sh DIR: build the kernel module whose sources (and Kbuild file)
# are in DIR for the kernel of linux-image.sh (LINUX, see linux-kernel.sh), with
# Debian's headers of the same version, and print the path of the .ko file.
# COVE_TOP is this repository, for the Kbuild file, unless it is set (to nothing,
# for sources that need none of it). Exit status 2: no headers can be had.
#
# The headers want the compiler of their kernel, gcc-14 or newer, and tools that
# run on a newer C library than Debian 12's. Any cross compiler will do, once the
# configuration does not promise what it cannot; of the tools Debian 12 has a
# backport, or they run on the C library of their own suite.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
src=$(cd "$1" && pwd)
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}
out=$("$here/linux-kernel.sh" dir)
mkdir -p "$out"

die() { echo "linux-module: $1" >&2; exit "${2:-1}"; }

packages=$("$here/linux-kernel.sh" headers)

exec 7>"$out/.lock-module"
flock 7

# tool FILE: if it wants a newer C library, run it on the one in DIR, if any.
tool() {
	local dir=$1 file=$2 loader
	ldd "$file" 2>&1 | grep -q 'not found' || return 0
	loader=$(find "$dir.new/usr/lib" -name 'ld-linux-*.so.*' | head -1)
	[ -n "$loader" ] ||
		die "${file##*/}: this machine's C library is too old" 2
	mv "$file" "$file.elf"
	{
		echo '#!/bin/sh'
		echo "lib=${loader/#"$dir.new"/$dir}"
		echo "exec \$lib --library-path \${lib%/*} \"\$0.elf\" \"\$@\""
	} >"$file"
	chmod +x "$file"
}

# Options that say what Debian's compiler and assembler have, and gcc-12 and its
# binutils lack. None of them changes what a structure looks like.
promises='CC_HAS_COUNTED_BY|CC_HAS_COUNTED_BY_PTR|CC_HAS_ASSUME'
promises+='|CC_HAS_MULTIDIMENSIONAL_NONSTRING|CC_HAS_MIN_FUNCTION_ALIGNMENT'
promises+='|TOOLCHAIN_HAS_ZABHA|TOOLCHAIN_HAS_ZACAS'

# Headers, with links and the one absolute path turned to what is here.
unpack() {
	local dir=$1 deb link kernel file
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new"
	for deb in $packages; do
		dpkg -x "$deb" "$dir.new"
	done
	kernel=$(echo "$dir.new"/usr/src/linux-headers-*-riscv64)
	link=$(readlink "$kernel/scripts")
	link=$dir.new/usr/lib/$(basename "$(dirname "$link")")
	[ -e "$link" ] ||
		ln -s "$(basename "$dir.new"/usr/lib/linux-kbuild-*)" "$link"
	for file in "$link"/scripts/basic/fixdep "$link"/scripts/mod/modpost*; do
		tool "$dir" "$file"
	done
	sed -i "s,/usr/src/,$dir/usr/src/," "$kernel/Makefile"
	sed -i -E "/^CONFIG_($promises)=/d" "$kernel/include/config/auto.conf"
	sed -i -E "/^#define CONFIG_($promises) /d" \
		"$kernel/include/generated/autoconf.h"
	mv "$dir.new" "$dir"
	# What make would take for newer than these headers
	rm -rf "$out"/obj-*
}

# debian: the directory to build in, made of the packages
debian() {
	local tree=$out/headers stamp
	stamp="$packages $(sha256sum <"$0")"
	if [ "$(cat "$tree/stamp" 2>/dev/null)" != "$stamp" ]; then
		unpack "$tree"
		echo "$stamp" >"$tree/stamp"
	fi
	kernel=$(echo "$tree"/usr/src/linux-headers-*-riscv64)
}

if [ -d "$packages" ]; then
	kernel=$packages
else
	debian
fi

work=$out/obj-$(basename "$src")
mkdir -p "$work"
cp -pru "$src"/* "$work/"
unset MAKEFLAGS MFLAGS MAKELEVEL
make -C "$kernel" M="$work" COVE_TOP="${COVE_TOP-$root}" ARCH=riscv \
	CROSS_COMPILE="$cross" CC="${cross}gcc" LD="${cross}ld" CONFIG_DEBUG_INFO_BTF_MODULES= \
	modules >"$work/build.log" 2>&1 || {
	grep -iE '(error|warning):' "$work/build.log" >&2 ||
		tail -5 "$work/build.log" >&2
	die "${src##*/}: build failed, see ${work#"$root"/}/build.log"
}
ls "$work"/*.ko
