#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm.exit_stats: off by default, latched when a VM is created, and only "guest"
# answers the guest; and the same of one VM, by its file, while it runs.
. "$(dirname "$0")/../lib/tap.sh"
cpus=amd
[ -z "$long" ] || cpus=intel

cat >"$work/job" <<'END'
. /lab/guest.sh
mode=/sys/module/kvm/parameters/exit_stats
try() {
	echo "== $1: $(cat $mode)"
	probe -append "ops=nop,cpuid samples=20"
	echo "status $?"
}
try default
echo host >$mode
try host
echo guest >$mode
try guest
echo yes >$mode && echo "== accepted yes"
echo "== after a bad value: $(cat $mode)"
layout=/sys/module/kvm/parameters/exit_stats_layout
echo "== layout: $(cat $layout)"
for value in 0 4 first; do
	echo $value >$layout && echo "== accepted layout $value"
done
echo 3 >$layout
try "layout $(cat $layout)"
# The layout of a VM that is off is kept, too.
echo 2 >$layout
echo off >$mode
(sleep 5; echo quit) | qemu-system-x86_64 -accel kvm -nodefaults -display none -S -monitor stdio >/dev/null &
while ! ls -d /sys/kernel/debug/kvm/[0-9]*/vcpu0 >/dev/null 2>&1; do sleep 0.01; done
vm=$(ls -d /sys/kernel/debug/kvm/[0-9]*)
echo merged >$layout
first=$(cat $vm/exit_stats_mode $vm/exit_stats_layout | xargs)
echo guest >$vm/exit_stats_mode
echo 1 >$vm/exit_stats_layout
echo off >$vm/exit_stats_mode
echo "== layout of a VM: $first $(cat $vm/exit_stats_mode $vm/exit_stats_layout | xargs)"
echo guest >$mode
wait

# Latched: off while it runs, and it goes on; then a new VM has none.
(probe -append "ops=cpuid samples=2000" >/tmp/latched) &
while ! grep -q '^operation' /tmp/latched 2>/dev/null; do sleep 0.01; done
echo off >$mode
wait
echo "== latched: $(cat $mode)"
cat /tmp/latched
try off

# One VM, while all others to come are off. It runs all the time, and returns to userspace.
qemu-system-x86_64 -accel kvm -cpu host -m 64 -nodefaults -display none -name one \
	-serial file:/tmp/one -kernel /lab/probe.elf -append "samples=10000" &
while ! ls -d /sys/kernel/debug/kvm/[0-9]*/vcpu0 >/dev/null 2>&1; do sleep 0.01; done
# It has ended its start, and measures.
until grep -q '^operation' /tmp/one 2>/dev/null; do sleep 0.05; done
sleep 0.2
vm=$(ls -d /sys/kernel/debug/kvm/[0-9]*)
total() {
	awk '$1 == "total" { print $3 }' $vm/vcpu0/exit_stats
}
echo "== one: $(ls -l $vm/exit_stats_mode | cut -c 1-10) $(cat $vm/exit_stats_mode) '$(total)'"
echo yes >$vm/exit_stats_mode && echo "== one: accepted yes"
echo host >$vm/exit_stats_mode
sleep 0.2
first=$(total)
sleep 0.2
second=$(total)
echo "== one on: $(cat $vm/exit_stats_mode) $first $second"
echo guest >$vm/exit_stats_mode
echo "== one answers: $(cat $vm/exit_stats_mode) $([ $(total) -ge $second ] && echo goes on)"
echo off >$vm/exit_stats_mode
echo "== one off: $(cat $vm/exit_stats_mode) '$(total)'"
sleep 0.1
echo host >$vm/exit_stats_mode
sleep 0.1
echo "== one again: $([ $(total) -lt $second ] && echo begins at zero)"
n=0
while [ $n -lt 50 ]; do
	echo off >$vm/exit_stats_mode
	cat $vm/vcpu0/exit_stats
	echo host >$vm/exit_stats_mode
	cat $vm/vcpu0/exit_stats
	n=$((n + 1))
done >/dev/null
sleep 0.1
echo "== one after 50 times: $([ $(total) -gt 0 ] && echo counts)"
kill $!
wait

