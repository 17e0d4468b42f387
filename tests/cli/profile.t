#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe profile of files alone, without the lab: what it refuses, and how a profile
# is put into a results file.
. "$(dirname "$0")/../lib/tap.sh"
exitprobe=$build/exitprobe
small=$top/tests/data/profile-small.json
lab=$top/tests/data/lab.json

# profile [ARGUMENT...]
profile() {
	timeout 20 "$exitprobe" profile "$@"
}

# refused DESCRIPTION REGEX ARGUMENT...: status 2, nothing on standard output, one line.
refused() {
	refused_by profile "$@"
}

# spoilt DESCRIPTION REGEX JQ: a profile changed by a jq filter is refused.
spoilt() {
	jq -c "$3" "$small" >"$work/spoilt.json"
	refused "$1" "$work/spoilt.json: $2" "$work/spoilt.json"
}

# --- shown -----------------------------------------------------------------------
is "table: status" "$(status_of profile "$small")" 0
has "table: the path" "$work/out" '^exit path A: 9 of 10 samples, 1 exit, 100 instructions$'
has "table: the sum" "$work/out" '^ +100 +100\.0 +together$'
has "table: the caveat" "$work/out" '^None\.$'
profile "$small" -o "$work/small.svg"
ok "flame graph: well-formed" xmllint --noout "$work/small.svg"
ok "flame graph: its style and script are in it" grep -q '^<script><!\[CDATA\[$' "$work/small.svg"
is "flame graph: loads nothing" "$(grep -cE 'href|src=|url\(|import' "$work/small.svg")" 0
# Its first line is its license; style and script are files of their own.
tail -n +2 "$top/tests/data/profile-small.svg" >"$work/golden.svg"
sed '/^<style>/,/<.style>$/d; /^<script>/,/<.script>$/d' "$work/small.svg" >"$work/plain.svg"
ok "flame graph: as it was" cmp "$work/plain.svg" "$work/golden.svg"
# A function of each kind, and the sums in the legend.
jq -c '.paths[0] |= (.user = 22 | .windows[0].user = 22 | .functions = [["vcpu_run", "kvm", 30], ["svm_vcpu_run", "kvm_amd", 11],
		["x86_decode_insn", "kvm", 9], ["em_cpuid", "kvm", 8], ["em_lookup", "", 1], ["do_syscall_64", "", 19],
		["0x8070@qemu-system-x86_64", "", 2], ["[userspace]", "", 20]] |
	.functions |= map({ name: .[0], module: .[1], own: .[2], total: .[2], calls: 1 }) |
	.stacks = [.functions[] | [.name, .own]])' "$small" >"$work/kinds.json"
is "flame graph: kinds: status" "$(status_of profile "$work/kinds.json" -o "$work/kinds.svg")" 0
is "flame graph: a colour for each kind" "$(sed -n 's/^<svg class="b".*<title>\([^ :]*\).*<rect class="\([a-z]*\).*/\1 \2/p' \
	"$work/kinds.svg")" "exit whole
vcpu_run core
svm_vcpu_run vendor
x86_decode_insn emulator
em_cpuid emulator
em_lookup kernel
do_syscall_64 kernel
0x8070@qemu-system-x86_64 user
[userspace] user"
is "flame graph: the legend" "$(sed -n 's/^<rect class=.*>\([^<]* [0-9.]* %\)<.*/\1/p' "$work/kinds.svg")" "KVM core 30.0 %
vendor module 11.0 %
emulator 17.0 %
other kernel 20.0 %
userspace 22.0 %"
is "folded: sums" "$(profile "$small" -o "$work/small.folded"; awk '{ n += $NF } END { print n }' "$work/small.folded")" 100

# --- files that are none -----------------------------------------------------------
refused "missing" "$work/none.json: cannot be read: No such file" "$work/none.json"
: >"$work/empty.json"
refused "empty" "$work/empty.json: is empty" "$work/empty.json"
truncate -s 65M "$work/large.json"
refused "too large" "$work/large.json: larger than 64 MiB" "$work/large.json"
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "[" }' >"$work/deep.json"
refused "too deep" "$work/deep.json: nested more than 64 deep" "$work/deep.json"
refused "a results file" "$lab: not a profile of format 1; " "$lab"
spoilt "another format" 'not a profile of format 1; ' '.exitprobe_profile = 2'
spoilt "escape sequences" 'paths\[0\]\.functions\[0\]\.name: a text has a control character' \
	'.paths[0].functions[0].name = "\u001b[2J"'
