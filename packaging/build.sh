#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# build.sh [OUT]: Debian packages of what is here, in build/packages:
#
#   opensbi-cove   the firmware, and the documents
#   cove-dkms      the driver's source, for DKMS
#   covm           the VMM
#
# Two builds are the same, byte by byte: dates are those of the changelog, or
# SOURCE_DATE_EPOCH=. MAINTAINER="name <address>" goes into the packages.

set -eu
umask 022

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
mkdir -p "${BUILD:-$root/build}"
build=$(cd "${BUILD:-$root/build}" && pwd)
mkdir -p "${1:-$build/packages}"
out=$(cd "${1:-$build/packages}" && pwd)
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL

# text FILE: without what is a comment only in the source
text() { sed -e '/^# SPDX/d' -e "s/@VERSION@/$version/g" "$1"; }

version=$(sed -n 's/^opensbi-cove (\(.*\)).*/\1/p' "$here/changelog" | head -1)
maintainer=$(sed -n 's/^ -- \(.*>\)  .*/\1/p' "$here/changelog" | head -1)
date=$(sed -n 's/^ -- .*>  //p' "$here/changelog" | head -1)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date -d "$date" +%s)}

# dir NAME: begin with package NAME
dir() {
	tree=$work/$1
	mkdir -p "$tree/DEBIAN"
}

# put DEST [MODE]: stdin to a file of the package
put() {
	mkdir -p "$tree/$(dirname "$1")"
	cat >"$tree/$1"
	chmod "${2:-644}" "$tree/$1"
}

manual() { text "$1" | gzip -9n | put "usr/share/man/man${1##*.}/${1##*/}.gz"; }

# finish NAME: what all packages have, and the package
finish() {
	local doc=usr/share/doc/$1 size arch
	text "$here/copyright" | put "$doc/copyright"
	text "$here/changelog" | sed "s/^opensbi-cove (/$1 (/" | gzip -9n |
		put "$doc/changelog.gz"
	# As dpkg-gencontrol counts: a KiB for each directory, files rounded up
	size=$(cd "$tree" && find . -path ./DEBIAN -prune -o -printf '%y %s\n' |
		awk '{ k += $1 == "f" ? int(($2 + 1023) / 1024) : 1 }
		     END { print k }')
	{
		text "$here/$1/control" | sed '/^Description:/,$d'
		echo "Version: $version"
		echo "Maintainer: ${MAINTAINER:-$maintainer}"
		echo "Installed-Size: $size"
		text "$here/$1/control" | sed -n '/^Description:/,$p'
	} | put DEBIAN/control
	(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' |
		sort | xargs md5sum) | put DEBIAN/md5sums
	find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	arch=$(sed -n 's/^Architecture: //p' "$tree/DEBIAN/control")
	rm -f "$out/$1"_*.deb
	dpkg-deb --root-owner-group -Zxz -z9 --threads-max=1 --build "$tree" \
		"$out/${1}_${version}_$arch.deb" >/dev/null
	echo "package: ${out#"$root"/}/${1}_${version}_$arch.deb"
}

firmware() {
	local fw lib=usr/lib/riscv64-linux-gnu/opensbi-cove/generic f
	fw=$(CONFIG=release VARIANT='' EXTRA_CONFIG='' \
		"$root/firmware/build.sh" | sed -n 's/^firmware: //p')
	[ -n "$fw" ]
	dir opensbi-cove
	for f in fw_jump fw_dynamic; do
		put "$lib/$f.bin" <"$root/$fw/$f.bin"
	done
	for f in "$root"/README.md "$root"/docs/*.md; do
		put "usr/share/doc/opensbi-cove/${f#"$root"/}" <"$f"
	done
	finish opensbi-cove
}

driver() {
	local src=usr/src/cove-$version f
	dir cove-dkms
	for f in "$root"/host/linux/driver/*; do
		put "$src/${f##*/}" <"$f"
	done
	put "$src/include/cove.h" <"$root/host/linux/include/cove.h"
	put "$src/include/sbi_covh/abi.h" \
		<"$root/lib/sbi_covh/include/sbi_covh/abi.h"
	text "$here/cove-dkms/dkms.conf" | put "$src/dkms.conf"
	put usr/lib/udev/rules.d/60-cove.rules <"$here/cove-dkms/60-cove.rules"
	put usr/lib/modules-load.d/cove.conf \
		<"$here/cove-dkms/modules-load.conf"
	text "$here/cove-dkms/postinst.sh" | put DEBIAN/postinst 755
	text "$here/cove-dkms/prerm.sh" | put DEBIAN/prerm 755
	manual "$here/cove-dkms/cove.4"
	finish cove-dkms
}

vmm() {
	make -s -C "$root" guests >&2
	make -s -C "$root/host/linux/covm" BUILD="$build" >&2
	dir covm
	"${cross}objcopy" --strip-all "$build/linux/covm" "$work/covm.bin"
	put usr/bin/covm 755 <"$work/covm.bin"
	manual "$here/covm/covm.1"
	put usr/share/bash-completion/completions/covm \
		<"$here/covm/covm.completion"
	finish covm
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
firmware
driver
vmm
