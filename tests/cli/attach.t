#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe host, and the scripts behind it, where nothing can be attached: one line for
# each reason, and nothing is changed.  tests/lab/attach.t has a host where it can.
. "$(dirname "$0")/../lib/tap.sh"

exitprobe() {
	timeout 20 "$build/exitprobe" "$@"
}

fails_with "host: without a word" "exitprobe host: error: name what to do: attach, detach or status" exitprobe host
fails_with "host: another word" "exitprobe host: error: host reload: unknown; known are attach, detach and status" exitprobe host reload
fails_with "host: too many words" "exitprobe host: error: host detach: now: one argument too many" exitprobe host detach now
fails_with "host attach: another mode" "attach: error: some: must be off, host or guest" exitprobe host attach some
ran "host --help" 0 exitprobe host --help
has "host --help: says what the modes are" "$work/out" 'off|host|guest'

if [ ! -e /sys/module/kvm_amd ] && [ ! -e /sys/module/kvm_intel ]; then
	fails_with "host attach: KVM of another kind, or none" \
		"attach: error: (KVM is not loaded|neither kvm_amd nor kvm_intel is loaded).*" exitprobe host attach
	fails_with "host detach: nothing there" "detach: error: not attached" exitprobe host detach
	is "host status: not attached" "$(exitprobe host status 2>&1)" "not attached"
fi

# --- building -----------------------------------------------------------------------
module=$top/host-patch/module/build
fails_with "build: no headers" "build: error: $work/none: no prepared kernel headers there; .*" "$module" -k "$work/none"
fails_with "build: unknown option" "usage: host-patch/module/build .*" "$module" -x
fails_with "build: -s without a place" "build: error: -s needs -o OUT" "$module" -s

# A kernel that lacks what the module needs: a line for each.
mkdir -p "$work/headers/include/generated"
echo '#define UTS_RELEASE "9.9.9"' >"$work/headers/include/generated/utsrelease.h"
printf 'CONFIG_MODULES=y\nCONFIG_TRACEPOINTS=y\nCONFIG_DEBUG_FS=y\nCONFIG_KVM=y\nCONFIG_PREEMPT_RT=y\n' >"$work/headers/.config"
ran "build: a kernel without ftrace: status" 1 "$module" -k "$work/headers" -o "$work/m"
has "build: without ftrace" "$work/err" 'CONFIG_DYNAMIC_FTRACE_WITH_REGS is not set'
has "build: without kprobes" "$work/err" 'CONFIG_KPROBES is not set'
has "build: with KVM built in" "$work/err" 'KVM is built in'
has "build: with PREEMPT_RT" "$work/err" 'CONFIG_PREEMPT_RT is set'
is "build: four lines and one" "$(wc -l <"$work/err")" 5
ok "build: and nothing is left" [ ! -e "$work/m" ]

# DKMS takes the sources as they are put, and builds them by its own Makefile.
ok "build -s" "$module" -s -o "$work/sources"
has "build -s: dkms.conf has the version" "$work/sources/dkms.conf" '^PACKAGE_VERSION="[0-9.]+"$'
release=$(cat "$build/lab/release-$kernel")
ok "build -s: make builds it" make -s -C "$work/sources" KERNEL_DIR="$(headers_of "$kernel")" modules
is "build -s: what the module says of itself" \
	"$(readelf -p .modinfo "$work/sources/kvm_exit_stats.ko" | sed -n 's/.*description=//p')" "Exit statistics of the VMs of an unchanged KVM"
finish
