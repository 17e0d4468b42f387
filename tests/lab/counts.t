#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe run --counts on a host with the distribution's own KVM, nothing patched and
# nothing loaded: what each way counts is what the patch counts.
#
# counts.t [KERNEL [CPU...]]
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
cpus=amd
[ -z "$long" ] || cpus=intel
[ "${1:-long}" = long ] || {
	kernel=$1
	shift
	cpus=${*:-amd intel}
}
release=$(cat "$build/lab/release-$kernel")

# stock JOB: with the distribution's modules of KVM.
stock() {
	lab -t 1200 -m "$build/lab/$release" -p force_emulation_prefix=1 "$@" "$build/exitprobe-static"
}

# counted: of each operation in the events of a run: name, exits per operation, its fault; or
# why it was not measured.
counted() {
	jq -r 'select(.event == "record") | .record | select(.record == "op") | [.op,
		if .outcome == "measured" then (.counts.exits // "none"), (.fault // empty)
		else .outcome, .text // empty end] | join(" ")' "$1"
}

# expected_counts CPU KERNEL: the same as the patch counts it, without the reasons; of what
# varies nothing but that it does.
expected_counts() {
	expected_exits "$1" "$2" | awk '$2 == "varies" { print $1, "varies"; next }
		$2 ~ /^[0-9.]+$/ { print $1, $2 ($NF ~ /^#/ ? " " $NF : ""); next }
		{ print }'
}

# varying EXPECTED: counted's lines, but of an operation that varies by EXPECTED that line.
varying() {
	awk 'NR == FNR { if ($2 == "varies") line[$1] = $0; next }
		$1 in line && $2 ~ /^[0-9.]+$/ { print line[$1]; next }
		{ print }' "$1" -
}

cat >"$work/stats.job" <<'END'
chmod +x /lab/exitprobe-static
mount -t tmpfs none /dev/shm 2>/dev/null
run() {
	/lab/exitprobe-static run --accel kvm --pin none --probe /lab/probe.elf --unit instructions --settle 1200 \
		--qemu-arg -device --qemu-arg pci-testdev "$@"
}
run --stream --counts stats
echo "== status $?"
# What it says by itself, and where the way that is asked for is not there.
run -q --ops nop 2>/tmp/messages
echo "== auto $?"
grep -a -o 'exitprobe run: warning: .*' /tmp/messages
run -q --ops nop --counts leaf
echo "== leaf $?"
run --ops nop,cpuid,inl-user --counts none 2>&1 | cat
echo "== none"
END

for cpu in $cpus; do
	ran "$cpu $kernel: stats: status" 0 stock "$work/stats.job" || continue
	grep '^{"event"' "$work/out" >"$work/events"
	has "$cpu $kernel: stats: the run ends well" "$work/out" '^== status 0$'
	is "$cpu $kernel: stats: the results say who counted" \
		"$(jq -r 'select(.event == "counts").counts.way' "$work/events" | sort -u)" stats
	expected_counts "$cpu" "$kernel" >"$work/expected"
	counted "$work/events" | varying "$work/expected" >"$work/exits"
	is "$cpu $kernel: stats: exits of every operation are the patch's" "$(diff "$work/expected" "$work/exits")" ""
	is "$cpu $kernel: stats: every operation as its row says" "$(jq -r 'select(.event == "record") | .record |
		select(.agrees == false) | .op' "$work/events")" ""
	is "$cpu $kernel: stats: at least 90 operations have exits and an expectation" "$(jq -r 'select(.event == "record") |
		.record | select(.agrees == true) | .op' "$work/events" | wc -l | awk '{ print ($1 >= 90) }')" 1
	is "$cpu $kernel: stats: hints at a port, at MMIO, at HLT, at a hypercall" "$(jq -r 'select(.event == "record") |
		.record | select(.op | IN("inl-user", "hole-read", "hlt-timer", "hypercall")) |
		select(.record == "op") | .op + " " + ([.counts.hints[] | "\(.count) \(.name)"] |
			map(select(test("io_exits|halt_exits|hypercalls"))) | join("+"))' "$work/events" | sort)" \
		"hlt-timer 1 halt_exits
hole-read 1 mmio_exits
hypercall 1 hypercalls
inl-user 1 io_exits"
	has "$cpu $kernel: auto: one line says what is taken, what that cannot show and why" "$work/out" \
		"^exitprobe run: warning: counts by KVM's own statistics \(--counts stats\): .*no times on the host.*leaf: this host's KVM has no exit statistics"
	has "$cpu $kernel: auto: status" "$work/out" '^== auto 0$'
	has "$cpu $kernel: leaf: refused" "$work/out" \
		"^exitprobe run: error: --counts leaf: this host's KVM has no exit statistics"
	has "$cpu $kernel: leaf: status" "$work/out" '^== leaf 2$'
	has "$cpu $kernel: none: no exits, and it says so" "$work/out" 'WARNING: no exits and no host columns'

done
finish
