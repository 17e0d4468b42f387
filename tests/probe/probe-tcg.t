#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The probe where there is no patched KVM: plain emulation.
. "$(dirname "$0")/../lib/tap.sh"

. "$top/tests/lib/records.sh"
. "$top/tests/lib/results.sh"

is "the whole table: status" "$(status_of probe_tcg -serial "file:$work/records")" 33
cp "$work/out" "$work/table"
records_ok "second port" "$work/records"
is "second port: an op record for every row" \
	"$(jq -r 'select(.record == "op") | .op' "$work/records")" \
	"$(awk '/^operation / { on = 1; next } !NF { on = 0 } on { print $1 }' "$work/table")"
is "second port: a start record before each" \
	"$(jq -r 'select(.record == "start") | .op' "$work/records")" \
	"$(jq -r 'select(.record == "op") | .op' "$work/records")"
has "says why there are no host columns" "$work/table" \
	'^No exits and no host columns: CPUID leaf 0x4fffff00 is absent'
has "names the hypervisor" "$work/table" '\| hypervisor QEMU TCG \|'
has "a row with three figures" "$work/table" '^cpuid( +-?[0-9]+){4} +([0-9]+)/\2$'
has "skips what the processor lacks, and says what" "$work/table" \
	'^rdmsr-tsc-adjust +skipped: no TSC_ADJUST \(CPUID 7 EBX bit 1\)$'
has "names a fault and goes on" "$work/table" '^hypercall .* fault: #UD$'
has "HLT is woken" "$work/table" '^hlt-timer .* [0-9]+/[0-9]+\*?( |$)'
has "counts at the end" "$work/table" '^complete: [0-9]{3} operations: [0-9]+ measured, [0-9]+ skipped, 0 faulted, 0 hung, 0 failed$'
# The same in the table, in the last record and of the records one by one; each once.
jq -r -s 'map(select(.record == "op").outcome) | "\(length) operations: " + ([["measured", "skipped", "faulted",
	"hangs", "failed"][] as $o | "\(map(select(. == $o)) | length) \($o)"] | join(", ") | sub("hangs"; "hung"))' \
	"$work/records" >"$work/counts"
is "counts at the end: of the table" "$(sed -n 's/^complete: //p' "$work/table")" "$(cat "$work/counts")"
is "counts at the end: of the records" "$(jq -r -s '(map(select(.record == "meta"))[0].operations) as $all | .[-1] |
	"\($all) operations: \(.measured) measured, \(.skipped) skipped, \(.faulted) faulted, \(.hung) hung, \(.failed) failed"' \
	"$work/records")" "$(cat "$work/counts")"
results_of tcg ticks "$work/records" >"$work/results.json"
is "counts at the end: of exitprobe report" "$(timeout 20 "$build/exitprobe" report "$work/results.json" |
	sed -n 's/^complete: //p')" "$(cat "$work/counts")"
is "a NOP takes no more than a tick or two" "$(jq -c 'select(.record == "meta").instructions |
	[.nop_ticks <= 2, .emulated]' "$work/records")" '[true,false]'

is "list: status" "$(status_of probe_tcg -append list)" 33
is "list: every operation of the table" "$(sed -E '/\((on request|by name only)\)$/d; s/ .*//' "$work/out")" \
	"$(sed '1,/^operation/d; /^$/,$d' "$work/table" | awk '{ print $1 }')"
ok "list: at least 90" test "$(wc -l <"$work/out")" -ge 90
awk '{ print $1 }' "$work/out" | sort >"$work/there"
is "docs/which-exit.md: all of its rows are there" "$(awk '/^    operation / { on = 1; next }
	!NF { on = 0 } on { print $1 }' "$top/docs/which-exit.md" | sort -u | comm -23 - "$work/there")" ""
ok "docs/which-exit.md: ten questions" test "$(grep -cE '^## [0-9]+\. .*\?$' "$top/docs/which-exit.md")" -eq 10
is "help: status" "$(status_of probe_tcg -append help)" 33
has "help: keys" "$work/out" '^  samples=N '

