#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe report: every form of a real results file, every way in which an output can
# be wrong, and what a large file costs.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/results.sh"
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json

# report [ARGUMENT...]
report() {
	timeout 20 "$exitprobe" report "$@"
}

# of FILTER: what jq has of the fixture's measured operations.
of() {
	jq -r "[.boots[0].records[] | select(.outcome == \"measured\")] | $1" "$lab"
}

ok "the fixture is as the schema says" valid_results "$lab"

# --- text ---------------------------------------------------------------------
is "text: status" "$(status_of report "$lab")" 0
cp "$work/out" "$work/text"
is "text: nothing on standard error" "$(cat "$work/err")" ""
is "text: a row for every operation" \
	"$(awk '/^operation / { on = 1; next } !NF { on = 0 } on { print $1 }' "$work/text")" \
	"$(jq -r '.boots[0].records[] | select(.record == "op") | .op' "$lab")"
is "text: medians" "$(for op in $(of '.[].op'); do column "$work/text" "$op" p50; done)" \
	"$(of '.[].cycles.p50')"
is "text: kernel time" "$(column "$work/text" inl-user kernel)" \
	"$(of '.[] | select(.op == "inl-user") | .parts.kernel')"
has "text: skipped, and why" "$work/text" '^invpcid +skipped: no INVPCID'
has "text: a fault" "$work/text" '^gp .* fault: #GP$'
has "text: out of budget" "$work/text" '^hlt-timer .* [0-9]+/[0-9]+\* +HLT  wait of [0-9]+ subtracted$'
has "text: several exits" "$work/text" '^hypercall-other +2\.00 .* EXCP6\+VMMCALL$'
has "text: the difference of two medians" "$work/text" '^userspace-read +3844  inl-user - inb-kernel$'
has "text: the end" "$work/text" '^complete: [0-9]+ operations: [0-9]+ measured, 1 skipped, 0 faulted, 0 hung, 0 failed$'
is "text: plain in a pipe" "$(grep -c "$(printf '\033')" "$work/text")" 0
is "standard input" "$(report - <"$lab" | cksum)" "$(cksum <"$work/text")"
# script(1): a terminal of that width.
on_terminal() {
	COLUMNS='' TERM=xterm timeout 20 script -qec "stty cols $1; $2" /dev/null </dev/null |
		tr -d '\r'
}
on_terminal 72 "$exitprobe report $lab" >"$work/narrow"
has "text: coloured on a terminal" "$work/narrow" "$(printf '\033')\\[1m"
sed "s/$(printf '\033')\\[[0-9;]*m//g" "$work/narrow" >"$work/narrow-plain"
is "text: rows are as wide as the terminal" \
	"$(awk '/^operation / { on = 1 } !NF { on = 0 } on && length > 72' "$work/narrow-plain" |
		grep -v -e skipped -e 'exits')" ""
has "text: a narrow one keeps what matters" "$work/narrow-plain" '^operation +/op .* p50 .* kernel '
on_terminal 72 "NO_COLOR=1 $exitprobe report $lab" >"$work/narrow"
is "text: NO_COLOR" "$(grep -c "$(printf '\033')" "$work/narrow")" 0

# --- a KVM that emulates each instruction ------------------------------------------
# emulated NAME JQ: the fixture changed so: how often that is said, in text, HTML and Markdown.
emulated() {
	jq -c "$2" "$lab" >"$work/emulated-$1.json"
	for format in text html markdown; do
		report -f $format "$work/emulated-$1.json" | grep -c 'the host emulates every instruction of the guest'
	done | tr '\n' ' '
}
meta='.boots[0].records[0]'
op='.boots[0].records[] | select(.record == "op" and .op =='
is "emulated: not in the lab" "$(emulated no .)" "0 0 0 "
is "emulated: as the probe says" \
	"$(emulated said "$meta.instructions = { nop_ticks: 1430, emulated: true }")" "1 1 1 "
ok "emulated: as the schema says" valid_results "$work/emulated-said.json"
is "emulated: before the table, with the figure" "$(report "$work/emulated-said.json" | sed -n 2p)" "WARNING: the host \
emulates every instruction of the guest: a NOP takes 1430 ticks; these figures are the emulator's, not the cost of an exit"
has "emulated: in TAP" - '^# the host emulates every instruction' <<-END
	$(report -f tap "$work/emulated-said.json")
