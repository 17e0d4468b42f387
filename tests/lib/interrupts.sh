# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the tests, after tap.sh: Linux guests in the lab, and whether each gets every timer
# interrupt once.
#
# Its timer is periodic, and KVM's paravirtual EOI is on: then nothing exits between an
# interrupt and the next, and QEMU's VMRUN, left as it is, delivers nearly every one twice.
periodic="quiet highres=off nohz=off lapic=notscdeadline"

# pack_guest ROUNDS: $work/guest.cpio, which computes for that many rounds.
pack_guest() {
	echo "$1" >"$work/rounds"
	"$top/lab/pack/guest" "$work/guest.cpio" "$top/tests/lab/interrupts/guest" "$work/rounds"
}

# guest_job APPEND [COMMENT]: a job for the lab's host that boots the guest, to standard
# output.
guest_job() {
	printf '#%s\n. /lab/guest.sh\nappend="%s" linux_guest || exit\n' "${2:-}" "$1"
}

# boot_guest JOB: with $work/console by then; output and status as lab's.
boot_guest() {
	lab -t 60 "$1" "$build/lab/$(cat "$build/lab/release-$kernel")/vmlinux" "$work/guest.cpio"
}

# rate FILE: timer interrupts a second, of the guest whose output this is.
rate() {
	tr -d '\r' <"$1" | awk '$1 == "ticks:" { printf "%.0f\n", $2 * 100 / $4 }'
}