spoilt "escape sequences where nothing is read" 'x: a text has a control character' '.x = "\u009b"'
spoilt "a caveat that is none" 'caveats\[0\]: must be a string' '.caveats = [5]'
spoilt "a path without exits" 'paths\[0\]\.exits: is 0, must be 1 to' '.paths[0].exits = 0'
spoilt "no instructions" 'paths\[0\]\.instructions: is 0, must be 1 to' '.paths[0].instructions = 0'
spoilt "functions that do not add up" \
	"paths\\[0\\]\\.functions: own adds up to 101, not to the path's instructions" \
	'.paths[0].functions[0].own += 1'
spoilt "stacks that do not add up" \
	"paths\\[0\\]\\.stacks: add up to 101, not to the path's instructions" \
	'.paths[0].stacks[0][1] += 1'
spoilt "a function" 'paths\[0\]\.functions\[1\]\.calls: must be an integer, is a string' \
	'.paths[0].functions[1].calls = "2"'
spoilt "a window" 'paths\[0\]\.windows\[0\]\.user: is -1, must be 0 to' '.paths[0].windows[0].user = -1'
spoilt "windows" 'paths\[0\]\.windows: must be an array, is missing' 'del(.paths[0].windows)'
spoilt "the processor" 'cpu: must be a string, is an object' '.cpu = {}'
spoilt "the probe" 'probe: must be an object, is missing' 'del(.probe)'
spoilt "windows outside" 'outside\.queries: must be an integer, is missing' 'del(.outside)'
spoilt "no path" 'paths: the first must have' '.paths = []'
spoilt "a stack" 'paths: the first must have' '.paths[0].stacks[0] = ["a", -1]'

# --- differences ---------------------------------------------------------------------
jq -c '.paths[0] |= (.instructions = 110 | .functions[0].own = 40 | .functions += [.functions[0] | .own = 0] |
	.stacks[0][1] += 10)' \
	"$small" >"$work/more.json"
is "--diff: status" "$(status_of profile --diff "$small" "$work/more.json" cpuid)" 0
has "--diff: the function" "$work/out" '^ +30 +40 +\+10 +0 +0  vcpu_run \[kvm\]$'
has "--diff: together" "$work/out" '^ +100 +110 +\+10 +together, of 3 functions 1 differ$'
jq -c '.op = "nop"' "$small" >"$work/nop.json"
refused "--diff of another operation" "$work/nop.json: is a profile of nop, not of cpuid" \
	--diff "$small" "$work/nop.json" cpuid
refused "--diff of two others" "$small: is a profile of cpuid, not of nop" --diff "$small" "$small" nop

# --- in a results file -----------------------------------------------------------------
# The profile as of what the fixture was measured on.
jq -c '.kernel = "6.1.0"' "$small" >"$work/fits.json"
jq -c '.op = "nop"' "$work/fits.json" >"$work/nop.json"
subjects() {
	jq -c '[.profiles[].op]' "$1"
}
cp "$lab" "$work/r.json"
chmod 640 "$work/r.json"
is "--add: status" "$(status_of profile "$work/fits.json" --add "$work/r.json")" 0
profile "$work/nop.json" --add "$work/r.json"
profile "$work/fits.json" --add "$work/r.json"
is "--add: one of each subject" "$(subjects "$work/r.json")" '["cpuid","nop"]'
is "--add: all else is as it was" "$(jq -cS 'del(.profiles)' "$work/r.json")" "$(jq -cS . "$lab")"
is "--add: on one line, as run writes it" "$(wc -l <"$work/r.json")" 1
is "--add: its mode" "$(stat -c %a "$work/r.json")" 640
ln -sf r.json "$work/link.json"
profile "$work/fits.json" --add "$work/link.json"
ok "--add: a link is followed" test -L "$work/link.json"
is "--add: report draws both" "$("$exitprobe" report -f html "$work/r.json" | grep -c '<figure class="profile">')" 2
jq -c '.profiles = null' "$lab" >"$work/null.json"
is "--add where null is: status" "$(status_of profile "$work/fits.json" --add "$work/null.json")" 0
is "--add where null is" "$(subjects "$work/null.json")" '["cpuid"]'
jq -c '.profiles = "x"' "$lab" >"$work/text.json"
cp "$work/text.json" "$work/before"
refused "--add where a text is" "$work/text.json: profiles: must be an array" "$small" --add "$work/text.json"
ok "--add where a text is: the file is as it was" cmp "$work/text.json" "$work/before"
refused "--add to a profile" "$work/more.json: is not a results file" "$small" --add "$work/more.json"
jq -c '.profiles = [range(1000) | {}]' "$lab" >"$work/full.json"
refused "--add of one too many" "$work/full.json: profiles: has 1001 elements" "$work/fits.json" --add "$work/full.json"
# A few bytes less than what is read.
jq -c . "$lab" | tr -d '\n' | sed 's/}$//' >"$work/large.json"
size=$(stat -c %s "$work/large.json")
awk -v room=$((67108864 - 300 - size)) 'BEGIN {
	text = sprintf("%4093s", "")
	gsub(/ /, "x", text)
	printf ",\"profiles\":[["
	for (n = 0; n + 4116 < room; n += 4096)
		printf "\"%s\",", text
	printf "\"%s\"]]}", substr(text, 1, room - n - 20)
}' >>"$work/large.json"
is "what is large is read: status" "$(status_of "$exitprobe" report "$work/large.json")" 0
refused "--add to what is large" "$work/large.json: would be larger than 64 MiB" "$work/fits.json" --add "$work/large.json"
# --add to what was measured with something else: OTHER is the fixture changed by JQ.
other() {
	jq -c "$3" "$lab" >"$work/other.json"
	cp "$work/other.json" "$work/before"
	refused "--add to $1" "$work/other.json: $2" "$work/fits.json" --add "$work/other.json"
	ok "--add to $1: the file is as it was" cmp "$work/other.json" "$work/before"
}
other "another kernel" 'was measured on Linux 6\.12\.1, the profile on 6\.1\.0$' '.machine.kernel = "Linux 6.12.1"'
other "what names no kernel" 'does not say on which kernel' 'del(.machine.kernel)'
other "a real KVM" 'was not measured in the lab; a profile shows' '.accel = "kvm" | .deterministic = false'
other "the lab's Intel processor" "was measured on the lab's Intel processor" \
	'.boots[0].records[0].cpu.vendor = "GenuineIntel"'