END
has "emulated: in JUnit" - '<property name="instructions emulated" value="yes"/>' <<-END
	$(report -f junit "$work/emulated-said.json")
END
is "executed: as the probe says" \
	"$(emulated executed "$meta.instructions = { nop_ticks: 0, emulated: false }")" "0 0 0 "
# Of a probe that does not say: the row that skips INT3, or how long a NOP takes.
is "emulated: by the row of INT3" "$(emulated bp '.boots[0].records |= map(if .op == "invpcid" and .record == "op" then
	{ record: "op", op: "bp", outcome: "skipped", text: "all instructions are emulated (a NOP takes over 100 ticks)" }
	else . end)')" "1 1 1 "
slow="($op \"nop\")) |= (.cycles |= map_values(. + \$more) | .histogram |= map([.[0] + \$more, .[1]]))"
is "emulated: by the row of NOP" "$(emulated nop ".accel = \"kvm\" | 1429 as \$more | $slow")" "1 1 1 "
is "executed: a slow clock's noise is none" "$(emulated noise ".accel = \"kvm\" | 90 as \$more | $slow")" "0 0 0 "
is "executed: on an emulated processor that says nothing" \
	"$(emulated tcg ".accel = \"tcg\" | 1429 as \$more | $slow")" "0 0 0 "
# Only a steady clock shows what an exit leaves behind: a difference with a control, as after-*
# has them, of one boot and of two.
control='.boots[].records |= map(if .record == "derived" then
	.name = "left-cpuid-l1" | .minuend = "cpuid" | .subtrahend = "nop" | .control = true else . end)'
left() {
	jq -c "$control | $1" "$lab" >"$work/left.json"
	report "$work/left.json" | sed -n 's/^left-cpuid-l1 .* cpuid - nop//p'
}
for boots in . '.boots += [.boots[0]]'; do
	is "after the exit: a steady clock ($boots)" "$(left "$boots" | wc -l) $(left "$boots")" "1 "
	is "after the exit: a clock that runs backwards in the first boot ($boots)" \
		"$(left "$boots | $meta.tsc.monotonic = false")" ": can't tell"
	is "after the exit: instructions emulated in the first boot ($boots)" \
		"$(left "$boots | $meta.instructions = { nop_ticks: 1430, emulated: true }")" ": can't tell"
done
is "after the exit: the one boot could not tell" "$(left '.boots[0].records |= map(if .record == "derived" then
	.says = "unknown" else . end)')" ": can't tell"
is "emulated: compared: status" "$(status_of "$exitprobe" compare "$lab" "$work/emulated-said.json")" 0
has "emulated: compared" "$work/out" '^  guest: instructions +executed by the processor -> emulated by the host$'

# --- other forms ---------------------------------------------------------------
for format in text html markdown csv junit tap openmetrics ktap lava sql; do
	is "$format: status" "$(status_of report -f $format -o "$work/as.$format" "$lab")" 0
	ok "$format: written" test -s "$work/as.$format"
done
for pair in txt:text html:html md:markdown csv:csv xml:junit tap:tap prom:openmetrics ktap:ktap lava:lava sql:sql; do
	report -o "$work/guess.${pair%:*}" "$lab"
	ok "a name in .${pair%:*} is ${pair#*:}" cmp "$work/guess.${pair%:*}" "$work/as.${pair#*:}"
done
is "markdown: medians" "$(awk -F'|' '/^\| [a-z]/ && $5 ~ /^ -?[0-9]+ $/ { print $5 + 0 }' "$work/as.markdown")" \
	"$(of '.[].cycles.p50')"
is "markdown: as many columns in every row" \
	"$(sed 's/\\|//g' "$work/as.markdown" | awk -F'|' '/^\|/ { print NF }' | sort -u | wc -l)" 1
