#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe watch on hosts of all kinds, which are directories with their files.
. "$(dirname "$0")/../lib/tap.sh"
cd "$work" || exit 1
exitprobe=$build/exitprobe
export EXITPROBE_SYSROOT=host
kvm=host/sys/kernel/debug/kvm
module=host/sys/kernel/debug/kvm_exit_stats

# statistics EXITS: a vCPU's file; a half of the exits is CPUID, the other HLT.
statistics() {
	printf '%-24s%8s%20s%20s%20s%20s\n' reason code exits kernel user halted
	printf '%-24s%8s%20d%20d%20d%20d\n' CPUID 0x72 $(($1 / 2)) $(($1 * 10)) 0 0 \
		HLT 0x78 $(($1 / 2)) $(($1 * 10)) "$1" $(($1 * 5)) total - "$1" $(($1 * 20)) "$1" $(($1 * 5))
	printf '%-24s%8s%20d\n' guest - $(($1 * 70)) descheduled - $(($1 * 3)) paused - "$1" l2_exits - 0 \
		user_returns - 7 clamped - 0
}

# put FILE [COMMAND...]: what the command prints, at once.
put() {
	file=$1
	shift
	mkdir -p "${file%/*}"
	"$@" >new && mv new "$file"
}

# host: one with the patch, and a VM of it; vm PID NAME: a process.
vm() {
	mkdir -p "host/proc/$1"
	printf 'qemu\0-name\0%s\0-m\00064\0' "$2" >"host/proc/$1/cmdline"
}
host() {
	rm -rf host
	mkdir -p host/sys/module/kvm
	vm 100 guest=web,debug-threads=on
	put $kvm/100-12/exit_stats_mode echo host
	put $kvm/100-12/exits echo 5
	put $kvm/100-12/vcpu0/exit_stats statistics 1000
	put $kvm/100-12/vcpu1/exit_stats statistics 1000
}

# watching WORD...: watch with intervals of 0.3 s, its words in out and err. $change is called
# between its first two readings, however long that takes, and $later after that.
later=true
watching() {
	rm -f out err pid
	timeout 20 sh -c 'echo $$ >pid; exec "$@"' - "$exitprobe" watch -i 0.3 "$@" >out 2>err &
	job=$!
	# The first line is said after the first reading.
	n=0
	while [ ! -s err ] && [ $n -lt 1000 ]; do
		sleep 0.01
		n=$((n + 1))
	done
	pid=$(cat pid)
	kill -STOP "$pid"
	$change
	kill -CONT "$pid"
	$later
	wait $job
	status=$?
}

# --- the ways --------------------------------------------------------------------------
host
change_patch() {
	put $kvm/100-12/vcpu0/exit_stats statistics 1600
	put $kvm/100-12/vcpu1/exit_stats statistics 1400
}
change=change_patch
watching --once --json web
is "patch: status" $status 0
is "patch: one line says what counts" "$(cat err)" \
	"exitprobe watch: 100-12 web: the patched KVM counts: exits by reason, and times"
is "patch: one line of JSON" "$(wc -l <out)" 1
is "patch: which VM" "$(jq -c '[.vms[] | .vm, .pid, .name, .way, .vcpus, .begins]' out)" '["100-12",100,"web","patch",2,null]'
is "patch: exits of both vCPUs" "$(jq '.vms[0].exits' out)" 1000
is "patch: exits per second times the seconds are the exits" \
	"$(jq '.vms[0] | (.per_second * .seconds - .exits) | fabs < 0.001' out)" true
is "patch: the states, in per cent" "$(jq -c '.vms[0].percent | map_values(round)' out)" \
	'{"kernel":20,"user":1,"halted":5,"guest":70,"descheduled":3,"paused":1}'
is "patch: and in cycles" "$(jq -c '.vms[0].cycles | .guest, .kernel' out | xargs)" "70000 20000"
is "patch: reasons" "$(jq -r '.vms[0].reasons[] | "\(.reason) \(.code) \(.exits) \(.cycles.kernel) \(.percent.user * 1)"' out)" \
	"CPUID 114 500 10000 0
HLT 120 500 10000 1"

host
watching --once --csv 100
is "patch: CSV: rows" "$(cut -d, -f 2-5,7,8,10- out)" \
	"vm,pid,name,way,reason,exits,kernel,user,halted,guest,descheduled,paused
