#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# build.sh: build the firmware as the environment says, which the top-level
# Makefile sets (OPENSBI_VERSION, CONFIG, EXTRA_CONFIG, VARIANT, FW_PAYLOAD,
# GUEST, OPENSBI_SRC, MBEDTLS_SRC, CROSS_COMPILE, JOBS).
#
# Result: build/fw/VERSION/CONFIG[-VARIANT]/fw_{jump,dynamic,payload}.{elf,bin}
# CONFIG=vanilla is OpenSBI's own generic platform, unpatched, to compare with.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
mkdir -p "${BUILD:-$root/build}"
build=$(cd "${BUILD:-$root/build}" && pwd)
config=${CONFIG:-release}
version=${OPENSBI_VERSION:-1.6}
make=${MAKE:-make}

die() { echo "firmware: $*" >&2; exit 1; }

# seed DIR: copy to $out what DIR, the same OpenSBI with other options of the
# TSM, has compiled of OpenSBI, with its dates, as if it had been made here.
seed() {
	local from=$1/obj obj=$out/obj own=platform/cove
	rm -rf "$out/obj.new"
	{
		flock -n 8 && [ -f "$1/fw_jump.bin" ] &&
			cmp -s "$1/compiler" "$out/compiler" &&
			cmp -s <(grep -v SBI_COVH "$from/$own/kconfig/autoconf.h") \
				<(grep -v SBI_COVH "$obj/$own/kconfig/autoconf.h") ||
			return 1
		touch -r "$from/$own/kconfig/autoconf.h" \
			"$obj/$own/kconfig/autoconf.h"
		cp -a "$from" "$out/obj.new"
	} 8>>"$1/.lock" || return 1
	# What is made of the TSM's options, or holds all of it
	rm -rf "$out/obj.new/$own"/{covh,firmware,kconfig,platform.*} \
		"$out/obj.new"/lib/sbi/sbi_ecall_exts.*
	find "$out/obj.new" -name '*.a' -delete
	find "$out/obj.new" -name '*.dep' -exec sed -i "s,$from/,$obj/,g" {} +
	mv "$obj/$own/kconfig" "$out/obj.new/$own"
	rm -r "$obj"
	mv "$out/obj.new" "$obj"
}

# update FILE: make FILE hold what stdin brings; keep its date if it does.
update() {
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

if [ "$config" = vanilla ]; then
	src=$(VANILLA=1 "$here/prepare.sh" opensbi "$version")
else
	src=$("$here/prepare.sh" opensbi "$version")
	if [ -z "${MBEDTLS_SRC:-}" ]; then
		MBEDTLS_SRC=$("$here/prepare.sh" mbedtls)
	fi
	[ -f "$MBEDTLS_SRC/library/sha512.c" ] ||
		die "MBEDTLS_SRC=$MBEDTLS_SRC is no mbedTLS source tree"
	MBEDTLS_SRC=$(cd "$MBEDTLS_SRC" && pwd)
	[ -f "$root/platform/cove/configs/$config.config" ] ||
		die "CONFIG=$config: no platform/cove/configs/$config.config"
fi
jobs=${JOBS:-$(nproc)}
[[ $jobs =~ ^[1-9][0-9]*$ ]] || die "JOBS=$jobs: not a number"
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}
command -v "${cross}gcc" >/dev/null ||
	die "CROSS_COMPILE=$cross: there is no ${cross}gcc"
