#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A Linux guest and a run of the probe in the AMD lab, in jobs of many lengths: all end.
# A longer job moves what the initramfs holds, and the deadlines of the lab's host against
# its guests: what hangs at some of them, as QEMU's VMRUN made it, hangs at random else.
# PADDINGS is how many (200), two at a time; every other guest has a periodic timer, and
# counts its interrupts.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/interrupts.sh"
paddings=${PADDINGS:-200}
step=53

pack_guest 40000
# one N: the lab with a job that is N steps longer; what it said to $work/N.out.
one() {
	append=quiet
	[ $(($1 % 2)) -eq 0 ] || append=$periodic
	guest_job "$append" "$(printf "%$(($1 * step))s" '' | tr ' ' x)" >"$work/$1.job"
	echo 'probe -append "settle_ms=1200 ops=nop,cpuid,hlt-timer,ipi-self-sti samples=20 budget_ms=50"' >>"$work/$1.job"
	status=0
	LAB_CONSOLE=$work/$1.console "$top/lab/boot" -t 60 "$work/$1.job" \
		"$build/lab/$(cat "$build/lab/release-$kernel")/vmlinux" "$work/guest.cpio" \
		"$build/probe.elf" "$top/lab/guest.sh" >"$work/$1.out" 2>"$work/$1.err" || status=$?
	echo "$status" >"$work/$1.status"
}
each_second() {
	for n in $(seq "$1" 2 "$paddings"); do
		one "$n"
	done
}
each_second 1 &
each_second 2
wait

# again N: what the lab said then.
again() {
	cat "$work/$1.out"
	cat "$work/$1.err" >&2
	return "$(cat "$work/$1.status")"
}
for n in $(seq "$paddings"); do
	ran "$((n * step)) bytes more: the guest and the probe end" 33 again "$n" || continue
	is "$((n * step)) bytes more: the probe's operations" "$(sed -n \
		's/^complete: \([0-9]*\) operations: .* \([0-9]* hung, [0-9]* failed\)\r*$/\1 \2/p' "$work/out")" \
		"4 0 hung, 0 failed"
	ticks=$(rate "$work/out")
	[ $((n % 2)) -eq 0 ] ||
		ok "$((n * step)) bytes more: 250 timer interrupts a second ($ticks)" \
			[ "$ticks" -ge 225 -a "$ticks" -le 275 ]
done
is "a CPUID costs the same in all" "$(awk '$1 == "cpuid" && NF > 5 { print $4 }' "$work"/*.out | sort -u | wc -l)" 1
finish
