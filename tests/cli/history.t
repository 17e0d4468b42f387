#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe history: what is added is there, whole and once, whoever else writes; and what
# changed from run to run.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/results.sh"
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json
cd "$work" || exit 1

history() {
	timeout 60 "$exitprobe" history "$@"
}

# lab_run DAY FILTER: a run of the lab on that day of January, changed by jq's FILTER, in run-DAY.json.
lab_run() {
	jq -c ".created = \"2026-01-$1T00:00:00Z\" | .fingerprint = { all: (\"0\" * 64),
		parts: { kvm_amd: \"45\", emulator: \"67\" } } | $2" "$lab" >"run-$1.json"
}
# op NAME FILTER: in jq, that operation's record changed.
op() {
	echo ".boots[].records |= map(if .record == \"op\" and .op == \"$1\" then $2 else . end)"
}
slower() {
	op "$1" ".cycles |= map_values(. + $2) | .histogram |= map([.[0] + $2, .[1]])"
}

# --- nothing, and one --------------------------------------------------------------------
mkdir empty
for action in "" list check; do
	# shellcheck disable=SC2086 # no word where there is no action
	is "an empty directory: ${action:-overview}: status" "$(status_of history $action empty)" 0
	is "an empty directory: ${action:-overview}: no warning" "$(cat err)" ""
done
is "an empty directory: check" "$(cat out)" "0 runs, 0 changes for the worse"
is "an empty directory: a page" "$(status_of history empty -o empty.html)" 0
has "an empty directory: the page says so" empty.html 'empty has no runs'
refused_by history "no directory" 'nowhere: cannot be read: No such file' list nowhere
refused_by history "no directory that can be made" 'no/where: cannot be made: No such file' add no/where "$lab"

lab_run 01 .
is "add: status" "$(status_of history add h run-01.json)" 0
id=$(sed 's/.* //' out)
is "add: its name: the time and the file's hash" "$id" "20260101T000000Z-$(sha256sum run-01.json | cut -c 1-16)"
ok "add: the file as it was" cmp run-01.json "h/$id.json"
is "add: again" "$(status_of history add h run-01.json): $(cat out)" "0: run-01.json: was there already, as $id"
is "add: it is there once" "$(history list h -f csv | wc -l)" 2
is "add: from standard input" "$(history add h - <run-01.json)" "-: was there already, as $id"
is "one run: no changes" "$(history check h)" "1 run, 0 changes for the worse"
is "one run: a page" "$(status_of history h -o one.html)" 0
refused_by history "add: no file" 'gone.json: cannot be read' add h gone.json
echo '{}' >foreign.json
refused_by history "add: no results" 'foreign.json: is not a results file' add h foreign.json
head -c 5000 run-01.json >cut.json
refused_by history "add: cut off" 'cut.json: line 1, column .*cut off' add h cut.json
jq -c '.created = "yesterday"' "$lab" >undated.json
refused_by history "add: no time" 'undated.json: created: is "yesterday", must be a time' add h undated.json
is "add: of two, the one that can be" "$(status_of history add h foreign.json run-01.json) $(cat out)" \
	"2 run-01.json: was there already, as $id"

# --- exact changes of the lab --------------------------------------------------------------
lab_run 02 .
lab_run 03 "$(slower cpuid 1) | .fingerprint.parts.kvm_amd = \"0123\""
lab_run 04 "$(slower cpuid 1) | .fingerprint.parts.kvm_amd = \"0123\""
history add h run-02.json run-03.json run-04.json >/dev/null
third=20260103T000000Z-$(sha256sum run-03.json | cut -c 1-16)
base=$(jq '.boots[0].records[] | select(.op == "cpuid" and .record == "op").cycles.p50' "$lab")
is "one instruction: check: status" "$(status_of history check h)" 1
has "one instruction: the operation, the run, the size" out \
	"^cpuid: run $third of group [0-9a-f]{8}, 2026-01-03T00:00:00Z: $base -> $((base + 1)), \+1 \(\+0\.0[0-9] %\), slower; with it: build: kvm_amd\$"
is "one instruction: nothing else" "$(wc -l <out)" 2
is "one instruction: of other operations: status" "$(status_of history check h nop 'in*')" 0
is "one instruction: below the threshold: status" "$(status_of history check -t 1% h)" 0
is "one instruction: before the run that is asked for: status" "$(status_of history check --since 2026-01-04 h)" 0
is "one instruction: that run itself: status" "$(status_of history check --since "$third" h)" 1
is "one instruction: by its day: status" "$(status_of history check --since 2026-01-03 h)" 1
is "one instruction: by the time of the third: status" "$(status_of history check --since 2026-01-03T00:00:00Z h)" 1
is "one instruction: by the time of a name: status" "$(status_of history check --since 20260104T00 h)" 0
for since in yesterday 2026-1-3 26-01-04 2026/01/04 2026-01-04T00:00:00Zx 20260104-1 "" "$third.json"; do
	refused_by history "since '$since'" "--since $since: must be a time like 2026-11-28 or a run.s name" check --since "$since" h
done
is "one instruction: of the kernel's part: status" "$(status_of history check -m kernel h)" 0
is "one instruction: runs of one build alone: status" "$(status_of history check --same-build h)" 0
history show h cpuid >out
is "show: a line for each run" "$(grep -c '^2026.*Linux' out)" 4
has "show: the change before its run" out "^  change at 2026-01-03T00:00:00Z: $base -> $((base + 1))"
history show h cpuid -f csv >show.csv
is "show: csv: figures and the change" "$(tr -d '\r' <show.csv | awk -F, 'NR > 1 { print $5, $6, $9, $11, $15 }')" \
	"$(jq -r '.boots[0].records[] | select(.op == "cpuid" and .record == "op") | .cycles.p50 as $p | .parts.kernel as $k |
	"measured \($p) 1.000 \($k) ", "measured \($p) 1.000 \($k) ", "measured \($p + 1) 1.000 \($k) slower", "measured \($p + 1) 1.000 \($k) "' "$lab")"
refused_by history "show: an operation that is not there" 'cpuit: no run of h has this operation' show h cpuit
refused_by history "check: one that is there beside one that is not" 'nopp: no run of h has this operation' check h cpuid nopp
refused_by history "check: a pattern of nothing" 'zz\*: no run of h has this operation' check h 'zz*' cpuid
history h >out
is "overview: operations" "$(grep -cE '^[a-z0-9-]+ +[04] ' out)" "$(jq '[.boots[0].records[] | select(.record == "op")] | length' "$lab")"

# Taken back, and exits.
lab_run 05 .
history add h run-05.json >/dev/null
is "taken back: status" "$(status_of history check h)" 0
has "taken back: the change is in the record" h/summaries/"$third".1 '^o	cpuid	'
history h -f json >h.json
is "taken back: both changes" "$(jq -r '.groups[].operations[] | select(.op == "cpuid").changes[] | "\(.change) \(.direction) \(.taken_back) \(.finding) \(.p)"' h.json)" \
	"1 slower true false null
-1 faster false false null"
lab_run 06 "$(op nop '.exits = 1')"
history add h run-06.json >/dev/null
is "an exit more: status" "$(status_of history check h)" 1
has "an exit more: said" out '^nop: run 20260106T.*: 0.00 -> 1.00, \+1.00, more exits$'
is "an exit more: p50 alone: status" "$(status_of history check -m p50 h)" 0
lab_run 07 "$(op cpuid '{ record, op, outcome: "hangs", text: null, fault: null }')"
history add h run-07.json >/dev/null
is "no longer measured: status" "$(status_of history check h cpuid)" 1
has "no longer measured: said" out '^cpuid: run 20260107T.*: hangs, was measured before$'
is "no longer measured: once" "$(wc -l <out)" 2
is "no longer measured: by exits: status" "$(status_of history check -m exits h cpuid)" 1
has "no longer measured: by exits: said" out '^cpuid: run 20260107T.*: hangs, was measured before$'
is "no longer measured: by the kernel's part: status" "$(status_of history check -m kernel h cpuid)" 1
is "no longer measured: that run itself: status" "$(status_of history check --since 2026-01-07 h cpuid)" 1
is "no longer measured: before the run that is asked for: status" "$(status_of history check --since 2026-01-08 h cpuid)" 0
is "no longer measured: then nothing is said" "$(cat out)" "7 runs, 0 changes for the worse"
is "no longer measured: as JSON" "$(history check h cpuid -f json | jq .findings)" 1
history check h cpuid -f csv | tr -d '\r' >broken.csv
is "no longer measured: as CSV" "$(awk -F, '$11 == "yes" { print $1, $5, $6, $7 }' broken.csv)" "cpuid outcome measured hangs"
is "no longer measured: as CSV: as many fields" "$(awk -F, '{ print NF }' broken.csv | sort -u | wc -l)" 1

# --- whose runs: two hosts with the same processor are two machines --------------------------
lab_run 21 '.accel = "kvm" | .unit = "cycles" | .deterministic = false'
lab_run 22 '.accel = "kvm" | .unit = "cycles" | .deterministic = false'
# groups DIR: how many, and the hosts of its runs.
groups() {
	history list "$1" -f json | jq -r '([.runs[].group] | unique | length | tostring) + " " + ([.runs[].host] | join(","))'
}
history add two run-21.json run-22.json >/dev/null
is "no hosts: one group" "$(groups two)" "1 ,"
is "of a host: status" "$(status_of history add --host web1 hosts run-21.json)" 0
is "of another: status" "$(status_of history add --host web2 hosts run-22.json)" 0
is "two hosts, one processor: two groups" "$(groups hosts)" "2 web1,web2"
is "two hosts: as the schema says" "$(history list hosts -f json >hosts.json && timeout 60 /usr/bin/jsonschema -i hosts.json \
	"$top/abi/history.schema.json" && echo valid)" valid
has "two hosts: list names them" - '^[0-9a-f]{8}  1 run  kvm, .*, in cycles, on web2$' <<-END
	$(history list hosts)
END
is "two hosts: csv" "$(history list hosts -f csv | tr -d '\r' | awk -F , '{ print $NF }' | xargs)" "host web1 web2"
ok "of a host: the file as it was" cmp run-21.json hosts/20260121T*.json
is "of the same once more: status" "$(status_of history add --host web1 hosts run-21.json): $(grep -c 'was there already' out)" "0: 1"
refused_by history "of two hosts" 'hosts/hosts/20260121T[0-9a-fZ-]*: says that this run is of host web1, not of web2; remove it if that is wrong' \
	add --host web2 hosts run-21.json
is "of two hosts: it stays the first's" "$(groups hosts)" "2 web1,web2"
is "of a run that was there without a host: status" "$(status_of history add --host web1 two two/20260121T*.json)" 0
is "of a run that was there without a host: from now on" "$(groups two)" "2 web1,"
for name in '' -x .x a/b 'a b' "$(printf '%256s' '' | tr ' ' x)" ü; do
	refused_by history "a host called '$name'" "--host $name: must be a name of letters, digits" add --host "$name" two run-21.json
done
refused_by history "a host of what is not added" '--host web1: is for add' list --host web1 two
for said in 'web1' '' 'a b
' '../x
'; do
	printf %s "$said" >"$(ls two/hosts/*)"
	is "a damaged name of a host: status" "$(status_of history list two)" 0
	has "a damaged name of a host: said" err 'left out: two/hosts/20260121T[0-9a-fZ-]*: is no host.s name; remove it$'
	is "a damaged name of a host: the run is there" "$(groups two 2>/dev/null)" "1 ,"
done
# Twenty writers, one run, two hosts: one of these is right.
for i in 1 2 3 4 5 6 7 8 9 10; do
	history add --host one race run-21.json >/dev/null 2>>race.err &
	history add --host other race run-21.json >/dev/null 2>>race.err &
done
wait
is "two hosts at once: the run is there once" "$(history list race -f json | jq '.runs | length')" 1
is "two hosts at once: half of the writers are refused" "$(grep -c 'says that this run is of host' race.err)" 10

# --- only what can be compared ---------------------------------------------------------------
lab_run 08 "$(slower cpuid 500) | .accel = \"tcg\" | .deterministic = false | .unit = \"ticks\""
lab_run 09 "$(slower cpuid 500) | .boots[].records[0].build = \"0123\""
lab_run 10 "$(slower cpuid 500) | .boots[].records[0].command_line += \" samples=7\""
lab_run 11 "$(slower cpuid 500) | .fingerprint.parts.emulator = \"0123\""
lab_run 12 "$(slower cpuid 500) | .boots[].records[0].stats.halted_known = false"
for day in 01 02; do history add groups "run-$day.json"; done >/dev/null
for day in 08 09 10 11 12; do
	history add groups "run-$day.json" >/dev/null
	is "not comparable, run $day: status" "$(status_of history check groups)" 0
done
is "groups: each is one, that of the latest first" "$(history groups -f json | jq -r '.groups[].runs' | xargs)" "1 1 1 1 1 2"
group=$(history list groups -f json | jq -r '.runs[0].group')
is "groups: one of them" "$(history groups --group "$group" -f json | jq -r '.groups[].group')" "$group"
jq -c 'del(.boots[].records[] | select(.op == "nop"))' run-08.json >run-08-less.json
history add less run-08-less.json run-01.json >/dev/null
less=$(history list less -f json | jq -r '.runs[] | select(.time == "2026-01-08T00:00:00Z").group')
is "groups: an operation of some group: status" "$(status_of history check less nop)" 0
refused_by history "groups: an operation of another one" "nop: no run of group $less in less has this operation" \
	check less --group "$less" nop
refused_by history "groups: another" '--group 0z: there is no such group in groups' groups --group 0z
# 6.9 is older than 6.12, whenever they were measured.
lab_run 12 ".machine.kernel = \"Linux 6.12\""
lab_run 13 "$(slower cpuid 7) | .machine.kernel = \"Linux 6.9\""
history add kernels run-12.json run-13.json >/dev/null
is "by time: slower" "$(status_of history check kernels)" 1
is "by the kernels' versions: faster" "$(status_of history check --by-kernel kernels)" 0
has "by the kernels' versions: said" out '^2 runs, 0 changes'
history kernels --by-kernel >out
has "by the kernels' versions: the change" out "-7 .*faster$"
has "by the kernels' versions: once, what was different" out "^    [0-9TZ:-]+: kernel Linux 6.9 -> Linux 6.12$"
is "by the kernels' versions: not in each line" "$(grep -c 'with it' out)" 0

# Messages end somewhere, and that may be within a character.
e=$(printf '%0600d' 0 | sed 's/0/é/g')
lab_run 14 ".machine.kernel = \"Linux x$e\""
lab_run 15 "$(slower cpuid 7) | .machine.kernel = \"Linux $e\""
history add long run-12.json run-14.json run-15.json >/dev/null
is "a long name of several bytes to a character: status" "$(status_of history long -f json)" 0
is "a long name of several bytes to a character: the change" \
	"$(jq -r '.groups[].operations[] | select(.op == "cpuid").changes[] | "\(.change) \(.with | .[:15])"' out)" "7 kernel Linux x?"

# --- files that are no runs ------------------------------------------------------------------
cp -r h damaged
cp foreign.json damaged/mine.json
head -c 3000 "damaged/$third.json" >"damaged/$third.json.new" && mv "damaged/$third.json.new" "damaged/$third.json"
sed 's/"seconds":[0-9.]*/"seconds":7/' run-05.json >"damaged/20260105T000000Z-$(sha256sum run-05.json | cut -c 1-16).json"
echo '{"exitprobe' >"damaged/20260101T000000Z-0123456789abcdef.json.aBcDeF"
echo '{"exitprobe' >"damaged/20260101T000000Z-0123456789abcdee.json.aBcDeF"
touch -d '3 days ago' "damaged/20260101T000000Z-0123456789abcdee.json.aBcDeF"
mkfifo "damaged/20260101T000000Z-0123456789abcded.json"
echo hello >damaged/README
is "damaged: status" "$(status_of history list damaged)" 0
is "damaged: the others are there" "$(grep -c '^2026' out)" 5
is "damaged: what is left out" "$(sed 's/exitprobe history: warning: left out: //' err | sort)" \
	"damaged/20260101T000000Z-0123456789abcded.json: is no run of this history; to add it: exitprobe history add damaged damaged/20260101T000000Z-0123456789abcded.json
damaged/20260101T000000Z-0123456789abcdee.json.aBcDeF: was never finished; remove it
$(grep -o "damaged/$third.*" err)
damaged/20260105T000000Z-$(sha256sum run-05.json | cut -c 1-16).json: was altered: its contents are not those that its name says
damaged/mine.json: is no run of this history; to add it: exitprobe history add damaged damaged/mine.json"
has "damaged: cut off" err "damaged/$third.json: line 1, column .*not JSON, or cut off"
is "damaged: check, whether it finds anything or not: status" \
	"$(status_of history check damaged) $(status_of history check damaged --since 2027-01-01)" "2 2"
has "damaged: check: what there is" out '^5 runs, 0 changes for the worse$'
mkdir other
cp "h/$third.json" other
cp foreign.json other/mine.json
is "damaged: check: a file that has no run's name: status" "$(status_of history check other)" 0
is "damaged: JSON has them too" "$(history list damaged -f json 2>/dev/null | jq '.left_out | length')" 5
is "damaged: what was cut off is not added in silence" "$(status_of history add damaged run-03.json)" 2
has "damaged: said" err "damaged/$third.json: is there, but is not this run: cut off or altered; remove it"

# --- summaries are made again -----------------------------------------------------------------
history h -f json >before.json
# shellcheck disable=SC2016 # for the shell that does it
for damage in 'rm -r h/summaries' 'for f in h/summaries/*; do echo x >"$f"; done' \
	'for f in h/summaries/*; do head -c 900 "$f" >f; cp f "$f"; done' \
	'sed -i "s/^o\tcpuid\t0\t0\t[0-9]*/o\tcpuid\t0\t0\t5/" h/summaries/*' 'rm -r h/summaries; echo >h/summaries'; do
	sh -c "$damage"
	history h -f json >after.json 2>err
	ok "summaries: $damage: the same" cmp before.json after.json
done
has "summaries: cannot be written: said" err 'h/summaries: cannot be written, so 7 results files were read in full'
rm h/summaries

history h >/dev/null
# What is no UTF-8 in one that is whole otherwise.
summary=h/summaries/$third.1
printf 'r\tx\t\377\n' >inserted
sed '1r inserted' "$summary" | head -n -1 >broken
# gzip ends with the CRC-32 and the length, low byte first (RFC 1952).
printf 'end\t%s\n' "$(gzip -nc broken | tail -c 8 | od -An -v -t x4 -N 4 | tr -d ' ')" >>broken
cp broken "$summary"
ok "summaries: no UTF-8: it is in it" env LC_ALL=C grep -qa "$(printf 'r\tx\t\377')" "$summary"
history h -f json >after.json 2>err
ok "summaries: no UTF-8: the same" cmp before.json after.json

# --- several writers, one that is killed, a full disk -------------------------------------------
mkdir many
for i in $(seq 10 49); do
	jq -c ".created = \"2026-02-01T00:00:${i}Z\"" "$lab" >"many/$i.json"
done
for writer in 1 2 3 4; do
	# Each adds most of them, in its own order, while others read.
	seq 10 49 | awk -v w="$writer" '(NR + w) % 4' | shuf --random-source="$lab" | sed 's|.*|many/&.json|' |
		xargs -n 5 timeout 60 "$exitprobe" history add shared >"writer-$writer" 2>&1 &
	writers="${writers-} $!"
done
reads=0
# shellcheck disable=SC2086 # numbers
while kill -0 $writers 2>/dev/null && [ "$reads" -lt 1000 ]; do
	history list shared >reader 2>>reader-err
	reads=$((reads + 1))
done
wait
ok "several writers: others read meanwhile" [ "$reads" -gt 0 ]
is "several writers: each run is there once" "$(history list shared -f csv | tail -n +2 | wc -l)" 40
is "several writers: added once in all" "$(cat writer-* | grep -c 'added as')" 40
is "several writers: nothing but that they were there" "$(cat writer-* | grep -cv -e 'added as' -e 'was there already')" 0
is "several writers: readers saw nothing broken" "$(grep -v 'No such file' reader-err)" ""
is "several writers: nothing is left" "$(find shared -name '*.??????' ! -name '*.json')" ""
is "several writers: each file is what its name says" "$(for f in shared/*.json; do
	[ "$(sha256sum "$f" | cut -c 1-16)" = "$(basename "$f" .json | cut -d - -f 2)" ] || echo "$f"; done)" ""