for option in '"--modules", "/x"' '"--modules=/x"' '"--mod", "/x"'; do
	other "other modules, $option" "was measured with /x, the profile with the lab's own$" ".command += [$option]"
done
other "redacted modules" 'was measured with other modules, whose directory is redacted$' '.command += ["--modules", "redacted"]'
jq -c '.modules = "/x"' "$work/fits.json" >"$work/of-x.json"
refused "--add of other modules" "$work/r.json: was measured with the lab's own modules, the profile with /x" \
	"$work/of-x.json" --add "$work/r.json"
jq -c '.command += ["--modules", "/x"]' "$lab" >"$work/x.json"
is "--add of the same modules: status" "$(status_of profile "$work/of-x.json" --add "$work/x.json")" 0

mkdir -p "$work/dir"
cp "$lab" "$work/dir/r.json"
is "the disk fills up: status" "$(status_of sh -c "trap '' XFSZ; ulimit -f 4; exec '$exitprobe' profile '$work/fits.json' --add '$work/dir/r.json'")" 2
ok "the disk fills up: the file is as it was" cmp "$work/dir/r.json" "$lab"
is "the disk fills up: nothing left behind" "$(ls "$work/dir")" r.json
is "a full device: status" "$(ln -sf /dev/full "$work/full.svg"; status_of profile "$small" -o "$work/full.svg")" 2
has "a full device: said" "$work/err" 'full.svg: cannot be written: No space left'

# --- a lab that does nothing, and how it is ended ------------------------------------------
fake=$work/fake
mkdir -p "$fake/build/lab/none" "$fake/build/modules/none" "$fake/lab"
cp "$exitprobe" "$build/probe.elf" "$fake/build/"
echo none >"$fake/build/lab/release-$kernel"
touch "$fake/build/lab/profile.so" "$fake/lab/guest.sh"
for file in lab/none/vmlinux lab/none/irqbypass.ko lab/none/ccp.ko modules/none/kvm.ko modules/none/kvm-amd.ko; do
	touch "$fake/build/$file"
done
cat >"$fake/lab/boot" <<-END
	#!/bin/sh
	trap 'kill \$emulator; echo ended >"$fake/state"; exit 143' TERM
	sleep 20 &
	emulator=\$!
	echo began >"$fake/state"
	wait
END
chmod 755 "$fake/lab/boot"

# Which kernel it boots for a results file: that file's, or none.
echo 6.1.0 >"$fake/build/lab/release-6.1"
echo 6.12.1 >"$fake/build/lab/release-6.12"
for release in 6.1.0 6.12.1; do
	cp -r "$fake/build/lab/none" "$fake/build/lab/$release"
	cp -r "$fake/build/modules/none" "$fake/build/modules/$release"
