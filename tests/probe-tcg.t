#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The probe where there is no patched KVM: plain emulation.
. "$(dirname "$0")/tap.sh"

is "the whole table: status" "$(status_of probe_tcg)" 33
cp "$work/out" "$work/table"
has "says why there are no host columns" "$work/table" \
	'^No exits and no host columns: CPUID leaf 0x4fffff00 is absent'
has "names the hypervisor" "$work/table" '\| hypervisor TCGTCGTCGTCG \|'
has "a row with three figures" "$work/table" '^cpuid( +[0-9]+){4} +200/200$'
has "skips what the processor lacks, and says what" "$work/table" \
	'^rdmsr-tsc-adjust +skipped: no TSC_ADJUST \(CPUID 7 EBX bit 1\)$'
has "names a fault and goes on" "$work/table" '^hypercall .* fault: #UD$'
has "HLT is woken" "$work/table" '^hlt-timer .* 200/200$'
has "counts at the end" "$work/table" '^complete: 15 operations, 2 skipped, 1 faulted$'

is "list: status" "$(status_of probe_tcg -append list)" 33
is "list: every operation of the table" "$(sed '/(on request)$/d; s/ .*//' "$work/out")" \
	"$(sed '1,/^operation/d; /^$/,$d' "$work/table" | awk '{ print $1 }')"
is "help: status" "$(status_of probe_tcg -append help)" 33
has "help: keys" "$work/out" '^  samples=N '

is "globs and samples: status" "$(status_of probe_tcg -append 'ops=nop,in?-* skip=*user samples=7')" 33
is "globs and samples: rows" "$(awk '$NF == "7/7" { print $1 }' "$work/out")" "nop
inb-kernel"

is "samples=1: status" "$(status_of probe_tcg -append samples=1)" 33
is "samples=10000: status" "$(status_of probe_tcg -append 'ops=nop samples=10000')" 33
has "samples=10000: all taken" "$work/out" '^nop .* 10000/10000$'

is "unknown key: status" "$(status_of probe_tcg -append 'opps=nop')" 35
has "unknown key: named, with those known" "$work/out" \
	'^exitprobe: error: opps=nop: unknown key; known are ops= skip= samples='
is "unknown operation: status" "$(status_of probe_tcg -append 'ops=nop,nopp')" 35
has "unknown operation: named" "$work/out" '^exitprobe: error: ops=nopp: no such operation; known are$'
has "unknown operation: those known" "$work/out" '^cpuid +CPUID leaf 0$'
is "unknown operation to skip: status" "$(status_of probe_tcg -append 'skip=zz*')" 35
is "bad number: status" "$(status_of probe_tcg -append samples=0)" 35
is "too long a command line: status" \
	"$(status_of probe_tcg -append "ops=$(printf '%01100d' 0)")" 35
has "too long a command line: said" "$work/out" 'longer than 1023 characters'

is "a path with a blank: status" "$(
	mkdir -p "$work/a b" && cp "$build/probe.elf" "$work/a b/probe.elf"
	status_of timeout 60 qemu-system-x86_64 -accel tcg -kernel "$work/a b/probe.elf" \
		-append ops=nop -serial stdio -display none -no-reboot \
		-device isa-debug-exit,iobase=0xf4,iosize=4
)" 33
is "no long mode: no end" "$(status_of timeout 5 qemu-system-x86_64 -accel tcg -cpu qemu32 \
	-kernel "$build/probe.elf" -serial stdio -display none -no-reboot)" 124
has "no long mode: said" "$work/out" '^exitprobe: this processor has no long mode'
is "no local APIC: status" "$(status_of probe_tcg -cpu qemu64,-apic)" 33
has "no local APIC: HLT skipped" "$work/out" '^hlt-timer +skipped: no local APIC timer$'
is "no serial port: status" "$(status_of probe_tcg -serial none)" 33
finish