cat >"$work/check-csv.py" <<'END'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
ops = [r for r in json.load(open(sys.argv[2]))["boots"][0]["records"] if r["record"] == "op"]
assert open(sys.argv[1], "rb").read().count(b"\r\n") == len(rows) + 1
assert [r["operation"] for r in rows] == [o["op"] for o in ops]
for row, op in zip(rows, ops):
    assert None not in row and None not in row.values(), row
    assert row["outcome"] == op["outcome"]
    if op["outcome"] != "measured":
        assert row["p50_instructions"] == "" and op["text"] in row["text"]
        continue
    for name in ("min", "p50", "p90", "p99", "max", "mean"):
        assert int(row[name + "_instructions"]) == op["cycles"][name], (name, row)
    assert float(row["exits_per_operation"]) == op["exits"]
    for name, ticks in op.get("parts", {}).items():
        assert int(row[name + "_instructions"]) == ticks
    assert int(row["kept_samples"]) == op["kept"]
    assert row["agrees"] == ("yes" if op["agrees"] else "no")
END
ok "csv: RFC 4180, every figure" python3 "$work/check-csv.py" "$work/as.csv" "$lab"
ok "junit: well-formed" xmllint --noout "$work/as.junit"
xpath() {
	xmllint --xpath "$1" "$2" 2>/dev/null
}
is "junit: a case for every operation, and one for the whole" \
	"$(xpath 'count(//testcase)' "$work/as.junit") $(xpath 'string(//testsuite/@tests)' "$work/as.junit")" \
	"$(jq '[.boots[0].records[] | select(.record == "op")] | "\(length + 1) \(length + 1)"' -r "$lab")"
is "junit: no failure, one skip" \
	"$(xpath 'count(//failure)' "$work/as.junit") $(xpath 'count(//skipped)' "$work/as.junit")" "0 1"
is "tap: as prove reads it" "$(prove -e cat "$work/as.tap" >"$work/prove" 2>&1; echo $?)" 0
is "openmetrics: ends with EOF" "$(tail -n 1 "$work/as.openmetrics")" "# EOF"
is "openmetrics: every line is one of the grammar's" "$(grep -vE \
	'^# (TYPE|HELP) [a-z_]+ |^# EOF$|^[a-z_0-9]+(\{([a-z_0-9]+="([^"\\]|\\.)*",?)*\})? -?[0-9.]+$' \
	"$work/as.openmetrics")" ""
is "openmetrics: no sample twice" "$(grep -v '^#' "$work/as.openmetrics" | sed 's/} .*//' | sort | uniq -d)" ""
# Of the text format, which node_exporter reads: there is no other type in it.
is "openmetrics: types" "$(sed -n 's/^# TYPE [a-z_]* //p' "$work/as.openmetrics" | sort -u)" gauge
has "openmetrics: when" "$work/as.openmetrics" '^exitprobe_run_timestamp_seconds 1767225600$'
has "openmetrics: no exits are a figure too" "$work/as.openmetrics" '^exitprobe_exits\{op="nop",accel="lab",counts="leaf",unit="instructions"\} 0\.000$'
is "openmetrics: medians" "$(sed -n 's/^exitprobe_round_trip_ticks{.*stat="p50"} //p' "$work/as.openmetrics")" \
	"$(of '.[].cycles.p50')"

# --- who counted exits: it is in each round trip ---------------------------------------
for way in leaf trace stats none; do
	jq -c --arg way $way '.counts = { way: $way }' "$lab" >"$work/by-$way.json"
	report -f csv "$work/by-$way.json" >"$work/out"
	is "counts: csv: $way" "$(python3 -c 'import csv, sys
print(*sorted({row["counts"] for row in csv.DictReader(open(sys.argv[1], newline=""))}))' "$work/out")" $way
	report -f junit "$work/by-$way.json" >"$work/out"
	is "counts: junit: $way" "$(xpath 'string(//property[@name="counts"]/@value)' "$work/out")" $way
	report -f openmetrics "$work/by-$way.json" >"$work/out"
	is "counts: openmetrics: $way" "$(grep -oE 'op=.*counts="[a-z]*"' "$work/out" | grep -o '[a-z]*"$' | sort -u)" "$way\""
	is "counts: openmetrics: $way: each operation's series has it" "$(grep 'op="' "$work/out" | grep -vc counts=)" 0
	report -f tap "$work/by-$way.json" >"$work/out"
	has "counts: tap: $way" "$work/out" "^# exits counted by: $way, [a-zA-Z]"
	report -f sql "$work/by-$way.json" >"$work/out"
	has "counts: sql: $way" "$work/out" "'instructions', '$way', NULL, 'cpuid', "
