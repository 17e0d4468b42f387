#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe run and list: on an emulated processor, in the lab; wrong words, missing
# parts, what hangs, dies or is interrupted.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
cd "$work" || exit 1
exitprobe=$build/exitprobe
unset BUILD

# fails DESCRIPTION REGEX ARGUMENT...: status 2, and one line on standard error.
fails() {
	name=$1 regex=$2
	shift 2
	is "$name: status" "$(status_of "$exitprobe" "$@")" 2
	has "$name: said" err "$regex"
	is "$name: in one line" "$(wc -l <err)" 1
}

measured() {
	jq -r '.boots['"${2:-0}"'].records[] | select(.outcome == "measured") | .op' "$1"
}

# --- what is wrong is said before anything starts --------------------------------

is "no command: status" "$(status_of "$exitprobe")" 2
has "no command: usage" err '^Usage: exitprobe COMMAND'
fails "unknown command" '^exitprobe: error: fly: unknown command' fly
is "help: status" "$(status_of "$exitprobe" --help)" 0
commands=$(sed -n 's/^  \([a-z]*\) .*/\1/p' out)
for command in $commands; do
	is "$command --help: status" "$(status_of "$exitprobe" "$command" --help)" 0
	has "$command --help: usage" out "^Usage: exitprobe $command"
done
fails "unknown accelerator" 'run: error: --accel hvf: must be auto, kvm, tcg or lab' run --accel hvf
fails "unknown vendor" 'error: --cpu arm: must be amd or intel' run --cpu arm
fails "no number" 'error: --samples many: must be a number from 1 to 10000' run --samples many
fails "too long an idle time" 'error: --settle 1s: must be a number from 0 to 60000' run --settle 1s
fails "too large a number" 'error: --budget 60001: must be a number from 1 to 60000' run --budget 60001
fails "a negative number" 'error: --boots -1: must be a number from 1 to 200' run --boots=-1
fails "globs with a blank" "error: --ops cp uid: must be operations" run --ops "cp uid"
fails "no globs" 'error: --ops : must be operations' run --ops ""
fails "a stray word" 'error: cpuid: unknown argument' run cpuid
fails "processors that are none" 'error: --pin x: must be processors' run --accel tcg --pin x
fails "a processor that is not there" 'error: --pin 999: processor 999 is not available; available are [0-9,-]+$' \
	run --accel tcg --pin 999
fails "a processor named twice" 'error: --pin 0,0: processor 0 is named twice$' run --accel tcg --smp 2 --pin 0,0
for name in x.html x.txt x.xml x.JSON; do
	fails "results named $name" "error: $name: run writes JSON, so the name must end in .json" \
		run --accel tcg -o $name
done
is "results named as a version: status" "$(status_of "$exitprobe" run --accel tcg --ops nop -o of-6.1)" 0
is "results into a device: status" "$(status_of "$exitprobe" run --accel tcg --ops nop -qo /dev/null)" 0
fails "fewer processors than vCPUs" 'error: --pin 0: names 1 processors for 2 vCPUs' \
	run --accel tcg --smp 2 --pin 0
fails "no probe" 'error: /none/probe.elf: No such file' run --accel tcg --probe /none/probe.elf
fails "no place for the results" 'error: /none/r.json: cannot be written: No such file' \
	run --accel tcg -o /none/r.json
is "an unknown option: status" "$(status_of "$exitprobe" run --frob)" 2
fails "a directory for the results" 'error: /tmp: is a directory' run --accel tcg -o /tmp
is "a full disk for the table: status" \
	"$(timeout 60 "$exitprobe" run --accel tcg --ops nop >/dev/full 2>err; echo $?)" 2
has "a full disk for the table: said" err 'error: standard output: No space left'
fails "no QEMU" 'QEMU does not start: /none/qemu: No such file' run --accel tcg --qemu /none/qemu
fails "an argument that QEMU does not know" 'QEMU does not start: .*-frob' \
	run --accel tcg --qemu-arg -frob