# A VM that is not off any more when it runs first.
(until [ -e /tmp/go ]; do sleep 0.1; done; echo cont; until grep -q ^complete /tmp/before; do sleep 0.1; done; echo quit) |
	qemu-system-x86_64 -accel kvm -cpu host -m 64 -nodefaults -display none -S -monitor stdio \
	-serial file:/tmp/before -kernel /lab/probe.elf -append "ops=cpuid samples=20 end=halt" >/dev/null &
while ! ls -d /sys/kernel/debug/kvm/[0-9]*/vcpu0 >/dev/null 2>&1; do sleep 0.01; done
echo guest >$(ls -d /sys/kernel/debug/kvm/[0-9]*)/exit_stats_mode
touch /tmp/go
wait
echo "== before it runs:"
cat /tmp/before

# While the static key's last decrement is still to come.
echo guest >$mode
try last
for module in kvm_amd kvm_intel kvm; do
	rmmod $module 2>/dev/null
done
[ -e /sys/module/kvm ] || echo "== unloaded"
echo "== warnings: $(dmesg | grep -cE 'WARNING: CPU|BUG:|Oops')"
exit 0
END

for cpu in $cpus; do
	ran "$cpu: status" 0 lab -p "" "$work/job" || continue

	# from_heading NAME: that heading, which goes on with the mode, and the lines below it.
	from_heading() {
		awk -v name="== $1" '/^== / { inside = index($0, name) == 1 } inside' "$work/out"
	}
	for mode in default host off; do
		from_heading "$mode: " >"$work/section"
		has "$cpu: $mode: the guest has no leaf" "$work/section" '^No exits and no host columns: CPUID leaf'
		has "$cpu: $mode: it ran all the same" "$work/section" '^complete: 2 operations'
	done
	from_heading default >"$work/section"
	has "$cpu: off by default" "$work/section" '^== default: off$'
	from_heading "guest: " >"$work/section"
	has "$cpu: guest: leaf and exits" "$work/section" '^cpuid +1\.00 '
	is "$cpu: layout: merged, and a bad one is refused" \
		"$(grep -E '^== (layout: |accepted layout)' "$work/out")" "== layout: merged"
	from_heading "layout 3: " >"$work/section"
	has "$cpu: layout 3: the probe says why it has no exits" "$work/section" \
		'^No exits and no host columns: CPUID leaf 0x4fffffff has layout 3 of course work, .* start the VM again'
	has "$cpu: layout 3: it ran all the same" "$work/section" '^complete: 2 operations'
	has "$cpu: layout: a VM that is off has its own" "$work/out" '^== layout of a VM: off 2 off 1$'
	from_heading "accepted yes" >"$work/section"
	is "$cpu: a bad value is refused" "$(cat "$work/section")" ""
	from_heading "after a bad value" >"$work/section"
	has "$cpu: and changes nothing" "$work/section" ': guest$'
	from_heading latched >"$work/section"
	has "$cpu: latched: the mode is off now" "$work/section" '^== latched: off$'
	has "$cpu: latched: the VM goes on counting" "$work/section" '^cpuid +1\.00 .*/2000 +CPUID$'
	has "$cpu: one VM: its file, and off" "$work/out" "^== one: -rw------- off ''$"
	is "$cpu: one VM: a bad value is refused" "$(grep -c 'one: accepted' "$work/out")" 0
	read -r _ _ _ mode first second <<-END
	$(grep '^== one on:' "$work/out")
	END
	is "$cpu: one VM: on while it runs" "$mode" host
	ok "$cpu: one VM: it counts ($first, $second)" [ "${second:-0}" -gt "${first:-0}" ]
	ok "$cpu: one VM: from the first" [ "${first:-0}" -gt 0 ]
	has "$cpu: one VM: to guest without a new begin" "$work/out" '^== one answers: guest goes on$'
	has "$cpu: one VM: off, and the file is empty" "$work/out" "^== one off: off ''$"
	has "$cpu: one VM: on again" "$work/out" '^== one again: begins at zero$'
	has "$cpu: one VM: off and on 50 times" "$work/out" '^== one after 50 times: counts$'
	from_heading "before it runs" >"$work/section"
	has "$cpu: one VM: on before it runs: the guest reads" "$work/section" '^cpuid +1\.00 '
	from_heading unloaded >"$work/section"
	has "$cpu: the modules unload" "$work/section" unloaded
	has "$cpu: and nothing warns" "$work/out" '^== warnings: 0$'
done
finish