100-12,100,web,patch,total,1000,20,1,5,70,3,1
100-12,100,web,patch,CPUID,500,10,0,0,,,
100-12,100,web,patch,HLT,500,10,1,5,,,"

host
watching --once
has "patch: lines: head" out '^time +vm +exits/s +guest% +kernel% +user% +halted% +desched% +paused% +most frequent'
has "patch: lines: a VM" out \
	'^[0-9:]{8} 100-12 +[0-9]{4}\.[0-9] +70\.00 +20\.00 +1\.00 +5\.00 +3\.00 +1\.00  CPUID [0-9]+\.[0-9] HLT'

# The module has its own directories.  KVM's has no exit_stats then.
host
rm -r $kvm/100-12/vcpu* $kvm/100-12/exit_stats_mode
mkdir $kvm/100-12/vcpu0
put $module/status printf 'vendor amd\nvm 100-3 host\n'
put $module/100-3/vcpu0/exit_stats statistics 1000
change_module() {
	put $module/100-3/vcpu0/exit_stats statistics 1200
}
change=change_module
watching --once --json
is "module: said" "$(cat err)" "exitprobe watch: 100-12 web: the module kvm_exit_stats counts: exits by reason, and times \
between KVM's tracepoints"
is "module: exits" "$(jq -c '[.vms[] | .vm, .way, .exits]' out)" '["100-12","module",200]'
put $module/status printf 'vm 100-3 off\n'
change_stats() {
	put $kvm/100-12/exits echo 105
	put $kvm/100-12/io_exits echo 90
}
change=change_stats
put $kvm/100-12/io_exits echo 1
put $kvm/100-12/halt_exits echo 1
watching --once --json
is "module, off: the next best, and the command that would give more" "$(cat err)" "exitprobe watch: 100-12 web: KVM's own \
statistics count: exits, counters that overlap as hints at the reason, no times; for exits by reason and times, as root: \
echo host >/sys/kernel/debug/kvm_exit_stats/100-3/mode"
is "statistics: exits and hints, no times" \
	"$(jq -c '.vms[0] | .way, .exits, .percent, .vcpus, [.reasons[] | .reason, .exits]' out | xargs)" \
	"stats 100 null null [io_exits,89]"
is "it has switched nothing on" "$(cat $module/status)" "vm 100-3 off"
rm -r $module
put $kvm/100-12/exits echo 5
watching --once --csv
has "neither patch nor module: the command" err \
	'as root: exitprobe host attach; echo host >/sys/kernel/debug/kvm_exit_stats/100-\*/mode$'
is "statistics: CSV: no times" "$(cut -d, -f 5,7,8,10- out | tail -n +2 | head -n 1)" "stats,total,100,,,,,,"
host
put $kvm/100-12/exit_stats_mode echo off
put $kvm/100-12/vcpu0/exit_stats true
put $kvm/100-12/vcpu1/exit_stats true
watching --once
has "patch, off: the command" err 'as root: echo host >/sys/kernel/debug/kvm/100-12/exit_stats_mode$'
put $kvm/100-12/exit_stats_mode echo host
watching --once
has "patch, on, and no vCPU has followed yet" err 'its vCPUs begin to keep .* when they halt or return to QEMU next$'
host
put $kvm/100-12/vcpu1/exit_stats sh -c "head -n 3 $kvm/100-12/vcpu0/exit_stats"
watching --once
has "a file that is cut: the file and the line" err \
	'statistics count: .*; /sys/kernel/debug/kvm/100-12/vcpu1/exit_stats: line 3: it is the last, and lines are missing$'
host
rm -r $kvm/100-12/vcpu* $kvm/100-12/exits
is "nothing can be read: status" "$(status_of timeout 20 "$exitprobe" watch)" 2
is "nothing can be read: said" "$(cat err)" \
	"exitprobe watch: error: 100-12: /sys/kernel/debug/kvm/100-12/exits: No such file or directory"