done

# --- nanoseconds, where the length of a tick is known ---------------------------------
# A KVM whose TSC runs at 2.5 GHz: 0.4 ns a cycle.
jq -c '.accel = "kvm" | .unit = "cycles" | .deterministic = false | .boots[0].records[0].tsc.khz = 2500000' \
	"$lab" >"$work/cycles.json"
ok "ns: the file is as the schema says" valid_results "$work/cycles.json"
for format in text html markdown csv openmetrics; do
	report -f $format -o "$work/ns.$format" "$work/cycles.json"
done
has "ns: text: a tick" "$work/ns.text" 'unit: cycles of 0\.4 ns \(TSC at 2500 MHz\)$'
is "ns: text: p50" "$(for op in nop gp cpuid; do column "$work/ns.text" $op ns; done | xargs)" "0.40 29.6 1270"
has "ns: text: a difference" "$work/ns.text" '^userspace-read +3844 +1538  inl-user - inb-kernel$'
has "ns: markdown" "$work/ns.markdown" '^\| cpuid \| 1\.00 \| 3176 \| 3176 \| 1270 \| 3176 \|'
is "ns: markdown: as many cells in every row" "$(grep '^|' "$work/ns.markdown" | sed 's/\\|//g; s/[^|]//g' | sort -u | wc -l)" 1
cat >"$work/check-ns.py" <<'END'
import csv, sys
for row in csv.DictReader(open(sys.argv[1], newline="")):
    assert None not in row and None not in row.values(), row
    times = [n[:-len("_ns")] for n in row if n.endswith("_ns")]
    assert len(times) == 16, times
    for name in times:
        ticks, ns = row[name + "_cycles"], row[name + "_ns"]
        assert (ticks == "") == (ns == "") and (ticks == "" or abs(int(ticks) * 0.4 - float(ns)) < 0.01), (name, row)
END
ok "ns: csv: beside every figure in cycles" python3 "$work/check-ns.py" "$work/ns.csv"
is "ns: openmetrics: seconds" "$(sed -n 's/^exitprobe_round_trip_seconds{op="cpuid".*stat="p50"} //p' "$work/ns.openmetrics")" \
	1.2704e-06
is "ns: openmetrics: seconds of the kernel" "$(sed -n 's/^exitprobe_part_seconds{op="cpuid".*part="kernel"} //p' \
	"$work/ns.openmetrics")" 1.192e-06
is "ns: openmetrics: as many as ticks" "$(grep -c '_seconds{' "$work/ns.openmetrics")" \
	"$(grep -c '_ticks{' "$work/ns.openmetrics")"
is "ns: html: none in the lab" "$(grep -cE ' data-ns=|>ns<|name="ns"' "$work/as.html")" 0
for format in text markdown csv openmetrics; do
	is "ns: $format: none in the lab" "$(grep -cE '(^|[^a-z.])ns($|[^A-Za-z.=])|seconds\{|of [0-9.]+ ns' "$work/as.$format")" 0
done
jq -c '.boots += [.boots[0]] | .boots[1].records[0].tsc.khz = 3000000' "$work/cycles.json" >"$work/clocks.json"
is "ns: none where boots have other clocks" "$(report "$work/clocks.json" | grep -c ' ns ')" 0
jq -c '.boots[0].records[0].tsc.khz = null' "$work/cycles.json" >"$work/clocks.json"
is "ns: none where the clock is not known" "$(report "$work/clocks.json" | grep -c ' ns ')" 0
jq -c '.unit = "ticks"' "$work/cycles.json" >"$work/clocks.json"
is "ns: none of an emulated clock" "$(report "$work/clocks.json" | grep -c ' ns ')" 0

# --- what went wrong in a run ----------------------------------------------------
jq -c '.complete = false | .boots[0].complete = false |
	.boots[0].lost = [{ op: "vmcall", how: "hangs" }] |
	.boots[0].crosscheck = { kvm_exits: 10, probe_exits: 5000, difference: -4990 } |
	(.boots[0].records[] | select(.op == "cpuid" and .record == "op")) |= (.agrees = false |
		.expected.reasons = ["HLT"] | .descheduled = true) |
	(.boots[0].records[] | select(.op == "nop" and .record == "op")) |=
		{ record: "op", op: "nop", outcome: "hangs" } |
	.machine["<script>alert(1)</script>"] = "a & \"b\"" |
	.boots[0].records |= map(select(.record != "end"))' "$lab" >"$work/bad.json"
