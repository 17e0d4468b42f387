#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe doctor on hosts of all kinds, which are directories with their files.
. "$(dirname "$0")/../lib/tap.sh"
cd "$work" || exit 1
exitprobe=$build/exitprobe

# host: a sysroot that is a good host; the test changes it.
host() {
	rm -rf host
	mkdir -p host/dev host/proc host/sys/module/kvm/parameters host/sys/module/kvm_intel \
		host/sys/devices/system/cpu/cpu0/cpufreq host/sys/devices/system/cpu/intel_pstate \
		host/sys/devices/system/clocksource/clocksource0 host/sys/kernel/mm/ksm
	touch host/dev/kvm
	echo "flags		: fpu vmx constant_tsc nonstop_tsc" >host/proc/cpuinfo
	echo "0.01 0.02 0.03 1/100 1234" >host/proc/loadavg
	echo guest >host/sys/module/kvm/parameters/exit_stats
	echo performance >host/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
	echo 1 >host/sys/devices/system/cpu/intel_pstate/no_turbo
	echo 1 >host/sys/devices/system/cpu/isolated
	echo tsc >host/sys/devices/system/clocksource/clocksource0/current_clocksource
	echo 0 >host/sys/kernel/mm/ksm/run
}

# doctor CHECK: what it says of it.
doctor() {
	EXITPROBE_SYSROOT=host "$exitprobe" doctor --json | jq -r --arg check "$1" \
		'.[] | select(.check == $check) | "\(.verdict): \(.text)"'
}

host
is "doctor: a good host: status" "$(EXITPROBE_SYSROOT=host status_of "$exitprobe" doctor)" 0
has "doctor: a good host: said" out '^0 spoil a measurement'
is "doctor: a /dev/kvm that starts no guest" "$(doctor guest)" "note: whether a processor executes a guest's \
instructions cannot be tried: /dev/kvm: Inappropriate ioctl for device"
rm host/dev/kvm
is "doctor: no /dev/kvm" "$(doctor kvm)" "spoils: no /dev/kvm"
is "doctor: no /dev/kvm: status" "$(EXITPROBE_SYSROOT=host status_of "$exitprobe" doctor)" 1
has "doctor: no /dev/kvm: the way out" out '-> modprobe kvm_intel$'
host
rm -r host/sys/module/kvm_intel
is "doctor: another vendor module" "$(doctor module | cut -c 1-54)" \
	"spoils: neither kvm_amd nor kvm_intel is loaded: a /de"
host
rm host/sys/module/kvm/parameters/exit_stats
is "doctor: unpatched" "$(doctor exit_stats | cut -c 1-54)" \
	"note: this kernel's KVM has no exit statistics that gu"
is "doctor: unpatched: who counts instead" "$(doctor counts | cut -c 1-52)" \
	"note: exits are counted by nobody (--counts none): n"
host
echo host >host/sys/module/kvm/parameters/exit_stats
is "doctor: statistics not for guests" "$(doctor exit_stats)" \
	"spoils: kvm.exit_stats=host: the guest cannot read them"
host
echo powersave >host/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
is "doctor: governor" "$(doctor governor)" "note: frequency governor powersave: the clock changes under way"
host
echo 0 >host/sys/devices/system/cpu/intel_pstate/no_turbo
is "doctor: turbo" "$(doctor turbo)" "note: turbo is on: the clock depends on heat and neighbours"
host
echo "" >host/sys/devices/system/cpu/isolated
is "doctor: no isolated processor" "$(doctor isolation | cut -c 1-27)" "note: no isolated processor"
host
sed -i 's/nonstop_tsc/hypervisor/' host/proc/cpuinfo
is "doctor: TSC" "$(doctor tsc | cut -c 1-32)" "spoils: the TSC is not invariant"
is "doctor: nested" "$(doctor nested | cut -c 1-29)" "note: this host is a VM: one "
host
echo "3.50 2.00 1.00 2/100 1234" >host/proc/loadavg
is "doctor: load" "$(doctor load)" "note: load 3.50: the host runs other work"
host
mkdir -p host/proc/77/fd
ln -s anon_inode:kvm-vm host/proc/77/fd/9
is "doctor: a VM runs" "$(doctor vms)" "note: 1 process with VMs: they take turns with the probe"

# --- what shares the vCPU's core ---------------------------------------------------------
# cores LIST: on each processor's word.
cores() {
	for cpu in $(seq 0 "$(($(nproc --all) - 1))"); do
		mkdir -p "host/sys/devices/system/cpu/cpu$cpu/topology"
		echo "$1" >"host/sys/devices/system/cpu/cpu$cpu/topology/thread_siblings_list"
	done
}

# ticks BUSY: of processors 60 and 61; only 61's grow, by BUSY and by 10 idle ones.
ticks() {
	printf 'cpu60 100 0 0 %s 0 0 0 0\ncpu61 %s 0 0 %s 0 0 0 0\n' $((n * 10)) $((n * $1)) $((n * 10)) >host/proc/new
	mv host/proc/new host/proc/stat
}

# smt BUSY: what doctor says while time goes on.
smt() {
	n=1
	ticks "$1"
	while sleep 0.02; do
		n=$((n + 1))
		ticks "$1"
	done &
	clock=$!
	doctor smt
	kill $clock
	wait $clock 2>/dev/null
}

if [ "$(nproc)" -ge 2 ]; then
	host
	has "doctor: smt: not to be read" - 'note: what shares its core with processor [0-9]+, .*cannot be read' <<-END
		$(doctor smt)
	END
	own=$(doctor smt | sed 's/.*processor \([0-9]*\),.*/\1/')
	cores "$own"
	is "doctor: smt: a core alone" "$(doctor smt)" "ok: processor $own, where a vCPU would run, has its core alone"
	cores "$own,60-61"
	is "doctor: smt: no ticks to be read" "$(doctor smt | cut -c 1-24)" "note: what shares its co"
	is "doctor: smt: the second sibling is busy" "$(smt 5)" \
		"note: processor $own, where a vCPU would run, shares its core with 61, which is busy"
	is "doctor: smt: all are idle" "$(smt 0)" "ok: what shares its core with processor $own is idle"
fi

# --- colours ---------------------------------------------------------------------------------
host
# on_terminal ASSIGNMENT...: bytes ESC of doctor's on a terminal.
on_terminal() {
	timeout 20 script -qec "env EXITPROBE_SYSROOT=host $* '$exitprobe' doctor" /dev/null </dev/null |
		tr -cd '\033' | wc -c
}
ok "doctor: coloured on a terminal" [ "$(on_terminal TERM=xterm)" -gt 0 ]
ok "doctor: also where NO_COLOR is empty" [ "$(on_terminal TERM=xterm NO_COLOR=)" -gt 0 ]
is "doctor: NO_COLOR" "$(on_terminal TERM=xterm NO_COLOR=1)" 0
is "doctor: a terminal without colours" "$(on_terminal TERM=dumb)" 0
finish
