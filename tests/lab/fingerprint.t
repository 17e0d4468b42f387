#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The fingerprint of the lab: equal in clones of different names, and then all figures are
# equal; in the long test compare says which part of other modules differs.
. "$(dirname "$0")/../lib/tap.sh"

release=$(cat "$build/lab/release-$kernel")
other=$work/another-clone-with-a-long-name
mkdir -p "$other/build/lab" "$other/build/modules"
(
	umask 077
	cd "$top" && cp -R lab host-patch abi scripts "$other/"
	cd "$build" && cp exitprobe exitprobe-static probe.elf "$other/build/"
	cd lab && cp -R "$release" base.cpio base.cpio.key "release-$kernel" "$other/build/lab/"
	# The clone takes its own.
	rm -f "$other/build/lab/$release"/snapshot*
	cp -R "../modules/$release" "$other/build/modules/"
)
run() {
	BUILD=$2 timeout 900 "$2/exitprobe" run --accel lab --ops nop,cpuid,inl-user --samples 20 -q -o "$1" "$3" "$4"
}
one=$work/one.json two=$work/two.json third=$work/third.json
# In a shell of its own, whose umask it is.
run_elsewhere() (
	umask 077
	run "$two" "$other/build" --limit 600
)
ok "run" run "$one" "$build" --limit 600
ok "run in another clone" run_elsewhere
is "the same fingerprint" "$(jq -r .fingerprint.all "$two")" "$(jq -r .fingerprint.all "$one")"
is "it is of its parts" "$(jq -cSj .fingerprint.parts "$one" | sha256sum | cut -d ' ' -f 1)" \
	"$(jq -r .fingerprint.all "$one")"
figures() {
	jq -S 'del(.created, .command, .boots[].seconds, .machine.load_1min)' "$1"
}
figures "$one" >"$work/figures-one"
figures "$two" >"$work/figures-two"
ok "the same figures, all of them" cmp "$work/figures-one" "$work/figures-two"
is "every part is there" "$(jq -r '.fingerprint.parts | keys | join(" ")' "$one")" \
	"base core emulator emulator_version exitprobe firmware hooks inner_firmware inner_qemu job kernel kvm kvm_amd machine plugin probe"
for part in "kvm $build/modules/$release/kvm.ko" "kvm_amd $build/modules/$release/kvm-amd.ko" \
	"kernel $build/lab/$release/vmlinux" "base $build/lab/base.cpio" "probe $build/probe.elf" \
	"exitprobe $build/exitprobe-static"; do
	is "${part%% *}: its file's hash" "$(jq -r ".fingerprint.parts.${part%% *}" "$one")" \
		"$(sha256sum <"${part#* }" | cut -d ' ' -f 1)"
done
is "core: the tree's" "$(jq -r .fingerprint.parts.core "$one")" "$(
	cat "$top"/host-patch/core/exit_stats.[ch] "$top"/host-patch/hooks/exit_stats_hooks.[ch] \
		"$top/host-patch/core/exit_stats_names.h" "$top/abi/kvm_exit_stats.h" | sha256sum | cut -d ' ' -f 1)"
ok "compare: no difference" "$build/exitprobe" compare "$one" "$two"
"$build/exitprobe" compare "$one" "$two" >"$work/compared"
has "compare: said" "$work/compared" '^Machines and builds: no difference'

# Modules that do the same and are others: a section more.
if [ -n "$long" ]; then
	mkdir "$work/modules"
	cp "$build/modules/$release/kvm-amd.ko" "$work/modules/"
	echo more >"$work/section"
	objcopy --add-section .more="$work/section" "$build/modules/$release/kvm.ko" "$work/modules/kvm.ko"
	ok "run with other modules" run "$third" "$build" --modules "$work/modules"
	"$build/exitprobe" compare "$one" "$third" >"$work/compared"
	has "compare: kvm.ko differs" "$work/compared" '^ +build: kvm +[0-9a-f]+ -> [0-9a-f]+$'
	is "compare: and of the builds nothing else that was recorded" \
		"$(sed -n 's/^ *build: \([a-z_]*\) .*/\1/p' "$work/compared" | sort | xargs)" "core hooks kvm"
	is "the job is another, which compare does not tell: it has the modules" \
		"$(jq -n --slurpfile a "$one" --slurpfile b "$third" '$a[0].fingerprint.parts.job == $b[0].fingerprint.parts.job')" false
fi
"$build/exitprobe" report "$one" >"$work/table"
has "report: the fingerprint" "$work/table" "^fingerprint: $(jq -r .fingerprint.all "$one" | cut -c 1-16)\$"
"$build/exitprobe" report -f html "$one" >"$work/page"
has "page: the part's whole hash" "$work/page" "$(jq -r .fingerprint.parts.inner_qemu "$one")"
jq 'del(.fingerprint)' "$one" >"$work/old.json"
"$build/exitprobe" compare "$work/old.json" "$one" >"$work/compared"
has "compare: a file of before there were any" "$work/compared" '^ +build: fingerprint +\(none\) -> [0-9a-f]{16}$'
is "compare: is read" "$(status_of "$build/exitprobe" compare "$work/old.json" "$work/old.json")" 0

# Outside the lab: what there is.
ok "run under TCG" "$build/exitprobe" run --accel tcg --ops nop -q -o "$work/tcg.json"
is "TCG: parts" "$(jq -r '.fingerprint.parts | keys | join(" ")' "$work/tcg.json")" "firmware probe qemu"
is "TCG: the probe's is the lab's" "$(jq -r .fingerprint.parts.probe "$work/tcg.json")" \
	"$(jq -r .fingerprint.parts.probe "$one")"
ok "run under TCG again" "$build/exitprobe" run --accel tcg --ops nop -q -o "$work/again.json"
is "TCG: the same" "$(jq -c .fingerprint "$work/again.json")" "$(jq -c .fingerprint "$work/tcg.json")"
rm -rf "$other" "$work/modules"
finish
