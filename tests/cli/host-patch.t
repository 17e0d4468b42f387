#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The scripts of host-patch/ and scripts/ when something is missing or wrong:
# one clear line, and nothing half-done left behind.
. "$(dirname "$0")/../lib/tap.sh"

modules=$top/host-patch/build-modules

# tree DIR VERSION PATCHLEVEL SUBLEVEL: what looks like a kernel tree.
tree() {
	mkdir -p "$1/arch/x86/kvm" "$1/arch/x86/include/uapi/asm" "$1/virt/kvm"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\n' "$2" "$3" "$4" >"$1/Makefile"
}

release=$(cat "$build/lab/release-$kernel")
headers=$(headers_of "$kernel")
fails_with "build-modules: no headers" "no prepared kernel headers there; install linux-headers-" \
	"$modules" -k "$work/none" -o "$work/modules"
fails_with "build-modules: no source" "no such kernel source; install linux-source-$kernel or give -s" \
	"$modules" -k "$headers" -s "$work/none.tar.xz" -o "$work/modules"
fails_with "build-modules: no source: before it looks for room" "no such kernel source" \
	"$modules" -k "$headers" -s "$work/none.tar.xz" -o /proc/modules/none
fails_with "build-modules: no such patch" "error: $work/none.patch: no such file" \
	"$modules" -k "$headers" -a "$work/none.patch" -o "$work/modules"
# The processor comes before all that can be installed.
if ! grep -qwE 'svm|vmx' /proc/cpuinfo; then
	fails_with "make host-load: no AMD-V or VT-x" 'load: error: this processor offers neither AMD-V nor VT-x' \
		make -s -C "$top" host-load
fi
tree "$work/mismatch" 6 1 5
fails_with "build-modules: source and headers of two versions" \
	"source is Linux 6\.1\.5 .* but headers are $kernel\.[0-9]+ .*; install the same version" \
	"$modules" -k "$headers" -s "$work/mismatch" -o "$work/modules"
sed -i "s/^\(VERSION\|PATCHLEVEL\) = .*/\1 = 4/" "$work/mismatch/Makefile"
fails_with "build-modules: a commit of another x.y" "source is Linux 4\.4\.5 .* but headers are $kernel\.[0-9]+ " \
	"$modules" -c -k "$headers" -s "$work/mismatch" -o "$work/modules"
rm -r "$work/mismatch/virt"
fails_with "build-modules: a part of a kernel" 'mismatch: no virt in it; name the source of a whole kernel' \
	"$modules" -k "$headers" -s "$work/mismatch" -o "$work/modules"
fails_with "build-modules: a broken archive" 'broken.tar.xz: cannot be unpacked' \
	sh -c "echo rubbish >'$work/broken.tar.xz'; '$modules' -k '$headers' \
		-s '$work/broken.tar.xz' -o '$work/modules'"

# KVM has headers outside of arch/x86, too.
header=include/linux/kvm_irqfd.h
unpacked=$("$top/host-patch/unpack" "$(source_of "$kernel")")
sed '$i #error "this is the one that is compiled"' "$unpacked/$header" >"$work/header"
diff -u --label "a/$header" --label "b/$header" "$unpacked/$header" "$work/header" >"$work/header.patch"
fails_with "build-modules: a patch of KVM's header" 'this is the one that is compiled' \
	"$modules" -k "$headers" -a "$work/header.patch" -o "$work/modules"

# Commands that answer as on another machine.
mkdir -p "$work/bin"
printf '#!/bin/sh\necho x; echo "fs 1 1 17 1%% /"\n' >"$work/bin/df"
chmod +x "$work/bin/df"
fails_with "build-modules: no room" "17 MiB free, [0-9]+ MiB needed" \
	env PATH="$work/bin:$PATH" "$modules" -k "$headers" -o "$work/modules"
rm "$work/bin/df"

ok "build-modules: interrupted" sh -c "
	timeout -s TERM 4 '$modules' -f -k '$headers' -o '$work/modules'; [ \$? -ge 124 ]"
is "build-modules: none of these left anything" "$(find "$work" -maxdepth 1 -name 'modules*' ! -name '*.lock' ! -name '*.log')" ""

printf '#!/bin/sh\nexit 1\n' >"$work/bin/dpkg-query"
printf '#!/bin/sh\necho 1000\n' >"$work/bin/id"
chmod +x "$work/bin/dpkg-query" "$work/bin/id"
fails_with "need: missing packages, not root: the one command" \
	'as root: apt-get install -y --no-install-recommends .*nasm' \
	env PATH="$work/bin:$PATH" "$top/scripts/need" probe
fails_with "need: unknown group" 'nonsense: unknown group; known are probe, iso, tools, lab, intel, test, long, fuzz, browser, fleet, lava, deb, debian' \
	"$top/scripts/need" nonsense

fails_with "lab/boot: no job" 'usage: lab/boot' "$top/lab/boot"
fails_with "lab/boot: a missing file" "$work/none: no such file" "$top/lab/boot" "$work/none"
: >"$work/job"
fails_with "lab/boot: not built" 'the lab is not built for Linux [0-9.]+; run: make lab KERNEL=[0-9.]+$' \
	env BUILD="$work/empty" "$top/lab/boot" "$work/job"
echo 'while :; do :; done' >"$work/hang"
is "lab/boot: a job that hangs: status" "$(status_of lab -t 15 "$work/hang")" 124
has "lab/boot: a job that hangs: said" "$work/err" '^lab: no end within 15 s'
finish
