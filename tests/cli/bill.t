#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe bill: exits times prices, with figures that can be added up by hand.
. "$(dirname "$0")/../lib/tap.sh"
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json
cd "$work" || exit 1

bill() {
	timeout 20 "$exitprobe" bill "$@"
}

# Prices: operations NAME REASON EXITS OUT KERNEL USER IN, a line for each.
prices() {
	jq -R -s -c --slurpfile lab "$lab" 'split("\n") | map(select(. != "") | split(" ")) as $rows | $lab[0] |
		.boots[0].records |= [.[0]] + ($rows | map({ record: "op", op: .[0], outcome: "measured", stop: "settled",
		taken: 1, kept: 1, operations: 1,
		cycles: ((.[3:7] | map(tonumber) | add) as $all |
			{ min: $all, p50: $all, p90: $all, p99: $all, max: $all, mean: $all, ci_low: $all, ci_high: $all }),
		histogram: [[(.[3:7] | map(tonumber) | add), 1]], exits: (.[2] | tonumber),
		parts: ({ kernel: (.[4] | tonumber), user: (.[5] | tonumber), halted: 0 } +
			if .[2] == "1" then { out: (.[3] | tonumber), in: (.[6] | tonumber) } else {} end),
		batch: { runs: 1, cycles: 9, kernel: 9, user: 0, halted: 0, exits: 1,
			reasons: [.[1] | split("+") as $names | $names[] | { reason: 1, name: ., exits: 1 }] },
		set_aside: { exits: 0, away: 0 }, descheduled: false, foreign: [] })) + [.[-1]]'
}
cat >rows <<'END'
cpuid CPUID 1 100 1000 0 50
inb-kernel IOIO 1 100 500 0 50
inl-user IOIO 1 100 2000 3000 50
x2apic-eoi MSR 1 100 1000 0 50
tsc-deadline-now MSR 1 100 3000 0 50
rdmsr-efer MSR 1 100 2000 0 50
x2apic-self-ipi MSR 1 100 4000 0 50
ipi-self-x2-sti VINTR+MSR 2 0 6500 0 0
END
prices <rows >prices.json
ok "prices: as the reader has it" "$exitprobe" report prices.json

# exits FILTER: what exitstat --json prints, changed by jq's FILTER.
exits() {
	jq -n -c '{ n: 0, uptime_s: 1, duration_s: 1, isa: "SVM", tsc_khz: 1000000, epoch: 1, keeper: "patch", vcpu: "all",
		exits: 110, kernel_cycles: 120000, user_cycles: 60000, halted_cycles: 0, descheduled_cycles: 0,
		guest_cycles: 820000, l2_exits: 0, user_returns: 20, clamped: 0, paused_cycles: 0, own_exits: 10, foreign_exits: 0,
		reasons: [
		{ reason: "CPUID", code: 114, exits: 20, kernel_cycles: 20000, user_cycles: 0, halted_cycles: 0 },
		{ reason: "IOIO", code: 123, exits: 50, kernel_cycles: 55000, user_cycles: 60000, halted_cycles: 0 },
		{ reason: "MSR", code: 124, exits: 30, kernel_cycles: 60000, user_cycles: 0, halted_cycles: 0 },
		{ reason: "INTR", code: 96, exits: 6, kernel_cycles: 900, user_cycles: 0, halted_cycles: 0 },
		{ reason: "VINTR", code: 100, exits: 4, kernel_cycles: 10000, user_cycles: 0, halted_cycles: 0 }] } | '"$1"
}
exits . >exits.json

# line REASON FILTER: of the JSON.
line() {
	jq -r ".reasons[] | select(.reason == \"$1\") | $2" bill.json
}
bill prices.json exits.json -f json >bill.json
ok "JSON is as the schema says" timeout 60 /usr/bin/jsonschema -i bill.json "$top/abi/bill.schema.json"
# Ten of the twenty CPUIDs are exitstat's: 10 exits of 100 + 1000 + 50.
is "CPUID: exits, cost, kernel, measured, off" "$(line CPUID '"\(.exits) \(.cost) \(.kernel) \(.measured_kernel) \(.off_percent * 1)"')" \
	"10 11500 10000 10000 0"
is "CPUID: of the time: all but exitstat's own" "$(line CPUID '.percent * 100 | round')" 116
# 60000 cycles in the VMM are 20 of inl-user's 3000; 20 x 5150 + 30 x 650, 20 x 2000 + 30 x 500.
is "IOIO: divided by the time in the VMM" "$(line IOIO '.by | map("\(.op) \(.exits) \(.each)") | join(", ")')" \
	"inl-user 20 5150, inb-kernel 30 650"
