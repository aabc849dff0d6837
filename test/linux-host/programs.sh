#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# programs.sh GUEST...: build what runs VMs from Linux: host-test (prog/), and
# guests as flat images. Prints the paths, for firmware/linux-image.sh.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "${BUILD:-$root/build}/linux"
build=$(cd "${BUILD:-$root/build}" && pwd)
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}

make -s -C "$root" guests >&2
for g in "$@"; do
	"${cross}objcopy" -O binary "$build/guests/$g.elf" \
		"$build/linux/$g.bin"
	echo "$build/linux/$g.bin"
done
"$root/firmware/deps.sh" libc6-dev-riscv64-cross >&2
"${cross}gcc" -static -pthread -O2 -Wall -Wextra -Werror \
	-I"$root/guests/include" -o "$build/linux/host-test" \
	"$here"/prog/*.c
echo "$build/linux/host-test"
