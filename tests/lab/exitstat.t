#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitstat in Linux guests of the lab: what it counts, and every error it names.  In the long test a
# guest that reboots, with shadow paging.
# shellcheck disable=SC2016 # variables of jq
. "$(dirname "$0")/../lib/tap.sh"

# host FILE...: the job runs with these, and what is wanted is in $work/all.
host() {
	ran "status" 0 lab -t 300 "$top/tests/lab/exitstat/host" \
		"$build/lab/$(cat "$build/lab/release-$kernel")/vmlinux" "$@" || finish
	# Without what the guests' kernels say.
	tr -d '\r' <"$work/out" | grep -v '^\[ *[0-9.]*\]' >"$work/all"
}

# machine NAME: what it told goes to $work/machine.
machine() {
	awk -v name="=== $1" '/^=== / { inside = $0 == name; next } inside' "$work/all" >"$work/machine"
}
sections=$work/machine
# status NAME: the exit status in that section.
status() {
	section "$1" | sed -n 's/^status //p'
}
# says NAME STATUS REGEX: a line of the section matches.
says() {
	is "$1: exit status" "$(status "$1")" "$2"
	section "$1" >"$work/section"
	has "$1" "$work/section" "$3"
}
# only NAME STATUS REGEX: and there is no other.
only() {
	says "$@"
	is "$1: one line" "$(section "$1" | grep -vc '^status ')" 1
}
# figure NAME FILTER: by jq, of the section's JSON, "reason(R; K)" being R's K.
figure() {
	section "$1" | grep '^{' | jq -r "
		def reason(r; k): ([.reasons[] | select(.reason == r) | .[k]] + [0])[0]; $2"
}
# true_of DESCRIPTION NAME FILTER
true_of() {
	is "$1" "$(figure "$2" "$3")" true
}
# eax NAME: in decimal, of exitstat's --raw or cpuid's -r.
eax() {
	echo $(($(section "$1" | sed -n 's/.*[Ee][Aa][Xx]=\(0x[0-9A-Fa-f]*\) .*/\1/p')))
}

# rate: whether exits by the VM's age, a figure of three digits, are the exits per second that the
# line says, with one.
rate() {
	awk '/^CPUID/ { sub(/.*exits=/, ""); sub(/,.*/, ""); exits = $0 }
		/ s old: / {
			sub(/.*the VM is /, "")
			bound = 0.051 + 0.0005 * exits / $1 / $1
			print (exits / $1 - $4 < bound && $4 - exits / $1 < bound)
		}' "$work/section"
}

if [ -n "$long" ]; then
	"$top/lab/pack/guest" "$work/rebooted.cpio" "$top/tests/lab/exitstat/rebooted" \
		"$top/tests/lab/exitstat/common.sh" "$build/exitstat"
	host "$work/rebooted.cpio"
	# A reboot within the VM does not make it younger, and its kernel's clock is not its age.
	machine rebooted
	says rebooted 0 '^booted [0-9.]+ s ago, [0-9]{2}\.[0-9]{3} s after the VM had begun to run: it has been rebooted, or '
	has "rebooted: older than the 40 s before" "$work/section" ' the VM is ([4-9][0-9]|[1-9][0-9]{2})\.[0-9]{3} s old: '
	is "rebooted: the rate is by the VM's age" "$(rate)" 1
	has "rebooted: shadow paging" "$work/section" '^paging: shadow$'
	true_of "rebooted json: the same" "rebooted json" \
		'.rebooted and .paging == "shadow" and .before_boot_s > 40 and .age_s > .before_boot_s'
	finish
fi

"$top/lab/pack/guest" -p /usr/bin/env "$work/patched.cpio" "$top/tests/lab/exitstat/patched" \
	"$top/tests/lab/exitstat/common.sh" "$build/exitstat" /usr/bin/cpuid
"$top/lab/pack/guest" "$work/unpatched.cpio" "$top/tests/lab/exitstat/unpatched" \
	"$top/tests/lab/exitstat/common.sh" "$build/exitstat"
host "$work/patched.cpio" "$work/unpatched.cpio" "$build/exitstat"

# --- what it prints ------------------------------------------------------------

