#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# linux-image.sh [--guest NAME | --host NAME] INIT [FILE...]: Debian's stock
# riscv64 kernel and a busybox initramfs that runs INIT, in
# build/linux/{Image,modules,initrd-<name of INIT>.cpio}. FILEs go into the
# initramfs: *.ko to /modules, *.bin and *.elf to /guests, *.txt to /etc, others
# to /bin, PATH=FILE to PATH. LINUX=newest, debug: all of it in build/linux-newest
# or build/linux-debug (linux-kernel.sh).
#
# --guest NAME: for a guest, without modules, compressed: initrd-NAME.cpio.gz.
# The same files make the same initramfs every time, since it is measured.
# --host NAME: the initramfs is initrd-NAME.cpio.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
guest=
name=
case $1 in
--guest)
	guest=$2
	shift 2
	;;
--host)
	name=$2
	shift 2
	;;
esac
init=$1
name=${name:-$(basename "$init")}
shift
out=$("$here/linux-kernel.sh" dir)
mkdir -p "$out"
exec 7>"$out/.lock"
flock 7

kernel=$("$here/linux-kernel.sh" image)
busybox=$("$here/fetch.sh" busybox)

tmp=$out/new
rm -rf "$tmp"
mkdir -p "$tmp"
trap 'rm -rf "$tmp"' EXIT

# contents DEB PATTERN...: unpack parts of a package into $tmp.
contents() {
	local deb=$1
	shift
	dpkg --fsys-tarfile "$deb" | tar -C "$tmp" -x --wildcards "$@"
}

# The kernel and what KVM is in. Where they lie, and in how many packages,
# depends on the version.
unpack() {
	local deb
	if [ "${kernel%.deb}" = "$kernel" ]; then
		cp "$kernel" "$tmp/Image"
		return
	fi
	for deb in $kernel; do
		dpkg --fsys-tarfile "$deb" | tar -t | grep -E \
			'/vmlinu[xz][^/]*$|/(kvm|irqbypass)\.ko(\.xz)?$' \
			>"$tmp/wanted"
		contents "$deb" -T "$tmp/wanted"
	done
	find "$tmp" -name 'vmlinu[xz]*' -exec mv {} "$tmp/Image" \;
}

if [ "$(cat "$out/stamp" 2>/dev/null)" != "$kernel $busybox" ] ||
   [ ! -s "$out/Image" ] || [ ! -s "$out/busybox" ]; then
	rm -rf "$out/stamp" "$out/Image" "$out/modules" "$out/busybox"
	unpack
	contents "$busybox" '*/bin/busybox'
	mkdir "$tmp/modules"
	find "$tmp" -name '*.ko*' -exec mv {} "$tmp/modules" \;
	find "$tmp/modules" -name '*.xz' -exec xz -d {} +
	mv "$tmp/Image" "$out/Image"
	find "$tmp" -name busybox -exec mv {} "$out/busybox" \;
	mv "$tmp/modules" "$out/modules"
	echo "$kernel $busybox" >"$out/stamp"
fi

mkdir -p "$tmp/root"/{bin,proc,sys,dev,etc,root,tmp,modules,guests}
cp "$out/busybox" "$tmp/root/bin/busybox"
[ -n "$guest" ] || cp -r "$out/modules/." "$tmp/root/modules"
install -m 755 "$init" "$tmp/root/init"
for f in "$@"; do
	case $f in
	*=*) install -D -m 644 "${f#*=}" "$tmp/root/${f%%=*}" ;;
	*.ko) cp "$f" "$tmp/root/modules/" ;;
	*.bin | *.elf) cp "$f" "$tmp/root/guests/" ;;
	*.txt) cp "$f" "$tmp/root/etc/" ;;
	*) install -m 755 "$f" "$tmp/root/bin/" ;;
	esac
done
find "$tmp/root" -exec touch -h -d @0 {} +
(cd "$tmp/root" && find . | LC_ALL=C sort |
	cpio --quiet --reproducible -R +0:+0 -o -H newc) >"$tmp/initrd"
if [ -n "$guest" ]; then
	gzip -9n "$tmp/initrd"
	mv "$tmp/initrd.gz" "$out/initrd-$guest.cpio.gz"
else
	mv "$tmp/initrd" "$out/initrd-$name.cpio"
fi