is "IOIO: cost and kernel" "$(line IOIO '"\(.cost) \(.kernel) \(.off_percent * 1)"')" "122500 55000 0"
# The middle of four is the lower of the two.
is "MSR: the one in the middle" "$(line MSR '"\(.by[0].op) \(.cost) \(.kernel)"')" "rdmsr-efer 64500 60000"
is "VINTR: an operation less another" "$(line VINTR '"\(.by[0].op) \(.cost) \(.off_percent * 1)"')" "ipi-self-x2-sti 10000 0"
is "INTR: no price" "$(line INTR '"\(.cost) \(.measured_kernel) \(.by)"')" "null 900 []"
is "total" "$(jq -r '"\(.exits) \(.cost) \(.kernel) \(.measured_kernel) \(.unpriced_exits) \(.unpriced_kernel)"' bill.json)" \
	"100 208500 135000 135000 6 900"
is "the order: the most expensive first" "$(jq -r '.reasons[].reason' bill.json | xargs)" "IOIO MSR CPUID VINTR INTR"
is "no advice where all is right" "$(jq -r '.reasons[].advice' bill.json)" "$(printf '\n\n\n\n\n')"

# What is usual stands for all.
sed 's/^tsc-deadline-now/tsc-deadline-far/' rows | prices >usual.json
is "MSR: the usual one" "$(bill usual.json exits.json -f json | jq -r '.reasons[] | select(.reason == "MSR").by[].op')" tsc-deadline-far

{
	cat rows
	echo "tsc-deadline-near MSR 1 100 3800 0 50"
	echo "pv-eoi VINTR+NPF 2 0 7900 0 0"
	echo "pv-eoi-tick VINTR+NPF+MSR 3 0 12250 0 0"
} | prices >usual.json
bill usual.json exits.json -f json >bill.json
# 12250 - 7900 is a round trip, of which 100 + 50 are not in the kernel.
is "MSR: half of the usual ones are of a tick" "$(line MSR '.by | map("\(.op) \(.exits) \(.each)") | join(", ")')" \
	"pv-eoi-tick 15 4350, tsc-deadline-near 15 3950"
is "MSR: kernel of both" "$(line MSR .kernel)" "$((15 * 4200 + 15 * 3800))"
bill usual.json exits.json -f json --price MSR=pv-eoi-tick >bill.json
is "MSR: an operation less another, which leaves the guest like a third" "$(line MSR '"\(.cost) \(.kernel)"')" "130500 126000"
# An operation that waits for its exit.
prices <rows | jq -c '(.boots[].records[] | select(.op == "cpuid") | .wait) = 5000 |
	del(.boots[].records[] | select(.op == "cpuid") | .parts.out, .parts.in)' >waits.json
is "an operation that waits for its exit is no price" "$(bill waits.json exits.json -f json |
	jq -c '.reasons[] | select(.reason == "CPUID").by')" "[]"

# A mixture that the average hides, and the split that shows it.
exits '.reasons[2].kernel_cycles = 100000' >more.json
bill prices.json more.json -f json >bill.json
is "MSR: off" "$(line MSR ".off_percent * 1")" -40
is "MSR: which split would help" "$(line MSR .advice)" \
	"MSR: each took 3333, and 4 operations are of 1000 to 4000; split by MSR (tracepoint kvm_msr)"
bill --price MSR=tsc-deadline-now:20,x2apic-self-ipi:10 prices.json more.json -f json >bill.json
is "split: cost, kernel, off" "$(line MSR '"\(.cost) \(.kernel) \(.off_percent * 1) \(.advice)"')" "104500 100000 0 "
bill --price MSR=x2apic-eoi prices.json exits.json -f json >bill.json
is "one price for a reason" "$(line MSR '"\(.kernel) \(.by[0].exits)"')" "30000 30"
exits '.reasons[2].kernel_cycles = 900000' >beyond.json
bill prices.json beyond.json >text
has "beyond every price: said" text 'MSR: each took 30000, .*; more than any: they do more, such as raise an interrupt or wake a thread'