machine patched
only line 0 '^CPUID\(0x4FFFFFFF\), exits=[0-9]+, cycles spent in exit=[0-9]+$'
says verbose 0 '^CPUID\(0x4FFFFFFF\), exits=[0-9]+, cycles spent in exit=[0-9]+$'
has "verbose: seconds, rate" "$work/section" \
	'^[0-9]+\.[0-9]{6} s spent in exit, .* the VM is [0-9.]+ s old: [0-9.]+ exits/s$'
has "verbose: since when, without a reboot" "$work/section" \
	'^booted [0-9.]+ s ago, [0-9]\.[0-9]{3} s after the VM had begun to run$'
has "verbose: nested paging" "$work/section" '^paging: nested$'
has "verbose: by reason" "$work/section" \
	'^  IOIO +0x7b +[0-9]{3,} +[0-9.]+ +[0-9.]+% +[0-9]+ +[0-9]+ +0 +[0-9]{3,}\.[0-9]$'
is "verbose: the rate is by the VM's age" "$(rate)" 1
is "verbose: cycles per exit" "$(awk 'NF == 9 && $1 != "reason" { d = $6 / $3 - $9; if (d * d > 0.01) print }' "$work/section")" ""
# Its own CPUIDs between the first reading and the last are not in it.
sums() {
	awk '$1 ~ /^[A-Z]+[A-Z0-9_]*$/ && NF == 9 { s += $3 } $1 == "total" { print s == $3 }' "$work/section"
}
is "verbose: reasons add up to the total" "$(sums)" 1
is "verbose: that is the first line's" \
	"$(sed -n 's/^CPUID.*exits=\([0-9]*\),.*/\1/p' "$work/section")" \
	"$(awk '$1 == "total" { print $3 }' "$work/section")"
true_of "json: the same facts" json \
	'.rebooted == false and .paging == "nested" and .layout == "merged" and .booted_s < .age_s'
true_of "json: cycles per exit" json \
	'[.reasons[] | (.kernel_cycles / .exits - .kernel_cycles_per_exit) | fabs < 0.06] | all'
true_of "json: a vCPU's states add up to the VM's age, which is read last" "vcpu json" \
	'.age_s - (.kernel_cycles + .user_cycles + .halted_cycles + .descheduled_cycles + .guest_cycles +
		.paused_cycles) / .tsc_khz / 1000 | . >= 0 and . < 0.1'
says all 0 '^  NPF +0x400 +[0-9]+ +[0-9.]+ '
has "all: a reason that KVM never enables" "$work/section" '^  RDTSC +0x6e +0  KVM never enables it$'
has "all: one without exits" "$work/section" '^  SMI +0x62 +0  none so far$'
has "all: a number that is no reason" "$work/section" '^  - +0xa7 +-  the processor does not define it$'
# SVM's 172 numbers, one of which is no reason, and OTHER.
is "all: every slot has a row" "$(grep -cE '^  [A-Z0-9_-]+ +0x[0-9a-f]+ ' "$work/section")" 173
true_of "all json: states" "all json" \
	'[.reasons[] | select(.state == "taken") | .exits > 0] | all'
true_of "all json: the others" "all json" \
	'([.reasons[] | select(.state == "never_enabled" and .exits == 0)] | length > 80) and .undefined == [167]'
section screen >"$work/section"
has "on a terminal: a table" "$work/section" 'all vCPUs, 0\.1[0-9]* s: [0-9.]+ exits/s; guest [0-9.]+% kernel '
is "on a terminal: the second in place of the first" \
	"$(grep -c "$(printf '\033\\[H').*all vCPUs" "$work/section")" 2
has "on a terminal: sorted, by reason" "$work/section" '^  total +- '
is "csv: reasons add up to the total" "$(section "csv so far" | awk -F, '
	$5 == "total" { t = $7 } $6 ~ /^0x/ { s += $7 } END { print (t > 0 && s == t) }')" 1
# What a strict reader of OpenMetrics makes of it, as lines "SAMPLE VALUE".
cat >"$work/read-openmetrics.py" <<'END'
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()):
    for s in family.samples:
        labels = ",".join('%s="%s"' % l for l in sorted(s.labels.items()))
        print(family.type, "%s{%s}" % (s.name, labels), float(s.value))
