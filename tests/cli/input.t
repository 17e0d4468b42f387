#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Results files that are none: every way in which one can be wrong, or is made to cost.
. "$(dirname "$0")/../lib/tap.sh"
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json

# report [ARGUMENT...]
report() {
	timeout 20 "$exitprobe" report "$@"
}

# refused DESCRIPTION REGEX FILE: status 2, nothing on standard output, one line.
refused() {
	refused_by report "$@"
}

# spoilt DESCRIPTION REGEX JQ: the same of the fixture changed by a jq filter.
spoilt() {
	jq -c "$3" "$lab" >"$work/spoilt"
	refused "$1" "$work/spoilt: $2" "$work/spoilt"
}

# --- files that are none ------------------------------------------------------------
: >"$work/empty"
refused "empty" "$work/empty: is empty" "$work/empty"
refused "missing" "$work/none: cannot be read: No such file" "$work/none"
refused "a directory" "$work: cannot be read: Is a directory" "$work"
head -c 3000 "$lab" >"$work/cut"
refused "cut off" "$work/cut: line 1, column [0-9]+: not JSON, or cut off" "$work/cut"
printf '\177ELF\000\001' >"$work/elf"
refused "a binary" "$work/elf: line 1, column 1: not JSON" "$work/elf"
printf '{"exitprobe_results":1,"version":"\377"}' >"$work/latin"
refused "not UTF-8" "$work/latin: line 1, .*: not JSON" "$work/latin"
printf '{"exitprobe_results":NaN}' >"$work/nan"
refused "NaN" "$work/nan: line 1, .*: not JSON" "$work/nan"
printf '{"exitprobe_results":1e999}' >"$work/inf"
refused "a number that is too large" "$work/inf: line 1, .*: not JSON" "$work/inf"
printf '{"exitprobe_results":1,"exitprobe_results":1}' >"$work/twice"
refused "a member twice" "$work/twice: line 1, .*duplicate" "$work/twice"
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "[" }' >"$work/deep"
refused "nested a million deep" "$work/deep: nested more than 64 deep" "$work/deep"
truncate -s 65M "$work/large"
refused "too large" "$work/large: larger than 64 MiB" "$work/large"
is "endless: status" "$(status_of report /dev/zero)" 2
has "endless: said" "$work/err" '/dev/zero: larger than 64 MiB'
echo '{"record":"meta"}' >"$work/records"
refused "records alone" "$work/records: is not a results file: it has no exitprobe_results" "$work/records"
echo '[]' >"$work/array"
refused "an array" "$work/array: is not a results file: no JSON object" "$work/array"

op=".boots[0].records[] | select(.op == \"cpuid\" and .record == \"op\")"
at='boots\[0\]\.records\[[0-9]+\]'
spoilt "another version" "exitprobe_results: is 2; this exitprobe reads version 1 only" '.exitprobe_results = 2'
spoilt "a type" "$at\\.cycles\\.p50: must be an integer, is a string" "($op).cycles.p50 = \"12\""
spoilt "a fraction" "$at\\.cycles\\.p50: must be an integer, is a number" "($op).cycles.p50 = 1.5"
spoilt "a range" "$at\\.kept: is -1, must be 0 to" "($op).kept = -1"
spoilt "too large a time" "$at\\.cycles\\.max: is 9100000000000000, must be" "($op).cycles.max = 9100000000000000"
spoilt "figures out of order" "$at\\.cycles: min, p50, p90, p99 and max must be in this order" "($op).cycles.min = 9999999"
spoilt "an interval without its median" "$at\\.cycles: p50 must be within" "($op).cycles |= (.max = 9999 | .p99 = 9999 | .ci_low = 9000 | .ci_high = 9000)"
spoilt "samples that do not add up" "$at\\.histogram: has [0-9]+ samples, kept says 7" "($op).kept = 7"
spoilt "more kept than taken" "$at\\.kept: is more than taken" "($op).taken = 1"
spoilt "a bucket" "$at\\.histogram\\[0\\]: must be \\[value, samples\\]" "($op).histogram = [[1]]"
spoilt "buckets that descend" "$at\\.histogram\\[1\\]: must be" "($op).histogram = [[5, 1], [4, 1]]"
spoilt "an outcome" "$at\\.outcome: is \"lost\", must be one of measured" "($op).outcome = \"lost\""
spoilt "a name" "$at\\.op: is \"<b>\", must be of a-z" "($op).op = \"<b>\""
spoilt "a lost operation's name" "boots\\[0\\]\\.lost\\[0\\]\\.op: is \"<b>\", must be of a-z" '.boots[0].lost = [{ op: "<b>", how: "hangs" }]'
spoilt "a fingerprint without its parts" "fingerprint\\.parts: " ".fingerprint = { all: (\"0\" * 64) }"
spoilt "a fingerprint that is none" "fingerprint\\.all: must be 64 hexadecimal digits" \
	".fingerprint = { all: (\"z\" * 64), parts: {} }"