ok "a bad run is as the schema says" valid_results "$work/bad.json"
is "bad run: status" "$(status_of report "$work/bad.json")" 0
has "bad run: partial" "$work/out" '^WARNING: partial: '
has "bad run: an exit that was not expected" "$work/out" '^cpuid .* EXPECTED: 1 HLT$'
has "bad run: hangs" "$work/out" '^nop +hangs: '
has "bad run: lost" "$work/out" '^vmcall +lost: hangs'
has "bad run: KVM counts otherwise" "$work/out" "^WARNING: boot 1: KVM's own statistics count 10 exits"
has "bad run: descheduled" "$work/out" '^WARNING: 1 operation measured while the vCPU was descheduled: cpuid$'
has "bad run: the end" "$work/out" '^partial: '
report -f junit "$work/bad.json" >"$work/bad.xml"
is "bad run: junit failures" "$(xpath '//testcase[failure]/@name' "$work/bad.xml" | tr -d ' \n')" \
	'name="nop"name="cpuid"name="vmcall"name="complete"'
is "bad run: junit says how many" "$(xpath 'string(//testsuite/@failures)' "$work/bad.xml")" 4
report -f tap "$work/bad.json" >"$work/bad.tap"
is "bad run: tap fails" "$(grep -c '^not ok' "$work/bad.tap")" 4
report -f html "$work/bad.json" >"$work/bad.html"
is "bad run: html: no markup from the file" "$(grep -c '<script>alert' "$work/bad.html")" 0
has "bad run: html: but its text" "$work/bad.html" '&lt;script&gt;alert\(1\)&lt;/script&gt;'
report -f openmetrics "$work/bad.json" >"$work/bad.prom"
has "bad run: openmetrics: not complete" "$work/bad.prom" '^exitprobe_complete 0$'

# --- a profile in it, whose every text may be anything ---------------------------------
mark='<script>alert(1)</script>'
jq -c --arg mark "$mark" --slurpfile profile "$top/tests/data/profile-small.json" '.profiles = [$profile[0] |
	.op = $mark | .kernel = $mark | .paths[0].name = $mark | .paths[0].stacks[0][0] = $mark]' "$lab" \
	>"$work/profile.json"
report -f html "$work/profile.json" >"$work/profile.html"
is "profile: no markup from the file" "$(grep -c "$mark" "$work/profile.html")" 0
is "profile: but its text" "$(grep -o '&lt;script&gt;alert(1)&lt;/script&gt;' "$work/profile.html" | wc -l)" 7
sed -n '/^<svg xmlns/,/^<.figure>/p' "$work/profile.html" | grep -v '^<.figure>' >"$work/profile.svg"
ok "profile: well-formed" xmllint --noout "$work/profile.svg"