END
# metrics NAME: of that section, in $work/metrics.
metrics() {
	section "$1" | sed '/^# EOF/q' | /usr/bin/python3 "$work/read-openmetrics.py" >"$work/metrics"
}
ok "openmetrics: as a strict reader has it" metrics "openmetrics so far"
has "openmetrics: exits" "$work/metrics" '^counter exitstat_exits_total\{reason="IOIO"\} [0-9]{3,}\.0$'
has "openmetrics: what they took" "$work/metrics" '^counter exitstat_exit_seconds_total\{reason="IOIO",state="kernel"\} 0\.[0-9]{1,6}$'
has "openmetrics: the guest's time" "$work/metrics" '^counter exitstat_state_seconds_total\{state="guest"\} [0-9.]+$'
has "openmetrics: who counts" "$work/metrics" '^gauge exitstat_run_info\{isa="SVM",version="[0-9.]+"\} 1\.0$'
is "openmetrics: the times of reasons are the kernel's and userspace's, but for what is rounded" "$(awk '
	/_seconds_total/ {
		state = /state="kernel"/ ? "kernel" : /state="user"/ ? "user" : ""
		if (/exit_seconds/) sum[state] += $NF
		else total[state] = $NF
	}
	END {
		for (state in total)
			if (state) print state, (total[state] > 0 && (sum[state] - total[state]) ^ 2 < 0.001 ^ 2)
	}' "$work/metrics" | sort | xargs)" "kernel 1 user 1"
cut -d ' ' -f 2 "$work/metrics" | sed 's/{.*//' | sort -u >"$work/names"
is "openmetrics: names are those of the tests without the lab" "$(cat "$work/names")" \
	"$(grep -v '^#' "$top/tests/data/exitstat.prom" | sed 's/[{ ].*//' | sort -u)"
ok "openmetrics: by vCPU" metrics "openmetrics by vcpu"
has "openmetrics: by vCPU: exits" "$work/metrics" '^counter exitstat_exits_total\{reason="IOIO",vcpu="0"\} [0-9]{3,}\.0$'
has "openmetrics: by vCPU: returns" "$work/metrics" '^counter exitstat_user_returns_total\{vcpu="0"\} [0-9]{3,}\.0$'
is "openmetrics: to a file: nothing else is said" "$(section "openmetrics to a file")" "status 0"
ok "openmetrics: the file is whole" metrics "openmetrics: the file"
is "openmetrics: the file is alone, and for other users to read" \
	"$(section "openmetrics: the file" | sed '1,/^# EOF/d')" "-rw-r--r-- om.prom
status 0"
ok "openmetrics: to a link" metrics "openmetrics to a link"
only "openmetrics to nowhere" 118 '^exitstat: /nowhere/om.prom: No such file or directory$'
is "intervals: a line each, and a head" "$(section intervals | grep -c ' all ') $(status intervals)" "5 0"
is "intervals csv: three" "$(section "intervals csv" | awk -F, '$5 == "total" { print $1 }' | xargs)" "1 2 3"
is "intervals csv: of 20 ms" "$(section "intervals csv" | awk -F, '
	$5 == "total" && ($3 < 0.018 || $3 > 0.023)')" ""
only "vcpu 0" 0 '^vCPU 0, exits=[0-9]+, cycles spent in exit=[0-9]+$'
only "vcpu all" 0 '^vCPU 0, exits=[0-9]+, cycles spent in exit=[0-9]+$'
only "to a file" 0 '^from the command$'
says "the file" 0 '^Exits of the whole VM while this ran: echo from the command$'

# --- what it counts ------------------------------------------------------------

is "1000 CPUIDs are 1000 of their exits, each one" "$(section "cpuid steps" | xargs)" "1000 1 status 0"
section "total blocks" >"$work/section"
# shellcheck disable=SC2016 # awk's
ok "100 CPUIDs are 100 exits in most blocks, and never less" awk '
	/^status/ { next } $2 < 100 { exit 1 } $2 == 100 { exact = $1 } { n += $1 }
	END { exit !(n == 40 && exact >= 25) }' "$work/section"
is "of a program, 1000 more are 1000 more" "$(($(figure "2000 more" 'reason("CPUID"; "exits")') - \
	$(figure "1000 more" 'reason("CPUID"; "exits")')))" 1000
is "the same by the vCPU's counters" "$(figure "vcpu 0 busy" 'reason("CPUID"; "exits")')" \
	"$(figure "1000 more" 'reason("CPUID"; "exits")')"