is "globs and samples: status" "$(status_of probe_tcg -append 'ops=nop,in?-* skip=*user samples=7')" 33
is "globs and samples: rows" "$(awk '$NF ~ "^7/7" { print $1 }' "$work/out")" "nop
inb-kernel
ins-1-cross
ins-64-cross"

before=$(date +%s%N)
is "settle_ms: status" "$(status_of probe_tcg -append 'ops=nop settle_ms=3000')" 33
ok "settle_ms: so long" test $(($(date +%s%N) - before)) -ge 3000000000

is "samples=1: status" "$(status_of probe_tcg -append samples=1)" 33
is "budget: status" "$(status_of probe_tcg -append 'ops=hlt-timer samples=10000 budget_ms=20')" 33
has "budget: ends it, and says so" "$work/out" '^hlt-timer .* [0-9]+/[0-9]{1,2}\*'
has "budget: the star is explained" "$work/out" '^\*: sampling stopped before the 95 % interval'

is "json: status" "$(status_of probe_tcg -append 'format=json ops=nop,cpuid,invpcid')" 33
records_ok json "$work/out"
is "json: nothing else" "$(jq -r .record "$work/out" | tr '\n' ' ')" \
	"meta start op start op start op end "
cp "$work/out" "$work/cut"
sed -i '$d' "$work/cut"
is "json: a cut is seen" "$(whole_records "$work/cut"; echo $?)" 1
sed 's/"op":"cpuid"/"op":"cpuie"/' "$work/out" >"$work/cut"
is "json: a changed byte is seen" "$(whole_records "$work/cut"; echo $?)" 1
is "tap: status" "$(status_of probe_tcg -append 'format=tap ops=nop,cpuid,invpcid,ud')" 33
is "tap: as prove reads it" "$(prove -e cat "$work/out" >"$work/prove" 2>&1; echo $?)" 0
has "tap: a skip" "$work/out" '^ok 3 - invpcid # SKIP no INVPCID'
is "tap: a fault that is normal here: status" \
	"$(status_of probe_tcg -append 'format=tap ops=hypercall,hypercall-other,rdpmc')" 33
is "tap: a fault that is normal here is ok" "$(grep -c '^ok ' "$work/out")" 3
is "samples: status" "$(status_of probe_tcg -append 'format=samples ops=hlt-timer samples=3')" 33
has "samples: what was waited on purpose" "$work/out" '^hlt-timer 2 exits=0 .* wait=9[0-9]{5} kept'
is "markdown: docs/operations.md is made of it" "$(status_of probe_tcg -append list=markdown)" 33
ok "markdown: docs/operations.md is what the rows say" sh -c \
	"tr -d '\\r' <'$work/out' | diff - '$top/docs/operations.md'"
ok "probe.elf is smaller than 300 KiB" test "$(stat -c %s "$build/probe.elf")" -lt 307200
is "samples=10000: status" "$(status_of probe_tcg -append 'ops=nop samples=10000')" 33
has "samples=10000: all taken" "$work/out" '^nop .* 10000/10000$'

is "unknown key: status" "$(status_of probe_tcg -append 'opps=nop')" 35
has "unknown key: named, with those known" "$work/out" \
	'^exitprobe: error: opps=nop: unknown key; known are ops= skip= samples='
is "unknown operation: status" "$(status_of probe_tcg -append 'ops=nop,nopp')" 35
has "unknown operation: named" "$work/out" '^exitprobe: error: ops=nopp: no such operation; nearest: nop; list names them all$'
is "unknown operation: in one line" "$(wc -l <"$work/out")" 1
is "families: status" "$(status_of probe_tcg -append 'ops=idle:*,*:inb-* skip=i*:mwait samples=7')" 33
is "families: their rows" "$(awk '/^operation/ { on = 1; next } !NF { on = 0 } on { print $1 }' "$work/out" | xargs)" \
	"inb-kernel hlt-timer hlt-ipi pause-loop"
