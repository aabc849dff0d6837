#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# image.sh NAME [FILE...]: the initramfs of a Linux that is host to TVMs, in
# build/linux/initrd-NAME.cpio: the driver, covm, the files of a Linux guest,
# and FILEs, see firmware/linux-image.sh. From the environment, for the TVM that
# init starts: VCPUS (2), MEM (512M), APPEND to its kernel's command line. INIT is
# another first program.
# "make guests" has made the guests' loader. Exit status 2: Debian's kernel or
# its headers cannot be had.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "${BUILD:-$root/build}/linux"
build=$(cd "${BUILD:-$root/build}" && pwd)
name=$1
shift

# A make above us is not the make of the driver
unset MAKEFLAGS MFLAGS MAKELEVEL
"$root/firmware/fetch.sh" linux >/dev/null || exit 2
"$root/guests/linux/build.sh" guest
driver=$("$root/firmware/linux-module.sh" "$here/driver")
make -s -C "$here/covm" BUILD="$build"

mkdir -p "$build/linux/$name"
printf '%s=%q\n' VCPUS "${VCPUS:-2}" MEM "${MEM:-512M}" APPEND "${APPEND:-}" \
	>"$build/linux/$name/guest.txt"
guest=$build/linux/tvm/guest
"$root/firmware/linux-image.sh" --host "$name" "${INIT:-$here/init}" "$driver" \
	"$build/linux/covm" "$build/linux/$name/guest.txt" \
	"guests/Image=$guest/Image" "guests/initrd=$guest/initrd" "$@"