# --- what exits leave behind ------------------------------------------------------------------
is "no rows left-*: nothing is said" "$(bill prices.json exits.json -f json | jq -c '[.after, .left, .reasons[0].after]')" '[null,[],null]'
is "no rows left-*: no column" "$(bill prices.json exits.json | grep -c -e after -e left-)" 0
# left FILE KIND-SET CYCLES LOW HIGH SAYS...: prices.json with these differences, whose controls are 0.
left() {
	file=$1
	shift
	printf '%s %s %s %s %s\n' "$@" | jq -R -s -c --slurpfile prices prices.json '
		def op($name; $p50; $low; $high): { record: "op", op: $name, outcome: "measured", stop: "settled", taken: 2, kept: 2,
			operations: 1, histogram: (if $low == $high then [[$low, 2]] else [[$low, 1], [$high, 1]] end), cycles: { min: $low, p50: $p50, p90: $high, p99: $high, max: $high,
			mean: $p50, ci_low: $low, ci_high: $high } };
		split("\n") | map(select(. != "") | split(" ") | [.[0], (.[1:4][] | tonumber), .[4]]) as $rows |
		$prices[0] | .boots[0].records |= .[:-1] + [$rows[] | op("after-\(.[0])"; .[1]; .[2]; .[3])] +
			([$rows[][0] | sub(".*-"; "")] | unique | map(op("after-none-\(.)"; 0; 0; 0))) +
			[$rows[] | { record: "derived", name: "left-\(.[0])", minuend: "after-\(.[0])",
				subtrahend: "after-none-\(.[0] | sub(".*-"; ""))", cycles: .[1], low: .[2], high: .[3],
				control: true, says: .[4] }] + [.[-1]]' >"$file"
}
left left.json cpuid-l1 40 30 50 more cpuid-l2 100 80 130 more cpuid-tlb 900 -5 2000 unknown user-l1 500 400 700 more \
	user-jumps 7 -3 900 unknown
ok "left: the fixture is read" "$exitprobe" report left.json
bill left.json exits.json -f json >bill.json
ok "left: JSON is as the schema says" timeout 60 /usr/bin/jsonschema -i bill.json "$top/abi/bill.schema.json"
# Ten CPUIDs at 100; 20 exits by the VMM at 500 and 30 at 100.
is "CPUID: after" "$(line CPUID '.after | "\(.exits) \(.ticks) \(.low) \(.high)"')" "10 1000 800 1300"
is "IOIO: after, by who takes part" "$(line IOIO '.after | "\(.exits) \(.ticks) \(.low) \(.high)"')" "50 13000 10400 17900"
is "INTR: no price, nothing after" "$(line INTR .after)" null
is "after: the total" "$(jq -r '.after | "\(.exits) \(.ticks) \(.low) \(.high)"' bill.json)" "94 17400 13920 23620"
is "after: the cost is without it" "$(jq .cost bill.json)" 208500
is "after: by which rows" "$(jq -r '.left[] | "\(.rows) \(.by) \(.measured) \(.each)"' bill.json)" "left-cpuid-* left-cpuid-l2 true 100
left-user-* left-user-l1 true 500
left-hlt-* null false null"
bill left.json exits.json >text
has "after: a column" text '^reason .* off +after +at least +at most  by the price of$'
has "after: CPUID" text '^CPUID .* \+0\.0% +1000 +800 +1300  cpuid 10$'
has "after: whose" text '^after: what 94 of the exits leave behind, beyond their cost: 1\.[0-9]+% of the time$'
has "after: by which" text '^  exits that the VMM takes part in: left-user-l1, 500 each \(400 to 700\)$'
has "after: what is not measured" text '^  exits of HLT: not measured, so they are not in it \(left-hlt-\*\)$'
bill left.json exits.json -o bill.html
has "after: the page" bill.html '<td data-l="after">13000</td><td data-l="at least">10400</td><td data-l="at most">17900</td>'
left unknown.json cpuid-l1 40 30 50 more user-l1 900 -5 2000 unknown
bill unknown.json exits.json -f json >bill.json
is "can't tell: those exits stay out" "$(line IOIO '.after | "\(.exits) \(.ticks)"')" "30 1200"
bill unknown.json exits.json >text
has "can't tell: said" text "^  exits that the VMM takes part in: can't tell, so they are not in it \(left-user-\*\)$"
left none.json user-l1 900 -5 2000 unknown
is "no price of what is left behind is known" "$(bill none.json exits.json -f json | jq -c '[.after, (.left | length)]')" '[null,3]'

