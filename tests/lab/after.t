#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What an exit leaves behind: in the lab, whose clock counts instructions, it is nothing, to
# the instruction; a cost that the probe plants is what the rows show.  The long test: Intel.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
. "$top/tests/lib/results.sh"
cpus=amd
[ -z "$long" ] || cpus=intel

cat >"$work/job" <<'END'
. /lab/guest.sh
probe_records -append "unit=instructions settle_ms=1200 ops=after-*"
echo planted
probe_records -append "unit=instructions settle_ms=1200 ops=after-* plant=100"
END

# medians FILE: of the rows, with their interval.
medians() {
	jq -r 'select(.record == "op") | "\(.op) \(.outcome) \(.cycles.p50) \(.cycles.ci_low) \(.cycles.ci_high)"' "$1"
}

for cpu in $cpus; do
	ran "$cpu: status" 33 lab "$work/job" || continue
	sed '/^planted/,$d' "$work/out" >"$work/plain"
	sed '1,/^planted/d' "$work/out" >"$work/planted"
	for run in plain planted; do
		records "$work/$run" >"$work/$run.records"
		records_ok "$cpu, $run" "$work/$run.records"
	done
	is "$cpu: sixteen rows" "$(medians "$work/plain.records" | wc -l)" 16
	is "$cpu: nothing is left behind" "$(medians "$work/plain.records" | grep -v ' measured 0 0 0$')" ""
	is "$cpu: the exits are there" "$(jq -r 'select(.op == "after-cpuid-l1" and .record == "op") |
		"\(.exits) \(.batch.reasons[].name)"' "$work/plain.records")" "1 CPUID"
	is "$cpu: no parts, which are not the figure's" \
		"$(jq -r 'select(.parts or .wait) | .op' "$work/plain.records")" ""
	is "$cpu: twelve differences that say so" \
		"$(jq -r 'select(.record == "derived") | "\(.control) \(.says)"' "$work/plain.records" | sort | uniq -c | xargs)" \
		"12 true none"
	# A step is three instructions, and the loop ends and begins with one.
	is "$cpu: the control does not show what is planted" \
		"$(medians "$work/planted.records" | grep '^after-none-' | grep -v ' measured 0 0 0$')" ""
	is "$cpu: every other row shows it" "$(medians "$work/planted.records" | grep -v '^after-none-' |
		awk '$3 >= 200 && $3 == $4 && $3 == $5 { print $3 }' | sort | uniq -c | awk '{ print $1 }')" 12
	is "$cpu: the differences say that it is more" \
		"$(jq -r 'select(.record == "derived") | .says' "$work/planted.records" | sort | uniq -c | xargs)" "12 more"
	results_of lab instructions "$work/planted.records" >"$work/planted.json"
	is "$cpu: report shows them with their interval" "$(timeout 20 "$build/exitprobe" report "$work/planted.json" |
		awk '/^after the exit/ { on = 1; next } !NF { on = 0 } on && $2 > 0 && $2 == $3 && $3 == $4' | wc -l)" 12
done
finish
