#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Contracts that are written once: schemas made from abi/*_fields.h are what is checked in,
# and nothing else writes those names or the rule for operations' names again.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
cd "$top" || exit 1

for name in records profile; do
	"$build/schema" "$name" >"$work/$name.json"
	ok "abi/$name.schema.json is what make schemas makes" cmp "$work/$name.json" "abi/$name.schema.json"
	# shellcheck disable=SC2016 # names in JSON
	ok "it is a JSON schema" jq -e '."$schema" and ."$id"' "$work/$name.json"
done
is "schema: another name is refused" "$("$build/schema" other 2>&1)" "usage: schema records|profile"

# Names of the records' fields are FIELD()'s in those who write and read them: no string
# stands where a member's name does.
is "the probe's writer has no field's name as a string" \
	"$(grep -nE '(json_(open|string|number|unsigned|bool|null|milli)\(&?out|number_or_null\(out|_member\(), *"' \
		probe-os/report/record*.c)" ""
is "nor have the records' readers" \
	"$(grep -nE '(reader_[a-z_]*|ticks|count|records_name|read_reasons|json_object_get)\(([a-z>-]+, )+"[a-z0-9_]*"' \
		tools/exitprobe/results/record*.c)" ""
is "nor one whoever looks at a record's kind" \
	"$(grep -rnE 'record, "(record|op|outcome|family|operations)"' tools/exitprobe)" ""

is "nor have those of profiles" \
	"$(grep -nE '(json_object_get|reader_[a-z]*|integer|text)\(([a-z]+, )+"[a-z0-9_]*"|:[a-zA-Z?]*\}", "' \
		tools/exitprobe/profile/document.c tools/exitprobe/profile/paths.c tools/exitprobe/profile/check.c \
		tools/exitprobe/profile/diff.c tools/exitprobe/profile/table.c)" ""

# tests/lab/profile.t has real ones.
small=tests/data/profile-small.json
ok "a small profile is as abi/profile.schema.json says" valid_profile "$small"
for change in '.more = 1' 'del(.probe.kept)' '.paths[0].exits = 0' '.paths[0].stacks[0] = ["x"]' \
	'.op = "CPUID"' '.paths[0].functions[0].own = -1' '.exitprobe_profile = 2'; do
	jq "$change" "$small" >"$work/bad.json"
	is "one with $change is not" "$(valid_profile "$work/bad.json" >/dev/null 2>&1 || echo refused)" refused
done

# A field that an object does not have does not compile.
field() {
	printf '#include "record_fields.h"\nconst char *name(void);\nconst char *name(void)\n{\n\treturn FIELD(%s);\n}\n' "$1" |
		gcc -std=gnu17 -Iabi -x c -fsyntax-only - 2>"$work/err"
}
ok "FIELD(cycles, p50) compiles" field "cycles, p50"
is "FIELD(cycles, p51) does not" "$(field "cycles, p51" && echo compiles)" ""
is "FIELD(meta, p50) does not" "$(field "meta, p50" && echo compiles)" ""

# The rule for names of operations.
pattern=$(jq -r '."$defs".name.pattern' abi/records.schema.json)
is "the rule for operations' names" "$pattern" '^[a-z0-9-]{1,17}$'
is "every schema has it" "$(jq -r '.. | objects | .pattern? // empty' abi/results.schema.json | grep a-z)" "$pattern"
is "no source has it again" \
	"$(git grep -lE '"abcdefghijklmnopqrstuvwxyz0123456789' -- '*.[ch]' | grep -v '^abi/op_name.h')" ""
finish
