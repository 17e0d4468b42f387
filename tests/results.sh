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
		grep '^{' "$file" | jq -s -c '{ complete: (.[-1].record == "end"), status: 33, seconds: 1.5,
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
