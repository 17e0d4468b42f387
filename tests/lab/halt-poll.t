#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# How late a timer wakes a halted guest, by how long KVM polls (halt_poll_ns): within that time
# the vCPU's thread does not block, and the guest goes on sooner.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"

settings="0 20000 100000 400000"
cat >"$work/job" <<END
. /lab/guest.sh
for ns in $settings; do
	echo \$ns >/sys/module/kvm/parameters/halt_poll_ns
	echo "halt_poll_ns \$ns"
	probe_records -append "unit=instructions settle_ms=1200 ops=late-*"
done
END
ran "status" 33 lab "$work/job" || finish

# figure SETTING OPERATION JQ: JQ of the operation's record.
figure() {
	awk -v want="halt_poll_ns $1" '/^halt_poll_ns / { on = $0 == want } on && /^{/' "$work/out" |
		jq -r --arg op "$2" "select(.record == \"op\" and .op == \$op) | $3"
}
# The vCPU's thread slept: thousands of instructions for the scheduler, where polling takes some
# hundred. The guest's own timer and the host's tick come late by some hundred too.
bound=1500
# above SETTING OPERATION: how many samples of a hundred are above the bound.
above() {
	figure "$1" "$2" "[.histogram[] | select(.[0] > $bound) | .[1]] as \$above |
		100 * (\$above | add // 0) / .kept | round"
}
# blocked SETTING OPERATION: yes if the thread slept in nearly all samples, no if in nearly none.
blocked() {
	share=$(above "$1" "$2")
	case $share in
	'') echo "nothing measured" ;;
	9[0-9] | 100) echo yes ;;
	[0-9]) echo no ;;
	*) echo "in $share % of the samples" ;;
	esac
}

for case in "0 50us yes" "0 300us yes" "0 2ms yes" "20000 50us yes" "100000 50us no" "400000 50us no" \
	"100000 300us yes" "400000 300us no" "400000 2ms yes"; do
	# shellcheck disable=SC2086 # words
	set -- $case
	is "halt_poll_ns=$1: a halt of $2 blocks" "$(blocked "$1" "late-halt-$2")" "$3"
done
for ns in $settings; do
	is "halt_poll_ns=$ns: a guest that spins does not care" "$(blocked "$ns" late-spin)" no
	for op in late-spin late-halt-50us late-halt-300us late-halt-2ms; do
		echo "# halt_poll_ns=$ns: $op: $(figure "$ns" $op '"p50 \(.cycles.p50), p99 \(.cycles.p99), max \(.cycles.max), \(.kept) samples"')," \
			"above $bound: $(above "$ns" $op) %"
	done
done
finish
