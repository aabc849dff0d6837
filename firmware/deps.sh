#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# deps.sh [PACKAGE...]: install the Debian packages that are missing among
# those given and those every target needs. Silent when nothing is missing.

set -eu

packages="gcc make patch python3 python3-pytest xz-utils bzip2 cpio kmod
	gcc-riscv64-linux-gnu device-tree-compiler qemu-system-misc
	libcmocka-dev libfdt-dev libc6-dev ca-certificates"

# shellcheck disable=SC2086
set -- $packages "$@"

missing=
for p in "$@"; do
	s=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) || true
	[ "$s" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "deps: not root, and these packages are missing:$missing" >&2
	exit 1
fi
echo "deps: installing$missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
{ apt-get -q update && apt-get -qy install --no-install-recommends $missing; } \
	>"$log" 2>&1 || {
	grep '^E:' "$log" >&2 || tail -5 "$log" >&2
	echo "deps: cannot install$missing" >&2
	exit 1
}
