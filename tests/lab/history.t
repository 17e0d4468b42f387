#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab/history makes the tables of a page again, in a copy of the tree, and keeps the rest of it.
. "$(dirname "$0")/../lib/tap.sh"
cd "$work" || exit 1

mkdir -p tree/lab tree/scripts tree/docs/history own/lab
cp "$top/lab/history" tree/lab/
cp "$top"/scripts/*.sh tree/scripts/
ln -s "$build/exitprobe" own/exitprobe
# The tables have what the files say: the same figures of two kernels, of AMD's alone.
for version in 6.1 6.12; do
	cp "$top/tests/data/lab.json" tree/docs/history/$version-amd.json
done
page=tree/docs/history.md

# history: its status; the page as it was goes to before.
history() {
	cp $page before
	BUILD=$work/own status_of timeout 60 tree/lab/history
}

# refused DESCRIPTION REGEX: status 1, one line, and the page stays as it is.
refused() {
	is "$1: status" "$(history)" 1
	is "$1: one line" "$(wc -l <err)" 1
	has "$1: said" err "^history: error: .*$2"
	ok "$1: the page stays" cmp before $page
}

printf '%s\n' before '<!-- medians amd cpuid -->' old '<!-- end -->' behind >$page
is "a table: status" "$(history)" 0
is "a table: one row, and the text about it" "$(grep -vc '^$' $page) $(grep -c '^| cpuid |' $page) $(head -n 1 $page) $(tail -n 1 $page)" "7 1 before behind"
is "a table: not the old one" "$(grep -c '^old$' $page)" 0
is "once more: status" "$(history)" 0
ok "once more: the same" cmp before $page

printf '%s\n' before '<!-- medians amd cpuid -->' old behind >$page
refused "no end" 'docs/history\.md: a table has no <!-- end -->$'
printf '%s\n' '<!-- medians amd cpuid -->' between '<!-- steps amd -->' '<!-- end -->' >$page
refused "no end before another table" 'docs/history\.md: a table has no <!-- end -->$'

# Two kernels in two labs: what differs may be the emulator's.
hash_of() {
	printf '%s' "$1" | sha256sum | cut -d ' ' -f 1
}
in_lab() {
	jq -c --arg emulator "$(hash_of "$1")" --arg kernel "$(hash_of "$2")" \
		'.fingerprint = {all: $kernel, parts: {$emulator, $kernel}}' \
		"$top/tests/data/lab.json" >"tree/docs/history/$2-amd.json"
}
printf '%s\n' '<!-- medians amd cpuid -->' '<!-- end -->' >$page
in_lab one 6.1
in_lab one 6.12
is "another kernel alone: status" "$(history)" 0
in_lab two 6.12
refused "another emulator" '/6\.12-amd\.json: was run in another lab than 6\.1-amd\.json \(emulator\); run lab/history -c amd 6\.1 6\.12$'
in_lab one 6.12

# The record itself: one lab for all of its kernels, so one group for each vendor.
for cpu in amd intel; do
	is "docs/history: $cpu: one lab" "$(jq -r '.fingerprint.parts | del(.kernel, .kvm, .kvm_amd, .kvm_intel, .job) |
		tojson' "$top"/docs/history/*-$cpu.json | sort -u | wc -l)" 1
done

# Without -d what profiles have said stays as it is.
printf '%s\n' '<!-- causes amd -->' old '<!-- end -->' >$page
is "causes: status" "$(history)" 0
is "causes: as they were" "$(sed -n 2p $page)" old

# An operation that begins to exit has no percentage.
jq -c '(.boots[].records[] | select(.op == "nop")) |= (.exits = 1)' tree/docs/history/6.12-amd.json >edited.json
mv edited.json tree/docs/history/6.12-amd.json
printf '%s\n' '<!-- medians amd nop -->' '<!-- end -->' >$page
is "exits that begin: status" "$(history)" 0
has "exits that begin: both numbers" $page '^\| nop \| 1 \| 1 \| 0 exits, then 1 \|$'

jq -c '.boots = []' tree/docs/history/6.1-amd.json >tree/docs/history/6.12-amd.json
for table in medians steps; do
	printf '%s\n' "<!-- $table amd -->" '<!-- end -->' >$page
	refused "$table: a file without an operation" '/6\.12-amd\.json: has no operation; remove it, or run lab/history -c amd 6\.12$'
done
finish
