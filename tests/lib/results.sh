# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the tests: results files made of the probe's records.

# results_of ACCEL UNIT RECORDS...: a results file of one boot for each file of
# records, on standard output.
results_of() {
	accel=$1 unit=$2
	shift 2
	for file in "$@"; do
		grep '^{' "$file" | jq -s -c '{ complete: (.[-1].record == "end"), status: 0, seconds: 1.5,
			records: ., crosscheck: null, lost: [] }'
	done | jq -s -c --arg accel "$accel" --arg unit "$unit" '{ exitprobe_results: 1, version: "0.1",
		created: "2026-01-01T00:00:00Z", complete: all(.complete),
		command: ["exitprobe", "run", "--accel", $accel], accel: $accel, unit: $unit,
		deterministic: ($accel == "lab"),
		machine: { cpu: .[0].records[0].cpu.brand, cpu_vendor: .[0].records[0].cpu.vendor,
			microcode: null, kernel: "Linux 6.1.0", qemu: "7.2.22", smt: false, load_1min: 0.25,
			memory_kib: 2097152 },
		boots: . }'
}

# valid_results FILE: as abi/results.schema.json has it.
valid_results() {
	jq --slurpfile records "$top/abi/records.schema.json" '.["$defs"].records = $records[0]' \
		"$top/abi/results.schema.json" >"$work/results-schema.json" &&
		timeout 100 /usr/bin/jsonschema -i "$1" "$work/results-schema.json"
}

# big_results OPERATIONS BOOTS UNIT SHIFT: a file of that size, not deterministic, its
# medians SHIFT per cent off: 150 buckets to an operation.
big_results() {
	jq -n -c --argjson ops "$1" --argjson boots "$2" --arg unit "$3" --argjson shift "$4" '
	def op($n; $boot): (2000 + 37 * $n) as $low | ($low + $boot) * (100 + $shift) / 100 | floor |
		. as $base | { record: "op", op: "op-\($n)", outcome: "measured", stop: "settled",
		taken: 10000, kept: 9925, operations: 1,
		cycles: { min: $base, p50: ($base + 75 * 16), p90: ($base + 135 * 16),
			p99: ($base + 148 * 16), max: ($base + 2399), mean: ($base + 1200),
			ci_low: ($base + 74 * 16), ci_high: ($base + 76 * 16) },
		histogram: [range(150) | [$base + . * 16, (if . < 25 then 67 else 66 end)]],
		exits: 1, parts: { out: 150, kernel: ($base + 1000), user: 0, halted: 0, in: 50 },
		batch: { runs: 64, cycles: $base, kernel: $base, user: 0, halted: 0, exits: 1,
			reasons: [{ reason: ($n % 40), name: "REASON\($n % 40)", exits: 1 }] },
		set_aside: { exits: 75, away: 0 }, descheduled: false, foreign: [],
		expected: { min: 1, max: 1, reasons: ["REASON\($n % 40)"] }, agrees: true };
	{ exitprobe_results: 1, version: "0.1", created: "2026-01-01T00:00:00Z", complete: true,
		command: ["exitprobe", "run"], accel: "kvm", unit: $unit, deterministic: false,
		machine: { cpu: "generated" },
		boots: [range($boots) | . as $boot | { complete: true, status: 0, seconds: 1,
			records: [range($ops) | op(.; $boot)], crosscheck: null, lost: [] }] }'
}
