#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The smallest change that the lab can see: one instruction more in KVM's exit
# path is one more in the median of every operation that exits, and in no other.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"

release=$(cat "$build/lab/release-$kernel")
modules=$build/modules/$release-one
ok "modules with one instruction more are built" make -s -C "$top" modules KERNEL="$kernel" \
	PATCH="$top/tests/data/one-instruction.patch" OUT="$modules"
is "they name the patch they have" "$(sed -n 's/^patch //p' "$modules/made-of")" \
	"$(sha256sum <"$top/tests/data/one-instruction.patch" | cut -d ' ' -f 1)"

cat >"$work/job" <<'END'
. /lab/guest.sh
probe_records -append "settle_ms=1200 ops=nop,cpuid*,in*-kernel,out?-kernel,inl-user,rdmsr-*,hypercall,mov-cr8"
END
medians() {
	jq -r 'select(.record == "op" and .outcome == "measured") |
		"\(.op) \(.exits) \(.cycles.p50)"' "$1"
}
ran "as it is: status" 33 lab "$work/job" || finish
records "$work/out" >"$work/before"
ran "with one more: status" 33 lab -m "$modules" "$work/job" || finish
records "$work/out" >"$work/after"

medians "$work/before" >"$work/medians-before"
medians "$work/after" >"$work/medians-after"
ok "more than 20 operations" test "$(wc -l <"$work/medians-before")" -gt 20
is "one instruction more for every exit, none without" "$(
	paste -d ' ' "$work/medians-before" "$work/medians-after" |
		awk '$6 != $3 + $2 { print $1 ": " $3 " was " $6 ", exits " $2 }'
)" ""

# README's recipe, by the tool.
run() {
	timeout 900 "$build/exitprobe" run --accel lab --ops nop,cpuid,inl-user -q "$@"
}
ok "recipe: base" run -o "$work/base.json"
ok "recipe: new" run --modules "$modules" -o "$work/new.json"
is "recipe: compare finds it slower" "$(status_of "$build/exitprobe" compare -t 0 "$work/base.json" "$work/new.json")" 1
has "recipe: by one instruction" "$work/out" '^cpuid +([0-9]+) +[0-9]+ .* slower'
has "recipe: and not what has no exit" "$work/out" '^nop .* same'
is "recipe: the builds that differ" "$(sed -n 's/^ *build: \([a-z_]*\) .*/\1/p' "$work/out" | sort | xargs)" "kvm kvm_amd patch"
finish
