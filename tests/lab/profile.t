#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe profile: its sums, that it agrees with the probe, what one instruction
# more looks like, and what it says when it cannot work.  The long test has a second run, an operation
# of two exits and the difference of two kernels.
# shellcheck disable=SC2016 # variables of jq and of inner shells
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"

# A build directory of its own, or the symbols that it takes away are those of other
# tests that run beside it.
mkdir -p "$work/build/lab"
for file in "$build"/lab/release-* "$build"/lab/[0-9]* "$build"/lab/base.cpio* \
	"$build"/lab/*.so*; do
	ln -s "$file" "$work/build/lab/"
done
ln -s "$build/modules" "$work/build/modules"
export BUILD="$work/build"

exitprobe=$build/exitprobe
release=$(cat "$build/lab/release-$kernel")

# profile OP [OPTION...]: within the time that a profile may take here.
profile() {
	timeout 1500 "$exitprobe" profile "$@"
}

# first FILE EXPRESSION: of the commonest path, $p; the whole is $d.
first() {
	jq -r ". as \$d | .paths[0] as \$p | $2" "$1"
}

# holds DESCRIPTION FILE EXPRESSION: it is true.
holds() {
	is "$1" "$(first "$2" "$3")" true
}

# sums FILE: what must add up in any profile.
sums() {
	ok "$1: as abi/profile.schema.json says" valid_profile "$work/$1.json"
	holds "$1: functions add up to the windows" "$work/$1.json" \
		'([$p.functions[].own] | add) == $p.instructions and
		 ([$p.windows[].instructions] | add) == $p.instructions'
	holds "$1: so do the stacks" "$work/$1.json" '([$p.stacks[][1]] | add) == $p.instructions'
	holds "$1: guest and windows are the sample" "$work/$1.json" \
		'([$p.windows[] | .guest_before + .instructions] | add) + $p.guest_after == $p.round_trip'
	holds "$1: every sample has a path" "$work/$1.json" \
		'$d.paths_not_told > 0 or ([$d.paths[].samples] | add) == $d.samples'
	holds "$1: no query of the statistics in it, and many around" "$work/$1.json" \
		'$d.outside.queries_in_samples == 0 and $d.outside.queries > 1000'
}

# agrees OP: with the probe of the same run.  The exiting instruction is begun and
# not counted by the clock, which the host's stamps and the probe's share.
agrees() {
	holds "$1: the sample is the probe's round trip and the instruction that left" \
		"$work/$1.json" '$d.probe.round_trip_traced == $d.probe.round_trip + 1'
	holds "$1: the way out is the probe's" "$work/$1.json" \
		'$p.windows[0] as $w | $d.probe.parts.out == $w.guest_before - 1 + $w.before_exit_stamp'
	holds "$1: the way in is the probe's" "$work/$1.json" \
		'$p.windows[0] as $w | $d.probe.parts.in == $w.since_entry_stamp + $p.guest_after'
	holds "$1: what is between is the host's time" "$work/$1.json" \
		'$p.windows[0] as $w | $d.probe.parts.kernel + $d.probe.parts.user ==
		 $w.instructions - $w.before_exit_stamp - $w.since_entry_stamp'
}

ok "cpuid" profile cpuid -o "$work/cpuid.json"
sums cpuid
agrees cpuid
holds "cpuid: KVM's decoder is there, called once" "$work/cpuid.json" \
	'[$p.functions[] | select(.name == "x86_decode_insn" and .module == "kvm" and .calls == 1)] |
	 length == 1'
holds "cpuid: it is called from KVM's emulator, that by the exit's handler" "$work/cpuid.json" \
	'[$p.stacks[][0]] |
	 any(test(";svm_invoke_exit_handler;.*kvm_emulate_cpuid;.*x86_emulate_instruction;.*x86_decode_insn$"))'
# The compiler may put the loop into the function that calls it.
holds "cpuid: all of it stands on KVM's loop over exits" "$work/cpuid.json" \
	'[$p.stacks[][0] | split(";")[0]] | unique | . == ["vcpu_run"] or . == ["kvm_arch_vcpu_ioctl_run"]'
holds "cpuid: leaving the guest, the exit's handler, entering it, side by side" "$work/cpuid.json" \
	'[$p.stacks[][0] | split(";")[1] | select(. == ("svm_vcpu_run", "svm_invoke_exit_handler"))] |
	 reduce .[] as $name ([]; if .[-1] == $name then . else . + [$name] end) |
	 . == ["svm_vcpu_run", "svm_invoke_exit_handler", "svm_vcpu_run"]'
holds "cpuid: no thunk has a row" "$work/cpuid.json" \
	'[$p.functions[].name | select(test("thunk|safe_ret"))] | length == 0'
# The first boot read the symbols as well.
if [ -n "$long" ]; then
	ok "again, the symbols kept" profile cpuid -o "$work/cpuid-2.json"
	ok "the same bytes" cmp "$work/cpuid.json" "$work/cpuid-2.json"
fi

ok "inl-user" profile inl-user --user -o "$work/inl-user.json"
sums inl-user
agrees inl-user
holds "inl-user: the VMM by function" "$work/inl-user.json" \
	'[$p.functions[] | select(.name == "kvm_cpu_exec@qemu-system-x86_64" and .own > 0)] | length == 1'
holds "inl-user: userspace is as much as its functions" "$work/inl-user.json" \
	'([$p.functions[] | select(.module == "user").own] | add) == $p.user and $p.user > 500'

if [ -n "$long" ]; then
	ok "hypercall-other" profile hypercall-other -o "$work/hypercall-other.json"
	sums hypercall-other
	holds "hypercall-other: two exits, a window each" "$work/hypercall-other.json" \
		'$p.exits == 2 and ($p.windows | length) == 2'
	holds "what differs is a timer's interrupt" "$work/hypercall-other.json" \
		'[$d.paths[1:][].differs_by] | all(. == "asm_sysvec_apic_timer_interrupt")'
fi

# --- what is shown -----------------------------------------------------------------

ok "table" sh -c '"$1" profile "$2" --top 5 >"$3"' - "$exitprobe" "$work/cpuid.json" "$work/table"
has "table: the path" "$work/table" '^exit path A: [0-9]+ of 200 samples, 1 exit, [0-9]+ instructions$'
has "table: the sum" "$work/table" "^ *$(first "$work/cpuid.json" '$p.instructions') +100.0 +together$"
has "table: the caveat" "$work/table" 'neither next-RIP nor decode assists'
is "table: five functions" "$(grep -cE '^ +[0-9]+ +[0-9.]+ +[0-9]+ +[0-9.]+  ' "$work/table")" 5
ok "folded stacks" "$exitprobe" profile "$work/cpuid.json" -o "$work/cpuid.folded"
is "folded stacks: their sum" "$(awk '{ sum += $NF } END { print sum }' "$work/cpuid.folded")" \
	"$(first "$work/cpuid.json" '$p.instructions')"
ok "flame graph" "$exitprobe" profile "$work/cpuid.json" -o "$work/cpuid.svg"
ok "flame graph: well-formed" xmllint --noout "$work/cpuid.svg"
has "flame graph: figures on hover" "$work/cpuid.svg" \
	'<title>x86_decode_insn \[kvm\]: [0-9]+ with callees \([0-9.]+ %\), [0-9]+ own</title>'
is "flame graph: leaving and entering are two boxes" \
	"$(grep -c '<title>svm_vcpu_run \[kvm_amd\]' "$work/cpuid.svg")" 2
ok "golden flame graph" "$exitprobe" profile "$top/tests/data/profile-small.json" -o "$work/small.svg"
# Its first line is its license.
tail -n +2 "$top/tests/data/profile-small.svg" >"$work/golden.svg"
sed '/^<style>/,/<.style>$/d; /^<script>/,/<.script>$/d' "$work/small.svg" >"$work/plain.svg"
ok "golden flame graph: as it was" cmp "$work/plain.svg" "$work/golden.svg"
ok "golden flame graph: well-formed" xmllint --noout "$work/small.svg"

# --- in a results document ---------------------------------------------------------

jq -c --arg kernel "Linux $release" '.boots = [] | .profiles = [{ op: "nop" }] | .machine.kernel = $kernel' \
	"$top/tests/data/lab.json" >"$work/results.json"
ok "--add" "$exitprobe" profile "$work/cpuid.json" --add "$work/results.json"
ok "--add again" "$exitprobe" profile "$work/cpuid.json" --add "$work/results.json"
is "--add: once, beside what was there" \
	"$(jq -c '[.boots, [.profiles[].op]]' "$work/results.json")" '[[],["nop","cpuid"]]'
fails_with "--add to what is no results document" 'is not a results file' \
	profile "$work/cpuid.json" --add "$work/cpuid.json"
fails_with "--add to no file" 'error: /none: No such file' profile cpuid --add /none

# --- differences --------------------------------------------------------------------

modules=$build/modules/$release-one
ok "modules with one instruction more are built" "$top/host-patch/build-modules" \
	-a "$top/tests/data/one-instruction.patch" -k "$(headers_of "$kernel")" -o "$modules"
ok "--diff" sh -c 'timeout 1500 "$1" profile --diff "$2" "$3" cpuid >"$4"' - "$exitprobe" \
	"$work/cpuid.json" "$modules" "$work/diff"
is "--diff: the one instruction is in the function with the hook, and nowhere else" \
	"$(awk '/function$/ { table = 1; next } table { print $3, $NF == "differ" ? $(NF - 1) : $6 }' "$work/diff")" \
	"$(printf '+1 svm_vcpu_enter_exit\n+1 1')"

if [ -n "$long" ] && [ -n "$other_kernel" ]; then
	ok "--diff of kernels" sh -c 'timeout 1500 "$1" profile --diff "$2" "$4" cpuid >"$3"' - \
		"$exitprobe" "$work/cpuid.json" "$work/diff" "$other_kernel"
	is "--diff of kernels: the changes add up" "$(
		awk '/function$/ { table = 1; next }
		     table && /together/ { print $3, sum == $3, $2 - $1 == $3 }
		     table { sum += /more functions/ ? $1 : $3 }' "$work/diff" | cut -d ' ' -f 2-
	)" "1 1"
fi

# --- what goes wrong --------------------------------------------------------------

fails_with "an operation without an exit" '^[^:]*: error: nop: causes no VM exit' profile nop
fails_with "an unknown operation" 'error: nosuch: no such operation' profile nosuch
fails_with "part of an operation's name" 'error: puid: no such operation' profile puid
fails_with "an operation that is none" "error: cpuid;id: not an operation's name" profile 'cpuid;id'
fails_with "no operation" 'exactly one operation' profile
fails_with "a kernel that is not there" 'Linux 4.2 is not packaged here; known are .*6\.12.*; or try: apt-get update' \
	profile cpuid -k 4.2
fails_with "modules that are not there" "error: $work/none/kvm.ko: No such file" \
	profile cpuid --modules "$work/none"
fails_with "an output that is nothing known" 'must end with .svg, .folded or .json' \
	profile cpuid -o "$work/cpuid.png"
fails_with "no plugin" "error: $work/none.so: No such file or directory; run: make tools" \
	profile cpuid --plugin "$work/none.so"
ok "a plugin of another interface is built" gcc -shared -fPIC -DPLUGIN_VERSION=99 \
	-o "$work/other.so" -I"$top/abi" "$top/lab/qemu-plugin/profile.c" "$top/lab/qemu-plugin/trace.c" \
	"$top/lab/qemu-plugin/intern.c"
fails_with "a plugin of another interface" 'requires API version 99.*run: make tools' \
	profile cpuid --plugin "$work/other.so"
is "that is one line" "$(wc -l <"$work/err")" 1

# A QEMU that was built without plugins does not know the option.
mkdir -p "$work/bin"
cat >"$work/bin/qemu-system-x86_64" <<'END'
#!/bin/sh
echo "qemu-system-x86_64: -plugin: invalid option" >&2
exit 1
END
chmod +x "$work/bin/qemu-system-x86_64"
fails_with "QEMU without plugins" 'QEMU is built without plugins; install' \
	env PATH="$work/bin:$PATH" timeout 60 "$exitprobe" profile cpuid

for file in "$BUILD"/lab/symbols-*; do
	grep -v kvm "$file" >"$work/symbols"
	cp "$work/symbols" "$file"
done
fails_with "symbols without KVM's" "has no symbols of kvm.ko" profile cpuid
rm "$BUILD"/lab/symbols-*

echo '{' >"$work/bad.json"
fails_with "a profile that is none" "$work/bad.json: " profile "$work/bad.json"
echo '{"exitprobe_profile": 2}' >"$work/new.json"
fails_with "a profile of another format" 'not a profile of format 1' profile "$work/new.json"
"$exitprobe" profile cpuid >"$work/out" 2>"$work/err" &
running=$!
sleep 2
kill "$running"
status=0
wait "$running" || status=$?
is "interrupted: status" "$status" 130
has "interrupted: says so" "$work/err" 'error: interrupted$'
fails_with "past the time limit" 'error: lab: no end within 1 s of processor time; give more with --timeout' \
	profile cpuid --timeout 1
is "nothing is left behind" \
	"$(find "$BUILD/lab" -maxdepth 1 '(' -name 'profile.??????' -o -name 'boot.??????' ')')" ""
finish