# at_once DESCRIPTION REGEX ARGUMENT...: the same, and not after the 90 s of an operation that hangs.
# QEMU's start takes a second, and many where others work on the same processors.
at_once() {
	began=$(date +%s)
	fails "$@"
	ok "$1: at once" [ $(($(date +%s) - began)) -lt 60 ]
}
at_once "a processor that is none for the probe" \
	'error: the probe: this processor has no long mode \(CPUID 0x80000001 EDX bit 29\)$' \
	run --accel tcg --qemu-arg -cpu --qemu-arg 486
# qemu_like NAME LINE...: a QEMU that does that.
qemu_like() {
	name=$1
	shift
	printf '%s\n' '#!/bin/sh' "$@" >"qemu-$name"
	chmod +x "qemu-$name"
}
qemu_like flood 'exec yes "qemu: oh no" >&2'
qemu_like out-flood 'exec yes "qemu: oh no"'
qemu_like line 'exec tr "\000" x </dev/zero >&2'
qemu_like child 'sleep 59.83 &' 'echo "qemu: gone" >&2' 'exit 1'
at_once "a QEMU that floods standard error" 'QEMU does not start: endless output: qemu: oh no$' \
	run --accel tcg --qemu ./qemu-flood
at_once "a QEMU that floods its console" 'QEMU does not start: endless output: qemu: oh no$' \
	run --accel tcg --qemu ./qemu-out-flood
at_once "a QEMU that prints a line without end" 'QEMU does not start: endless output: x*$' \
	run --accel tcg --qemu ./qemu-line
at_once "a QEMU that leaves a child with its socket" 'QEMU does not start: qemu: gone$' \
	run --accel tcg --qemu ./qemu-child
is "a QEMU that leaves a child: it is ended too" "$(pgrep -fc 'sleep 59\.83')" 0
# shellcheck disable=SC2016 # for the script
qemu_like closed 'exec qemu-system-x86_64 "$@" >&- 2>&-'
is "a QEMU that closes its outputs: status" \
	"$(status_of "$exitprobe" run --accel tcg --ops nop --qemu ./qemu-closed)" 0
# shellcheck disable=SC2016 # for the script
qemu_like chatty '(sleep 0.5; exec yes "qemu: well" >&2) &' 'exec qemu-system-x86_64 "$@"'
is "a QEMU that prints while the probe runs: status" \
	"$(status_of "$exitprobe" run --accel tcg --ops 'cpuid*,hlt-timer' --samples 2000 --qemu ./qemu-chatty)" 0
at_once "list: a QEMU that prints without end" 'endless output: qemu: oh no' list --qemu ./qemu-flood
fails "a probe that is none" 'error: ' run --accel tcg --probe "$top/README.md"
fails "a lab kernel without hooks" 'error: ' run --accel lab --kernel 4.19
at_once "an operation that the lab's probe does not know" \
	'^exitprobe run: error: the probe: ops=cpuidd: no such operation; nearest: cpuid, cpuid-d, .*; list names them all$' \
	run --accel lab --ops nop,cpuidd
fails "no operation left in the lab" 'error: the probe: ops= and skip= leave no operation' \
	run --accel lab --ops nop --skip nop
fails "an option of the lab's elsewhere" 'error: --kernel: is for the lab; add --accel lab' \
	run --accel tcg --kernel 6.12
fails "an option of this host's in the lab" 'error: --pin: has no effect in the lab' \
	run --accel lab --pin 0
fails "a VM that QEMU does not start" 'error: QEMU does not start the VM: .*cont' \
	run --accel tcg --qemu-arg=--preconfig --ops nop
sed 's/crc32/crc23/' "$build/probe.elf" >damaging.elf
fails "records that are damaged" "error: the probe's records are damaged" \
	run --accel tcg --probe damaging.elf --ops nop -q -o damaged.json
ok "records that are damaged: no file" [ ! -e damaged.json ]
mkdir empty
touch empty/kvm.ko empty/kvm-amd.ko
fails "modules that are none" 'error: the lab ended with status 1: .*empty/kvm.ko' \
	run --modules empty --ops nop

