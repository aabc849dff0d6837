#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# A private apt, for Debian suites that the machine itself does not use.
#
#   apt-private.sh ARCH get|cache ARGS...   (ARCH: native or riscv64)
#
# Mirror and keyring come from the machine's own sources; lists, caches and
# configuration lie in build/apt. The system's apt state is only read.

set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
suites="bookworm bookworm-backports trixie forky"
arch=$1
tool=$2
shift 2
dir=${BUILD:-$root/build}/apt/$arch

die() { echo "apt-private: $*" >&2; exit 1; }

# Print "URI KEYRING" of the machine's Debian archive.
debian_source() {
	local f
	for f in /etc/apt/sources.list.d/*.sources; do
		[ -f "$f" ] || continue
		awk '
		function out() {
			if (types ~ /deb/ && uri ~ /\/debian\/?$/ && !done) {
				print uri, key
				done = 1
			}
			types = uri = key = ""
		}
		/^[[:space:]]*$/ { out() }
		/^Types:/ { types = $0 }
		/^URIs:/ { uri = $2 }
		/^Signed-By:/ { key = $2 }
		END { out() }' "$f"
	done
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -f "$f" ] || continue
		awk '$1 == "deb" {
			key = ""
			if (match($0, /signed-by=[^] ]+/))
				key = substr($0, RSTART + 10, RLENGTH - 10)
			sub(/\[[^]]*\]/, "")
			if ($2 ~ /\/debian\/?$/) { print $2, key; exit }
		}' "$f"
	done
}

setup() {
	local uri key
	read -r uri key < <(debian_source) || true
	[ -n "${uri:-}" ] || die "no Debian archive in this machine's apt sources"
	key=${key:-/usr/share/keyrings/debian-archive-keyring.gpg}
	[ -f "$key" ] || die "archive keyring $key is missing"

	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	for s in $suites; do
		echo "deb [signed-by=$key] $uri $s main"
		[ "$arch" = riscv64 ] || echo "deb-src [signed-by=$key] $uri $s main"
	done >"$dir/sources.list.new"
	cat >"$dir/apt.conf" <<-CONF
	Dir::Etc::sourcelist "$dir/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	Dir::State "$dir";
	Dir::State::lists "$dir/lists";
	Dir::State::status "$dir/status";
	Dir::Cache "$dir/cache";
	APT::Sandbox::User "root";
	APT::Get::AllowUnauthenticated "false";
	Acquire::AllowInsecureRepositories "false";
	Acquire::Languages "none";
	Acquire::Retries "2";
	CONF
	if [ "$arch" = riscv64 ]; then
		cat >>"$dir/apt.conf" <<-CONF
		APT::Architecture "riscv64";
		APT::Architectures { "riscv64"; };
		CONF
	fi
	# trixie, riscv64: not in every suite; bookworm has no riscv64 at all
	if [ "$arch" = riscv64 ]; then
		sed -i '/ bookworm/d' "$dir/sources.list.new"
	fi
	mv "$dir/sources.list.new" "$dir/sources.list"
}

# Fetch the package lists unless they are younger than a day.
update() {
	if [ -f "$dir/updated" ] && [ -z "$(find "$dir/updated" -mmin +1440)" ] &&
	   [ "$dir/updated" -nt "$0" ]; then
		return
	fi
	setup
	# One suite that is out of order must not take the others with it: what
	# it alone has is then missed by whoever asks for it.
	if ! APT_CONFIG=$dir/apt.conf apt-get -qq update \
	     >"$dir/update.log" 2>&1; then
		cat "$dir/update.log" >&2
		ls "$dir"/lists/*_Packages* >/dev/null 2>&1 ||
			die "apt-get update failed"
	fi
	touch "$dir/updated"
}

mkdir -p "$dir"
exec 9>"$dir/lock"
flock 9
case $tool in
refresh)
	rm -f "$dir/updated"
	update
	;;
get|cache)
	update
	APT_CONFIG=$dir/apt.conf "apt-$tool" "$@"
	;;
*)
	die "unknown tool $tool"
	;;
esac
