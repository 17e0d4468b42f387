#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What must hold of the counters whatever the guest did: the reasons add up to
# the total, and both are what KVM's own tracepoint and statistics say.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/reasons.sh"
cpus=amd
[ -z "$long" ] || cpus=intel

cat >"$work/job" <<'END'
. /lab/guest.sh
mount -t tracefs tracefs /sys/kernel/tracing
event=/sys/kernel/tracing/events/kvm/kvm_exit
echo 'hist:keys=exit_reason:size=2048' >$event/trigger

# The probe halts for good, interrupts off: nothing moves any more while the
# counters are read.
qemu-system-x86_64 -accel kvm -cpu host -m 64 -nodefaults -display none \
	-serial file:/tmp/table -kernel /lab/probe.elf -append "samples=10 end=halt" &
while ! grep -q ^complete /tmp/table 2>/dev/null; do sleep 0.1; done
sleep 1
vm=$(ls -d /sys/kernel/debug/kvm/[0-9]*)
echo "== file"
cat $vm/vcpu0/exit_stats
echo "== mode $(ls -l $vm/vcpu0/exit_stats | cut -c 1-10)"
echo "== kvm $(cat $vm/exits)"
echo "== events"
cat $event/hist

# The file of a VM that is off is empty.
echo off >/sys/module/kvm/parameters/exit_stats
kill $!
wait
(sleep 3; cat /dev/zero) | qemu-system-x86_64 -accel kvm -nodefaults -display none -S &
sleep 2
echo "== off $(cat /sys/kernel/debug/kvm/[0-9]*/vcpu0/exit_stats | wc -c)"
kill $!
exit 0
END

for cpu in $cpus; do
	ran "$cpu: status" 0 lab "$work/job" || continue
	has "$cpu: for root only" "$work/out" '^== mode -r--------$'
	adds_up "$cpu" 40000
	is_histogram "$cpu"
	kvm=$(sed -n 's/^== kvm //p' "$work/out")
	ok "$cpu: KVM's own count has the pseudo-exits more, if any ($kvm, $(total 3))" \
		[ "$kvm" -ge "$(total 3)" ]
	ok "$cpu: at most one in a thousand" [ $((kvm - $(total 3))) -le $((kvm / 1000)) ]
	has "$cpu: the file of a VM that is off is empty" "$work/out" '^== off 0$'
	for name in guest descheduled paused l2_exits user_returns clamped; do
		has "$cpu: $name" "$work/out" "^$name +- +[0-9]+\$"
	done
done
finish