# --- one emulated processor --------------------------------------------------------

is "tcg: status" "$(status_of "$exitprobe" run --accel tcg --ops 'cpuid*,nop' --skip cpuid-x\* \
	--boots 2 -o tcg.json)" 0
is "tcg: into a pipe a line for each family of operations, and no more" "$(sed 's/, [0-9]* s.*//' err)" \
	"$(for boot in 1 2; do
		printf "exitprobe run: boot $boot of 2, %s\n" "1 of 9: control" "2 of 9: cpuid" "9 of 9: debug"
	done)"
has "tcg: after the first with how long it takes still" err \
	'boot 2 of 2, 1 of 9: control, (0 s|[1-9][0-9]* s, about [0-9]+ s to go)$'
is "tcg: no escape sequences in a pipe" "$(tr -cd '\033' <out | wc -c)" 0
has "tcg: the loss is said" out 'no exits and no host columns'
is "tcg: two boots, both whole" "$(jq -c '[.complete, .boots[].complete]' tcg.json)" "[true,true,true]"
is "tcg: the operations asked for" "$(measured tcg.json 1 | tr '\n' ' ')" \
	"nop cpuid cpuid-1 cpuid-7 cpuid-d cpuid-40000000 cpuid-80000000 cpuid-4fffffff cpuid-watched "
for boot in 0 1; do
	jq -c ".boots[$boot].records[]" tcg.json >boot.records
	ok "tcg: boot $boot: the records are as the schema says" valid_records boot.records
done
is "tcg: this machine is described" "$(jq -r '.machine | .kernel, .cpus' tcg.json)" \
	"$(uname -sr)
$(nproc)"
is "tcg: the same table from the file" "$("$exitprobe" report tcg.json)" "$(cat out)"
is "tcg: none into a pipe with -q" "$(status_of "$exitprobe" run --accel tcg --ops nop -q):$(cat err)" "0:"
script -qec "timeout 100 '$exitprobe' run --accel tcg --ops nop -q" typescript >terminal 2>&1
has "tcg: on a terminal one line that is overwritten" terminal "$(printf '\r\033\\[K')1 of 1: nop +0 s$(printf '\r\033\\[K')"
is "tcg: on a terminal no line for a family" "$(grep -c control terminal)" 0
is "an unknown operation: status" "$(status_of "$exitprobe" run --accel tcg --ops zz)" 2
has "an unknown operation: named" err 'zz'

# Two at once do not disturb each other.
timeout 100 "$exitprobe" run --accel tcg --ops nop -q -o one.json &
first=$!
timeout 100 "$exitprobe" run --accel tcg --ops nop -q -o two.json &
second=$!
wait $first
first=$?
wait $second
is "two at once: status" "$first $?" "0 0"
is "two at once: both whole" "$(jq .complete one.json two.json | tr '\n' ' ')" "true true "
is "on a vCPU more: operations between vCPUs" \
	"$(status_of "$exitprobe" run --accel tcg --smp 2 --ops cpuid-x2 -o smp.json):$(measured smp.json)" \
	"0:cpuid-x2"

# --- what is saved and cannot be read --------------------------------------------

# A probe that names a member of its records otherwise.
LC_ALL=C sed 's/bracket/brackeX/g' "$build/probe.elf" >renamed.elf
for quiet in "" -q; do
	# shellcheck disable=SC2086 # one word or none
	is "records that report refuses${quiet:+, $quiet}: status" \
		"$(status_of "$exitprobe" run --accel tcg --ops nop --probe renamed.elf $quiet -o renamed.json)" 2
	has "records that report refuses${quiet:+, $quiet}: said" err \
		'^exitprobe run: error: renamed.json: boots\[0\].records\[0\].bracket: .*; it is saved, but report and compare refuse it$'
done

# --- an operation that takes the VM with it ----------------------------------------

