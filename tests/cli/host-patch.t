#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The scripts of host-patch/ and scripts/ when something is missing or wrong:
# one clear line, and nothing half-done left behind. With the word long: make patch's series.
. "$(dirname "$0")/../lib/tap.sh"

unpacked=$("$top/host-patch/unpack" "$(source_of "$kernel")")
# The figures are made up: lab/bench takes minutes. make-series tries its series with git am and
# checkpatch.pl itself.
if [ -n "$long" ]; then
	printf 'Linux %s.1, on a processor of this test\n\noperation  off\ncpuid      +40\n' "$kernel" >"$work/figures"
	printf 'Linux 4.2.1\n' >"$work/older"
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	series() {
		"$top/host-patch/make-series" -s "$(source_of "$kernel")" -b "$1" -o "$work/series"
	}
	# git must not take the checkout's author, nor make a name of the machine's.
	nobody() {
		(cd / && GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=user.useConfigOnly GIT_CONFIG_VALUE_0=true series "$1")
	}
	fails_with "make-series: no author" 'git does not know who you are' nobody "$work/figures"
	export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@localhost GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@localhost
	fails_with "make-series: no figures" "$work/none: missing or empty" series "$work/none"
	fails_with "make-series: another kernel's figures" "these figures are not from Linux $kernel;" series "$work/older"
	ok "make-series" series "$work/figures"
	is "three patches" "$(find "$work/series" -type f -name '000[123]-*.patch' | wc -l) of $(find "$work/series" -type f | wc -l)" "3 of 3"
	for n in 1 2 3; do
		has "patch $n: signed" "$work/series"/000$n-*.patch '^Signed-off-by: test <test@localhost>$'
	done
	has "the figures are in the first" "$work/series"/0001-*.patch '^  cpuid +\+40$'
	# As whoever gets it would, beside host-patch/apply.
	mkdir "$work/a" "$work/b"
	for tree in a b; do
		cp -a "$unpacked/Makefile" "$unpacked/arch" "$unpacked/virt" "$unpacked/tools" "$work/$tree/"
	done
	ok "host-patch/apply" "$top/host-patch/apply" "$work/a"
	with_patch() {
		patch -d "$work/b" -p1 -s -F0 <"$1"
	}
	ok "the first patch" with_patch "$work/series"/0001-*.patch
	ok "they are the same tree" diff -r "$work/a" "$work/b"
	ok "the second patch" with_patch "$work/series"/0002-*.patch
	ok "it adds the selftest" cmp "$top/host-patch/selftest/exit_stats_test.c" \
		"$work/b/tools/testing/selftests/kvm"/x86*/exit_stats_test.c
	is "the third is documentation" "$(sed -n 's|^+++ b/\([^/]*\)/.*|\1|p' "$work/series"/0003-*.patch | sort -u)" Documentation
	finish
fi

# What make patch does in full, with "long": here only that it unpacks each file that has a hook.
parts=$(sed -n '/^parts="/,/"$/p' "$top/host-patch/make-series" | tr -d '\t"' | sed 's/^parts=//' | tr ' ' '\n' | grep .)
is "make-series takes each file with a hook" "$(sed -n 's/^file //p' "$top/host-patch/hooks/sites" | sort -u |
	while read -r file; do
		echo "$parts" | while read -r part; do
			case $file in "$part"/* | "$part") echo there ;; esac
		done | grep -q there || echo "$file"
	done)" ""

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
fails_with "need: unknown group" 'nonsense: unknown group; known are probe, iso, tools, lab, kernel, intel, test, long, fuzz, browser, fleet, lava, deb, debian' \
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