is "unknown family: status" "$(status_of probe_tcg -append 'ops=idel:*')" 35
has "unknown family: named" "$work/out" '^exitprobe: error: ops=idel:\*: no such operation; nearest: idle'
has "known family, unknown operation: named" - '^exitprobe: error: ops=idle:x\*: no such operation' <<-END
	$(probe_tcg -append 'ops=idle:x*')
END
is "list=families: status" "$(status_of probe_tcg -append list=families)" 33
cp "$work/out" "$work/families"
is "list=families: as many operations as list has" "$(awk '{ sum += $2 } END { print sum }' "$work/families")" \
	"$(probe_tcg -append list | wc -l)"
# Who names a family asks for what runs on request too, but not for what needs its own name.
is "every family by its name: status" "$(status_of probe_tcg -append "samples=1 format=json ops=$(
	awk '{ printf "%s%s:*", sep, $1; sep = "," }' "$work/families")")" 33
is "every family by its name: all operations but those by name only" \
	"$(jq -r 'select(.record == "op") | .op' "$work/out")" \
	"$(probe_tcg -append list | grep -v '(by name only)' | awk '{ print $1 }')"
has "unknown operation: several are near" - 'ops=cpuidd: no such operation; nearest: cpuid, cpuid-d, .*; list' <<-END
	$(probe_tcg -append 'ops=cpuidd')
END
has "unknown operation: the first characters of many" - 'nearest: (rdmsr-[a-z-]+, ){3}rdmsr-[a-z-]+; list' <<-END
	$(probe_tcg -append 'ops=rdmsr')
END
has "unknown operation: none is near" - 'error: skip=zz\*: no such operation; list names them all' <<-END
	$(probe_tcg -append 'skip=zz*')
END
is "unknown operation to skip: status" "$(status_of probe_tcg -append 'skip=zz*')" 35
is "no operation at all: status" "$(status_of probe_tcg -append ops=)" 35
has "no operation at all: said" "$work/out" '^exitprobe: error: ops=: must be names or globs'
is "none left: status" "$(status_of probe_tcg -append 'ops=nop,wbin* skip=nop')" 35
has "none left: said" "$work/out" '^exitprobe: error: ops= and skip= leave no operation'
is "bad number: status" "$(status_of probe_tcg -append samples=0)" 35
is "too long a command line: status" \
	"$(status_of probe_tcg -append "ops=$(printf '%04200d' 0)")" 35
has "too long a command line: said" "$work/out" 'longer than 4095 characters'

is "a path with a blank: status" "$(
	mkdir -p "$work/a b" && cp "$build/probe.elf" "$work/a b/probe.elf"
	status_of timeout 60 qemu-system-x86_64 -accel tcg -kernel "$work/a b/probe.elf" \
		-append ops=nop -serial stdio -display none -no-reboot \
		-device isa-debug-exit,iobase=0xf4,iosize=4
)" 33
for model in qemu32 pentium3 486; do
	is "no long mode, $model: status" "$(status_of probe_tcg -cpu $model)" 35
	has "no long mode, $model: said" "$work/out" '^exitprobe: this processor has no long mode'
	is "no long mode, $model: in one line" "$(wc -l <"$work/out")" 1
done
is "no long mode, no serial port: status" \
	"$(status_of probe_tcg -cpu qemu32 -serial none -debugcon "file:$work/debug")" 35
has "no long mode, no serial port: said" "$work/debug" '^exitprobe: this processor has no long'
is "no local APIC: status" "$(status_of probe_tcg -cpu qemu64,-apic)" 33
has "no local APIC: HLT skipped" "$work/out" '^hlt-timer +skipped: no local APIC timer$'
is "no serial port: status" "$(status_of probe_tcg -serial none)" 33
finish
