#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every fuzzer over its seeds, and a number of inputs more that is the same each time.
# make fuzz is for finding; this sees that the fuzzers build, and that what they have
# found stays mended.
. "$(dirname "$0")/tap.sh"

# More of them where each costs little.
runs_of() {
	case $1 in
	records | results) echo 300 ;;
	*) echo 2000 ;;
	esac
}

ok "the fuzzers build" make -C "$top" --no-print-directory fuzzers
for source in "$top"/tests/fuzz/fuzz_*.c; do
	target=${source##*/fuzz_}
	target=${target%.c}
	seeds=$top/tests/fuzz/corpus/$target
	mkdir -p "$work/$target"
	ok "$target: there are seeds" [ -n "$(ls "$seeds")" ]
	ok "$target: $(runs_of "$target") inputs from its seeds" \
		timeout 120 "$build/fuzz/fuzz_$target" -seed=1 -runs="$(runs_of "$target")" -timeout=20 \
		-artifact_prefix="$work/" "$work/$target" "$seeds"
done
ok "dictionary: what a results file's members are called" \
	grep -qx '"ci_high"' "$build/fuzz/results.dict"
fails_with "an unknown target" 'such: no such target; there are: acpi exitstat' \
	"$top/tests/fuzz/run" such 1
finish
