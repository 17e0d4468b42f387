# SPDX-License-Identifier: GPL-2.0-only
#
# Prints the report of lab/linux-boot/settings: "guests" has NUMBER,SETTING,VALUE BEFORE AND AFTER,
# and then come NUMBER.boot and NUMBER.work-NAME, CSV of exitstat. The first guest has KVM's
# defaults, the last one is rebooted (NUMBER.boot and NUMBER.boot-again); between its boots exitstat
# has caused exits of its own.

BEGIN {
	FS = ","
	works = split("programs read-4k console memory-new compute idle", work, " ")
}
FILENAME == "guests" {
	setting[$1 + 0] = $2
	values[$1 + 0] = $3
	guests = $1 + 0
	next
}
FNR == 1 {
	guest = FILENAME + 0
	what = FILENAME
	sub(/^[0-9]*\.(work-)?/, "", what)
}
$1 == "n" { next }
{
	exits[guest, what, $5] = $7
	host[guest, what, $5] = $8 + $9
	uptime[guest, what] = $2
	if ($5 != "total")
		reasons[$5] = 1
}

# changes GUEST WHAT: the reasons that differ from the defaults' by more than 5 % and 10 exits, largest first.
function changes(g, what,	r, best, text, taken, d, most, n) {
	for (n = 0; n < 5; n++) {
		best = ""
		for (r in reasons) {
			d = exits[g, what, r] - exits[0, what, r]
			d = d < 0 ? -d : d
			if (!(r in taken) && d > 10 && 20 * d > exits[0, what, r] && (best == "" || d > most)) {
				best = r
				most = d
			}
		}
		if (best == "")
			break
		taken[best] = 1
		text = text (text ? ", " : "") sprintf("%s %+d", best, exits[g, what, best] - exits[0, what, best])
	}
	return text
}
function row(g, text,	i) {
	printf "  %-34s %7d %8.1f %7.3f", text, exits[g, "boot", "total"], host[g, "boot", "total"] / 1e6, uptime[g, "boot"]
	for (i = 1; i <= works; i++)
		printf " %8d", exits[g, work[i], "total"]
	print ""
}

END {
	print "Exits with one setting of KVM each, everything else at its default. boot: from the VM's creation"
	print "until its disk's driver is loaded. host: instructions of the host for it, in millions.\n"
	printf "  %-34s %7s %8s %7s", "setting", "boot", "host", "seconds"
	for (i = 1; i <= works; i++)
		printf " %8s", substr(work[i], 1, 8)
	print ""
	row(0, "defaults")
	for (g = 1; g < guests; g++)
		if ((g, "boot", "total") in exits)
			row(g, setting[g])
	print "\nWhat a setting changes in the boot, by reason (above 5 % and 10 exits)\n"
	for (g = 1; g < guests; g++) {
		split(values[g], value, " ")
		text = changes(g, "boot")
		if (value[1] == value[2])
			text = "not booted: KVM has it at " value[2] ", by default or since the processor lacks it"
		printf "  %-34s %s\n", setting[g], text ? text : "nothing"
	}
	print "\nA reboot: the counters go on\n"
	g = guests
	printf "  %-34s %7s %7s\n", "", "exits", "uptime"
	printf "  %-34s %7d %7.3f\n", "at the end of the first boot", exits[g, "boot", "total"], uptime[g, "boot"]
	printf "  %-34s %7d %7.3f\n", "at the end of the second", exits[g, "boot-again", "total"], uptime[g, "boot-again"]
	added = exits[g, "boot-again", "total"] - exits[g, "boot", "total"]
	printf "  %-34s %7d   and exitstat's first reading %d\n", "the reboot adds", added - own, own
	printf "  of these"
	for (r in reasons)
		grown[r] = exits[g, "boot-again", r] - exits[g, "boot", r] - (r == "CPUID" ? own : 0)
	for (n = 0; n < 6; n++) {
		best = ""
		for (r in grown)
			if (grown[r] > 0 && (best == "" || grown[r] > grown[best]))
				best = r
		if (best == "")
			break
		printf "%s %s %d", n ? "," : "", best, grown[best]
		delete grown[best]
	}
	print ""
}
