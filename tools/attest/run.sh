#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh [SCENE...]: a relying party, which has a secret, and a VM that wants it,
# with the host between them. Scenes, all if none is given:
#
#   honest      the host does what it should: the VM gets the secret
#   flip        the host changes one byte of the VM's image
#   replay      the host answers with the evidence of the scene before
#   swap-key    the host puts its own key into the evidence
#   strict      all are honest, the policy accepts a Secured platform only
#
# and, not without being asked for,
#
#   tamper      the host changes the encrypted secret on its way to the VM
#   no-entropy  the hart has no Zkr
#
# FORMAT=cbor|x509 is the kind of certificate. The consoles, evidence and
# policies are in build/attest/FORMAT. Succeeds if all end as they must.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${BUILD:-$root/build}
format=${FORMAT:-cbor}
guest=$build/guests/attest.elf
tools=$build/tools

die() { echo "attest: $*" >&2; exit 1; }

case $format in
cbor | x509) ;;
*) die "FORMAT=$format: cbor or x509" ;;
esac
[ $# != 0 ] || set -- honest flip replay swap-key strict
out=$build/attest/$format
mkdir -p "$out"
# All of it would be written twice
exec 8>"$out/.lock"
flock -n 8 || die "another run writes to $out: wait for it"
fw=$root/$("$root/firmware/build.sh" | sed -n 's/^firmware: //p')

machine=(-M virt -smp "${HARTS:-2}" -m 1G -nographic -no-reboot
	 -bios "$fw/fw_jump.bin" -kernel "$build/host/host.bin")

# OpenSBI does not boot with the Zkr of old QEMUs, but for this
major=$("$root/firmware/qemu.sh" --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
zkr=rv64,zkr=on
[ "${major:-0}" -ge 10 ] || zkr+=,x-epmp=on

# Where the pool is, and how many PMP entries the firmware takes, is measured.
# The relying party reads it off a machine of its own, without any guest.
look_at_machine() {
	local log=$out/machine.log

	"$root/firmware/qemu.sh" "${machine[@]}" -cpu "$zkr" </dev/null >"$log" 2>&1 || :
	pool=$(sed -n 's/^opensbi-cove: pool \(0x[0-9a-f]*\), \([0-9]*\) pages.*/\1,\2/p' \
		"$log")
	pmp=$(sed -n 's/^opensbi-cove: PMP [0-9]* entries, \([0-9]*\) used.*/\1/p' \
		"$log")
	if [ -z "$pool" ] || [ -z "$pmp" ]; then
		die "the firmware did not boot, or has no pool: see $log"
	fi
}

# What the relying party wants: the example policy for QEMU, and what this
# firmware, machine and guest have to be measured as
make_policy() {
	local digest

	look_at_machine
	digest=$("$tools/cove-measure" --firmware "$fw/fw_jump.bin" --json |
		sed -n 's/.*{"digest": "\([0-9a-f]*\)".*/\1/p')
	cp "$root/tools/policies/qemu-virt.pem" "$out"
	{
		cat "$root/tools/policies/qemu-virt.policy"
		echo
		echo "# cove-measure, for this firmware, machine and guest"
		"$tools/cove-measure" --firmware "$fw/fw_jump.bin" \
			--component "$digest" --pool "$pool" \
			--pmp-entries "$pmp" --guest "$guest" --policy
	} >"$out/policy"
	grep -v '^accept-state' "$out/policy" >"$out/strict-policy"
}

# play NAME STATUS TITLE: one boot, for one exchange
play() {
	local name=$1 want=$2 status=0 cpu=$zkr policy=$out/policy
	local initrd=$guest append=

	case $name in
	honest) ;;
	strict) policy=$out/strict-policy ;;
	no-entropy) cpu=rv64 ;;
	replay)
		[ -s "$out/honest.evidence" ] || die "replay: play honest first"
		initrd=$out/replay.cpio
		python3 "$root/guests/mkcpio.py" "$initrd" "$guest" \
			"evidence=$out/honest.evidence"
		append=attack=replay
		;;
	*) append=attack=$name ;;
	esac
	echo
	echo "== $name: $3"
	"$tools/cove-relying-party" --policy "$policy" --format "$format" \
		--secret "$out/secret" --save "$out/$name.evidence" \
		--log "$out/$name.log" -- \
		"$root/firmware/qemu.sh" "${machine[@]}" -cpu "$cpu" \
		-initrd "$initrd" -append "$append" 8>&- || status=$?
	[ -z "$append" ] || grep -aq '^host: ATTACK: ' "$out/$name.log" ||
		die "$name: the host has not attacked, see $out/$name.log"
	[ "$status" = "$want" ] ||
		die "$name: ended with $status, not $want; see $out/$name.log"
}

make_policy
head -c 32 /dev/urandom >"$out/secret"
for scene in "$@"; do
	case $scene in
	honest) play honest 0 "all do what they should" ;;
	flip) play flip 1 "the host changes one byte of the VM's image" ;;
	replay) play replay 1 "the host answers with old evidence" ;;
	swap-key) play swap-key 1 "the host puts its own key into the evidence" ;;
	strict) play strict 1 "all are honest, but the policy wants a Secured platform" ;;
	tamper) play tamper 2 "the host changes the secret on its way" ;;
	no-entropy) play no-entropy 2 "the hart has no entropy source" ;;
	*) die "$scene: no such scene" ;;
	esac
done
echo
echo "attest: all ended as they must; consoles, evidence and policies are in" \
	"build/attest/$format"
