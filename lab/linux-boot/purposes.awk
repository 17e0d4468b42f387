# SPDX-License-Identifier: GPL-2.0-only
#
# Prints the purposes of a boot's exits, from the counts of the traced boot: lines of
# number,count in MACHINE.kvm_pio (by port), .kvm_msr, .kvm_mmio (by address) and
# .kvm_cpuid (by leaf). Ports and addresses are those of QEMU's machine "pc".

BEGIN {
	FS = ","
	title["kvm_pio"] = "port I/O"
	title["kvm_msr"] = "MSRs"
	title["kvm_mmio"] = "memory-mapped I/O"
	title["kvm_cpuid"] = "CPUID"
	split("kvm_pio kvm_mmio kvm_msr kvm_cpuid", order, " ")
}

function hex(text,	value, i) {
	text = tolower(text)
	sub(/^0x/, "", text)
	for (i = 1; i <= length(text); i++)
		value = 16 * value + index("0123456789abcdef", substr(text, i, 1)) - 1
	return value + 0
}
function within(value, first, last) {
	return value >= hex(first) && value <= hex(last)
}

function port(n) {
	if (within(n, "3f8", "3ff")) return "serial port"
	if (within(n, "cf8", "cff")) return "PCI configuration"
	if (within(n, "40", "43") || within(n, "61", "61")) return "timer (PIT)"
	if (within(n, "20", "21") || within(n, "a0", "a1") || within(n, "4d0", "4d1")) return "PIC"
	if (within(n, "70", "71")) return "CMOS clock"
	if (within(n, "510", "51b")) return "QEMU's fw_cfg"
	if (within(n, "402", "402")) return "firmware's messages"
	if (within(n, "60", "60") || within(n, "64", "64")) return "keyboard controller"
	if (within(n, "600", "63f") || within(n, "b2", "b3") || within(n, "af00", "afff"))
		return "ACPI"
	if (within(n, "80", "8f") || within(n, "0", "f") || within(n, "c0", "df")) return "DMA, delays"
	if (within(n, "1f0", "1f7") || within(n, "170", "177") || within(n, "3f6", "3f6") ||
	    within(n, "376", "376"))
		return "IDE"
	if (within(n, "c000", "cfff")) return "devices' own"
	return "other"
}
function address(n) {
	if (within(n, "fee00000", "fee00fff")) return "local APIC"
	if (within(n, "fec00000", "fec00fff")) return "I/O APIC"
	if (within(n, "fed00000", "fed003ff")) return "HPET"
	if (within(n, "a0000", "bffff")) return "VGA's memory"
	if (within(n, "e0000000", "ffffffff") || n > hex("ffffffff")) return "devices' own"
	return "other"
}
function msr(n) {
	if (within(n, "800", "8ff")) return "x2APIC"
	if (within(n, "6e0", "6e0")) return "TSC deadline timer"
	if (within(n, "1b", "1b")) return "APIC base"
	if (within(n, "200", "2ff") || within(n, "fe", "fe")) return "memory types (MTRR, PAT)"
	if (within(n, "4b564d00", "4b564dff")) return "KVM's clock and kin"
	if (within(n, "c0010000", "c001ffff")) return "AMD's own"
	if (within(n, "c0000080", "c0000103")) return "syscall, EFER, TSC_AUX"
	if (within(n, "48", "49") || within(n, "10a", "10b")) return "mitigations"
	if (within(n, "400", "47f") || within(n, "179", "17b")) return "machine check"
	return "other"
}
function purpose(event, n) {
	if (event == "kvm_pio") return port(n)
	if (event == "kvm_mmio") return address(n)
	if (event == "kvm_msr") return msr(n)
	return sprintf("leaf 0x%x", n)
}

FNR == 1 {
	event = FILENAME
	sub(/.*\./, "", event)
}
{
	what = event SUBSEP purpose(event, hex($1))
	counts[what] += $2
	total[event] += $2
}

END {
	print "\nWhat the exits of a quiet boot were for, by KVM's tracepoints\n"
	for (i = 1; i in order; i++) {
		event = order[i]
		printf "  %s, %d:", title[event], total[event]
		for (n = 0; n < 8; n++) {
			best = ""
			for (what in counts) {
				split(what, part, SUBSEP)
				if (part[1] == event && (best == "" || counts[what] > counts[best]))
					best = what
			}
			if (best == "")
				break
			split(best, part, SUBSEP)
			printf "%s %s %d", n ? "," : "", part[2], counts[best]
			delete counts[best]
		}
		print ""
	}
}
