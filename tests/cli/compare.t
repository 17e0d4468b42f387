#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe compare: verdicts, exit statuses, what differs, forms, errors, cost.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/results.sh"
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json

# compare [ARGUMENT...]
compare() {
	timeout 20 "$exitprobe" compare "$@"
}

# changed NAME JQ: the fixture changed by a jq filter.
changed() {
	jq -c "$2" "$lab" >"$work/$1.json"
}

op='.boots[0].records[] | select(.op == "cpuid" and .record == "op")'
# Every figure of cpuid, by factor $1.
scale() {
	echo "($op) |= (.cycles |= map_values(. * $1 | floor) | .histogram |= map([(.[0] * $1 | floor), .[1]]) |
		.parts.kernel |= (. * $1 | floor))"
}

valid_comparison() {
	timeout 100 /usr/bin/jsonschema -i "$1" "$top/abi/compare.schema.json"
}

# --- the deterministic lab: exact --------------------------------------------------
is "with itself: status" "$(status_of compare "$lab" "$lab")" 0
has "with itself: no difference" "$work/out" '^Machines and builds: no difference\.$'
has "with itself: exact" "$work/out" 'threshold 0 %; exact: both files are of the deterministic lab'
has "with itself: all the same" "$work/out" "^0 slower, 0 faster, 9 same, 0 can't tell\$"
changed slower "$(scale 1.02)"
is "2 % more: status" "$(status_of compare "$lab" "$work/slower.json")" 1
has "2 % more: slower" "$work/out" '^cpuid +3176 +3239 +\+63 +\+1\.98%  slower$'
has "2 % more: named at the end" "$work/out" '^1 slower: cpuid$'
is "2 % less: status" "$(status_of compare "$work/slower.json" "$lab")" 0
has "2 % less: faster" "$work/out" '^cpuid +3239 +3176 +-63 +-1\.95%  faster$'
is "below the threshold: status" "$(status_of compare -t 5% "$lab" "$work/slower.json")" 0
has "below the threshold: same" "$work/out" '^cpuid .* same$'
changed tick "($op) |= (.cycles |= map_values(. + 1) | .histogram |= map([.[0] + 1, .[1]]))"
is "a tick: status" "$(status_of compare "$lab" "$work/tick.json")" 1
has "a tick: slower" "$work/out" '^cpuid +3176 +3177 +\+1 +\+0\.03%  slower$'
is "a tick less: status" "$(status_of compare "$work/tick.json" "$lab")" 0
has "a tick less: faster" "$work/out" '^cpuid +3177 +3176 +-1 +-0\.03%  faster$'
is "a tick, threshold 1 %: status" "$(status_of compare -t 1% "$lab" "$work/tick.json")" 0
has "a tick, threshold 1 %: said" "$work/out" 'threshold 1 %; exact'
is "a tick, threshold 0: status" "$(status_of compare --threshold 0 "$lab" "$work/tick.json")" 1
is "the kernel's part: status" "$(status_of compare -m kernel "$lab" "$work/slower.json")" 1
has "the kernel's part: its figures" "$work/out" '^cpuid +2980 +3039 +\+59 +\+1\.98%  slower$'
has "the kernel's part: what has none" "$work/out" '; [0-9]+ without kernel$'
is "a part that did not change: status" "$(status_of compare -m out "$lab" "$work/slower.json")" 0
is "several: the worst counts: status" "$(status_of compare "$lab" "$lab" "$work/slower.json" "$lab")" 1
is "several: each is shown" "$(grep -c ' -> ' "$work/out")" 3

# --- who keeps the statistics --------------------------------------------------------
# The parts of an exit begin and end elsewhere; the round trip is the guest's own.
changed module '.boots[].records[0].stats.keeper = "module"'
is "patch and module: round trips: status" "$(status_of compare "$lab" "$work/module.json")" 0
has "patch and module: who kept them" "$work/out" '^ *exit statistics: kept by +patch -> module$'
has "patch and module: the same round trip" "$work/out" '^cpuid .* same$'
fails_with "patch and module: the kernel's part is refused" \
	"--metric kernel: exit statistics of $lab are kept by patch, those of $work/module.json by module, and begin and end elsewhere; compare p50" \
	compare -m kernel "$lab" "$work/module.json"
is "module and module: the kernel's part: status" \
	"$(status_of compare -m kernel "$work/module.json" "$work/module.json")" 0

