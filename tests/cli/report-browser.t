#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The pages of report and compare as a browser shows them: headless Chromium, light
# and dark, wide and as narrow as a phone.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/results.sh"
"$top/scripts/need" browser || skip_all "no browser: scripts/need browser"
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json

# see PAGE WIDTH SCHEME: what browser.js saw, in $work/seen.
see() {
	rm -f "$work/seen"
	cp "$work/${1##*/}-$2-$3.json" "$work/seen"
}
seen() {
	jq -r "$1" "$work/seen"
}

# Four boots that are not alike, without a count of exits in the last operation.
jq -c '.boots = [.boots[0] as $b | range(4) | . as $n | $b | .records |= map(
	if .histogram then .cycles |= map_values(. + 3 * $n) | .histogram |= map([.[0] + 3 * $n, .[1]]) else . end)]' \
	"$lab" >"$work/boots.json"
jq -c '.boots[].records |= map(if .exits then del(.exits, .parts, .batch, .set_aside, .descheduled, .foreign, .expected,
	.agrees) else . end)' "$lab" >"$work/uncounted.json"
jq -c '.machine["<img src=x onerror=alert(1)>"] = "</script><script>alert(2)</script>" |
	.complete = false | .unit = "<b>cycles</b>"' "$lab" >"$work/hostile.json"
jq -c '.accel = "kvm" | .unit = "cycles" | .deterministic = false | .boots[].records[0].tsc.khz = 2500000' \
	"$work/boots.json" >"$work/cycles.json"
jq -c --slurpfile profile "$top/tests/data/profile-small.json" '.profiles = [$profile[0], ($profile[0] | .op = "nop")]' "$lab" \
	>"$work/profiles.json"
for name in boots uncounted hostile cycles profiles; do
	"$exitprobe" report -o "$work/$name.html" "$work/$name.json"
done
"$exitprobe" report -o "$work/lab.html" "$lab"
"$exitprobe" compare -o "$work/compare.html" "$lab" "$work/boots.json" || :
jq -c '.deterministic = false | .accel = "kvm"' "$work/boots.json" >"$work/a.json"
jq -c '.boots[].records |= map(if .histogram then .cycles |= map_values(. * 2) | .histogram |= map([.[0] * 2, .[1]]) else . end) |
	.machine.governor = "powersave"' "$work/a.json" >"$work/b.json"
"$exitprobe" compare -o "$work/ranks.html" "$work/a.json" "$work/b.json" || :

# Without an exit; a change of 300 %; a flame graph alone.
jq -c '.boots[].records |= map(select(.record != "op" or .op == "nop") | select(.record != "derived"))' "$lab" >"$work/nop.json"
"$exitprobe" report -o "$work/nop.html" "$work/nop.json"
jq -c '.boots[].records |= map(if .histogram then (if .op == "inl-user" then 4 else 1.02 end) as $factor |
	.cycles |= map_values(. * $factor | floor) | .histogram |= map([(.[0] * $factor | floor), .[1]]) else . end)' \
	"$lab" >"$work/four.json"
"$exitprobe" compare -o "$work/four.html" "$lab" "$work/four.json" || :
"$exitprobe" profile "$top/tests/data/profile-small.json" -o "$work/alone.svg"

# views_of PAGE
views_of() {
	case $1 in
	lab | cycles | ranks) echo 1280-light 1280-dark 800-light 360-light 360-dark ;;
	nop | four) echo 1280-light ;;
	alone) echo 1280-dark 360-light ;;
	*) echo 1280-light 360-dark ;;
	esac
}
pages="lab boots cycles profiles uncounted hostile compare ranks"
for page in $pages nop four alone; do
	file=$work/$page.html
	[ "$page" != alone ] || file=$work/alone.svg
	for view in $(views_of "$page"); do
		echo "$file ${view%-*} ${view#*-}"
	done
done >"$work/views"
ok "the browser shows every page" timeout 300 node "$top/tests/lib/browser.js" "$work" <"$work/views"

