#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm.exit_stats: off by default, latched when a VM is created, and only "guest"
# answers the guest.
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

# Latched: off while it runs, and it goes on; then a new VM has none.
(probe -append "ops=cpuid samples=2000" >/tmp/latched) &
while ! grep -q '^operation' /tmp/latched 2>/dev/null; do sleep 0.01; done
echo off >$mode
wait
echo "== latched: $(cat $mode)"
cat /tmp/latched
try off

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
	from_heading accepted >"$work/section"
	is "$cpu: a bad value is refused" "$(cat "$work/section")" ""
	from_heading "after a bad value" >"$work/section"
	has "$cpu: and changes nothing" "$work/section" ': guest$'
	from_heading latched >"$work/section"
	has "$cpu: latched: the mode is off now" "$work/section" '^== latched: off$'
	has "$cpu: latched: the VM goes on counting" "$work/section" '^cpuid +1\.00 .*/2000 +CPUID$'
	from_heading unloaded >"$work/section"
	has "$cpu: the modules unload" "$work/section" unloaded
	has "$cpu: and nothing warns" "$work/out" '^== warnings: 0$'
done
finish
