# SPDX-License-Identifier: GPL-2.0-only
#
# Prints two profiles side by side: the arguments are the files MACHINE.boot, MACHINE.stages and
# console.work-* of the first directory, with nested paging, and then those of the second, with
# shadow paging.

BEGIN {
	FS = ","
	stages = split("firmware, loader:unpacking the kernel:kernel until init:init, modules", stage, ":")
	split("programs read-4k read-64k write-64k memory-new memory-again console compute idle", works, " ")
}
FNR == 1 {
	directory = FILENAME
	sub(/\/[^\/]*$/, "", directory)
	if (directory != last_directory)
		side++
	last_directory = directory
	file = FILENAME
	sub(/.*\//, "", file)
	machine = file
	sub(/\..*/, "", machine)
	sub(/^[^.]*\.(work-)?/, "", file)
	is_work = FILENAME ~ /\.work-[^\/]*$/
}
$1 == "n" { next }
file == "boot" {
	exits[machine, $5, side] = $7
	host[machine, $5, side] = $8 + $9
	if ($5 != "total")
		reasons[$5] = 1
	next
}
file == "stages" {
	# A stage's own name may have a comma.
	n = NF
	name = $1
	for (i = 2; i < n - 1; i++)
		name = name "," $i
	stage_s[machine, name, side] = $(n - 1)
	stage_exits[machine, name, side] = $n
	next
}
is_work && $5 == "total" {
	work_s[file, side] = $3
	work_exits[file, side] = $7
}

function more(n) {
	return n == 0 ? "" : sprintf("%+d", n)
}
function row(text, m, r) {
	printf "  %-18s %9d %9d %9s\n", text, exits[m, r, 1], exits[m, r, 2], more(exits[m, r, 2] - exits[m, r, 1])
}

END {
	m = "quiet"
	print "Exits of a quiet boot by reason, with nested and with shadow paging\n"
	printf "  %-18s %9s %9s %9s\n", "reason", "nested", "shadow", ""
	for (;;) {
		best = ""
		for (r in reasons)
			if (!(r in taken) && exits[m, r, 1] + exits[m, r, 2] > 0 && (best == "" ||
			    exits[m, r, 1] + exits[m, r, 2] > exits[m, best, 1] + exits[m, best, 2]))
				best = r
		if (best == "")
			break
		taken[best] = 1
		row(best, m, best)
	}
	row("total", m, "total")
	row("total with messages", "console", "total")
	print "\nThe host's instructions for them, in millions\n"
	printf "  %-18s %9.1f %9.1f\n", "quiet boot", host[m, "total", 1] / 1e6, host[m, "total", 2] / 1e6
	printf "  %-18s %9.1f %9.1f\n", "with messages", host["console", "total", 1] / 1e6,
	       host["console", "total", 2] / 1e6
	print "\nA quiet boot by stage\n"
	printf "  %-22s %9s %9s   %9s %9s\n", "", "nested", "shadow", "seconds", "seconds"
	for (i = 1; i <= stages; i++)
		printf "  %-22s %9d %9d   %9.3f %9.3f\n", stage[i], stage_exits[m, stage[i], 1],
		       stage_exits[m, stage[i], 2], stage_s[m, stage[i], 1], stage_s[m, stage[i], 2]
	print "\nAnd then\n"
	printf "  %-22s %9s %9s   %9s %9s\n", "work", "nested", "shadow", "seconds", "seconds"
	for (i = 1; i in works; i++)
		printf "  %-22s %9d %9d   %9.3f %9.3f\n", works[i], work_exits[works[i], 1],
		       work_exits[works[i], 2], work_s[works[i], 1], work_s[works[i], 2]
}
