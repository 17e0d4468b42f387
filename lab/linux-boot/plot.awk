# SPDX-License-Identifier: GPL-2.0-only
#
# Writes the files that plot.gp loads, from the same input as report.awk: exitstat's CSV,
# the host's samples and the guest's marks. The files are MACHINE.total (seconds, exits),
# MACHINE.rate (seconds, exits per second), plot.set, plot.host and plot.works.

BEGIN {
	FS = ","
	window_s = 0.04
	top = 180000
}
FNR == 1 {
	machine = file = FILENAME
	sub(/\..*/, "", machine)
	sub(/[^.]*\.(work-)?/, "", file)
	is_work = FILENAME ~ /\.work-/
	last_s = last_exits = 0
}
file == "boot" && $5 == "total" {
	uptime[machine] = $2
	exits[machine] = $7
}
is_work && $5 == "total" {
	work_begin[file] = $2 - $3
	next
}
file == "samples" && $2 == "total" {
	s = $1 / (khz * 1000)
	if (!(machine in booted)) {
		print s "," $3 >(machine ".total")
		if ($3 >= exits[machine])
			booted[machine] = s
	}
	if (s - last_s >= window_s) {
		print (s + last_s) / 2 "," ($3 - last_exits) / (s - last_s) >(machine ".rate")
		last_s = s
		last_exits = $3
	}
	end = s > end ? s : end
	if (machine == "console")
		last = s
}
file == "marks" {
	if (!works++)
		first = $2
	label($1, $2, works, "plot.works")
	finish = $3
}
# Draw a line where each work begins, with its name at one of two heights in turn.
function label(text, at, n, file) {
	level = 1.5 * top / (n % 2 ? 1 : 3)
	printf "set label \"%s\" at %s,%d front font \",10\"\n", text, at, level >file
	printf "set arrow from %s,10 to %s,%d nohead lt 0\n", at, at, level >file
}
END {
	# Convert the guest's clock to the host's.
	offset = booted["console"] - uptime["console"]
	label("work", offset + work_begin["programs"], 1, "plot.host")
	label("idle", offset + work_begin["idle"], 1, "plot.host")
	label("unpacking", 0.15, 1, "plot.host")
	label("kernel", offset, 1, "plot.host")
	print "boot = " (booted["console"] > booted["quiet"] ? booted["console"] : booted["quiet"]) >"plot.set"
	print "end = " last >"plot.set"
	print "works_begin = " first - 0.1 >"plot.works"
	print "works_end = " finish + 0.1 >"plot.works"
}