for name in "1000 more" "2000 more" "dd counts" "no dd counts" sleep busy "vcpu 0 busy" "repeat json"; do
	is "$name: reasons add up to the total" "$(figure "$name" \
		'.foreign_exits == 0 and ([.reasons[].exits] | add) == .exits' | sort -u)" true
done

# A request is a write to the device's doorbell, in memory that is not there.
true_of "dd: an NPF for each of 100 requests" "dd counts" \
	'reason("NPF"; "exits") | . >= 100 and . <= 110'
true_of "dd: it waits for the disk" "dd counts" \
	'reason("HLT"; "exits") > 0 and reason("HLT"; "halted_cycles") > 0'
true_of "without the disk: none" "no dd counts" \
	'reason("NPF"; "exits") <= 5 and reason("HLT"; "exits") == 0 and .exits < 60'
true_of "sleep: halts" sleep 'reason("HLT"; "exits") > 0'
true_of "sleep: 0.2 s of them" sleep \
	'reason("HLT"; "halted_cycles") / .tsc_khz / 1000 | . > 0.195 and . < 0.202'
true_of "busy: no halts, no I/O" busy \
	'reason("HLT"; "exits") + reason("IOIO"; "exits") + reason("NPF"; "exits") == 0'
# 250 timer interrupts a second of the guest's and of its host's: an exit for each, and
# the guest's write to the timer, but none for its EOI, which is paravirtual; the rest are
# CPUIDs, by which a C library starts.
# The guest writes to its timer once for each tick, or twice, if the interrupt comes when its clock
# has not come to the tick: 250 to 412 writes a second were seen, by how the ticks of guest and host
# lie to each other. Each write ends in an interrupt of the host, which has its own tick besides,
# under 6.12 up to twice.
host=310
[ "$kernel" = 6.1 ] || host=520
true_of "busy: timer interrupts and nothing else" busy \
	'.exits == ([("CPUID", "INTR", "VINTR", "MSR") as $name | reason($name; "exits")] | add)'
true_of "busy: the guest's tick is an MSR, or two" busy 'reason("MSR"; "exits") / .duration_s | . > 235 and . < 530'
true_of "busy: an interrupt for each, and the host's own" busy \
	'. as $d | reason("INTR"; "exits") - reason("MSR"; "exits") | . >= -2 and . / $d.duration_s < '$host
true_of "busy: under 1 % of the time" busy '.kernel_cycles / .tsc_khz / 1000 / .duration_s < 0.01'

ok "cpuid reads the same counter between two readings of exitstat" \
	[ "$(eax "before cpuid")" -lt "$(eax "cpuid total")" -a \
	"$(eax "cpuid total")" -lt "$(eax "after cpuid")" ]
is "and the same number of a reason that does not move" "$(eax "cpuid io")" "$(eax "exitstat io")"
ok "which is not 0" [ "$(eax "cpuid io")" -gt 1000 ]

says repeat 0 '^  CPUID +0x72 +[0-9]+\.[0-9] +[0-9.]+% '
has "repeat: means" "$work/section" '^  Means of 5 runs of 0\.[0-9]+ s; .*subtracted: [0-9]+$'
is "repeat json: runs" "$(figure "repeat json" .n | xargs)" "1 2 3"
is "repeat json: the command" "$(figure "repeat json" '.command[0]' | sort -u)" true
says "repeat ended -v" 130 '^  Means of 2 runs of '
is "repeat ended: as JSON" "$(figure "repeat ended --json" .n | xargs) $(status "repeat ended --json")" "1 2 130"
says "ended at once" 130 '^Exits of the whole VM'

# --- exit statuses -------------------------------------------------------------

is "the first failure's status of several runs" "$(status "repeat fails")" 4
says "status 3" 3 '^Exits of the whole VM'
says "command's options" 0 '^-v -r --json$'
says "status 4, SIGCHLD ignored" 4 '^Exits of the whole VM'
only "status 127" 127 '^exitstat: nosuch: No such file or directory$'
only "status 126" 126 '^exitstat: /tmp: Permission denied$'
says "status 137" 137 '^Exits of the whole VM'