for page in $pages; do
	for view in $(views_of "$page"); do
		width=${view%-*} scheme=${view#*-}
		name="$page, $width wide, $scheme"
		ok "$name: seen" see "$work/$page.html" "$width" "$scheme"
		is "$name: no errors" "$(seen '.errors[]')" ""
		is "$name: nothing loaded but the page" "$(seen '.requests[] | select(startswith("data:") | not)')" \
			"file://$work/$page.html"
		is "$name: as wide as the window" "$(seen '.width')" "$width"
		is "$name: nothing beyond it" "$(seen '.overflowing[]')" ""
		is "$name: $scheme" "$(seen 'if .ground > 0.5 then "light" else "dark" end')" "$scheme"
		is "$name: text can be read (WCAG 1.4.3: 4.5 to 1)" "$(seen '.contrast >= 4.5')" true
	done
	is "$page: no identifier twice" "$(seen '.ids[]')" ""
	is "$page: every picture has a text" "$(seen '.unnamed')" 0
	is "$page: every table has heads" "$(seen '.heads')" 0
	is "$page: filtered" "$(seen '.used.filtered | join(" ")')" hypercall-other
	is "$page: and all again" "$(seen '.used.unfiltered == (.rows | length)')" true
	is "$page: sorted by its figure" "$(seen '[.used.descending[] | tonumber] |
		. == (sort | reverse)')" true
	is "$page: sorted: what was not measured is last" "$(seen .used.last)" true
done

# The figures in the page are the file's.
ok "seen" see "$work/lab.html" 1280 light
measured='[.boots[0].records[] | select(.outcome == "measured")]'
is "a row for every operation" "$(seen '.rows[].op')" \
	"$(jq -r '.boots[0].records[] | select(.record == "op") | .op' "$lab")"
is "medians" "$(seen '.rows[] | .p50 // empty')" "$(jq -r "$measured | .[].cycles.p50" "$lab")"
is "parts" "$(seen '.rows[] | select((.kernel // "") != "") |
	[.out, .kernel, .userspace, .halted, .in] | join(" ")')" \
	"$(jq -r "$measured"' | .[] | select(.parts) | .parts | [.out, .kernel, .user, .halted, .in] |
		map(. // "" | tostring) | join(" ")' "$lab")"
is "exits" "$(seen '.rows[] | .exits // empty | tonumber + 0')" "$(jq -r "$measured | .[].exits | . + 0" "$lab")"
is "skipped, and why" "$(seen '.rows[] | select(.op == "invpcid") | .text')" \
	"invpcidskipped: $(jq -r '.boots[0].records[] | select(.op == "invpcid" and .record == "op") | .text' "$lab")"
is "bars are as long as the parts" "$(jq -rn --slurpfile seen "$work/seen" --slurpfile lab "$lab" '
	[$lab[0].boots[0].records[] | select(.parts) | { key: .op, value: .parts }] | from_entries as $parts |
	$seen[0].bars[] | select($parts[.op]) | . as $bar | $parts[.op] as $p |
	(.parts | map({ key: .[0], value: .[1] }) | from_entries) as $w |
	($w | to_entries | max_by(.value).key) as $widest |
	select((($w[$widest] / $p[$widest]) as $scale | $w | to_entries |
		any((.value - $p[.key] * $scale | fabs) > 1 + .value / 1000))) | .op')" ""
# Of the longest, halted 977182 of 982880, to the shortest: no bar is cut, and each is as long as the scale says.
is "bars: a logarithmic scale, explained" "$(seen .used.scales.none.scale)" "Bars are on a logarithmic scale from 1000 to\
 1000000 instructions: each line is ten times the one before. Colours are shares of the bar."
is "bars: its figures" "$(seen .used.scales.none.axis)" 1k10k100k1M
# within SCALE JQ: each bar's width is within 1 % what $total makes it by the filter.
within() {
	jq -rn --slurpfile seen "$work/seen" --slurpfile lab "$lab" "
		[\$lab[0].boots[0].records[] | select(.parts) | { key: .op, value: ([.parts[]? | select(. != null)] | add) }] |
		from_entries | to_entries[] | select(.value > 0) | .key as \$op | .value as \$total | ($2) as \$wanted |
		select(\$seen[0].used.scales.$1.widths[\$op] - \$wanted | fabs > 1) | \$op"
}
# shellcheck disable=SC2016 # jq's variables
is "bars: logarithmic" "$(within none '100 * ($total / 1000 | log) / (1000 | log)')" ""
# shellcheck disable=SC2016
is "bars: logarithmic, by the script" "$(within log '100 * ($total / 1000 | log) / (1000 | log)')" ""
is "bars: as fits" "$(seen '.used.scales.none == .used.scales.auto')" true
# shellcheck disable=SC2016
is "bars: linear" "$(within linear '100 * $total / 982880')" ""
is "bars: linear, explained" "$(seen .used.scales.linear.scale)" "Bars are on a linear scale: the longest is 982880\
 instructions, the lines are 200000 apart. Colours are shares of the bar."
is "bars: of equal length" "$(seen '[.used.scales.share.widths[]] | unique[]')" 100
is "bars: the row that was asked for has the whole of them" "$(seen '.used.asked | "\(.scale) \(.widths)"')" \
	'Bars are on a linear scale: the longest is 8888 instructions, the lines are 2000 apart. Colours are shares of the bar. {"hypercall-other":100}'
is "a plot for each distribution" "$(seen '"\(.plots) \(.drawn)"')" "$(seen '"\(.figures) \(.figures)"')"
is "distributions: those with more than one value" "$(seen .figures)" \
	"$(jq "$measured | map(select(.histogram | length > 1)) | length" "$lab")"
# 99 samples of 9276 in a bucket of 64 values, and one of 12111.
is "distributions: what is a point is drawn as one" "$(seen '.strokes["hypercall-other"] | "\(.points) \(.ranges)"')" "2 0"
is "distributions: what is a range is one" "$(seen '.strokes["hlt-timer"].ranges > 0')" true
ok "seen" see "$work/boots.html" 1280 light
is "several boots: a point for each" "$(seen '.strokes.cpuid | "\(.points) \(.ranges)"')" "4 0"
is "several boots: the spread" "$(seen '.rows[] | select(.op == "cpuid") | ."boots %"')" 0.28
ok "seen" see "$work/hostile.html" 1280 light
is "markup of the file is text" "$(seen '.title | test("<b>cycles</b>")')" true
ok "seen" see "$work/uncounted.html" 1280 light
is "exits not counted: nothing says where it goes" "$(seen '[.heading, .bar, (.parts | length)] | join("|")')" \
	"What each instruction costs|round trip|0"
ok "seen" see "$work/nop.html" 1280 light
is "no exit: nothing says where it goes" "$(seen '[.heading, .bar, (.parts | length)] | join("|")')" \
	"What each instruction costs|round trip|0"
is "no exit: but how many" "$(seen '.rows[0].exits')" 0.00
is "no exit: nor in text" "$("$exitprobe" report "$work/nop.json" | grep -c -e 'where one exit' -e kernel)" 0
ok "seen" see "$work/lab.html" 1280 light
is "exits: where it goes" "$(seen '[.heading, .bar, (.parts | length)] | join("|")')" \
	"What each instruction's exits cost|where it goes|5"
ok "seen" see "$work/cycles.html" 1280 light
is "nanoseconds beside ticks" "$(seen '.rows[] | select(.op == "cpuid") | ."p50, ns"')" 1272
is "nanoseconds: all figures, on demand" "$(seen '.used.ns | "\(.figures) \(.unit)"')" \
	"1272 2.00 61.6 1192 0.00 0.00 20.4 nanoseconds"
is "nanoseconds: and ticks again" "$(seen '.used.ticks | "\(.figures) \(.unit)"')" "3180 5 154 2980 0 0 51 cycles"
# Compare's bars: four times as long is not cut, and 2 % can be seen beside it.
ok "seen" see "$work/four.html" 1280 light
# Of 4 steps to the end, 300 % is 1 + log10(300), 1.98 % is 1 + log10(1.98).
is "compare: a bar for a change of 300 %" "$(seen '.ranges["inl-user"] | join(" ")')" "50 93.5"
is "compare: a bar for a change of 2 %" "$(seen '.ranges.cpuid | join(" ")')" "50 66.2"
is "compare: the figures at the bars" "$(seen .axis)" "-1000-1011000"
is "compare: the scale is explained" "$(seen '.caption | sub(".*The bar"; "The bar")')" "The bar is the interval of the change,\
 in per cent of the base: its middle is 0, to 1 % it is linear, from there logarithmic to 1000 %."

# Flame graphs: in the page, and alone on a phone.
for view in profiles.html-1280-light profiles.html-360-dark alone.svg-1280-dark alone.svg-360-light; do
	IFS=- read -r page width scheme <<-END
		$view
	END
	name="flame graph: $page, $width wide"
	ok "$name: seen" see "$work/$page" "$width" "$scheme"
	is "$name: no errors, nothing loaded" "$(seen '[.errors[], (.requests[] | select(test("^(data|file):") | not))] | .[]')" ""
	is "$name: as wide as there is room" "$(seen '.graph | .width <= .inner and .width >= .inner * 0.8')" true
	is "$name: letters and rows as large as anywhere" "$(seen '.graph | "\(.letters) \(.height)"')" "11 19"
	is "$name: nothing beyond it" "$(seen '.graph.beyond[]')" ""
	is "$name: no name beyond its box" "$(seen '.graph | .whole.over[], .zoomed.over[]')" ""
	is "$name: boxes" "$(seen '.graph.whole.shown | join(", ")')" \
		"exit 0 100, vcpu_run 0 80, operator< 0 50, [userspace] 80 20"
	is "$name: zoomed" "$(seen '.graph.zoomed | "\(.shown | join(", ")) \(.back)"')" \
		"exit 0 100, vcpu_run 0 100, operator< 0 63 true"
	is "$name: what was tapped" "$(seen '.graph.zoomed.told | join(": ")')" "vcpu_run [kvm]: 80 with callees (80.0 %), 30 own"
	is "$name: and whole again" "$(seen '.graph | .again.shown == .whole.shown and (.again.back | not)')" true
	is "$name: found" "$(seen '.graph.search | "\(.found | join(" ")): \(.told | join(", "))"')" \
		"[userspace]: 1 found, 20.0 % of the exit, with callees"
	is "$name: nothing wanted, nothing marked" "$(seen '.graph.nothing.found | length')" 0
done
finish
