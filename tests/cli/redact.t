#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# --redact of run, report and compare: nothing that tells whose machine it was is left in
# any form, and the figures are.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/results.sh"
cd "$work" || exit 1
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json

# Every place where a user, a builder or a boot loader may have put a name.
jq -c --slurpfile profile "$top/tests/data/profile-small.json" '
	.command = ["exitprobe", "run", "--accel", "lab", "--ops", "cpuid", "--modules", "/home/canary/mods",
		"--probe=/home/canary/probe.elf", "--qemu-arg", "-name", "--qemu-arg", "canary", "--qemu-a",
		"--canary", "--qemu-arg=-smbios,serial=canary", "--pin", "canary/", "-o", "canary.json",
		"-ocanary", "-qo", "canary.json", "--canary", "--canary=1", "canary"] |
	.created = "2026-01-01T00:00:00Z" | .canary = "canary" |
	.machine += { kernel: "Linux 6.1.0-56-canary-amd64", kernel_command_line: "root=/dev/canary canary=1",
		hostname: "canary", "canary": 1 } |
	.boots[0].records[0] |= (.command_line = "/home/canary/a b/probe.elf canary ops=cpuid host=canary unit=canary samples=7" |
		.host = "KVM-6.1.0-canary") |
	.profiles = [$profile[0] | .kernel = "6.1.0-canary" | .modules = "/home/canary/mods"]' "$lab" >canary.json
ok "the fixture is as the schema says" valid_results canary.json
for format in text html markdown csv junit tap openmetrics ktap lava sql; do
	timeout 20 "$exitprobe" report -f $format canary.json >"plain.$format"
	is "$format: status" "$(status_of timeout 20 "$exitprobe" report -f $format --redact canary.json)" 0
	cp out "as.$format"
	is "$format: nothing is left" "$(grep -ci canary "as.$format")" 0
	has "$format: the figures are there" "as.$format" 3176
done
# A line of these has the machine in it.
sed -i '/^exitprobe_run_info/d' plain.openmetrics as.openmetrics
for format in csv tap openmetrics; do
	ok "$format: nothing else is changed" cmp "plain.$format" "as.$format"
done
ok "without it there is something to be left out" [ "$(cat plain.* | grep -c canary)" -gt 5 ]
has "the kernel's version is left" as.junit '<property name="kernel" value="Linux 6\.1\.0-56"/>'
has "the host's version is left" as.text '\| host KVM-6\.1\.0 \|'
is "standard input: nothing is left" "$(timeout 20 "$exitprobe" report --redact - <canary.json | grep -ci canary)" 0

cp canary.json canary-2.json
for format in text json html; do
	is "compare, $format: status" \
		"$(status_of timeout 20 "$exitprobe" compare -f $format --redact canary.json "$lab" canary-2.json)" 0
	is "compare, $format: nothing is left" "$(grep -ci -e canary -e "$top" out)" 0
	has "compare, $format: the files are base and new" out '^base -> new 2$|"file": "new 2"|base → new 2'
done
# Whoever counted exits is nobody's secret, and says what can be compared.
for way in leaf trace stats none; do
	jq -c --arg way "$way" '.counts = { way: $way, canary: "canary" } |
		.command = ["exitprobe", "run", "--counts", $way, "--hyperv", "--counts=\($way)"]' canary.json >"$way.json"
	timeout 20 "$exitprobe" report --redact "$way.json" >out
	is "counted by $way: report says so as without" "$(grep 'WARNING: counts by' out)" \
		"$(timeout 20 "$exitprobe" report "$way.json" | grep 'WARNING: counts by')"
	is "counted by $way: nothing is left" "$(grep -ci canary out)" 0
	is "counted by $way: what was asked for is left" \
		"$(timeout 20 "$exitprobe" report --redact -f html "$way.json" | grep -c "run --counts $way --hyperv --counts=$way")" 1
done
is "counted by another than leaf: the report warns" \
	"$(for way in trace stats none; do timeout 20 "$exitprobe" report $way.json; done | grep -c 'WARNING: counts by')" 3
is "counted by trace and by leaf: compare: status" \
	"$(status_of timeout 20 "$exitprobe" compare --redact trace.json leaf.json)" 2
has "counted by trace and by leaf: as without" out "^  exits: counted by  KVM's tracepoints -> the patched KVM"
status_of timeout 20 "$exitprobe" bill --redact trace.json "$top/tests/fuzz/corpus/bill/exitstat" >status
has "counted by trace: bill warns as without" err 'its exits were counted by tracepoints'

jq -c '.command = ["exitprobe", "run", "--qemu-arg", "-smp"] | .machine.kernel_command_line = "quiet"' "$lab" >one.json
timeout 20 "$exitprobe" compare one.json canary.json >out
has "compare: without it both are shown" out 'canary'

# --- run ---------------------------------------------------------------------------------
mkdir -p host/proc
echo "root=/dev/canary canary" >host/proc/cmdline
cp "$build/probe.elf" canary-probe.elf
is "run: status" "$(EXITPROBE_SYSROOT=$work/host status_of timeout 60 "$exitprobe" run --accel tcg --ops nop,cpuid \
	--samples 7 --qemu-arg -name --qemu-arg canary --probe "$work/canary-probe.elf" --redact -o r-canary.json)" 0
is "run: the table has none" "$(grep -ci -e canary out)" 0
is "run: the file has none" "$(grep -ci -e canary -e "$work" r-canary.json)" 0
is "run: nor this host's name, user or kernel's flavour" "$(grep -ciF -e "@$(hostname)@" -e "$HOME/" r-canary.json)" 0
ok "run: as the schema says" valid_results r-canary.json
is "run: what was asked for is left" "$(jq -c '.command[:7]' r-canary.json)" \
	'["exitprobe run","--accel","tcg","--ops","nop,cpuid","--samples","7"]'
is "run: the settings are left" "$(jq -r '.boots[0].records[0].command_line' r-canary.json)" \
	"ops=nop,cpuid end=off format=none samples=7"
is "run: report reads it: status" "$(status_of timeout 20 "$exitprobe" report r-canary.json)" 0
is "run: redacted twice is the same" "$(timeout 20 "$exitprobe" report -f html r-canary.json | cksum)" \
	"$(timeout 20 "$exitprobe" report -f html --redact r-canary.json | cksum)"
is "no results file: status" "$(status_of timeout 20 "$exitprobe" report --redact "$top/tests/data/profile-small.json")" 2
for command in run report; do
	has "help: $command: the note before sharing" - 'Before you share .*--redact' <<-END
		$(timeout 20 "$exitprobe" $command --help | tr -s ' \n' ' ')
	END
done
finish