# measuring NAME: the second family has begun, so that operations of the first have been measured; but
# not for ever.
cat >measuring <<'END'
tries=0
until [ "$(grep -c '^exitprobe run: [0-9]* of' "$1")" -ge 2 ] || [ $tries -ge 1200 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
END
# A QEMU that, the first time, stops or dies in the midst of it.
for how in STOP KILL; do
	case $how in STOP) name=hung ;; KILL) name=died ;; esac
	cat >"qemu-$how" <<-END
	#!/bin/sh
	if mkdir began-$how 2>/dev/null; then
		(sh measuring err-$name; kill -$how \$\$) >/dev/null 2>&1 &
	fi
	exec qemu-system-x86_64 "\$@"
	END
	chmod +x "qemu-$how"
done
# One whose probe says that it cannot go on, and stays.
# shellcheck disable=SC2016 # for the script
qemu_like word 'if mkdir began-word 2>/dev/null; then' \
	'	(sh measuring err-word; echo "exitprobe: fault #XX outside an operation") &' 'fi' 'exec qemu-system-x86_64 "$@"'
# Long enough to be in the midst of it: hlt-timer, the last one, takes all of its budget.
long="--accel tcg --samples 10000 --budget 4000 --ops cpuid*,hlt-timer,xapic-read --skip cpuid-x*"
# They wait most of the time, so all three run at once.
# without NAME ARGUMENT...: a run of $long in the background, with its output in out-NAME and err-NAME.
without() {
	name=$1
	shift
	# shellcheck disable=SC2086
	timeout 3000 "$exitprobe" run "$@" $long -o "$name.json" >"out-$name" 2>"err-$name" </dev/null &
}
# status_in PROCESS: its exit status, when it has ended.
status_in() {
	rc=0
	wait "$1" || rc=$?
}
without hung --qemu ./qemu-STOP --hang 15
hung=$!
without died --qemu ./qemu-KILL
died=$!
without word --qemu ./qemu-word
word=$!
status_in $hung
is "hangs: status" "$rc" 1
has "hangs: named" err-hung '^exitprobe run: warning: [a-z0-9-]* hangs; the run goes on without it$'
is "hangs: one is lost" "$(jq -c '.boots[0].lost | map(.how)' hung.json)" '["hangs"]'
is "hangs: all others are there" \
	"$({ measured hung.json; jq -r '.boots[0].lost[].op' hung.json; } | sort | tr '\n' ' ')" \
	"cpuid cpuid-1 cpuid-40000000 cpuid-4fffffff cpuid-7 cpuid-80000000 cpuid-d cpuid-watched hlt-timer xapic-read "
is "hangs: the file is whole" "$(jq .complete hung.json)" true
has "hangs: in the table" out-hung 'hangs'
status_in $died
is "dies: status" "$rc" 1
has "dies: named" err-died '^exitprobe run: warning: [a-z0-9-]* ends the VM; the run goes on without it$'
is "dies: one is lost" "$(jq -c '.boots[0].lost | map(.how)' died.json)" '["ends the VM"]'
status_in $word
is "gives up: status" "$rc" 1
has "gives up: named, and why" err-word \
	'^exitprobe run: warning: [a-z0-9-]* ends the VM \(fault #XX outside an operation\); the run goes on without it$'
is "gives up: one is lost" "$(jq -c '.boots[0].lost | map(.how)' word.json)" '["ends the VM"]'

# --- interrupted ---------------------------------------------------------------------

# interrupt SIGNAL SECONDS|measuring ARGUMENT...: exitprobe's status.
interrupt() {
	signal=$1 seconds=$2
	shift 2
	: >err
	timeout 3000 "$exitprobe" "$@" >out 2>err </dev/null &
	waiter=$!
	if [ "$seconds" = measuring ]; then sh measuring err; else sleep "$seconds"; fi
	pkill "-$signal" -P $waiter -x exitprobe
	wait $waiter
	echo $?
}

# left: processes of ours that are still there.
left() {
	pgrep -f -- "-kernel $build/probe.elf.*hlt-timer" | wc -l
}