spoilt "a fingerprint's part" "fingerprint\\.parts\\.kvm: must be a string, is an integer" \
	".fingerprint = { all: (\"0\" * 64), parts: { kvm: 1 } }"
spoilt "too many parts of a fingerprint" "fingerprint\\.parts: has 101 members, at most 100 are read" \
	".fingerprint = { all: (\"0\" * 64), parts: ([range(101) | { key: \"p\\(.)\", value: \"\" }] | from_entries) }"
spoilt "an operation twice" "$at\\.op: cpuid was there before" ".boots[0].records += [$op]"
spoilt "exits without a batch" "$at\\.batch: must be an object, is missing" "del(($op).batch)"
spoilt "a record of another kind" "$at\\.record: is \"exit\", must be one of meta" "($op).record = \"exit\""
spoilt "a record that is none" "boots\\[0\\]\\.records\\[1\\]\\.record: must be a string, is missing" '.boots[0].records[1] = 5'
spoilt "an accelerator" "accel: is \"xen\", must be one of kvm, tcg, lab" '.accel = "xen"'
spoilt "boots" "boots: must be an array, is an object" '.boots = {}'
spoilt "too many boots" "boots: has 1001 elements, at most 1000" '.boots = [range(1001) | {}]'
# shellcheck disable=SC2016 # jq's variables
spoilt "too many different operations" "boots\\[5\\]: is of a file with more than 4096 different operations" \
	'.boots += [range(5) as $b | { complete: true, status: 0, seconds: 0, records: [],
		lost: [range(1000) | { op: "x\($b)-\(.)", how: "hangs" }] }]'
spoilt "a boot" "boots\\[0\\]\\.complete: must be true or false, is missing" '.boots = [5]'
spoilt "a machine in depth" "machine\\.cpu: must be a string, a number" '.machine.cpu = {}'
spoilt "no machine" "machine: must be an object, is missing" 'del(.machine)'
spoilt "escape sequences" "machine\\.cpu: a text has a control character" '.machine.cpu = "\u001b[2J"'
spoilt "escape sequences in a name" "machine: a text has a control character" '.machine["\u001b[2J"] = 1'
spoilt "a new line in a reason" "$at\\.batch\\.reasons\\[0\\]\\.name: a text has a control" "($op).batch.reasons[0].name = \"a\\nb\""
spoilt "a text turned round" "unit: a text has a control character" '.unit = "\u202e"'
spoilt "a long text" "unit: has 33 bytes, at most 32" '.unit = "x" * 33'
spoilt "profiles" "profiles: must be an array, is a string" '.profiles = "x"'
spoilt "escape sequences in a profile" "profiles\\[0\\]\\.a: a text has a control" '.profiles = [{a: "\u009b"}]'
is "what is not known is ignored: status" \
	"$(jq -c '.future = [1] | .boots[0].future = {}' "$lab" | status_of report -)" 0
is "null where it could not be read" \
	"$(jq -c '.machine.cpu = null' "$lab" | status_of report -f html -)" 0
has "null where it could not be read: said" "$work/out" '<dt>cpu</dt><dd>\(could not be read\)'
is "no boots at all: status" "$(jq -c '.boots = []' "$lab" | status_of report -)" 0
# Any cut is one line and status 2, never a crash; nor is any changed byte.
is "cut anywhere" "$(for size in $(seq 1 211 "$(stat -c %s "$lab")"); do
	head -c "$size" "$lab" >"$work/cut"
	[ "$(status_of report "$work/cut") $(wc -l <"$work/err")" = "2 1" ] || echo "at $size"
done)" ""

# --- what a file costs that is made to: 100,000 exit reasons, 200,000 of the host's own -----
jq -c "first($op) as \$op | .boots[0].records = .boots[0].records[:1] |
	.boots[0].records += [range(400) as \$o | \$op | .op = \"op-\(\$o)\" |
		.batch.reasons = [range(250) | { reason: (\$o * 250 + .), name: \"R\", exits: 1 }]] |
	.boots += [range(800) as \$b | { complete: true, status: 0, seconds: 0, records: [{ record: \"end\",
		foreign: [range(250) | { reason: (\$b * 250 + .), name: \"R\", exits: 1 }] }] }]" \
	"$lab" >"$work/costly.json"
/usr/bin/time -f '%U %S %M' -o "$work/time" timeout 60 "$exitprobe" report -f html "$work/costly.json" \
	>"$work/costly.html"
read -r user system kib <"$work/time"
echo "# html of $(stat -c %s "$work/costly.json") bytes: $user + $system s, $kib KiB"
ok "costly: within 5 s" awk "BEGIN { exit !($user + $system <= 5) }"
is "costly: a row for each reason" "$(grep -c '<th scope="row">R</th>' "$work/costly.html")" 100000
finish
