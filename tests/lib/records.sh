# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the tests: what the probe's records must be.  Sourced after tap.sh.

# records FILE: the lines of FILE that are records.
records() {
	grep '^{' "$1"
}

# valid_records FILE: every line of FILE is a record by abi/records.schema.json.
valid_records() {
	jq -c '{ "$schema": .["$schema"], "$defs": .["$defs"], type: "array",
		items: { oneOf: .oneOf } }' "$top/abi/records.schema.json" >"$work/schema.json" &&
		jq -s -c . "$1" >"$work/records.json" &&
		timeout 100 /usr/bin/jsonschema -i "$work/records.json" "$work/schema.json"
}

# whole_records FILE: it ends with an end record, whose count and CRC-32 are those
# of the lines above it.
whole_records() {
	tail -n 1 "$1" | jq -e '.record == "end"' >/dev/null || return
	head -n -1 "$1" >"$work/above"
	[ "$(wc -l <"$work/above")" -eq "$(tail -n 1 "$1" | jq .records)" ] || return
	# gzip ends with the CRC-32 and the length, low byte first (RFC 1952).
	crc=$(gzip -nc "$work/above" | tail -c 8 | od -An -v -t x4 -N 4 | tr -d ' ')
	[ "$crc" = "$(tail -n 1 "$1" | jq -r .crc32)" ]
}

# records_ok DESCRIPTION FILE
records_ok() {
	ok "$1: every record is as the schema says" valid_records "$2"
	ok "$1: count and CRC-32 are those of the records" whole_records "$2"
}

# exits_of FILE: a line for each operation: name; exits and reasons, or why not.
exits_of() {
	jq -r 'select(.record == "op") | [.op,
		if .outcome == "measured" then
			(.exits + 0), ([.batch.reasons[] | "\(.exits + 0) \(.name)"] | join("+")), (.fault // empty)
		else .outcome, .text // empty end] | join(" ") | sub(" +$"; "")' "$1"
}

# emulator_of CPU: print "qemu-10" or "bochs-3", which the lab has for it here.
emulator_of() {
	case $1 in
	amd) qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/qemu-\1/p' ;;
	intel) bochs-bin --help 2>&1 | sed -n 's/.*Bochs x86 Emulator \([0-9]*\)\..*/bochs-\1/p' | head -n 1 ;;
	esac
}

# differing CPU KERNEL: print the files of lines that differ under KERNEL, and of the emulator's
# defects, as far as there are any.
differing() {
	for differing in "$top/tests/expected/$1-$2" "$top/tests/expected/$1-$(emulator_of "$1")"; do
		[ ! -f "$differing" ] || echo "$differing"
	done
}

# expected_exits CPU KERNEL: what exits_of must show: the vendor's lines, those that
# differ under KERNEL or by this emulator in their place.
expected_exits() {
	# shellcheck disable=SC2046 # file names of ours
	awk '/^#/ { next }
		FILENAME != base { line[$1] = $0; next }
		{ print $1 in line ? line[$1] : $0; delete line[$1] }
		END { for (name in line) print "not in the base file: " line[name] }' \
		base="$top/tests/expected/$1" $(differing "$1" "$2") "$top/tests/expected/$1"
}

# defects_in FILE: print the operations that the emulator does wrong, a line for each: those below
# the comment "Defects".
defects_in() {
	sed -n '/^# Defects/,$ { /^#/d; s/ .*//p; }' "$1" 2>/dev/null
}

# defects_of CPU: the same, of the emulator that the lab has for it here.
defects_of() {
	defects_in "$top/tests/expected/$1-$(emulator_of "$1")"
}

# l2_exits_of: of operations, a line each, those that have exits of L2, and how many.
l2_exits_of() {
	awk 'NR == FNR { if (!/^#/) exits[$1] = $2; next }
		$1 in exits { print $1, exits[$1] }' "$top/tests/expected/l2" -
}

# in_bounds GOLDEN: lines of exits_of, but of an operation that varies by GOLDEN, in a
# line "NAME varies LEAST MOST REASON...", that line instead, if its exits, one by one
# and back to back, are so many and for these reasons alone.
in_bounds() {
	awk 'NR == FNR {
			if ($2 == "varies") {
				least[$1] = $3; most[$1] = $4; line[$1] = $0
				for (i = 5; i <= NF; i++) known[$1, $i] = 1
			}
			next
		}
		$1 in line {
			inside = $2 ~ /^[0-9.]+$/ && $2 >= least[$1] && $2 <= most[$1]
			count = split(substr($0, length($1) + length($2) + 3), part, "+")
			sum = 0
			for (i = 1; i <= count; i++) {
				split(part[i], field, " ")
				sum += field[1]
				inside = inside && ($1, field[2]) in known
			}
			if (inside && sum >= least[$1] && sum <= most[$1]) {
				print line[$1]
				next
			}
		}
		{ print }' "$1" -
}

# parts_that_do_not_add_up FILE: the operations whose parts of one exit are not the round trip,
# overhead included.  They are of the middle half of the samples, whose mean is that of all but for
# what lies far off: of a few samples, one weighs too much, and the parts must be within most of
# them.  A wait, which differs from sample to sample, is left aside.
parts_that_do_not_add_up() {
	jq -s -r '
		.[0].bracket.cycles as $bracket | .[] |
		select(.record == "op" and .exits == 1 and (.parts // {} | has("out")) and .wait == null) |
		((.parts | .out + .kernel + .user + .halted + .in) - $bracket) as $sum |
		select(if .kept >= 20 then
				($sum - .cycles.mean | fabs) > ([3, .cycles.mean / 100] | max)
			else $sum < .cycles.min - 3 or $sum > .cycles.p90 + 3 end) |
		"\(.op) \($sum - .cycles.mean)"' "$1"
}

# valid_profile FILE: it is a profile by abi/profile.schema.json.
valid_profile() {
	timeout 100 /usr/bin/jsonschema -i "$1" "$top/abi/profile.schema.json"
}
