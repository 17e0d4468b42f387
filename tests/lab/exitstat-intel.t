#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitstat in a Linux guest on VT-x: Intel's reasons by Intel's names.
. "$(dirname "$0")/../lib/tap.sh"
cpu=intel

cat >"$work/guest" <<'END'
exitstat
exitstat -a
echo "== raw"
exitstat --raw 0x4ffffffe 10 -n 3
echo "== json"
exitstat --json -- sleep 0.2
END
cat >"$work/host" <<'END'
. /lab/guest.sh
linux_guest
END
"$top/lab/pack/guest" "$work/guest.cpio" "$work/guest" "$build/exitstat"
ran "status" 0 lab -t 500 "$work/host" \
	"$build/lab/$(cat "$build/lab/release-$kernel")/vmlinux" "$work/guest.cpio" || finish
tr -d '\r' <"$work/out" | sed '/^== /,$d' >"$work/totals"
tr -d '\r' <"$work/out" | grep '^{' >"$work/json"

has "the line" "$work/totals" '^CPUID\(0x4FFFFFFF\), exits=[0-9]+, cycles spent in exit=[0-9]+$'
for reason in EXTERNAL_INTERRUPT WRMSR PREEMPTION_TIMER IO_INSTRUCTION CPUID EPT_VIOLATION; do
	has "$reason" "$work/totals" "^  $reason +[0-9]+ +[0-9]+ +[0-9.]+ "
done
is "reasons add up to the total" "$(awk '
	$1 ~ /^[A-Z][A-Z0-9_]*$/ && NF == 9 { s += $3 } $1 == "total" { print (s == $3) }' "$work/totals")" 1
has "nested paging" "$work/totals" '^paging: nested$'
has "its number is decimal" "$work/totals" '^  MOV_DR +29 '
has "a reason that KVM never enables" "$work/totals" '^  INIT +3 +0  KVM never enables it$'
has "a number that is no reason" "$work/totals" '^  - +35 +-  the processor does not define it$'
is "each CPUID is one of its exits" "$(sed -n 's/^CPUID(0x4FFFFFFE, .*EAX=\(0x[0-9A-F]*\) .*/\1/p' \
	"$work/out" | { read -r a; read -r b; read -r c; echo $((b - a)) $((c - b)); })" "1 1"
is "sleep: halts, for 0.2 s" "$(jq '[.isa, (.reasons[] | select(.reason == "HLT") |
	.exits > 0), (.halted_cycles / .tsc_khz / 1000 | . > 0.15 and . < 0.21)] | @csv' -r "$work/json")" \
	'"VMX",true,true'
finish