# --- several VMs, and their end ------------------------------------------------------------
host
vm 200 db
vm 300 "$(printf 'a\033[2Jb\377')"
put $kvm/200-9/exits echo 5
put $kvm/300-9/exits echo 5
change_two() {
	put $kvm/100-12/vcpu0/exit_stats statistics 1600
	rm -r $kvm/200-9
	put $kvm/400-1/exits echo 1
	# Counters that go back.
	put $kvm/300-9/exits echo 4
}
change=change_two
watching -n 3 all
is "all: status" $status 0
is "all: the end of one is said once" "$(grep -c '^exitprobe watch: 200-9 db has ended$' err)" 1
is "all: a new one is said once" "$(grep -c '^exitprobe watch: 400-1: KVM.s own statistics' err)" 1
is "all: each way is said once" "$(grep -c statistics err)" 3
has "all: no name steers the terminal" err '^exitprobe watch: 300-9 a \[2Jb\?: KVM'
is "all: each interval has the VMs that are there" "$(awk '{ print $2 }' out | xargs)" \
	"vm 100-12 300-9 400-1 100-12 300-9 400-1 100-12 300-9 400-1"
is "all: counters that went back are no figures, once" "$(grep -c '300-9 .* its counters began anew$' out)" 1
is "all: a new VM has figures from its second reading on" "$(grep -c '400-1 .* its first reading$' out)" 1
is "all: and all go on" "$(tail -n 3 out | awk '{ print $2, $3 }' | xargs)" "100-12 0.0 300-9 0.0 400-1 0.0"

host
vm 200 web
put $kvm/200-9/exits echo 5
change_last() {
	rm -r $kvm/100-12
}
remove_last() {
	sleep 0.5
	rm -r $kvm/200-9
}
change=change_last
later=remove_last
watching --json web
is "VMs of one name: it ends with the last of them: status" $status 0
is "VMs of one name: ended" "$(jq -c .ended out | xargs)" "[100-12] [200-9]"
is "VMs of one name: every line is JSON" "$(jq -c 'keys' out | sort -u)" '["ended","time","vms"]'

# --- Ctrl-C, a pipe that is closed, a terminal ----------------------------------------------
host
interrupt() {
	sleep 0.5
	kill -INT "$pid"
}
change=true
later=interrupt
watching --json all
is "SIGINT: status" $status 0
is "SIGINT: whole lines" "$(tail -c 1 out | od -An -t x1 | xargs) $(jq -c '.vms | length' out | sort -u)" "0a 1"
timeout 20 "$exitprobe" watch -i 0.103 -n 12 --json >out 2>err
is "JSON: the time is in milliseconds" "$(jq -s 'map(.time * 1000 | round % 10) | unique | length > 1' out)" true
is "nobody reads: it ends" "$(timeout 20 "$exitprobe" watch -i 0.1 --json 2>/dev/null | head -n 1 | jq '.vms | length')" 1
timeout 20 script -qefc "stty rows 5 cols 40; TERM=xterm $exitprobe watch -n 2 -- 0.1" /dev/null </dev/null >out 2>&1
is "a terminal: status" $? 0
has "a terminal: the VM" out '^100-12 web  by patch, 2 vCPUs: 0\.0 exits'
is "a terminal: the second time in the place of the first" "$(grep -c "$(printf '\033\\[3A')" out)" 1
is "a terminal: no line is longer" "$(tr -d '\r' <out | sed 's/.*\x1b\[J//' | grep -v '^exitprobe' |
	awk 'length > 40' | wc -l)" 0

# --- OpenMetrics -----------------------------------------------------------------------------
host
vm 200 'a "b\c'
put $kvm/200-3/exits echo 5
is "openmetrics: status" "$(timeout 20 "$exitprobe" watch --openmetrics >out 2>err; echo $?)" 0
is "openmetrics: nothing is said" "$(cat err)" ""
is "openmetrics: exits of both VMs, of both vCPUs" "$(grep '^exitprobe_vm_exits_total' out)" \
	'exitprobe_vm_exits_total{vm="100-12",name="web",way="patch"} 2000
exitprobe_vm_exits_total{vm="200-3",name="a \"b\\c",way="stats"} 5'
is "openmetrics: states" "$(sed -n 's/^exitprobe_vm_state_cycles_total{vm="100-12",name="web",way="patch",//p' out | xargs)" \
	"state=kernel} 40000 state=user} 2000 state=halted} 10000 state=guest} 140000 state=descheduled} 6000 state=paused} 2000"
