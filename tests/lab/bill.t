#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Whether a bill is true: exits of a Linux guest in the lab, times the probe's prices there, against
# the kernel time that the host has measured. The lab's clock counts instructions, so the sum is
# known. With "long" also the boots and kinds of work of make boot-profile.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/results.sh"
exitprobe=$build/exitprobe
bill=$work/bill.json

# off REASON: how far its kernel time is from what was measured, in per cent; "none": it is not there.
off() {
	jq -r --arg reason "$1" '[.reasons[] | select(.reason == $reason).off_percent] | .[0] // "none"' "$bill"
}
# within_10 DESCRIPTION REASON
within_10() {
	is "$1: $2: within 10 % (it is $(off "$2"))" "$(jq -n --arg off "$(off "$2")" '$off | tonumber | fabs < 10')" true
}
# explained DESCRIPTION: each reason that is off says why.
explained() {
	is "$1: what is off has a reason" "$(jq -r '.reasons[] |
		select(.off_percent != null and (.off_percent | fabs) > 10 and .advice == "").reason' "$bill")" ""
	is "$1: what is not has none" "$(jq -r '.reasons[] |
		select(.off_percent != null and (.off_percent | fabs) < 10 and .advice != "").reason' "$bill")" ""
}
# of_all: the billed kernel time of REASON..., together, against what was measured, in per cent.
of_all() {
	jq -r '[.reasons[] | select(.reason | IN($ARGS.positional[]))] |
		100 * (map(.kernel) | add) / (map(.measured_kernel) | add) - 100' "$bill" --args "$@"
}
shares() {
	jq -r '.reasons[] | select(.off_percent != null) | "# \(.reason): \(.exits) exits, billed \(.kernel), measured \(.measured_kernel), \(.off_percent | round) %"' "$bill"
}

"$top/lab/pack/guest" "$work/guest.cpio" "$top/tests/lab/bill/guest" "$build/exitstat"
ran "status" 33 lab -t 200 "$top/tests/lab/bill/host" "$build/lab/$(cat "$build/lab/release-$kernel")/vmlinux" \
	"$work/guest.cpio" || finish
tr -d '\r' <"$work/out" >"$work/all"
sections=$work/all
section records | grep '^{' >"$work/records"
results_of lab instructions "$work/records" >"$work/prices.json"
for name in boot programs read-4k memory-new console; do
	section "$name" | grep '^{' >"$work/$name"
	ok "$name: a bill" "$exitprobe" bill "$work/prices.json" "$work/$name" -f json -o "$bill"
	[ -s "$bill" ] || continue
	shares
	explained "$name"
	case $name in
	# 35 of 37 exits are CPUIDs.
	programs) within_10 programs CPUID ;;
	# Each other byte of a console makes the device raise an interrupt, which KVM prepares in the same
	# exit: more than an access alone, and the bill says so.
	console)
		within_10 console VINTR
		within_10 console MSR
		has "console: why IOIO is off" "$bill" 'IOIO: .*more than any: they do more, such as raise an interrupt'
		;;
	# Doorbells wake a thread of the VMM, and no operation does.
	read-4k)
		has "read-4k: which split would help" "$bill" 'NPF: .*split by address'
		within_10 read-4k HLT
		within_10 read-4k MSR
		;;
	boot)
		within_10 boot IOIO
		within_10 boot CPUID
		within_10 boot CR4_WRITE
		within_10 boot MSR
		;;
	# What a first touch costs depends on whether the host has to find and clear the page.  The
	# probe's memory is not locked here, so touch-2m has the price that the average hides.
	memory-new)
		has "memory-new: which split would help" "$bill" 'NPF: .*split by address .*first touches of memory'
		"$exitprobe" bill "$work/prices.json" "$work/$name" -f json -o "$bill" --price NPF=touch-2m
		is "memory-new: NPF by the price of touch-2m: within 20 % (it is $(off NPF))" \
			"$(jq -n --arg off "$(off NPF)" '$off | tonumber | fabs < 20')" true
		;;
	esac
	rm -f "$bill"
