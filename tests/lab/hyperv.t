#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe run --hyperv: what KVM's imitation of Hyper-V does in the lab, operation by
# operation, on one vCPU and between two, and what it saves.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
# make test: AMD.  The long test: Intel.
cpus=amd
[ -z "$long" ] || cpus=intel

# The lab's own exitprobe gives QEMU the flags, so that the test is of the option.
plain=nop,in-pm-timer,xapic-eoi,pv-eoi-off
between=hv-tlb-spin,hv-tlb-halted,hv-ipi-spin,hv-ipi-all
cat >"$work/job" <<END
chmod +x /lab/exitprobe-static
run() {
	/lab/exitprobe-static run -q --accel kvm --pin none --hyperv --unit instructions --settle 1200 \\
		--probe /lab/probe.elf -o /tmp/results.json "\$@"
	echo "== status \$?"
	cat /tmp/results.json
	echo
}
echo "== one vCPU"
run --ops "hv-*,$plain"
echo "== two vCPUs"
run --smp 2 --samples 10 --budget 100 --ops "$between"
END

# records_of HEADING: the records of its results.
records_of() {
	sed -n "/^== $1\$/,\$p" "$work/out" | grep -m 1 '^{' | jq -c '.boots[0].records[]'
}

# saves NAME: a difference of the table.
saves() {
	jq -r "select(.record == \"derived\" and .name == \"$1\") | .cycles" "$work/records"
}

for cpu in $cpus; do
	ran "$cpu: boots" 0 lab "$work/job" "$build/exitprobe-static" || continue
	is "$cpu: both runs end well" "$(grep '^== status' "$work/out" | xargs)" "== status 0 == status 0"
	records_of "one vCPU" >"$work/records"
	is "$cpu: exits and reasons" "$(exits_of "$work/records" | grep '^hv-' | grep -v ' skipped 1 vCPU,')" \
		"$(grep -v '^#' "$top/tests/expected/$cpu-hyperv")"
	is "$cpu: those between vCPUs want two" "$(exits_of "$work/records" | grep ' skipped 1 vCPU,' |
		sed 's/ .*//' | paste -sd,)" "$between"
	is "$cpu: as the rows say" "$(jq -r 'select(.agrees == false) | .op' "$work/records")" ""
	is "$cpu: the guest sees Hyper-V, and KVM behind it" \
		"$(jq -r 'select(.record == "meta") | .hypervisor.name' "$work/records")" "KVM, as Hyper-V"
	for name in hv-time-saves hv-ref-tsc-saves hv-eoi-saves hv-assist-saves hv-direct-saves; do
		ok "$cpu: $name: something" test "$(saves $name)" -gt 0
	done
	records_of "two vCPUs" >"$work/records"
	is "$cpu, two vCPUs: all measured, as the rows say" "$(jq -r 'select(.record == "op") |
		"\(.op) \(.outcome) \(.agrees)"' "$work/records" | sort)" \
		"$(echo "$between" | tr , '\n' | sed 's/$/ measured true/' | sort)"
done
finish
