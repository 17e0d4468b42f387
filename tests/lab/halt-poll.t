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

# p50 SETTING OPERATION
p50() {
	awk -v want="halt_poll_ns $1" '/^halt_poll_ns / { on = $0 == want } on && /^{/' "$work/out" |
		jq -r --arg op "$2" 'select(.record == "op" and .op == $op).cycles.p50'
}
# blocked SETTING OPERATION: yes if the vCPU's thread slept: thousands of instructions for the
# scheduler, where polling takes some hundred.
blocked() {
	p50=$(p50 "$1" "$2")
	[ -n "$p50" ] || echo "nothing measured"
	[ "${p50:-0}" -gt 1500 ] && echo yes || echo no
}

for case in "0 50us yes" "20000 50us yes" "100000 50us no" "400000 50us no" \
	"100000 300us yes" "400000 300us no" "400000 2ms yes"; do
	# shellcheck disable=SC2086 # words
	set -- $case
	is "halt_poll_ns=$1: a halt of $2 blocks" "$(blocked "$1" "late-halt-$2")" "$3"
done
for ns in $settings; do
	ok "halt_poll_ns=$ns: a guest that spins does not care" [ "$(p50 "$ns" late-spin)" -lt 1500 ]
	echo "# halt_poll_ns=$ns: p50 of late-spin $(p50 "$ns" late-spin), 50us $(p50 "$ns" late-halt-50us)," \
		"300us $(p50 "$ns" late-halt-300us), 2ms $(p50 "$ns" late-halt-2ms)"
done
finish