is "openmetrics: reasons" "$(sed -n 's/^exitprobe_vm_reason_exits_total{.*,reason=//p' out | xargs)" "CPUID} 1000 HLT} 1000"
is "openmetrics: what reasons take" "$(sed -n 's/^exitprobe_vm_reason_cycles_total{.*,reason=//p' out | xargs)" \
	"CPUID,state=kernel} 20000 CPUID,state=user} 0 CPUID,state=halted} 0 HLT,state=kernel} 20000 HLT,state=user} 2000 HLT,state=halted} 10000"
is "openmetrics: KVM's own counters have no reasons and times" "$(grep -c '200-3' out)" 1
is "openmetrics: its end" "$(tail -n 1 out)" "# EOF"
is "openmetrics: one VM" "$(timeout 20 "$exitprobe" watch --openmetrics 200 | grep -vc '^#')" 1
is "openmetrics: into a file: status" "$(timeout 20 "$exitprobe" watch --openmetrics -o file.prom >out 2>&1; echo $?)" 0
is "openmetrics: nothing is printed, and the file is whole" "$(wc -c <out) $(tail -n 1 file.prom)" "0 # EOF"
put $kvm/200-3/exits true
is "openmetrics: a VM that cannot be read: status" "$(timeout 20 "$exitprobe" watch --openmetrics >out 2>err; echo $?)" 0
has "openmetrics: it is named" err '^exitprobe watch: 200-3 a "b.c: nothing can be read'
is "openmetrics: the other one is there" "$(grep -c '^exitprobe_vm_exits_total' out)" 1
rm -r $kvm/100-12 $kvm/200-3
is "openmetrics: no VM: status" "$(timeout 20 "$exitprobe" watch --openmetrics -o file.prom 2>err; echo $?)" 0
is "openmetrics: no VM: a file without samples" "$(grep -vc '^#' file.prom; tail -n 1 file.prom)" "0
# EOF"
is "openmetrics: a full disk: status" "$(timeout 20 "$exitprobe" watch --openmetrics >/dev/full 2>err; echo $?)" 2

# --- what is refused ------------------------------------------------------------------------
# refused NAME REGEX ARGUMENT...
refused() {
	refused_by watch "$@"
}
as_user=
watch() {
	# shellcheck disable=SC2086 # a list
	timeout 20 $as_user "$exitprobe" watch "$@"
}
host
refused "no such VM" 'nope: no VM that runs here has this pid or name; exitprobe watch all shows them$' nope
refused "interval 0" 'interval 0: must be seconds from 0\.1 to 86400$' -i 0
refused "interval nan" 'interval nan: must be seconds' -i nan
refused "interval 1s" 'interval 1s: must be seconds' -- 1s
refused "two intervals" 'interval 3: there is one already$' -i 2 -- 3
refused "count 0" '--count 0: must be a number from 1 to' -n 0
refused "count -1" '--count -1: must be a number from 1 to' -n -1
refused "two forms" '--json and --csv exclude each other$' --json --csv
refused "OpenMetrics and JSON" '--openmetrics, --json and --csv exclude each other$' --json --openmetrics
refused "OpenMetrics each second" '--openmetrics is a single reading: without --interval, --count and --once$' --openmetrics -i 1
refused "a file for lines" '-o file: with --openmetrics only$' -o file
refused "OpenMetrics of no such VM" 'nope: no VM that runs here has this pid or name' --openmetrics nope
refused "no such directory" 'none/file: ' --openmetrics -o none/file
refused "two VMs" 'db: one argument too many; watch takes a pid, a name or all' web db
rm -r $kvm/100-12
refused "no VM" 'no VM runs on this host: /sys/kernel/debug/kvm has none$'
chmod 000 host/sys/kernel/debug
[ "$(id -u)" -ne 0 ] || as_user="setpriv --bounding-set=-dac_override,-dac_read_search"
refused "not root" '/sys/kernel/debug/kvm: Permission denied; what KVM counts is for root: sudo exitprobe watch$'
chmod 755 host/sys/kernel/debug
rm -r $kvm
refused "no debugfs" '/sys/kernel/debug/kvm: .*; as root: mount -t debugfs debugfs /sys/kernel/debug$'
rm -r host/sys/module/kvm
refused "no KVM" '/sys/kernel/debug/kvm: .*; KVM is not loaded, so no VM runs$'
is "a full disk: status" "$(status_of sh -c "$exitprobe watch --help >/dev/full")" 2
finish