# shellcheck disable=SC2086
is "Ctrl-C: status" "$(interrupt INT measuring run $long -o partial.json)" 130
is "Ctrl-C: marked partial" "$(jq .complete partial.json)" false
ok "Ctrl-C: what was measured is kept" [ "$(measured partial.json | wc -l)" -ge 1 ]
has "Ctrl-C: and shown" out '^cpuid '
has "Ctrl-C: as partial" out 'partial'
is "Ctrl-C: no QEMU is left" "$(left)" 0
has "Ctrl-C: and where" err 'interrupted: partial.json has the measurements so far'
is "Ctrl-C at once: status" "$(interrupt INT 0.1 run --accel lab -o early.json)" 130
has "Ctrl-C at once: said" err 'error: interrupted (before anything was measured; not written: early.json|while)'
ok "Ctrl-C at once: no file" [ ! -e early.json ]
# shellcheck disable=SC2086
interrupt KILL 1 run $long -o killed.json >killed 2>&1
sleep 0.5
is "killed: no QEMU is left" "$(left)" 0
ok "killed: no file" [ ! -e killed.json ]
is "killed: nothing else is left" "$(find . -name '*killed.json*' | wc -l)" 0

# --- the lab -------------------------------------------------------------------------

is "lab: status" "$(status_of "$exitprobe" run --accel lab --ops cpuid,inb-kernel,inl-user,hlt-timer,log-write \
	--boots 2 -o lab.json)" 0
is "lab: the unit" "$(jq -r '.unit, .deterministic' lab.json | tr '\n' ' ')" "instructions true "
is "lab: the machine is the lab's" "$(jq -r '.machine["kvm.exit_stats"], .machine.kvm_module' lab.json |
	tr '\n' ' ')" "guest kvm_amd "
is "lab: exits of each operation" "$(jq -c '[.boots[].records[] | select(.record == "op") | .exits + 0]' lab.json)" \
	"[1,1,1,1,1,1,1,1,1,1]"
is "lab: the boots' medians are the same" "$(jq -c '[.boots[].records[] |
	select(.op == "cpuid" and .cycles) | .cycles.p50] | unique | length' lab.json)" 1
# The power-off and what comes before it are KVM's alone.
is "lab: KVM's own count is the probe's, but for the end" \
	"$(jq -c '[.boots[].crosscheck.difference | . >= 1 and . <= 16]' lab.json)" "[true,true]"
is "lab: a short run, on another kernel: status" "$(status_of "$exitprobe" run --accel lab \
	--kernel "${other_kernel:-$kernel}" --ops cpuid -o short.json)" 0
is "lab: a short run: KVM's own count is the probe's" \
	"$(jq -c '[.boots[].crosscheck.difference | . >= 1 and . <= 16]' short.json)" "[true]"
timeout 3000 "$exitprobe" run --accel lab --hang 77 --stream -o lab-partial.json >out 2>err </dev/null &
waiter=$!
i=0
while [ $i -lt 2000 ] && ! grep -q '"record":"op"' out; do
	sleep 0.5
	i=$((i + 1))
done
pkill -INT -P $waiter -x exitprobe
wait $waiter
is "lab: Ctrl-C: status" $? 130
is "lab: Ctrl-C: marked partial" "$(jq .complete lab-partial.json)" false
ok "lab: Ctrl-C: what was measured is kept" [ "$(measured lab-partial.json | wc -l)" -ge 1 ]
# Other tests have jobs of their own there.
is "lab: Ctrl-C: nothing is left in the lab" "$(cat "$build"/lab/job.* 2>/dev/null | grep -c 'hang 77')" 0
is "lab: its time limit: status" "$(status_of "$exitprobe" run --accel lab --limit 1)" 2
has "lab: its time limit: said" err '^exitprobe run: error: lab: no end within 1 s of processor time; .*; --limit gives it more$'

# --- list -------------------------------------------------------------------

is "list: status" "$(status_of "$exitprobe" list)" 0
ok "list: at least 140 operations" [ "$(wc -l <out)" -ge 140 ]
has "list: one line each" out '^cpuid +CPUID leaf 0$'
fails "list: no QEMU" 'error: /none/qemu: No such file' list --qemu /none/qemu
finish