for round in 1 2 3 4 5 6 7 8; do
	timeout -s KILL "0.0$round" "$exitprobe" history add killed many/*.json >/dev/null 2>&1
done
history list killed >out 2>err
is "killed: nothing is left out" "$(grep -v 'No such file' err)" ""
is "killed: and then they are added" "$(status_of history add killed many/*.json)" 0
is "killed: all are there" "$(history list killed -f csv | tail -n +2 | wc -l)" 40

is "a full disk: status" "$(status_of sh -c "trap '' XFSZ; ulimit -f 8; exec '$exitprobe' history add full '$lab'")" 2
has "a full disk: said" err 'full/.*: cannot be written: File too large'
is "a full disk: nothing is left" "$(find full -type f)" ""
is "ended by SIGXFSZ: nothing is left" "$(sh -c "ulimit -f 8; exec '$exitprobe' history add full '$lab'" 2>/dev/null
	find full -type f)" ""

# --- runs that are not exact ---------------------------------------------------------------------
ok "a history of made-up runs" "$top/tests/lib/history-tool" history-runs ./history-runs
./history-runs small 60 30
is "not exact: status" "$(status_of history check small)" 1
is "not exact: what was put in" "$(sed -n 's/^\(op-[0-9]*\): .*/\1/p' out | xargs)" "op-3 op-7 op-27"
has "not exact: the run, the size" out '^op-3: run 20200103T0[67].*, \+2[0-9]+ \(\+(9|10)\.[0-9]+ %\), slower, p [0-9.e-]+; how busy the host was: load_1min 0.20 -> 4.50'
is "not exact: by exits: status" "$(status_of history check -m exits small)" 0
is "not exact: a change of 10 % alone" "$(history check -t 5% small | sed -n 's/^\(op-[0-9]*\): .*/\1/p' | xargs)" op-3
./history-runs few 5 3
is "too few runs: status" "$(status_of history check few)" 0