# --- what would be saved -----------------------------------------------------------------------
sed 's/^cpuid CPUID 1 100 1000/cpuid CPUID 1 100 400/; s/^x2apic-eoi MSR 1 .*/x2apic-eoi MSR 1 100 900 0 50/' rows | prices >cheap.json
bill --without IOIO --without HLT --if kvm-pv-eoi --against cheap.json prices.json exits.json -f json >bill.json
is "without IOIO: its cost" "$(jq -r '.savings[0] | "\(.name) \(.saved)"' bill.json)" "IOIO 122500"
is "without what is not there: nothing" "$(jq -r '.savings[1] | "\(.name) \(.saved)"' bill.json)" "HLT 0"
is "without a split: at most all of the reason" "$(jq -r '.savings[2] | "\(.name) \(.saved) \(.at_most)"' bill.json)" "kvm-pv-eoi 0 64500"
is "by other prices: 10 CPUIDs at 600 less" "$(jq -r '.savings[3] | "\(.name) \(.saved)"' bill.json)" "cheap.json 6000"
bill --price MSR=x2apic-eoi:20,rdmsr-efer:10 --if kvm-pv-eoi --if hv-vapic --if hv-time prices.json exits.json -f json >bill.json
is "with a split: its part" "$(jq -r '.savings[] | "\(.name) \(.saved) \(.at_most)"' bill.json)" "kvm-pv-eoi 23000 23000
hv-vapic 23000 23000
hv-time 0 0"
is "apicv: an x2APIC's EOIs too" "$(bill --price MSR=x2apic-eoi:20,rdmsr-efer:10 --if apicv prices.json exits.json -f json |
	jq -r '.savings[] | "\(.name) \(.saved) \(.at_most)"')" "apicv 23000 23000"
# A flag of Hyper-V by which the guest does it otherwise saves the difference of the two.
sed 's/^x2apic-eoi/timer-arm/; s/^rdmsr-efer/hv-eoi/' rows >hyperv
prices <hyperv >no-stimer.json
bill --price MSR=timer-arm --if hv-stimer no-stimer.json exits.json >text
has "without the row of a flag: nothing is saved" text '^  hv-stimer: 0, 0\.00% of the time$'
has "without the row of a flag: said" text '^    not known: no-stimer.json has no price of hv-stimer-arm; exitprobe run --hyperv --smp 2 measures it$'
echo 'hv-stimer-arm MSR 1 100 700 0 50' | cat hyperv - | prices >stimer.json
savings() {
	bill "$@" stimer.json exits.json -f json | jq -r '.savings[] | "\(.name) \(.saved) \(.at_most) \(.lacks)"'
}
is "hv-stimer: the difference, 30 times" "$(savings --price MSR=timer-arm --if hv-stimer)" "hv-stimer 9000 9000 null"
is "hv-stimer: without a split at most" "$(savings --if hv-stimer)" "hv-stimer 0 9000 null"
is "hv-synic: EOIs go" "$(savings --price MSR=hv-eoi:10,timer-arm:20 --if hv-synic)" "hv-synic 21500 21500 null"
is "hv-tlbflush: none of its operations" "$(savings --if hv-tlbflush)" "hv-tlbflush 0 0 ipi-halted"
bill --without IOIO --if kvm-pv-eoi prices.json exits.json >text
has "text: saved" text '^  there were no IOIO: 122500, 12\.[0-9]+% of the time$'
has "text: at most" text '^    at most 64500: Linux ends most interrupts in memory'

