#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every fuzzer over its seeds, and a number of inputs more that is the same each time.
# make fuzz is for finding; this sees that the fuzzers build, and that what they have
# found stays mended.
. "$(dirname "$0")/../lib/tap.sh"

# More of them where each costs little.
runs_of() {
	case $1 in
	records | results) echo 300 ;;
	*) echo 2000 ;;
	esac
}

# fuzz TARGET DIRECTORY: what is new goes there.  Addresses, which libFuzzer compares
# and tries as input, are the same each time.  Every second it would read again what it
# has written (-reload), so that its inputs would depend on how fast it is.
fuzz() {
	mkdir -p "$2"
	setarch -R timeout 600 "$build/fuzz/fuzz_$1" -seed=1 -reload=0 -runs="$(runs_of "$1")" -timeout=100 \
		-artifact_prefix="$work/" "$2" "$top/tests/fuzz/corpus/$1"
}

ok "the fuzzers build" make -C "$top" --no-print-directory fuzzers
for source in "$top"/tests/fuzz/fuzz_*.c; do
	target=${source##*/fuzz_}
	target=${target%.c}
	ok "$target: there are seeds" [ -n "$(ls "$top/tests/fuzz/corpus/$target")" ]
	ok "$target: $(runs_of "$target") inputs from its seeds" fuzz "$target" "$work/$target"
done
fuzz acpi "$work/again" 2>"$work/err"
# Named by their hashes.
is "the same inputs each time" "$(ls "$work/again")" "$(ls "$work/acpi")"
ok "dictionary: what a results file's members are called" \
	grep -qx '"ci_high"' "$build/fuzz/results.dict"
# The runner itself, with inputs that are the same each time, and nothing kept.
mkdir -p "$work/runner/fuzz"
ln -s "$build/fuzz/fuzz_handover" "$work/runner/fuzz/"
ok "make fuzz's run of a second ends well" env BUILD="$work/runner" setarch -R "$top/tests/fuzz/run" handover 1 \
	-seed=1 -reload=0 -timeout=100
fails_with "an unknown target" 'such: no such target; there are: acpi bill channel' \
	"$top/tests/fuzz/run" such 1
finish