# --- figures that are rounded or too large ----------------------------------------------
jq -c "(.boots[0].records[] | select(.op == \"cpuid\" and .record == \"op\")).exits = 1.667 |
	.boots[0].crosscheck = { kvm_exits: 12, probe_exits: 10 } |
	.boots += [{ complete: true, status: 0, seconds: 0, records: [],
		crosscheck: { kvm_exits: \"LARGEST\", probe_exits: 1 } }]" "$lab" |
	sed 's/"LARGEST"/9223372036854775807/' >"$work/odd.json"
report "$work/odd.json" >"$work/odd"
is "exits are rounded" "$(column "$work/odd" cpuid /op)" 1.67
has "a sum that is too large is left out" "$work/odd" "^exits counted by KVM's own statistics: 12, by the probe: 10\$"
# Of two boots, each with differences of its own.
jq -c '.boots += [.boots[0]] | (.boots[1].records[] | select(.record == "derived" and .name == "userspace-read")) |=
	(.name = "other" | .minuend = "inb-kernel" | .subtrahend = "nop")' "$lab" >"$work/derived.json"
report "$work/derived.json" >"$work/derived"
has "differences of the first boot" "$work/derived" '^userspace-read +3844  inl-user - inb-kernel$'
has "differences that another boot has" "$work/derived" '^other +[0-9]+  inb-kernel - nop, exits \+1$'
is "none of them twice" "$(sed -n '/^difference of/,/^$/p' "$work/derived" | cut -d ' ' -f 1 | sort | uniq -d)" ""
# A guest of the probe's own.
jq -c '(.boots[0].records[] | select(.op == "cpuid" and .record == "op")).batch.l2_exits = 1.5' "$lab" >"$work/l2.json"
report "$work/l2.json" >"$work/l2"
has "exits of L2: said at the reason" "$work/l2" '^cpuid .*  CPUID, 1\.500 from L2$'
jq -c '(.boots[0].records[] | select(.op == "cpuid" and .record == "op")).batch.l2_exits = "1"' "$lab" >"$work/l2.json"
fails_with "exits of L2: no number" 'batch.l2_exits' report "$work/l2.json"

# --- where the exits are --------------------------------------------------------------
# sites SITES: the fixture, whose cpuid has these.
sites() {
	jq -c "(.boots[0].records[] | select(.op == \"cpuid\" and .record == \"op\")).sites = $1" "$lab"
}
site='{ address: 1077282, at: "run_cpuid+0x2", reason: 114, name: "CPUID", exits: 1 }'
sites "[$site]" >"$work/site.json"
ok "sites: as the schema says" valid_results "$work/site.json"
report "$work/site.json" >"$work/out"
is "sites: one instruction is not in the table" "$(grep -c run_cpuid "$work/out")" 0
report --format html "$work/site.json" >"$work/page"
has "sites: but on the page" "$work/page" \
	'^<tr><th scope="row">cpuid</th><td class="t" data-l="instruction">run_cpuid[+]0x2</td><td data-l="address">0x107022</td><td data-l="exits">1</td><td class="t" data-l="reason">CPUID</td></tr>$'
sites "[$site, { address: 5, reason: 1024, name: \"NPF<b>\", exits: 1.5 }]" >"$work/site.json"
report "$work/site.json" >"$work/out"
has "sites: two are" "$work/out" '^cpuid             run_cpuid[+]0x2                   1[.]00  CPUID$'
has "sites: one without a symbol by its address" "$work/out" '^ {18}0x5 +1[.]50  NPF<b>$'
report --format html "$work/site.json" >"$work/page"
has "sites: the page escapes" "$work/page" 'NPF&lt;b&gt;</td></tr>$'
for bad in '"here"' '[1]' '[{ address: -1, reason: 1, name: "", exits: 1 }]' '[{ address: 1, reason: 1, name: 1, exits: 1 }]' \
	'[{ address: 1, reason: 1, name: "", exits: -1 }]'; do
	sites "$bad" >"$work/site.json"
	fails_with "sites: $bad" 'report: error: .*site.json: .*sites' report "$work/site.json"
done

# --- gnuplot ---------------------------------------------------------------------
mkdir -p "$work/bin"
PATH=$work/bin "$exitprobe" report -f html "$lab" >"$work/no-gnuplot.html"
has "no gnuplot: the page says so" "$work/no-gnuplot.html" 'gnuplot is missing'
is "no gnuplot: and has all figures" "$(grep -c '<figure' "$work/no-gnuplot.html")" \
	"$(grep -c '<figure' "$work/as.html")"
is "with gnuplot: a plot in each figure" "$(grep -c '<svg class="plot"' "$work/as.html")" \
	"$(grep -c '<figure' "$work/as.html")"
printf '#!/bin/sh\necho "<svg"; exit 1\n' >"$work/bin/gnuplot"
chmod 755 "$work/bin/gnuplot"
is "a broken gnuplot: status" "$(PATH=$work/bin:$PATH status_of report -f html "$lab")" 0
has "a broken gnuplot: the page says so" "$work/out" 'gnuplot is missing or failed'

# --- outputs that cannot be written ---------------------------------------------------
# nothing_left DESCRIPTION DIRECTORY: no temporary file.
nothing_left() {
	is "$1: nothing left behind" "$(find "$2" -name 'out*' -o -name '*.??????' | grep -v '\.html$')" ""
}
mkdir -p "$work/dir"
for format in text html csv junit; do
	is "$format: a full device: status" "$(status_of report -f $format -o /dev/full "$lab")" 2
	has "$format: a full device: said" "$work/err" '/dev/full: cannot be written: No space left'
	is "$format: standard output full: status" "$(
		report -f $format "$lab" >/dev/full 2>"$work/err"
		echo $?
	)" 2
	has "$format: standard output full: said" "$work/err" 'standard output: cannot be written: No space left'
done
is "no such directory: status" "$(status_of report -o "$work/none/out" "$lab")" 2
has "no such directory: said" "$work/err" 'none/out: cannot be written: No such file'
# A limit on the size of files: as a disk that fills up.
echo old >"$work/dir/out"
is "the disk fills up: status" "$(status_of sh -c "trap '' XFSZ; ulimit -f 8; exec '$exitprobe' report -f html -o '$work/dir/out' '$lab'")" 2
is "the disk fills up: the old file is whole" "$(cat "$work/dir/out")" old
is "the disk fills up: nothing left behind" "$(ls "$work/dir")" out
is "written over: status" "$(status_of report -o "$work/dir/out" "$lab")" 0
ok "written over: the new one" cmp "$work/dir/out" "$work/text"
# In the midst of it, while gnuplot takes its time.
printf '#!/bin/sh\nexec sleep 3\n' >"$work/bin/gnuplot"
for signal in HUP INT TERM; do
	is "ended by SIG$signal: status" "$(PATH=$work/bin:$PATH status_of timeout -s $signal 1 "$exitprobe" report \
		-f html -o "$work/dir/out" "$lab")" 124
	is "ended by SIG$signal: nothing left behind" "$(ls "$work/dir")" out
	ok "ended by SIG$signal: the old file is whole" cmp "$work/dir/out" "$work/text"
done
is "ended by SIGXFSZ: nothing left behind" "$(sh -c "ulimit -f 8; exec '$exitprobe' report -f html \
	-o '$work/dir/out' '$lab'" >/dev/null 2>&1; ls "$work/dir")" out
ln -sf out "$work/dir/link"
report -f csv -o "$work/dir/link" "$lab"
ok "a link is followed" test -L "$work/dir/link" -a "$(head -c 9 "$work/dir/out")" = operation

# --- wrong usage ------------------------------------------------------------------------
is "no file: status" "$(status_of report)" 2
has "no file: said" "$work/err" 'no results file given'
is "two files: status" "$(status_of report "$lab" "$lab")" 2
is "unknown format: status" "$(status_of report -f pdf "$lab")" 2
has "unknown format: those known" "$work/err" '--format pdf: unknown; use text, html, markdown, csv, junit, tap, openmetrics, ktap, lava or sql$'
cp "$lab" "$work/own.json"
is "onto itself: status" "$(status_of report "$work/own.json" -o "$work/own.json")" 2
has "onto itself: said" "$work/err" 'own.json: is the results file; give another name to -o$'
ok "onto itself: nothing is lost" cmp "$lab" "$work/own.json"
is "a suffix that is no format: status" "$(status_of report "$lab" -o "$work/x.json")" 2
has "a suffix that is no format: said" "$work/err" 'x.json: the suffix .json names no format; use -f text, html, .* or sql$'
is "unknown option: status" "$(status_of report --colour "$lab")" 2
is "help: status" "$(status_of report --help)" 0
has "help: formats" "$work/out" 'openmetrics'

# --- what a large file costs: 100 operations, 10 boots ------------------------------------
big_results 100 10 cycles 0 >"$work/big.json"
ok "big: as the schema says" valid_results "$work/big.json"
for format in text html; do
	/usr/bin/time -f '%U %S %M' -o "$work/time" timeout 20 "$exitprobe" report -f $format "$work/big.json" \
		>"$work/big.$format"
	# The processor's time: the machine may be busy with other tests.
	read -r user system kib <"$work/time"
	echo "# $format of $(stat -c %s "$work/big.json") bytes: $user + $system s, $kib KiB"
	ok "big: $format within 1 s" awk "BEGIN { exit !($user + $system <= 1) }"
	ok "big: $format within 100 MB" test "$kib" -le 100000
done
has "big: ten boots" "$work/big.text" '^10 boots: '
finish