# --- other inputs ----------------------------------------------------------------------------------
cat >exit_stats <<'END'
reason                  code        exits          kernel            user          halted
CPUID                   0x72           10           10000               0               0
IOIO                    0x7b           50           55000           60000               0
total                   -              60           65000           60000               0
guest                   -          820000
descheduled             -               0
paused                  -               0
l2_exits                -               0
user_returns            -              20
clamped                 -               0
END
bill prices.json exit_stats -f json >bill.json
is "debugfs: cost" "$(line IOIO .cost) $(line CPUID .cost)" "122500 11500"
bill prices.json exit_stats exit_stats -f json >bill.json
is "debugfs: of two vCPUs" "$(line IOIO .cost) $(jq .time bill.json)" "245000 1890000"
{ cat exits.json exits.json; } >two.json
bill prices.json two.json -f json >bill.json
is "two objects: added" "$(line IOIO '"\(.exits) \(.cost)"')" "100 245000"
# Of a command or an interval they are subtracted by exitstat.
exits '.n = 1' >interval.json
bill prices.json interval.json -f json >bill.json
is "of an interval: exitstat's own CPUIDs are not in it" "$(line CPUID .exits) $(jq .exits bill.json)" "20 110"
{ cat exits.json interval.json; } >both.json
bill prices.json both.json -f json >bill.json
is "of both: only those since the VM's creation" "$(line CPUID .exits) $(jq .exits bill.json)" "30 210"
{ cat exits.json; printf '\r\n \t\n'; cat exits.json; } | sed 's/}$/}\r/' >crlf.json
bill prices.json crlf.json -f json >bill.json
is "lines that end with CR LF, and blank ones" "$(line IOIO '"\(.exits) \(.cost)"')" "100 245000"
is "standard input" "$(bill prices.json - -f json <exits.json | jq .cost)" 208500
# A TSC of half the frequency: each exit takes half of the ticks.
jq -c '.boots[].records[0].tsc.khz = 2000000 | .accel = "kvm" | .unit = "cycles"' prices.json >fast.json
is "a TSC of another frequency" "$(bill fast.json exits.json -f json | jq '.reasons[] | select(.reason == "CPUID").cost')" 5750
exits '.isa = "VMX"' >vmx.json
refused_by bill "another processor" 'prices.json: its prices are of SVM, the guest.s exits are of VMX' prices.json vmx.json
cat exits.json vmx.json >both.json
refused_by bill "two guests" 'both.json: object 2: isa: is VMX, that of what was read before is not' prices.json both.json
refused_by bill "no exits" '.*lab.json: object 1: is not what exitstat --json prints' prices.json "$lab"
head -c 100 exits.json >cut.json
refused_by bill "cut off" 'cut.json: object 1: line 1, column 100: not JSON, or cut off' prices.json cut.json
head -c 100 exit_stats >cut-off
refused_by bill "a debugfs file that is cut off" 'cut-off: is neither of exitstat --json nor a file exit_stats: line' prices.json cut-off
exits '.reasons[0].exits = -1' >negative.json
refused_by bill "a count below 0" 'negative.json: object 1: reasons\[0\].exits: ' prices.json negative.json
for file in prices.json cheap.json exits.json; do
	cp "$file" kept
	refused_by bill "$file as the output" "$file: is .*; give another name to -o" --against cheap.json -o "$file" -f json prices.json exit_stats exits.json
	ok "$file as the output: it is as it was" cmp kept "$file"
done
refused_by bill "one file" 'two files are needed: exitprobe bill PRICES.json EXITS.json' prices.json
refused_by bill "no prices" 'uncounted.json: has no prices' "$(jq -c '.boots[].records |= map(del(.exits, .parts, .batch))' "$lab" >uncounted.json
	echo uncounted.json)" exits.json
refused_by bill "a split of an operation that is not there" '--price MSR=nop: no operation of prices.json' --price MSR=nop prices.json exits.json
refused_by bill "of another reason" '--price MSR=cpuid: no operation' --price MSR=cpuid prices.json exits.json
refused_by bill "no split" '--price MSR: must be REASON=OPERATION' --price MSR prices.json exits.json
refused_by bill "two prices for one reason" '--price MSR=rdmsr-efer: MSR is there twice; give all of its operations at once' \
	--price MSR=x2apic-eoi:20 --price IOIO=inl-user --price MSR=rdmsr-efer prices.json exits.json
refused_by bill "no number" '--price MSR=x2apic-eoi:x: must be' --price MSR=x2apic-eoi:x prices.json exits.json
refused_by bill "an unknown feature" '--if x: unknown; known are hv-time, hv-vapic, hv-stimer, hv-synic, hv-tlbflush, hv-ipi, kvm-pv-eoi, apicv' --if x prices.json exits.json
refused_by bill "an unknown format" '--format csv: unknown; use text, json or html$' -f csv prices.json exits.json
jq -c '.counts = { way: "trace" }' prices.json >traced.json
is "prices by tracepoints: status" "$(status_of bill traced.json exits.json)" 0
has "prices by tracepoints: a warning" err 'traced.json: its exits were counted by tracepoints, and what these cost is in its prices'
is "the full device: status" "$(status_of bill prices.json exits.json -o /dev/full)" 2
is "redact: no name is left" "$(bill --redact prices.json exits.json -f json | grep -c prices.json)" 0
is "a page" "$(status_of bill prices.json exits.json -o bill.html)" 0
finish
