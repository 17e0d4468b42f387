#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The patch's selftest, host-patch/selftest/, in the lab: what a guest reads is
# exact, on SVM and also where two processors really run at once; in the long test on VMX.  Given
# 6.12, which selftest-6.12.t does: under that kernel, with its library.
. "$(dirname "$0")/../lib/tap.sh"
other=
[ -n "$long" ] || other=${1:-}

# pass_through PREFIX: the results of the selftest in $work/out become this
# test's own; its diagnostics stay.  A result that is missing fails.
pass_through() {
	planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$work/out")
	results=0
	while read -r line; do
		case $line in
		"ok "[0-9]*) result=ok ;;
		"not ok "[0-9]*) result="not ok" tap_failed=$((tap_failed + 1)) ;;
		"#"*) echo "$line" && continue ;;
		*) continue ;;
		esac
		results=$((results + 1))
		tap_count=$((tap_count + 1))
		description=${line#"$result "[0-9]}
		echo "$result $tap_count - $1: ${description#* }"
	done <"$work/out"
	is "$1: as many results as planned" "$results" "${planned:-no plan}"
}

# selftest NAME LAB_OPTIONS SUBTESTS [DIRECTORY]
selftest() {
	cat >"$work/job" <<-END
	/lab/exit_stats_test $3
	status=\$?
	echo "left: \$(cat /sys/module/kvm/parameters/exit_stats*)"
	exit \$status
	END
	# shellcheck disable=SC2086 # a list
	is "$1: status" "$(status_of env LAB_CONSOLE="$work/console" \
		"$top/lab/boot" $2 -p exit_stats=host "$work/job" "$build/${4-selftest}/exit_stats_test")" 0
	pass_through "$1"
	is "$1: parameters are left as they were" \
		"$(sed -n '/^left: /,$p' "$work/out" | xargs)" "left: host N merged"
}

if [ -n "$other" ]; then
	ok "it builds with $other's library" "$top/host-patch/build-selftest" \
		-s "$(source_of "$other")" -o "$build/selftest-$other"
	selftest "amd, $other" "-c amd -k $other" "" "selftest-$other"
	finish
fi
ok "it builds" "$top/host-patch/build-selftest" -s "$(source_of "$kernel")"
if [ -n "$long" ]; then
	selftest intel "-c intel" ""
	finish
fi
selftest amd "-c amd" ""
selftest "amd, two processors" "-c amd -s" "count two hop four"
finish