done
mv "$fake/lab/boot" "$fake/lab/boot-waits"
printf '#!/bin/sh\necho "$*" >"%s"\nexit 3\n' "$fake/arguments" >"$fake/lab/boot"
chmod 755 "$fake/lab/boot"
# follows FILE ARGUMENT...: the kernel and modules that the lab is booted with for it.
follows() {
	file=$1
	shift
	rm -f "$fake/arguments"
	(unset BUILD && timeout 20 "$fake/build/exitprobe" profile cpuid --add "$file" "$@") >"$work/out" 2>"$work/err"
	[ ! -e "$fake/arguments" ] || awk '{
		for (i = 1; i < NF; i++)
			if ($i == "-k" || $i == "-m") { printf "%s%s %s", separator, $i, $(i + 1); separator = " " }
		print ""
	}' "$fake/arguments"
}
jq -c '.machine.kernel = "Linux 6.12.1"' "$lab" >"$work/new.json"
jq -c '.machine.kernel = "Linux 5.11.1"' "$lab" >"$work/old.json"
jq -c --arg dir "$fake/build/modules/none" '.command += ["--modules", $dir]' "$lab" >"$work/none.json"
jq -c '.command += ["--modules", "/none"]' "$lab" >"$work/away.json"
is "--add follows the file's kernel" "$(follows "$lab")" "-k 6.1"
is "--add follows the file's kernel, another" "$(follows "$work/new.json")" "-k 6.12"
is "--add follows the file's modules" "$(follows "$work/none.json")" "-k 6.1 -m $fake/build/modules/none"
is "--add with that kernel named" "$(follows "$work/new.json" -k 6.12)" "-k 6.12"
# refuses DESCRIPTION REGEX FILE ARGUMENT...
refuses() {
	name=$1 regex=$2
	shift 2
	is "$name: no lab is booted" "$(follows "$@")" ""
	has "$name: said" "$work/err" "^exitprobe profile: error: $regex"
	is "$name: in one line" "$(wc -l <"$work/err")" 1
}
refuses "--add with another kernel" ".*new.json: was measured on Linux 6\.12\.1, which is not the lab's 6\.1\$" \
	"$work/new.json" -k 6.1
refuses "--add to a kernel that is not built" '.*old.json: was measured on Linux 5\.11\.1, for which no lab is built here$' \
	"$work/old.json"
refuses "--add with other modules" ".*: was measured with the lab's own modules, not with /tmp\$" "$lab" --modules /tmp
refuses "--add to modules that are gone" '.*away.json: was measured with /none, which is not there$' "$work/away.json"
jq -c '.accel = "kvm" | .deterministic = false' "$lab" >"$work/real.json"
refuses "--add to a real KVM" '.*real.json: was not measured in the lab' "$work/real.json"
mv "$fake/lab/boot-waits" "$fake/lab/boot"
echo none >"$fake/build/lab/release-$kernel"

# state WANTED: whether the fake lab comes to it within 5 s.
state() {
	i=0
	while [ $i -lt 100 ] && [ "$(cat "$fake/state" 2>/dev/null)" != "$1" ]; do
		sleep 0.05
		i=$((i + 1))
	done
	cat "$fake/state"
}

# profile_fake: profile cpuid there, in the background, as $profile.
profile_fake() {
	rm -f "$fake/state"
	(unset BUILD && exec "$fake/build/exitprobe" profile cpuid) >"$work/out" 2>"$work/err" &
	profile=$!
}

# ends DESCRIPTION SIGNAL STATUS
ends() {
	is "$1: the lab began" "$(state began)" began
	kill "-$2" $profile
	status=0
	wait $profile 2>/dev/null || status=$?
	is "$1: status" $status "$3"
	is "$1: the lab has ended" "$(state ended)" ended
}

profile_fake
ends "interrupted" TERM 130
has "interrupted: says so" "$work/err" '^exitprobe profile: error: interrupted$'
is "interrupted: nothing is left" "$(find "$fake/build/lab" -name 'profile.??????')" ""
profile_fake
ends "killed" KILL 137
rm -rf "$fake"/build/lab/profile.??????
# As nohup(1) has it.
trap '' HUP
profile_fake
trap - HUP
state began >"$work/out"
kill -HUP $profile
sleep 0.3
is "hung up, with SIGHUP ignored: it goes on" "$(kill -0 $profile && cat "$fake/state")" began
ends "hung up, then interrupted" TERM 130
printf '#!/bin/sh\necho "lab: no lab" >&2\nexit 3\n' >"$fake/lab/boot"
profile_fake
status=0
wait $profile || status=$?
is "a lab that fails: status" $status 2
has "a lab that fails: said" "$work/err" 'error: the lab ended with status 3; see lab/console.log'
chmod 644 "$fake/lab/boot"
profile_fake
status=0
wait $profile || status=$?
is "no lab: status" $status 2
has "no lab: said" "$work/err" 'error: .*/lab/boot: Permission denied$'
is "no lab: in one line" "$(wc -l <"$work/err")" 1
is "a full disk for the table: status" "$(profile "$small" >/dev/full 2>"$work/err"; echo $?)" 2
has "a full disk for the table: said" "$work/err" 'error: standard output: No space left'
finish