name=${src##*/opensbi-}
out=$build/fw/${name%-vanilla}/$config${VARIANT:+-$VARIANT}
if [ -n "${EXTRA_CONFIG:-}" ] && [ -z "${VARIANT:-}" ]; then
	die "EXTRA_CONFIG needs VARIANT=name, for a directory of its own"
fi
mkdir -p "$out"

exec 7>"$out/.lock"
flock 7

# OPENSBI_VERSION_GIT: else OpenSBI would describe the repository around it.
# FW_PAYLOAD: a user's own, given to make, would override OpenSBI's.
args=(-C "$src" O="$out/obj" CROSS_COMPILE="$cross" OPENSBI_VERSION_GIT=
      REPRODUCIBLE=y FW_PAYLOAD=y)

if [ "$config" = vanilla ]; then
	args+=(PLATFORM=generic)
	obj=$out/obj/platform/generic/firmware
else
	{
		cat "$src/platform/generic/configs/defconfig"
		cat "$root/platform/cove/configs/$config.config"
		tr ' ' '\n' <<<"${EXTRA_CONFIG:-}"
	} | update "$out/defconfig"
	# An auto.conf whose content stays is not written again, but what depends
	# on it is: OpenSBI's make would read it and start over, for ever.
	kconfig=$out/obj/platform/cove/kconfig
	if [ -f "$kconfig/auto.conf" ] &&
		find "$out/defconfig" "$root/platform/cove/Kconfig" \
			"$root/lib/sbi_covh/Kconfig" \
			-newer "$kconfig/auto.conf" | grep -q .; then
		rm "$kconfig/auto.conf"
	fi
	defconfig=$(realpath --relative-to="$root/platform/cove/configs" \
		"$out/defconfig")
	args+=(PLATFORM_DIR="$root/platform" PLATFORM=cove
	       PLATFORM_DEFCONFIG="$defconfig" MBEDTLS_SRC="$MBEDTLS_SRC")
	obj=$out/obj/platform/cove/firmware
	# ar only adds: what is no object any more would stay in the archive.
	cat "$root"/lib/sbi_covh/objects.mk "$root"/platform/cove/objects.mk |
		update "$out/objects"
	find "$out/obj" -name libplatsbi.a ! -newer "$out/objects" \
		-delete 2>/dev/null || true
	# The path of mbedTLS is in no dependency file.
	echo "$MBEDTLS_SRC" | update "$out/mbedtls-src"
	for dir in "$out/obj/platform/cove/covh"/{,helper-obj/}mbedtls; do
		[ ! -d "$dir" ] || find "$dir" -name '*.o' \
			! -newer "$out/mbedtls-src" -delete
	done
fi

# Files that go into the firmware are copied, so that another path is seen.
payload=${FW_PAYLOAD:-}
if [ -z "$payload" ] && [ -f "$build/host/host.bin" ]; then
	payload=$build/host/host.bin
fi
if [ -n "$payload" ]; then
	[ -f "$payload" ] || die "FW_PAYLOAD=$payload: no such file"
	update "$out/payload.bin" <"$payload"
	args+=(FW_PAYLOAD_PATH="$out/payload.bin")
elif [ -f "$out/payload.bin" ]; then
	rm -f "$out/payload.bin" "$obj/fw_payload.o"
fi
if [ "$config" = standalone ]; then
	[ -f "${GUEST:-}" ] || die "CONFIG=standalone needs GUEST=file.elf"
	update "$out/guest.elf" <"$GUEST"
	args+=(COVH_GUEST_ELF="$out/guest.elf")
fi

case " ${MAKEFLAGS:-} " in
*jobserver*) ;;
*) args+=(-j"$jobs") ;;
esac
unset PLATFORM PLATFORM_DIR O OPENSBI_SRC_DIR
if [ "$config" != vanilla ] && [ ! -d "$out/obj" ]; then
	"${cross}gcc" --version >"$out/compiler"
	# No more than Kconfig's files
	if $make "${args[@]}" savedefconfig >"$out/build.log" 2>&1; then
		for dir in "${out%/*}"/*; do
			[ "$dir" -ef "$out" ] || ! seed "$dir" || break
		done
	fi
fi
if [ -n "${V:-}" ]; then
	$make "${args[@]}"
else
	$make "${args[@]}" >"$out/build.log" 2>&1 || {
		# What is wrong, not what else was built meanwhile
		grep -E -A6 --no-group-separator \
			'[Ee]rror:|warning:|undefined reference|\*\*\*' \
			"$out/build.log" |
			grep -vE '^ [A-Z-]+ |^make.*(Error [0-9]|Waiting|ing directory)' >&2 ||
			tail -20 "$out/build.log" >&2
		die "build failed, see ${out#"$root"/}/build.log"
	}
fi

# An option that Kconfig does not know, or with such a value, is gone by now.
for word in ${EXTRA_CONFIG:-}; do
	[ "${word%=n}" = "$word" ] || word="# ${word%=n} is not set"
	grep -qxF "$word" "$kconfig/.config" ||
		die "EXTRA_CONFIG: $word: no such option, or not with this value"
done

for f in jump dynamic payload; do
	for e in elf bin; do
		cmp -s "$obj/fw_$f.$e" "$out/fw_$f.$e" ||
			cp "$obj/fw_$f.$e" "$out/fw_$f.$e"
	done
done
elf=$out/obj/platform/cove/covh/trampoline.elf
[ ! -f "$elf" ] || cmp -s "$elf" "$out/trampoline.elf" ||
	cp "$elf" "$out/trampoline.elf"
echo "firmware: ${out#"$root"/}"
