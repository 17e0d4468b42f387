#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# An interrupt that KVM injects in the AMD lab comes once: 250 timer interrupts a second,
# by the guest's own count, and without the mend of QEMU's VMRUN nearly twice as many, which the
# long test sees.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/interrupts.sh"

pack_guest 40000
guest_job "$periodic" >"$work/job"
ran "a guest with a periodic timer ends" 0 boot_guest "$work/job" && {
	ticks=$(rate "$work/out")
	ok "it gets 250 interrupts a second ($ticks)" [ "$ticks" -ge 235 -a "$ticks" -le 265 ]
}
if [ -n "$long" ]; then
	# It may hang so, before it tells.
	export LAB_UNMENDED=1
	status_of boot_guest "$work/job" >/dev/null
	unset LAB_UNMENDED
	ticks=$(rate "$work/out")
	ok "QEMU as it is delivers them twice, or the guest hangs (status $rc, $ticks a second)" \
		[ "$rc" -eq 124 -o "${ticks:-0}" -ge 300 ]
fi

# --- the plugin in what is not QEMU, or not the QEMU it knows --------------------------
# stub NAME [OPTION...]: a program that loads the plugin as QEMU does.
stub() {
	name=$1
	shift
	gcc -rdynamic -I"$top/lab/qemu-plugin" -o "$work/$name" "$@" "$top/tests/lab/interrupts/stub.c"
}
ok "a stub of QEMU 7.2" stub old -DOLD
ok "a stub of QEMU 10" stub new
is "without a function it says which: status" "$(status_of "$work/old" "$build/lab/vmrun.so")" 1
is "without a function it says which" "$(cat "$work/err")" \
	"lab's VMRUN plugin: error: this QEMU has no qemu_get_cpu(); install Debian's qemu-system-x86"
is "the interface of QEMU 7.2" "$(cat "$work/out")" "interface 1"
status_of "$work/new" "$build/lab/vmrun.so" >/dev/null
is "the interface of QEMU 9.0 and later" "$(cat "$work/out")" "interface 2"
fails_with "the lab without the plugin" "vmrun.so: no such file, .*; run: make lab KERNEL=$kernel\$" \
	env BUILD="$work/build" sh -c "mkdir -p '$work/build'; ln -s '$build'/* '$work/build'; \
		rm '$work/build/lab'; mkdir '$work/build/lab'; ln -s '$build'/lab/[0-9r]* '$build/lab/base.cpio' \
		'$work/build/lab'; exec '$top/lab/boot' '$work/job'"
finish
