#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run-all.sh PROGRAM...: run cmocka programs, show what they print, add up.

passed=0
failed=0
skipped=0

count() # WORD TEXT: sum of cmocka's summary lines of that word
{
	sed -nE "s/^\[ *$1 *\] .*: ([0-9]+) test.*/\1/p;
		s/^\[ *$1 *\] ([0-9]+) test.*/\1/p" <<<"$2" |
		awk '{ n += $1 } END { print n + 0 }'
}

for program in "$@"; do
	echo "-- $(basename "$(dirname "$program")")/$(basename "$program")"
	log=$("$program" 2>&1)
	status=$?
	echo "$log"
	p=$(count PASSED "$log")
	f=$(count FAILED "$log")
	s=$(count SKIPPED "$log")
	if [ "$status" != 0 ] && [ "${f:-0}" = 0 ]; then
		echo "FAIL $program: exit status $status"
		f=1
	fi
	passed=$((passed + ${p:-0}))
	failed=$((failed + ${f:-0}))
	skipped=$((skipped + ${s:-0}))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