done
[ -n "$long" ] || finish

# --- make boot-profile -------------------------------------------------------------------------
out=$work/boot-profile
timeout 1500 "$top/lab/linux-boot/profile" "$out" >"$work/profile" 2>&1 || {
	ok "boot-profile" false
	finish
}
timeout 600 "$exitprobe" run --accel lab -q -o "$work/all-prices.json" 2>"$work/err"
# json FILE: exitstat's CSV as its JSON.
json() {
	awk -F, '$5 == "total" { exits = $7; kernel = $8; user = $9; halted = $10; s = $3; next }
		NR > 1 { reasons = reasons sep "{\"reason\":\"" $5 "\",\"code\":0,\"exits\":" $7 ",\"kernel_cycles\":" $8 \
			",\"user_cycles\":" $9 ",\"halted_cycles\":" $10 "}"; sep = "," }
		END { printf "{\"isa\":\"SVM\",\"tsc_khz\":1000000,\"exits\":%d,\"kernel_cycles\":%d,\"user_cycles\":%d,", exits, kernel, user
			printf "\"halted_cycles\":%d,\"descheduled_cycles\":0,\"guest_cycles\":%.0f,", halted, s * 1e9 - kernel - user - halted
			printf "\"paused_cycles\":0,\"reasons\":[%s]}\n", reasons }' "$1"
}
for file in "$out"/console.json "$out"/quiet.json "$out"/console.work-*; do
	name=${file##*/}
	case $name in
	*.json) cp "$file" "$work/exits" ;;
	*) json "$file" >"$work/exits" ;;
	esac
	ok "$name: a bill" "$exitprobe" bill "$work/all-prices.json" "$work/exits" -f json -o "$bill"
	echo "# $name: off by $(jq '.off_percent | round' "$bill") %"
	shares
	explained "$name"
	# Kinds of work have 35 CPUIDs, nearly all of them exitstat's. If the host's timer or a thread of
	# the VMM comes in during one or two of them, its time counts there.
	is "$name: every CPUID within 10 % and two interrupts of the host" "$(jq '
		([.reasons[] | select(.reason == "INTR") | .measured_kernel / .exits] | .[0] // 0) as $interrupt |
		[.reasons[] | select(.reason == "CPUID") |
			(.kernel - .measured_kernel | fabs) < .measured_kernel / 10 + 2 * $interrupt] | all' "$bill")" true
	is "$name: every MSR within 10 %" "$(jq '[.reasons[] | select(.reason == "MSR").off_percent | fabs < 10] | all' "$bill")" true
done
# By the MSRs of the traced boot, from KVM's tracepoint, and by the usual one.
count() {
	awk -F, -v key="$1" '$1 == key { print $2 }' "$out/traced.kvm_msr"
}
rest=$(awk -F, '$1 != "80b" && $1 != "6e0" { sum += $2 } END { print sum }' "$out/traced.kvm_msr")
for split in pv-eoi-tick "x2apic-eoi:$(count 80b),pv-eoi-tick:$(count 6e0),wrmsr-misc-enable:$rest"; do
	"$exitprobe" bill "$work/all-prices.json" "$out/quiet.json" -f json -o "$bill" --price "MSR=$split"
	within_10 "quiet.json: MSR=$split" MSR
done
# What the host clears for a first touch is in no price; the others together are right.
for file in console quiet; do
	"$exitprobe" bill "$work/all-prices.json" "$out/$file.json" -f json -o "$bill"
	off=$(of_all IOIO MSR CPUID CR4_WRITE VINTR CR4_READ)
	is "$file: all but NPF, together: within 10 % (it is $off)" "$(jq -n --arg off "$off" '$off | tonumber | fabs < 10')" true
done
finish
