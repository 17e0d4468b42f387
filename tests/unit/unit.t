#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Host unit tests, with address and undefined-behaviour sanitizers.
. "$(dirname "$0")/../lib/tap.sh"

for source in "$top"/tests/unit/test_*.c; do
	name=${source##*/test_}
	name=${name%.c}
	status=$(CMOCKA_MESSAGE_OUTPUT=TAP status_of timeout 60 "$build/unit/$name")
	planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$work/out")
	grep -E '^(not )?ok [0-9]+ - ' "$work/out" >"$work/results"
	while read -r line; do
		tap_count=$((tap_count + 1))
		case $line in
		not*) echo "not ok $tap_count - $name: ${line#*- }" ;;
		*) echo "ok $tap_count - $name: ${line#*- }" ;;
		esac
	done <"$work/results"
	is "$name: all ran and passed" "$(wc -l <"$work/results") $status" "$planned 0"
	# Messages that a test is about are said too, so they are shown of one that fails.
	! { grep -q '^not' "$work/results" || [ "$status" -ne 0 ]; } || sed 's/^/# /' "$work/err" | head -n 20
done
finish