# --- exits and outcomes --------------------------------------------------------------
changed more "($op) |= (.exits = 2 | .batch.reasons += [{ reason: 1024, name: \"NPF\", exits: 1 }])"
is "an exit more: status" "$(status_of compare "$lab" "$work/more.json")" 1
has "an exit more: loudly" "$work/out" '^EXITS OR OUTCOMES DIFFER:$'
has "an exit more: said" "$work/out" '^  cpuid +1\.00 exits \(CPUID\) -> 2\.00 exits \(CPUID\+NPF\)$'
is "an exit less: status" "$(status_of compare "$work/more.json" "$lab")" 0
has "an exit less: said" "$work/out" '^  cpuid +2\.00 exits \(CPUID\+NPF\) -> 1\.00 exits \(CPUID\)$'
# KVM's own statistics have no reasons, and what else happened meanwhile.
for exits in 1 1.016 1.4 1.6 2; do
	changed "stats$exits" ".accel = \"kvm\" | .unit = \"cycles\" | .deterministic = false | .counts = { way: \"stats\" } |
		($op) |= (.counts = { runs: 64, exits: $exits, hints: [] } | del(.exits, .parts, .batch, .set_aside, .foreign))"
done
for pair in 1:1.016 1.016:1 1.4:1.6; do
	is "statistics, ${pair%:*} and ${pair#*:} exits: status" \
		"$(status_of compare "$work/stats${pair%:*}.json" "$work/stats${pair#*:}.json")" 0
	is "statistics, ${pair%:*} and ${pair#*:} exits: no difference" "$(grep -c -e DIFFER -e 'exits.* -> ' "$work/out")" 0
done
is "statistics, an exit more: status" "$(status_of compare "$work/stats1.json" "$work/stats2.json")" 1
has "statistics, an exit more: said, without reasons" "$work/out" '^  cpuid +1\.00 exits -> 2\.00 exits$'
changed other "($op) |= (.batch.reasons[0] |= (.reason = 1024 | .name = \"NPF\"))"
is "another reason: status" "$(status_of compare "$lab" "$work/other.json")" 0
has "another reason: said" "$work/out" '^  cpuid +1\.00 exits \(CPUID\) -> 1\.00 exits \(NPF\)$'
changed hangs "($op) |= { record: \"op\", op: \"cpuid\", outcome: \"hangs\" }"
is "it hangs: status" "$(status_of compare "$lab" "$work/hangs.json")" 1
has "it hangs: said" "$work/out" '^  cpuid +1\.00 exits \(CPUID\) -> hangs: '
changed gone "del($op)"
is "it is gone: status" "$(status_of compare "$lab" "$work/gone.json")" 0
has "it is gone: said" "$work/out" "^1 operation is in $lab alone: cpuid\$"
is "it is new: status" "$(status_of compare "$work/gone.json" "$lab")" 0
has "it is new: said" "$work/out" "^1 operation is in $lab alone: cpuid\$"
is "it is gone, or new: no other exits" "$(grep -c -e 'other exits' -e 'another outcome' -e 'DIFFER' "$work/out")" 0
big_results 120 3 cycles 0 >"$work/all.json"
jq -c '.boots[].records |= .[:5]' "$work/all.json" >"$work/part.json"
is "a part against the whole: status" "$(status_of compare "$work/part.json" "$work/all.json")" 0
is "a part against the whole: one line" "$(grep -v -e '^op-' -e '^$' "$work/out" | sed -n 3p)" \
	"115 operations are in $work/all.json alone: op-5, op-6, op-7, op-8, op-9, op-10, op-11, op-12, ..."
is "a part against the whole: no more lines than that" "$(grep -c 'op-[0-9]' "$work/out")" 6
is "the whole against a part: status" "$(status_of compare -f json "$work/all.json" "$work/part.json")" 0
is "the whole against a part: counted" "$(jq -c '.comparisons[0] | [.base_alone, .new_alone, (.exits | length)]' \
	"$work/out")" '[115,0,0]'
has "help: the status of what only one has" - 'only one file has is named and changes no status' <<-END
	$(compare --help | tr -s ' \n' ' ')
END
jq -c '.boots[].records[] |= del(.exits, .parts, .batch, .set_aside, .descheduled, .foreign, .expected, .agrees)' \
	"$work/part.json" >"$work/uncounted.json"
jq -c '.boots[].records[2] = { record: "op", op: "op-2", outcome: "skipped", text: "x" }' "$work/uncounted.json" \
	>"$work/skips.json"
is "no exits counted: status" "$(status_of compare "$work/uncounted.json" "$work/skips.json")" 1
is "no exits counted: none are other" "$(grep -c 'other exits' "$work/out")" 0
has "no exits counted: but an outcome" "$work/out" "can't tell; 1 with another outcome\$"
is "exits counted in one: status" "$(status_of compare "$work/uncounted.json" "$work/part.json")" 0
is "exits counted in one: none are other" "$(grep -c 'other exits' "$work/out")" 0
changed none '.boots[0].records |= map(select(.record == "meta"))'
is "nothing in both: status" "$(status_of compare "$lab" "$work/none.json")" 2
has "nothing in both: said" "$work/out" '^Nothing to compare'

# --- machines ---------------------------------------------------------------------------
changed machine '.machine.kernel = "Linux 6.12" | .machine.load_1min = 0.4 | .machine.governor = "powersave" |
	.boots[0].records[0].build = "000000000000" | .complete = false'
is "another machine: status" "$(status_of compare "$lab" "$work/machine.json")" 0
head -n 8 "$work/out" >"$work/head"
has "another machine: first" "$work/head" '^THE MACHINES OR BUILDS DIFFER:$'
has "another machine: kernel" "$work/head" '^  kernel +Linux 6\.1\.0 -> Linux 6\.12$'
has "another machine: what only one has" "$work/head" '^  governor +\(none\) -> powersave$'
has "another machine: build" "$work/head" '^  probe: build +[0-9a-f]{12} -> 000000000000$'
has "another machine: partial" "$work/head" '^WARNING: .*machine\.json is partial'
is "another machine: an idle load is none" "$(grep -c load_1min "$work/out")" 0
changed busy '.machine.load_1min = 7.5'
is "another load alone: status" "$(status_of compare "$lab" "$work/busy.json")" 0
has "another load alone: no difference of the machines" "$work/out" '^Machines and builds: no difference\.$'
has "another load alone: said" "$work/out" '^  load_1min  0\.25 -> 7\.5$'
changed busier '.machine.load_1min = 9'
changed noload 'del(.machine.load_1min)'
is "a load of one alone: status" "$(status_of compare "$work/noload.json" "$work/busier.json")" 0
has "a load of one alone: no difference of the machines" "$work/out" '^Machines and builds: no difference\.$'
# settings DESCRIPTION REGEX JQ: the fixture differs from itself by this line alone.
settings() {
	changed settings "$3"
	is "$1: status" "$(status_of compare "$lab" "$work/settings.json")" 0
	is "$1: said" "$(sed -n '/^THE MACHINES/,/^$/p' "$work/out" | sed '1d; /^$/d; s/  */ /g')" " $2"
}
line='.boots[0].records[0].command_line'
settings "another idle time" "probe: settings (none) -> settle_ms=1200" "$line += \" settle_ms=1200\""
settings "another number of samples" "probe: settings (none) -> samples=100 budget_ms=5" \
	"$line = \"probe.elf ops=nop skip=ud host=x unit=y samples=100 budget_ms=5\""
settings "arguments of QEMU's" "QEMU: arguments (none) -> -device pci-testdev -smp" \
	'.command += ["--qemu-arg", "-device", "--qemu-arg=pci-testdev", "--qemu-a", "-smp"]'
changed settings "$line |= sub(\" \"; \" ops=nop skip=ud hosted \")"
is "other operations asked for: status" "$(status_of compare "$lab" "$work/settings.json")" 0
has "other operations asked for: no difference" "$work/out" '^Machines and builds: no difference\.$'
changed kvm '.accel = "kvm" | .deterministic = false'
changed cycles '.unit = "cycles"'
changed intel '.boots[0].records[0].cpu.vendor = "GenuineIntel"'
for what in kvm:accel:lab:kvm cycles:unit:instructions:cycles \
	"intel:the lab's processor:AuthenticAMD:GenuineIntel"; do
	file=${what%%:*}
	is "$file: status" "$(status_of compare "$lab" "$work/$file.json")" 2
	has "$file: loudly" "$work/out" '^NOT COMPARABLE:$'
	has "$file: what" "$work/out" "$(echo "$what" | sed 's/[^:]*:\([^:]*\):\(.*\):/^  \1  \2 -> /')"
	is "$file: no figures" "$(grep -c '^cpuid' "$work/out")" 0
	is "$file: --force: status" "$(status_of compare --force "$lab" "$work/$file.json")" 0
done

# --- by the test of ranks --------------------------------------------------------------------
for shift in 0 1 5; do
	big_results 20 4 cycles "$shift" >"$work/by$shift.json"
done
is "samples: the same: status" "$(status_of compare -t 2% "$work/by0.json" "$work/by0.json")" 0
has "samples: the test is said" "$work/out" 'Mann-Whitney on all samples, 5 % over all operations by Holm'
has "samples: the same: all of them" "$work/out" "^0 slower, 0 faster, 20 same, 0 can't tell\$"
is "samples: 5 % more: status" "$(status_of compare -t 2% "$work/by0.json" "$work/by5.json")" 1
has "samples: 5 % more: p and the interval" "$work/out" '^op-19 .* \+3\.[0-9]+%  +\+2\.[0-9]+% to +\+4\.[0-9]+% +<0\.001  slower$'
is "samples: 5 % less: status" "$(status_of compare -t 2% "$work/by5.json" "$work/by0.json")" 0
is "samples: about the threshold: status" "$(status_of compare -t 4% "$work/by0.json" "$work/by5.json")" 0
has "samples: about the threshold: why not" "$work/out" "^op-19 .* can't tell: less than the threshold"
is "samples: 1 % more: status" "$(status_of compare "$work/by0.json" "$work/by1.json")" 0
has "samples: 1 % more: why not" "$work/out" "^op-0 .* can't tell: the interval of the difference includes 0"
for boots in 1 2; do
	jq -c ".boots |= .[:$boots]" "$work/by0.json" >"$work/few.json"
	is "$boots boots: status" "$(status_of compare "$work/few.json" "$work/by5.json")" 0
	has "$boots boots: loudly" "$work/out" '^Fewer than 3 boots in a file: .* exitprobe run --boots 5 '
	is "$boots boots: no verdict" "$(grep -c "can't tell: fewer than three boots" "$work/out")" 20
done
jq -c '.boots[0].records[].cycles |= (.p50 += 200 | .ci_high += 200) ' "$work/by5.json" >"$work/spread.json"
is "between boots: status" "$(status_of compare "$work/by0.json" "$work/spread.json")" 0
has "between boots: said" "$work/out" "^op-0 .* can't tell: "

# --- nanoseconds: each by its own file's TSC --------------------------------------------------
for khz in 2500000 2000000; do
	jq -c --argjson khz $khz '.accel = "kvm" | .unit = "cycles" | .deterministic = false |
		.boots[0].records[0].tsc.khz = $khz' "$work/slower.json" >"$work/at$khz.json"
done
jq -c '.accel = "kvm" | .unit = "cycles" | .deterministic = false | .boots[0].records[0].tsc.khz = 2500000' "$lab" \
	>"$work/clocked.json"
compare "$work/clocked.json" "$work/at2500000.json" >"$work/out"
has "ns: text" "$work/out" '^cpuid +3176 +3239 +\+63 +\+25\.2 +\+1\.98%  '
# 3239 at 0.5 ns less 3176 at 0.4.
compare "$work/clocked.json" "$work/at2000000.json" >"$work/out"
has "ns: another clock" "$work/out" '^cpuid +3176 +3239 +\+63 +\+349 +\+1\.98%  '
compare -f json "$work/clocked.json" "$work/at2500000.json" >"$work/out"
ok "ns: json: as its schema says" valid_comparison "$work/out"
is "ns: json" "$(jq -c '.comparisons[0].operations[] | select(.op == "cpuid") | [.change, .change_ns]' "$work/out")" '[63,25.2]'
compare -f html "$work/clocked.json" "$work/at2500000.json" >"$work/out"
has "ns: html" "$work/out" 'data-l="difference" data-v="63">\+63</td><td data-l="difference, ns" data-v="25\.2">\+25\.2</td>'
compare -f json "$lab" "$work/slower.json" >"$work/out"
is "ns: none in the lab" "$(jq -c '[.comparisons[0].operations[].change_ns] | unique' "$work/out")" '[null]'

# --- what explains a change -----------------------------------------------------------------
# explained DESCRIPTION WANTED BASE_JQ NEW_JQ: the command for cpuid, slower by 2 %, in every form.
explained() {
	jq -c "$3" "$lab" >"$work/from.json"
	jq -c "$4" "$work/slower.json" >"$work/to.json"
	compare -f json "$work/from.json" "$work/to.json" >"$work/out"
	ok "$1: json: as its schema says" valid_comparison "$work/out"
	is "$1: json" "$(jq -r '.comparisons[0].operations[] | select(.op == "cpuid").explain' "$work/out")" "${2:-null}"
	is "$1: json: nothing for what is the same" \
		"$(jq -c '[.comparisons[0].operations[] | select(.verdict == "same").explain] | unique' "$work/out")" "[null]"
	compare "$work/from.json" "$work/to.json" >"$work/out"
	is "$1: text" "$(sed -n 's/^Which functions account for the largest: //p' "$work/out")" "$2"
	compare -f html "$work/from.json" "$work/to.json" >"$work/out"
	is "$1: html" "$(sed -n 's,.*which functions</summary><code>\(.*\)</code>.*,\1,p' "$work/out" | sed "s/&#39;/'/g")" "$2"
}
# The file's kernel is named if it is not the default.
[ "$kernel" = 6.1 ] || named="--kernel 6.1 "
new='.machine.kernel = "Linux 6.12.117+deb12-amd64"'
explained "two kernels" "exitprobe profile --diff 6.1 6.12 cpuid" . "$new"
explained "modules" "exitprobe profile ${named:-}--diff 6.1 build/mine cpuid" . '.command += ["--modules", "build/mine"]'
explained "two directories" "exitprobe profile ${named:-}--diff a b cpuid" '.command += ["--mod=x", "--modules=a"]' '.command += ["--m", "b"]'
explained "another kernel's modules" "exitprobe profile ${other_kernel:+--kernel 6.12 }--diff 6.12 b cpuid" "$new" "$new | .command += [\"--modules\", \"b\"]"
explained "of either" "exitprobe profile ${named:-}--diff a 6.12 cpuid" '.command += ["--modules", "a"]' "$new"
explained "directories of two kernels" "exitprobe profile --diff BASE_MODULES NEW_MODULES cpuid" \
	'.command += ["--modules", "a"]' "$new | .command += [\"--modules\", \"b\"]"
# shellcheck disable=SC2016 # it is to be quoted
explained "a name that a shell would read" "exitprobe profile ${named:-}--diff 6.1 'a b;\$(id)' cpuid" . '.command += ["--modules", "a b;$(id)"]'
explained "nothing that the files tell" "exitprobe profile --diff BASE_MODULES NEW_MODULES cpuid" . .
explained "no profiles of VT-x" "" '.boots[0].records[0].stats.isa = "VMX"' '.boots[0].records[0].stats.isa = "VMX"'

# --- around zero: what is left after the bracket is taken off -----------------------------------
changed below "($op) |= (.cycles |= map_values(. - 3202) | .histogram |= map([.[0] - 3202, .[1]]))"
changed above "($op) |= (.cycles |= map_values(. - 3150) | .histogram |= map([.[0] - 3150, .[1]]))"
compare "$work/below.json" "$work/above.json" >"$work/out"
has "from -26 to 26: in ticks" "$work/out" '^cpuid +-26 +26 +\+52 +-  slower$'
compare "$work/above.json" "$work/below.json" >"$work/out"
has "from 26 to -26: in ticks" "$work/out" '^cpuid +26 +-26 +-52 +-  faster$'
compare -f json "$work/below.json" "$work/above.json" >"$work/zero.json"
is "from -26 to 26: as JSON" "$(jq -c '.comparisons[0].operations[] | select(.op == "cpuid") |
	[.change, .change_percent]' "$work/zero.json")" '[52,null]'
ok "from -26 to 26: as the schema says" valid_comparison "$work/zero.json"
compare "$lab" "$lab" >"$work/out"
has "less than the bracket: in ticks" "$work/out" '^nop +1 +1 +\+0 +-  same$'

# --- forms ------------------------------------------------------------------------------------
for pair in "$lab $work/slower.json 1" "$lab $work/kvm.json 2" "$lab $work/more.json 1" \
	"$work/by0.json $work/by5.json 1" "$work/gone.json $lab 0"; do
	# shellcheck disable=SC2086 # two files and a status
	set -- $pair
	name="${1##*/} ${2##*/}"
	is "$name: json: status" "$(status_of compare -f json "$1" "$2")" "$3"
	cp "$work/out" "$work/as.json"
	ok "$name: json: as its schema says" valid_comparison "$work/as.json"
	is "$name: json: the same status" "$(jq '.comparisons[0].status' "$work/as.json")" "$3"
	is "$name: html: status" "$(status_of compare -f html "$1" "$2")" "$3"
	is "$name: html: the verdicts are json's" \
		"$(sed -n 's/.*<td class="t wide [a-z]*">\([^<:]*\).*/\1/p' "$work/out")" \
		"$(jq -r '.comparisons[0].operations[].verdict' "$work/as.json" | sed 's/:.*//')"
done
compare -o "$work/guess.json" "$lab" "$lab"
ok "a name in .json is json" valid_comparison "$work/guess.json"
compare -o "$work/guess.html" "$lab" "$lab"
has "a name in .html is html" "$work/guess.html" '^<!DOCTYPE html>$'

latin=$work/$(printf 'caf\351.json')
cp "$work/slower.json" "$latin"
is "a name that is no UTF-8: status" "$(status_of compare -f json "$latin" "$latin")" 0
is "a name that is no UTF-8" "$(jq -r '.base, .comparisons[0].file' "$work/out")" "$work/caf?.json
$work/caf?.json"

# --- errors --------------------------------------------------------------------------------------
is "one file: status" "$(status_of compare "$lab")" 2
has "one file: said" "$work/err" 'two results files are needed'
for wrong in x -1 101 '1%%' nan ''; do
	is "threshold '$wrong': status" "$(status_of compare -t "$wrong" "$lab" "$lab")" 2
	has "threshold '$wrong': said" "$work/err" 'must be 0 to 100 per cent'
done
is "unknown metric: status" "$(status_of compare -m p99 "$lab" "$lab")" 2
has "unknown metric: those known" "$work/err" 'metric p99: unknown; known are p50, kernel'
is "unknown format: status" "$(status_of compare -f csv "$lab" "$lab")" 2
has "unknown format: those known" "$work/err" '--format csv: unknown; use text, json or html$'
cp "$lab" "$work/own.json"
is "onto what is compared: status" "$(status_of compare "$lab" "$work/own.json" -o "$work/own.json")" 2
has "onto what is compared: said" "$work/err" 'own.json: is one of the files to compare; give another name to -o$'
ok "onto what is compared: nothing is lost" cmp "$lab" "$work/own.json"
is "a suffix that is no format: status" "$(status_of compare "$lab" "$lab" -o "$work/x.pdf")" 2
has "a suffix that is no format: said" "$work/err" 'x.pdf: the suffix .pdf names no format; use -f text, json or html$'
is "a file is missing: status" "$(status_of compare "$lab" "$work/no.json")" 2
has "a file is missing: said" "$work/err" 'no\.json: cannot be read'
is "a file is cut off: status" "$(head -c 500 "$lab" >"$work/cut.json"; status_of compare "$work/cut.json" "$lab")" 2
has "a file is cut off: said" "$work/err" 'cut\.json: line 1, .* cut off'
is "a full device: status" "$(status_of compare -o /dev/full "$lab" "$lab")" 2
is "standard output full: status" "$(compare "$lab" "$lab" >/dev/full 2>"$work/err"; echo $?)" 2
has "standard output full: said" "$work/err" 'cannot be written: No space left'
mkdir -p "$work/dir"
is "the disk fills up: status" "$(status_of sh -c "trap '' XFSZ; ulimit -f 4; exec '$exitprobe' compare -f html -o '$work/dir/out' '$lab' '$lab'")" 2
is "the disk fills up: nothing left behind" "$(ls "$work/dir")" ""
is "help: status" "$(status_of compare --help)" 0
has "help: exit statuses" "$work/out" '0 same or faster; 1 something is slower'

# --- what large files cost: 100 operations, 10 boots -------------------------------------------------
for shift in 0 5; do
	big_results 100 10 cycles $shift >"$work/big$shift.json"
done
for format in text html; do
	/usr/bin/time -f '%U %S %M' -o "$work/time" timeout 20 "$exitprobe" compare -f $format "$work/big0.json" \
		"$work/big5.json" >"$work/big.$format"
	# GNU time says first that the status is not 0.
	read -r user system kib <<-END
		$(tail -n 1 "$work/time")
	END
	echo "# $format of two files of $(stat -c %s "$work/big0.json") bytes: $user + $system s, $kib KiB"
	ok "big: $format within 1 s" awk "BEGIN { exit !($user + $system <= 1) }"
	ok "big: $format within 100 MB" test "$kib" -le 100000
done
finish
