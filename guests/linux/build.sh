#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# build.sh NAME: the files of a Linux TVM, in build/linux/tvm/NAME: loader.elf,
# Image, initrd and dtb. From the environment: VCPUS (2), MEM (512M), APPEND to
# the kernel's command line, ISA extensions besides the usual, MARKER that the
# TVM shows. "make guests" has made the loader.
#
# build.sh --pack FILE NAME...: these TVMs in one archive, for the host.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "${BUILD:-$root/build}/linux"
build=$(cd "${BUILD:-$root/build}" && pwd)
out=$build/linux/tvm
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}

die() { echo "linux-guest: $*" >&2; exit 1; }

if [ "$1" = --pack ]; then
	file=$2
	shift 2
	members=()
	for name in "$@"; do
		for f in loader.elf Image initrd dtb; do
			[ -f "$out/$name/$f" ] || die "$name has no $f"
			members+=("$name/$f=$out/$name/$f")
		done
	done
	exec python3 "$root/guests/mkcpio.py" "$file" "${members[@]}"
fi

name=$1
dir=$out/$name
tree=("$here/dts.py" --vcpus="${VCPUS:-2}" --mem="${MEM:-512M}"
      --isa="${ISA:-}"
      --bootargs "console=ttyS0 earlycon=sbi${APPEND:+ $APPEND}")

[[ $name =~ ^[a-z0-9]+$ ]] || die "\"$name\" is no name for a TVM"
# What a user got wrong, before anything is fetched
"${tree[@]}"
[ -f "$build/guests/loader.elf" ] || die "no build/guests/loader.elf"

"$root/firmware/deps.sh" libc6-dev-riscv64-cross
mkdir -p "$dir"
"${cross}gcc" -static -s -pthread -O2 -Wall -Wextra -Werror \
	-Wl,--build-id=none -o "$dir/load" "$here"/load/*.c
files=("$dir/load")
if [ -n "${MARKER:-}" ]; then
	echo "$MARKER" >"$dir/marker.txt"
	files+=("$dir/marker.txt")
fi
"$root/firmware/linux-image.sh" --guest "$name" "$here/init" "${files[@]}"

cp "$build/guests/loader.elf" "$dir/loader.elf"
cp "$build/linux/Image" "$dir/Image"
mv "$build/linux/initrd-$name.cpio.gz" "$dir/initrd"
"${tree[@]}" --image "$dir/Image" --initrd "$dir/initrd" >"$dir/dts"
dtc -q -I dts -O dtb -o "$dir/dtb" "$dir/dts"
