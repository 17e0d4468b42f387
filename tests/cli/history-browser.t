#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The pages of history and bill as a browser shows them: headless Chromium, light and dark, wide
# and as narrow as a phone, and a plot that is opened.
. "$(dirname "$0")/../lib/tap.sh"
"$top/scripts/need" browser || skip_all "no browser: scripts/need browser"
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json

# see PAGE WIDTH SCHEME: what browser.js saw, in $work/seen.
see() {
	rm -f "$work/seen"
	cp "$work/$1.html-$2-$3.json" "$work/seen"
}
seen() {
	jq -r "$1" "$work/seen"
}

# Ten runs of the lab: from the sixth on cpuid takes one more; kernels' names are no markup.
for i in 0 1 2 3 4 5 6 7 8 9; do
	jq -c --argjson i "$i" '.created = "2026-01-0\($i)T00:00:00Z" | (if $i >= 5 then 1 else 0 end) as $more |
		.machine.kernel = (if $i >= 5 then "</script><b>new" else "<b>old" end) |
		.boots[].records |= map(if .record == "op" and .op == "cpuid" then .cycles |= map_values(. + $more) |
		.parts.kernel += $more | .histogram |= map([.[0] + $more, .[1]]) else . end)' "$lab" >"$work/run-$i.json"
done
"$exitprobe" history add "$work/ten" "$work"/run-*.json >/dev/null
"$exitprobe" history "$work/ten" -o "$work/ten.html"
"$top/tests/lib/history-tool" history-runs "$work/history-runs"
"$work/history-runs" "$work/many" 1000 30
"$exitprobe" history "$work/many" -o "$work/many.html"
jq -c '{ isa: "SVM", tsc_khz: 1000000, exits: 60, kernel_cycles: 60000, user_cycles: 9000, halted_cycles: 0,
	descheduled_cycles: 0, guest_cycles: 900000, paused_cycles: 0, reasons: [
	{ reason: "CPUID", code: 114, exits: 20, kernel_cycles: 60000, user_cycles: 0, halted_cycles: 0 },
	{ reason: "IOIO", code: 123, exits: 10, kernel_cycles: 40000, user_cycles: 9000, halted_cycles: 0 },
	{ reason: "HYPERCALL-OTHER", code: 1, exits: 30, kernel_cycles: 9, user_cycles: 0, halted_cycles: 0 }] }' -n >"$work/exits.json"
"$exitprobe" bill --without CPUID --if kvm-pv-eoi "$lab" "$work/exits.json" -o "$work/bill.html"

for page in ten many bill; do
	for view in "1280 light" "1280 dark" "360 light" "360 dark"; do
		echo "$work/$page.html $view"
	done
done >"$work/views"
ok "the browser shows every page" timeout 300 node "$top/tests/lib/browser.js" "$work" <"$work/views"
while read -r file width scheme; do
	page=$(basename "$file" .html)
	name="$page, $width wide, $scheme"
	ok "$name: seen" see "$page" "$width" "$scheme"
	is "$name: no errors" "$(seen '.errors[]')" ""
	is "$name: nothing loaded but the page" "$(seen '.requests[] | select(startswith("data:") | not)')" "file://$file"
	is "$name: as wide as the window" "$(seen '.width')" "$width"
	is "$name: nothing beyond it" "$(seen '.overflowing[]')" ""
	is "$name: $scheme" "$(seen 'if .ground > 0.5 then "light" else "dark" end')" "$scheme"
	is "$name: text can be read (WCAG 1.4.3: 4.5 to 1)" "$(seen '.contrast >= 4.5')" true
	is "$name: no identifier twice, a text for each picture, heads for each table" "$(seen '"\(.ids) \(.unnamed) \(.heads)"')" "[] 0 0"
done <"$work/views"

ok "seen" see ten 1280 light
is "a row for every operation" "$(seen '.rows | length')" "$(jq '[.boots[0].records[] | select(.record == "op")] | length' "$lab")"
is "filtered" "$(seen '.used.filtered | join(" ")')" hypercall-other
base=$(jq '.boots[0].records[] | select(.record == "op" and .op == "cpuid").cycles.p50' "$lab")
is "the first and the latest" "$(seen '.rows[] | select(.op == "cpuid") | "\(.first) \(.latest) \(.changes)"')" "$base $((base + 1)) 1"
for view in "1280 light" "360 dark"; do
	# shellcheck disable=SC2086 # two words
	see ten $view
	is "$view: a plot for each that was measured" "$(seen '.trends.plots')" \
		"$(jq '[.boots[0].records[] | select(.outcome == "measured")] | length' "$lab")"
	is "$view: the change is marked, in its place" "$(seen '.trends.marks | to_entries[] | "\(.key) \(.value)"')" "cpuid worse 55"
	is "$view: opened: what it is" "$(seen .trends.open.title)" cpuid
	is "$view: opened: its split" "$(seen '.trends.open.areas | join(" ")')" "out kernel in"
	is "$view: opened: the legend has these" "$(seen '.trends.open.legend | join(" ")')" "out kernel in"
	is "$view: opened: the whole, on its own scale" "$(seen '.trends.open | "\(.points) \(.step > 25)"')" "10 true"
	has "$view: opened: the change in words" "$work/seen" "2026-01-05T00:00:00Z: $base -> $((base + 1)), [+]1 .*slower; with it: kernel <b>old -> </script><b>new"
	is "$view: opened: within the window" "$(seen '.trends.open.beyond')" false
	has "$view: a run that is pointed at" "$work/seen" '"at":"2026-01-00T00:00:00Z, 20260100T000000Z-[0-9a-f]*, <b>old: p50 '"$base"
	is "$view: closed" "$(seen .trends.closed)" true
done
ok "seen" see many 360 light
is "many runs: no more points than there is room for" "$(seen .trends.open.points)" 240
has "many runs: runs are taken together, and it is said" "$work/seen" '"at":"[^"]*, [45] runs from '
ok "seen" see bill 1280 light
is "bill: a row for each reason" "$(seen '.rows[].op' | xargs)" "CPUID IOIO HYPERCALL-OTHER"
is "bill: the parts of a bar are the whole" "$(seen '.bars | map(.parts | length) | join(" ")')" "3 4"
finish
