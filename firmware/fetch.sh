#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# fetch.sh NAME [VALUE]: download NAME of sources.lock into build/cache, verify
# it and print its path. What is there already is verified again, not downloaded.
# VALUE is put for "@" in a package's name.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/../build}
cache=$build/cache
name=$1
value=${2:-}

die() { echo "fetch: $*" >&2; exit 1; }

# check FILE SHA256: "-" stands for a file whose signature apt has checked.
check() {
	[ "$2" = - ] || echo "$2  $1" | sha256sum --status -c -
}

# Run apt twice: an index can be out of step with its pool for a moment.
apt_get() {
	local arch=$1
	shift
	"$here/apt-private.sh" "$arch" get "$@" >"$tmp/apt.log" 2>&1 || {
		"$here/apt-private.sh" "$arch" refresh >>"$tmp/apt.log" 2>&1 &&
		"$here/apt-private.sh" "$arch" get "$@" >>"$tmp/apt.log" 2>&1
	}
}

# download VERSION SUITE FILE: leave the file in $tmp/get, or fail.
download() {
	local version=$1 suite=$2 file=$3 package=${3%%_*} which=$1 arch=native
	case $file in *_riscv64.deb) arch=riscv64 ;; esac
	case $version in
	\*)	which=/$suite ;;
	*)	which="=$version" ;;
	esac
	rm -rf "$tmp/get"
	mkdir -p "$tmp/get"
	cd "$tmp/get"
	case $file in
	*.orig.tar.*)
		apt_get native source --download-only --tar-only \
			"$package$which" || return 1
		[ -f "$file" ]
		;;
	*)
		apt_get "$arch" download "$package$which" || return 1
		set -- *.deb
		[ $# = 1 ] && [ -f "$1" ] && mv "$1" "$file"
		;;
	esac
}

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
exec 8>"$cache/.lock-$name"
flock 8
tmp=$(mktemp -d "$cache/.fetch-XXXXXX")
trap 'rm -rf "$tmp"' EXIT

grep "^$name " "$here/sources.lock" | sed "s/@/$value/" >"$tmp/pins"
[ -s "$tmp/pins" ] || die "$name: not in sources.lock"

# A file's name in the cache carries the version: pins may differ only there.
cached() {
	local version=${1#*:} ext=${3##*.}
	[ "$version" != \* ] || version=any-$2${value:+-$value}
	case $3 in *.tar.*) ext=tar.$ext ;; esac
	echo "$cache/${name%-"${version%%-*}"}-$version.$ext"
}

while read -r _ version suite file sha; do
	path=$(cached "$version" "$suite" "$file")
	[ -f "$path" ] || continue
	check "$path" "$sha" ||
		die "$name: $path: bad checksum (make distclean to start anew)"
	echo "$path"
	exit 0
done <"$tmp/pins"

why="no network, or no longer in the archive"
while read -r _ version suite file sha; do
	path=$(cached "$version" "$suite" "$file")
	if ! download "$version" "$suite" "$file"; then
		continue
	fi
	check "$tmp/get/$file" "$sha" ||
		die "$name: $file $version: bad checksum, not used"
	mv "$tmp/get/$file" "$path"
	echo "fetch: $name $version from $suite" >&2
	echo "$path"
	exit 0
done <"$tmp/pins"

grep '^E:' "$tmp/apt.log" 2>/dev/null | tail -1 >&2 || true
die "$name: none of the versions in sources.lock can be had ($why)"