# What docs/history-command.md has its rates from.
ok "rates: built" "$top/tests/lib/history-tool" history-rates ./history-rates
./history-runs two 60 2
./history-rates two >rates
has "rates: of runs without a change none" rates '^as they were: 0 of 1 windows have a change, 0 of 2 series$'
has "rates: in a random order" rates '^in a random order: [0-2] of 20 windows have a change'
is "rates: the larger the change, the more often it is found" "$(awk '$1 == "10" || $1 == "20" { print $(NF - 1) }' rates | xargs)" "100 100"

# --- forms ------------------------------------------------------------------------------------------
for action in "" list "show+cpuid" check; do
	word=${action%+*} operation=${action#"$word"}
	# shellcheck disable=SC2086 # as many words as there are
	history $word h ${operation#+} -f json >form.json
	ok "${word:-overview}: JSON is as the schema says" timeout 60 /usr/bin/jsonschema -i form.json "$top/abi/history.schema.json"
	# shellcheck disable=SC2086
	history $word h ${operation#+} -f csv >form.csv
	is "${word:-overview}: CSV: as many fields everywhere" "$(awk -F, '{ print NF }' form.csv | sort -u | wc -l)" 1
done
is "by suffix" "$(history h -o by.json && jq .exitprobe_history by.json)" 1
refused_by history "an unknown suffix" 'by.pdf: the suffix .pdf names no format' h -o by.pdf
refused_by history "an unknown format" '--format xml: unknown; use text, json, csv or html$' h -f xml
refused_by history "an unknown metric" '--metric p51: unknown; known are p50, out' h -m p51
refused_by history "a threshold" '--threshold -1: must be 0 to 100' h -t -1
refused_by history "no directory given" 'no directory given: exitprobe history check DIR' check
refused_by history "nothing given" 'no directory given: exitprobe history DIR'
refused_by history "add: no file given" 'no results file given: exitprobe history add h FILE' add h
refused_by history "show: no operation given" 'no operation given: exitprobe history show h OPERATION' show h
refused_by history "a page of a list" 'list: a page is of the whole: exitprobe history h -o' list h -f html
cp "h/$third.json" third.json
ln -s "h/$third.json" alias.json
for output in "h/$third.json" "$work/h/$third.json" alias.json; do
	refused_by history "a run as the output: $output" ".*: is a run of this history; give another name to -o" h -f json -o "$output"
	ok "a run as the output: $output: it is as it was" cmp third.json "h/$third.json"
done
is "the full device: status" "$(status_of history h -o /dev/full)" 2

# --- as large as one that is years old ----------------------------------------------------------------
./history-runs large 10000 200
/usr/bin/time -f '%U %S %M' -o cost timeout 60 "$exitprobe" history large -o large.html
is "10,000 runs of 200 operations: below 5 s of processor time, 300 MB" \
	"$(awk '{ print ($1 + $2 < 5) " " ($3 < 300000) }' cost)" "1 1"
echo "# seconds of user and system, KB: $(cat cost); the page: $(wc -c <large.html) bytes"
is "large: the page is below 5 MB" "$(($(wc -c <large.html) < 5000000))" 1
has "large: it says that runs are taken together" large.html 'A plot has 240 points for 10000 runs: 41 or 42 consecutive runs are one'
is "large: every change that was put in, and no other" "$(history check large | sed -n 's/^\(op-[0-9]*\): .*/\1/p' | xargs)" \
	"op-3 $(seq -f op-%g 7 20 187 | xargs)"
rm -r large
finish
