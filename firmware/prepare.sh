#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# prepare.sh opensbi VERSION | mbedtls: make a source tree under build/src
# (unpacked, or copied from OPENSBI_SRC; for OpenSBI also patched) and print
# its path. What did not change keeps its date, so builds stay incremental.
# VANILLA=1: an OpenSBI tree of its own, without the patches.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$here/..
src=${BUILD:-$root/build}/src

die() { echo "prepare: $*" >&2; exit 1; }

sums() {
	(cd "$1" && find . -type f -print0 | xargs -0 -r sha256sum | sort)
}

# install NEW DIR: NEW becomes DIR; unchanged files keep the date they have.
install_tree() {
	local new=$1 dir=$2
	find "$new" -type f -exec touch {} +
	if [ -d "$dir" ]; then
		comm -12 <(sums "$new") <(sums "$dir") | cut -c67- |
			tar -C "$dir" --format=posix -cf - -T - | tar -C "$new" -xf -
		rm -rf "$dir"
	fi
	mv "$new" "$dir"
}

# Print the directory that holds the patch series for the tree $1.
series() {
	local v
	v=$(sed -n 's/.*define OPENSBI_VERSION_M[AI][JN]OR[^0-9]*//p' \
		"$1/include/sbi/sbi_version.h" 2>/dev/null | paste -sd.)
	[ -n "$v" ] || die "$1: no version in sbi_version.h"
	# The header has no third number: 1.8 takes the series 1.8.1.
	if [ -d "$root/opensbi-patches/$v" ]; then
		echo "$root/opensbi-patches/$v"
	else
		find "$root/opensbi-patches" -maxdepth 1 -name "$v.*" |
			sort -V | tail -1 | grep . ||
			die "OpenSBI $v: no series in opensbi-patches"
	fi
}

mkdir -p "$src"
src=$(cd "$src" && pwd)

what=$1
if [ "$what" = mbedtls ]; then
	from=$("$here/fetch.sh" mbedtls)
	dir=$src/mbedtls
	id=$(sha256sum <"$from")
elif [ -n "${OPENSBI_SRC:-}" ]; then
	[ -d "$OPENSBI_SRC" ] || die "OPENSBI_SRC=$OPENSBI_SRC: no such directory"
	[ -f "$OPENSBI_SRC/include/sbi/sbi_version.h" ] ||
		die "OPENSBI_SRC=$OPENSBI_SRC is no OpenSBI source tree"
	from=$(cd "$OPENSBI_SRC" && pwd)
	dir=$src/opensbi-$(basename "$from")-$(echo "$from" | sha256sum | cut -c1-8)
	id=$(cd "$from" && find . \( -name .git -o -path ./build \) -prune -o \
		-type f -printf '%p %s %T@\n' | sort | sha256sum)
else
	from=$("$here/fetch.sh" "opensbi-$2")
	dir=$src/opensbi-$2
	id=$(sha256sum <"$from")
fi

[ -z "${VANILLA:-}" ] || dir=$dir-vanilla

exec 7>"$dir.lock"
flock 7

tmp=$dir.new
rm -rf "$tmp"
trap 'rm -rf "$tmp"' EXIT
patches=
# Which series it is can be asked only of an unpacked tree.
find_patches() {
	[ "$what" = opensbi ] && [ -z "${VANILLA:-}" ] || return 0
	local s
	s=$(series "$1") || exit 1
	patches=$(find "$s" -name '*.patch' | sort)
	# shellcheck disable=SC2086
	[ -z "$patches" ] || id="$id $(cat $patches | sha256sum)"
}

plain=$id
if [ -d "$dir" ]; then
	find_patches "$dir"
	if [ "$(cat "$dir.stamp" 2>/dev/null)" = "$id" ]; then
		echo "$dir"
		exit 0
	fi
fi

id=$plain
mkdir "$tmp"
if [ -d "$from" ]; then
	(cd "$from" && tar -cf - --exclude=./.git --exclude=./build .) |
		tar -C "$tmp" -xf -
else
	tar -C "$tmp" --strip-components=1 -xf "$from" ||
		die "$from: cannot be unpacked"
fi
find_patches "$tmp"
for p in $patches; do
	patch -d "$tmp" -p1 --fuzz=0 --no-backup-if-mismatch --quiet \
		--forward --reject-file=- <"$p" >&2 ||
		die "opensbi-patches/${p##*/opensbi-patches/} does not apply"
done
rm -f "$dir.stamp"
install_tree "$tmp" "$dir"
echo "$id" >"$dir.stamp"
echo "$dir"
