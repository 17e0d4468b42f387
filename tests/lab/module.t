#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm_exit_stats.ko beside the distribution's unchanged KVM, on both vendors: exits and
# reasons are the patch's, the total is KVM's own count, and once it is unloaded a guest
# takes to the instruction as long as if it had never been there.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
. "$top/tests/lib/reasons.sh"
cpus="amd intel" ops=
if [ "${1:-long}" != long ]; then
	kernel=$1
elif [ -z "$long" ]; then
	cpus=amd
	ops=cpuid,cpuid-7,hypercall,hypercall-other,inb-kernel,inl-user,outsb-64,hole-read,ioapic-read
	ops=$ops,rdmsr-tsc-adjust,rdmsr-unknown,mov-to-cr4-pge,ud,hlt-timer,ipi-self-sti
fi
release=$(cat "$build/lab/release-$kernel")
headers=$(headers_of "$kernel")
module=$work/module/kvm_exit_stats.ko

ok "$kernel: it builds from headers alone" env W=1 "$top/host-patch/module/build" -k "$headers" -o "$work/module"
is "$kernel: without a warning" "$(grep -i warning "$work/module.log" | grep -v 'BTF')" ""

# stock JOB: runs it with the distribution's modules of KVM, and this one in /lab.
stock() {
	lab -t 1200 -m "$build/lab/$release" -p force_emulation_prefix=1 "$@" "$module"
}

# One boot for all: the module is unloaded after each part.
selftest=$build/selftest
[ "$kernel" != "$other_kernel" ] || selftest=$build/selftest-$kernel
"$top/host-patch/build-selftest" -s "$(source_of "$kernel")" -o "$selftest"
echo "all='${ops:+ops=$ops}'" >"$work/job"
cat >>"$work/job" <<'END'
. /lab/guest.sh
figures() {
	echo "== $1"
	probe -append "settle_ms=1200 ops=cpuid,hypercall,inb-kernel,inl-user,hlt-timer samples=20 budget_ms=20" |
		awk '$1 ~ /^(cpuid|hypercall|in[bl]-.*)$/ { print $1, $3 }'
}
figures before
dmesg -c >/dev/null
insmod /lab/kvm_exit_stats.ko || exit 9
figures off
echo guest >/sys/module/kvm_exit_stats/parameters/exit_stats
figures on
echo "== records"
probe_records -device pci-testdev -append "unit=instructions settle_ms=1200 $all"
status=$?
echo "== status"
cat /sys/kernel/debug/kvm_exit_stats/status
rmmod kvm_exit_stats && figures after
[ ! -e /sys/kernel/debug/kvm_exit_stats ] || echo "its directory is still there"
dmesg | grep -E 'BUG:|WARNING: CPU|RIP:|kvm_exit_stats:' | grep -v 'out-of-tree\|verification failed'
echo "== probed $status"

# A VM that was there before, switched on while it waits for its first instruction: its
# counters against the tracepoint's own count.  Then off, and on again from zero.
mount -t tracefs tracefs /sys/kernel/tracing
event=/sys/kernel/tracing/events/kvm/kvm_exit
mkfifo /tmp/monitor.in /tmp/monitor.out
cat /tmp/monitor.out >/dev/null &
qemu-system-x86_64 -accel kvm -cpu host -m 64 -nodefaults -display none -monitor pipe:/tmp/monitor -S \
	-serial file:/tmp/table -kernel /lab/probe.elf -append "samples=10 end=halt" &
