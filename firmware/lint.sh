#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# lint.sh [fmt]: check the sources, or format them.

set -u

cd "$(dirname "$0")/.." || exit 1
bad=0
fail() { echo "lint: $*" >&2; bad=1; }

list() { git ls-files -co --exclude-standard -- "$@"; }

# CSR tables and register numbers are kept in columns by hand: such files say
# so with "clang-format off".
mapfile -t c_files < <(list '*.c' '*.h')
mapfile -t sh_files < <(list '*.sh' '.ci/run' 'test/*/run' 'test/tools/native' 'guests/linux/init' 'host/linux/init')

if [ "${1:-}" = fmt ]; then
	[ ${#c_files[@]} = 0 ] || clang-format -i "${c_files[@]}"
	exit
fi

if [ ${#c_files[@]} != 0 ]; then
	clang-format --dry-run -Werror "${c_files[@]}" 2>&1 |
		grep -E ' error: ' | sed 's/ error: code/ code/' |
		cut -d: -f1 | sort | uniq -c | sed 's/^/lint: lines to format: /'
	[ "${PIPESTATUS[0]}" = 0 ] || fail "clang-format (make fmt)"
	# It does not find the headers that u8 is in, nor so the size of arrays
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,portability --suppress=missingInclude \
		--suppress=unknownMacro --suppress=comparePointers --suppress=subtractPointers \
		--suppress=shiftTooManyBitsSigned --suppress=preprocessorErrorDirective \
		--suppress=ctuArrayIndex --suppress=ctuPointerArith \
		-Ilib/sbi_covh/include -Ilib/sbi_covh lib platform guests tools ||
		fail "cppcheck"
fi

for f in "${sh_files[@]}"; do
	if head -1 "$f" 2>/dev/null | grep -q 'sh$'; then
		shellcheck -s bash "$f" || fail "shellcheck: $f"
	fi
done

while read -r f; do
	case $f in
	LICENSE|*.md|*.patch|test/fuzz/seeds/*) continue ;;
	esac
	head -5 "$f" |
		grep -qE 'SPDX-License-Identifier: (GPL-2.0 OR )?BSD-2-Clause' ||
		fail "$f: no SPDX line"
done < <(list)

test/docs/check || fail "documents (test/docs/check)"

if list | grep -v firmware/lint.sh | xargs -r grep -nE 'TODO|FIXME'; then
	fail "unfinished work"
fi
[ $bad = 0 ] && echo "lint: clean"
exit $bad
