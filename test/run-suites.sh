#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run-suites.sh SUITE...: run test suites and add up their results.
#
# A suite is test/SUITE/run (a program) or test/SUITE/Makefile (its target
# "run"). It must print "N passed, N failed, N skipped" as its last such line;
# one that dies without counts as a failure, one that is not there as skipped.

set -u

here=$(cd "$(dirname "$0")" && pwd)
logs=${BUILD:-$here/../build}/test
mkdir -p "$logs"
line='[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped'
passed=0
failed=0
skipped=0
times=()

for suite in "$@"; do
	dir=$here/$suite
	start=$(date +%s)
	echo "== $suite"
	if [ -x "$dir/run" ]; then
		cmd=("$dir/run")
	elif [ -f "$dir/Makefile" ]; then
		cmd=(make -s -C "$dir" run)
	else
		echo "SKIP $suite: no such suite"
		cmd=(echo "0 passed, 0 failed, 1 skipped")
	fi
	"${cmd[@]}" 2>&1 | tee "$logs/$suite.log"
	status=${PIPESTATUS[0]}
	result=$(grep -aoE "$line" "$logs/$suite.log" | tail -1)
	read -r p _ f _ s _ <<<"${result:-0 passed, 0 failed, 0 skipped}"
	if [ "$f" = 0 ] && { [ "$status" != 0 ] || [ -z "$result" ]; }; then
		echo "FAIL $suite: exit status $status, ${result:-no result}"
		f=1
	fi
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	times+=("$suite: $p passed, $f failed, $s skipped, $(($(date +%s) - start)) s")
done

if [ $# -gt 1 ]; then
	echo "== results"
	printf '%s\n' "${times[@]}"
else
	echo "== ${times[0]##*, }"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