only "no module" 118 '^exitstat: --cpl0: /dev/cpu/0/cpuid: No such file .* modprobe cpuid$'
only "vcpu 7" 117 '^exitstat: CPU 7: cannot run there: Invalid argument; see '
only full 118 '^exitstat: writing: No space left on device$'
only "no directory" 118 '^exitstat: /tmp/no/file: No such file or directory$'
only "no online" 118 '^exitstat: /sys/devices/system/cpu/online: no list of at most [0-9]+ CPUs'
only refused 113 "^exitstat: the host answers only the guest's kernel "
says "refused raw" 0 'EAX=0x00000000 EBX=0x00000000 ECX=0x00000000 EDX=0x00000000$'
only cpl0 0 '^CPUID\(0x4FFFFFFF\), exits=[0-9]+, cycles'
says "cpl0 verbose" 0 '^  CPUID +0x72 '
is "cpl0: reasons add up to the total" "$(sums)" 1
only "cpl0 vcpu 5" 117 '^exitstat: CPU 5: cannot run there'
only "moved command" 114 '^exitstat: the counters restarted during the measurement: '
only "moved intervals" 114 '^exitstat: the counters restarted during the measurement: '
only "after the move" 0 '^CPUID\(0x4FFFFFFF\), exits=[0-9]+, cycles'

machine off
for name in absent "absent command" "absent to a file"; do
	only "$name" 112 '^exitstat: no signature in CPUID leaf 0x4fffff00: .*\(to see, as root: modprobe cpuid\)$'
done
for name in "absent from the kernel" "absent by cpl0"; do
	only "$name" 112 '^exitstat: no signature in CPUID leaf 0x4fffff00: .* before the VM starts\)$'
done
is "absent to a file: what it had before is there" "$(section "the file" | head -n 1)" kept
machine "intel guest"
says "absent raw" 0 "EAX=0x"
ok "what is there in its place is not 0" [ "$(eax "absent raw")" -gt 0 ]
only absent 112 '^exitstat: no signature in CPUID leaf 0x4fffff00: '
machine hidden
only absent 110 '^exitstat: not in a virtual machine: '
machine host
only "machine" 111 '^exitstat: the hypervisor is "TCGTCGTCGTCG", not KVM'

# --- usage: before anything is looked for ----------------------------------------

# usage REGEX ARGUMENT...
usage() {
	regex=$1
	shift
	is "exitstat $*: exit status" "$(status_of timeout 10 "$build/exitstat" "$@")" 125
	has "exitstat $*" "$work/err" "$regex"
}
usage 'unrecognized option' --nothing
usage '^exitstat: -I 0: must be a number from 1 to 86400000$' -I 0
usage '^exitstat: -n x: ' -I 5 -n x
usage '^exitstat: -r -1: ' -r -1 true
usage '^exitstat: --vcpu -1: ' --vcpu -1
usage '^exitstat: --raw 0x100000000: ' --raw 0x100000000
usage '^exitstat: --raw: subleaf 1x: ' --raw 1 1x
usage '^exitstat: 3: --raw takes a leaf and a subleaf' --raw 1 2 3
usage '^exitstat: --raw goes with ' --raw 1 --json
usage '^exitstat: --raw reads on one vCPU' --raw 1 --vcpu all
usage '^exitstat: -n counts intervals' -n 3
for option in -v --raw=1 -I5 true; do
	usage '^exitstat: --openmetrics goes with -o' --openmetrics "$option"
done
usage '^exitstat: -r repeats a command' -r 3
usage '^exitstat: -I takes no command' -I 5 true

is "help: exit status" "$(status_of timeout 10 "$build/exitstat" --help)" 0
cp "$work/out" "$work/help"
sed -n 's/^  \(1[0-9][0-9]\)  .*/\1/p' "$work/help" >"$work/statuses"
ok "help lists statuses" [ "$(wc -l <"$work/statuses")" -ge 10 ]
while read -r number; do
	has "man page: status $number" "$top/tools/exitstat/exitstat.1" "^\.B $number\$"
done <"$work/statuses"
grep -oE -e ' --[a-z0-9]+' "$work/help" | sed 's/^ --//' >"$work/options"
ok "help lists options" [ "$(wc -l <"$work/options")" -ge 10 ]
while read -r option; do
	has "man page: $option" "$top/tools/exitstat/exitstat.1" \
		"\\\\-\\\\-$option"
done <"$work/options"
finish
