#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The smallest change that the lab can see: one instruction more in KVM's exit
# path is one more in the median of every operation that exits, and in no other.
. "$(dirname "$0")/../lib/tap.sh"

release=$(cat "$build/lab/release-$kernel")
modules=$build/modules/$release-one
ok "modules with one instruction more are built" make -s -C "$top" modules KERNEL="$kernel" \
	PATCH="$top/tests/data/one-instruction.patch" OUT="$modules"
ok "only what includes the changed file is compiled" [ "$(grep -cE '(CC|AS) \[M\]' "$modules.log")" -le 15 ]
is "they name the patch they have" "$(sed -n 's/^patch //p' "$modules/made-of")" \
	"$(sha256sum <"$top/tests/data/one-instruction.patch" | cut -d ' ' -f 1)"

# By README's recipe.
run() {
	timeout 900 "$build/exitprobe" run --accel lab -q "$@" \
		--ops 'nop,cpuid*,in*-kernel,out?-kernel,inl-user,rdmsr-*,hypercall,mov-cr8'
}
medians() {
	jq -r '.boots[].records[] | select(.record == "op" and .outcome == "measured") |
		"\(.op) \(.exits) \(.cycles.p50)"' "$1"
}
ran "as it is: status" 0 run -o "$work/before.json" || finish
ran "with one more: status" 0 run --modules "$modules" -o "$work/after.json" || finish

medians "$work/before.json" >"$work/medians-before"
medians "$work/after.json" >"$work/medians-after"
ok "more than 20 operations" test "$(wc -l <"$work/medians-before")" -gt 20
is "one instruction more for every exit, none without" "$(
	paste -d ' ' "$work/medians-before" "$work/medians-after" |
		awk '$6 != $3 + $2 { print $1 ": " $3 " was " $6 ", exits " $2 }'
)" ""

is "compare finds it slower" "$(status_of "$build/exitprobe" compare -t 0 "$work/before.json" "$work/after.json")" 1
has "by one instruction" "$work/out" '^cpuid +([0-9]+) +[0-9]+ .* slower'
has "and not what has no exit" "$work/out" '^nop .* same'
is "the builds that differ" "$(sed -n 's/^ *build: \([a-z_]*\) .*/\1/p' "$work/out" | sort | xargs)" "kvm_amd patch"
finish