guest=$!
exec 5>/tmp/monitor.in
while ! [ -d /sys/kernel/debug/kvm/*-*/vcpu0 ]; do sleep 0.1; done
insmod /lab/kvm_exit_stats.ko || exit 9
while ! [ -d /sys/kernel/debug/kvm_exit_stats/*-* ]; do sleep 0.1; done
vm=$(echo /sys/kernel/debug/kvm_exit_stats/*-*)
echo "== mode $(ls -l $vm/mode | cut -c 1-10) $(cat $vm/mode) $(ls $vm | xargs)"
echo wrong >$vm/mode 2>/dev/null || echo "== wrong refused"
echo host >$vm/mode
echo 'hist:keys=exit_reason:size=2048' >$event/trigger
echo cont >&5
while ! grep -q ^complete /tmp/table 2>/dev/null; do sleep 0.1; done
sleep 1
echo "== file"
cat $vm/vcpu0/exit_stats
echo "== events"
cat $event/hist
echo off >$vm/mode
echo "== after off $(ls $vm | xargs)"
echo host >$vm/mode
echo "== after on $(awk '$1 == "total" { print ($3 < 1000) }' $vm/vcpu0/exit_stats)"
ls -l $vm/vcpu0/exit_stats | cut -c 1-10
rmmod kvm_exit_stats && echo "== unloaded"
kill -0 $guest && echo "== the guest is still there"
kill $guest
wait $guest

# What the kernel's selftest for the patch tests, as far as it applies.
echo "== selftest"
insmod /lab/kvm_exit_stats.ko exit_stats=host || exit 8
/lab/exit_stats_test
echo "== selftest's status $?"
rmmod kvm_exit_stats
END

# more OPERATION: how many instructions it takes more in a VM that is on than before.
more() {
	{ section before; section on; } | awk -v op="$1" '$1 == op { if (n++) print $2 - first; else first = $2 }'
}

# at_most FIGURE MOST: there is a FIGURE, and it is one that a measurement can have.
at_most() {
	[ -n "$1" ] && [ "$1" -gt 0 ] && [ "$1" -le "$2" ]
}

# keeper_of CPU KERNEL: until Linux 6.5 KVM called kvm_exit late on SVM.
keeper_of() {
	if [ "$1 $2" = "amd 6.1" ]; then echo late; else echo module; fi
}

# these: of lines that begin with an operation's name, those of $ops.
these() {
	awk -v ops="$ops" 'BEGIN { n = split(ops, name, ","); for (i = 1; i <= n; i++) wanted[name[i]] = 1 }
		!n || $1 in wanted'
}

for cpu in $cpus; do
	ran "$cpu $kernel: status" 0 stock "$work/job" "$selftest/exit_stats_test" || continue
	has "$cpu $kernel: the probe ends well" "$work/out" '^== probed 33$'
	section records >"$work/table"
	records "$work/table" >"$work/records"
	records_ok "$cpu $kernel" "$work/records"
	expected_exits "$cpu" "$kernel" | these >"$work/expected"
	exits_of "$work/records" | in_bounds "$work/expected" >"$work/exits"
	is "$cpu $kernel: exits and reasons of every operation are the patch's" \
		"$(diff "$work/expected" "$work/exits")" ""
	is "$cpu $kernel: no interval was clamped" "$(tail -n 1 "$work/records" | jq .clamped)" 0
	is "$cpu $kernel: the records say who keeps the statistics" \
		"$(head -n 1 "$work/records" | jq -r .stats.keeper)" "$(keeper_of "$cpu" "$kernel")"
	has "$cpu $kernel: and so does the table" "$work/out" \
		'\| exit stats v1 \([SV][VM][MX], module(, late)?\) \|'
	is "$cpu $kernel: of one exit, out to in are the round trip" "$(parts_that_do_not_add_up "$work/records")" ""
	for state in halted paused; do
		is "$cpu $kernel: $state is shown" "$(section status | sed -n "s/^$state //p")" yes
	done
	is "$cpu $kernel: the reasons are read as KVM reads them" \
		"$(section status | sed -n 's/^reasons //p')" read
	is "$cpu $kernel: off it costs nothing" "$(section off)" "$(section before)"
	# What docs/attach.md says, and a little for another compiler.
	ok "$cpu $kernel: on it costs at most 70 instructions an exit" at_most "$(more hypercall)" 70
	ok "$cpu $kernel: 130 for a CPUID, which is redirected" at_most "$(more cpuid)" 130
	ok "$cpu $kernel: 290 for a return to userspace" at_most "$(more inl-user)" 290
	is "$cpu $kernel: unloaded it leaves nothing" "$(section after | head -n 4)" "$(section before)"
	is "$cpu $kernel: no directory, no complaint of the kernel" "$(section after | tail -n +5)" ""

	# A VM that was there before.
	has "$cpu $kernel: it is found, off, its mode for root" "$work/out" '^== mode -rw------- off layout mode$'
	has "$cpu $kernel: another word is refused" "$work/out" '^== wrong refused$'
	is_histogram "$cpu $kernel"
	adds_up "$cpu $kernel" 20000
	has "$cpu $kernel: off: no vCPU keeps anything" "$work/out" '^== after off layout mode$'
	has "$cpu $kernel: on again: from zero" "$work/out" '^== after on 1$'
	has "$cpu $kernel: unloaded" "$work/out" '^== unloaded$'
	has "$cpu $kernel: while the guest is there" "$work/out" '^== the guest is still there$'

	section selftest >"$work/selftest"
	has "$cpu $kernel: selftest: status" "$work/out" "^== selftest's status 0\$"
	is "$cpu $kernel: selftest: none fails" "$(grep '^not ok' "$work/selftest")" ""
	ok "$cpu $kernel: selftest: at least 23 pass" \
		[ "$(grep '^ok' "$work/selftest" | grep -vc '# SKIP')" -ge 23 ]
done
finish
