# SPDX-License-Identifier: GPL-2.0-only
#
# Prints the report of lab/linux-boot/profile from exitstat's CSV (init, boot, work-*,
# intervals), the host's samples and the guest's marks. The arguments are MACHINE.FILE in
# any order, except that a machine's samples come after its boot. Cycles are ticks of the
# host's TSC at khz. MACHINE.stages, of stage, seconds and exits, is for paging.awk.

function machine_of(file) {
	sub(/.*\//, "", file)
	sub(/\..*/, "", file)
	return file
}

# Return the most frequent of counts[prefix, code] for the codes in reasons, as "NAME n, ...".
function most(counts, prefix, wanted,	n, code, best, text, taken, i) {
	for (i = 0; i < wanted; i++) {
		best = ""
		for (code in name)
			if (!(code in taken) && counts[prefix, code] > 0 &&
			    (best == "" || counts[prefix, code] > counts[prefix, best]))
				best = code
		if (best == "")
			break
		taken[best] = 1
		text = text (i ? ", " : "") name[best] " " counts[prefix, best]
	}
	return text
}

# --- exitstat's files: n,uptime_s,duration_s,vcpu,reason,code,exits,kernel,user,halted

BEGIN {
	FS = ","
	split("programs read-4k read-64k write-64k memory-new memory-again console compute idle",
	      works, " ")
	units = "programs 100 start,read-4k 300 request,read-64k 200 request," \
		"write-64k 200 request,memory-new 64 MiB,memory-again 64 MiB,console 1892 character"
	for (i = split(units, each, ","); i > 0; i--) {
		split(each[i], word, " ")
		count[word[1]] = word[2]
		unit[word[1]] = word[3]
	}
}

FNR == 1 {
	machine = machine_of(FILENAME)
	file = FILENAME
	sub(/.*\.(work-)?/, "", file)
	is_work = FILENAME ~ /\.work-/
}
$1 == "n" { next }
file == "init" {
	uptime[machine, "init"] = $1
	next
}
file == "boot" {
	if ($5 == "total") {
		code = "total"
		uptime[machine, "boot"] = $2
	} else {
		code = $6
		name[code] = $5
	}
	key = machine SUBSEP file SUBSEP code
	exits[key] = $7
	kernel[key] = $8
	user[key] = $9
	next
}
is_work {
	code = $5 == "total" ? "total" : $6
	if (code != "total")
		name[code] = $5
	work_s[file] = $3
	work_exits[file, code] = $7
	work_kernel[file, code] = $8
	work_user[file, code] = $9
	work_halted[file, code] = $10
	next
}

# --- the host's samples: cycles,code,exits,kernel,user,halted; the total ends each

FNR == 1 && file == "samples" {
	split("", now)
	split("", then)
	busy = since = 0
}
file == "samples" && $2 != "total" {
	now[$2] = $3
	# With shadow paging EXCP14 and EXCEPTION_NMI, its page faults, are those of memory.
	if (name[$2] !~ /INTR|INTERRUPT|NPF|EPT|TIMER|EXCP14|EXCEPTION_NMI/)
		busy += $3
	next
}
file == "samples" {
	# The kernel unpacks in the longest time with only interrupts and memory exits.
	if (busy != busy_before[machine]) {
		busy_before[machine] = busy
		since = $1
		for (code in now)
			then[code] = now[code]
		then["total"] = $3
	} else if ($1 - since > quiet_end[machine] - quiet_begin[machine]) {
		quiet_begin[machine] = since
		quiet_end[machine] = $1
		for (code in then)
			at[machine, "begin", code] = then[code]
		for (code in now)
			at[machine, "end", code] = now[code]
		at[machine, "end", "total"] = $3
	}
	now["total"] = $3
	if (!booted[machine] && $3 >= exits[machine, "boot", "total"])
		booted[machine] = $1
	# Only the guest's clock shows where init begins, so keep all samples.
	kept[machine] = n = kept[machine] + 1
	kept_at[machine, n] = $1
	for (code in now)
		kept_exits[machine, n, code] = now[code]
	busy = 0
	next
}

file == "marks" {
	mark_name[++marks] = $1
	begin[$1] = $2
	end[$1] = $3
	next
}
file == "intervals" && $5 == "total" {
	# Count the samples within the work. Marks are hundredths of a second.
	for (i = 1; i <= marks; i++)
		if ($2 - $3 >= begin[mark_name[i]] - 0.005 && $2 <= end[mark_name[i]] + 0.005) {
			rate = $7 / $3
			m = mark_name[i]
			if (!inside[m]++ || rate < low[m])
				low[m] = rate
			if (rate > high[m])
				high[m] = rate
		}
}

# --- the report

function boot_rows(	code, best, taken, total) {
	print "Exits of a whole boot, from the VM's creation until its disk's driver is loaded\n"
	printf "  %-16s %10s %7s %12s %12s   %10s %7s\n", "reason", "exits", "share", "kernel",
	       "user", "quiet", "share"
	for (;;) {
		best = ""
		for (code in name)
			if (!(code in taken) && exits["console", "boot", code] > 0 && (best == "" ||
			    exits["console", "boot", code] > exits["console", "boot", best]))
				best = code
		if (best == "")
			break
		taken[best] = 1
		boot_row(name[best], best)
	}
	boot_row("total", "total")
}
function boot_row(text, code) {
	printf "  %-16s %10d %6.2f%% %12d %12d   %10d %6.2f%%\n", text, exits["console", "boot", code],
	       100 * exits["console", "boot", code] / exits["console", "boot", "total"],
	       kernel["console", "boot", code], user["console", "boot", code],
	       exits["quiet", "boot", code],
	       100 * exits["quiet", "boot", code] / exits["quiet", "boot", "total"]
}

function stage(m, text, seconds, from, to,	code) {
	for (code in name)
		grown[m text, code] = to[code] - from[code]
	printf "  %-8s %-22s %8.3f %8d %9.0f   %s\n", m, text, seconds, to["total"] - from["total"],
	       (to["total"] - from["total"]) / seconds, most(grown, m text, 3)
	print text "," seconds "," to["total"] - from["total"] >(m ".stages")
}
function stages(m,	a, b, c, d, none, code, hz, in_init, n) {
	hz = khz * 1000
	name["total"] = "total"
	in_init = uptime[m, "boot"] - uptime[m, "init"]
	for (n = 1; n < kept[m] && kept_at[m, n] < booted[m] - in_init * hz; n++)
		;
	for (code in name) {
		a[code] = at[m, "begin", code]
		b[code] = at[m, "end", code]
		c[code] = kept_exits[m, n, code]
		d[code] = exits[m, "boot", code]
	}
	delete name["total"]
	stage(m, "firmware, loader", quiet_begin[m] / hz, none, a)
	stage(m, "unpacking the kernel", (quiet_end[m] - quiet_begin[m]) / hz, a, b)
	stage(m, "kernel until init", (booted[m] - quiet_end[m]) / hz - in_init, b, c)
	stage(m, "init, modules", in_init, c, d)
}

END {
	boot_rows()
	print "\nBy stage; seconds are the host's\n"
	printf "  %-8s %-22s %8s %8s %9s   %s\n", "", "", "seconds", "exits", "per s", "most frequent"
	stages("console")
	stages("quiet")
	print "\nAnd then; time in per cent of the work's own\n"
	printf "  %-12s %7s %6s %8s %6s %6s %6s  %-17s %s\n", "work", "seconds", "exits", "per s",
	       "kernel", "user", "halted", "exits per", "most frequent"
	for (i = 1; i in works; i++) {
		w = works[i]
		cycles = work_s[w] * khz * 1000
		each_text = "-"
		if (w in count)
			each_text = sprintf("%6.2f %s", work_exits[w, "total"] / count[w], unit[w])
		printf "  %-12s %7.3f %6d %8.0f %5.1f%% %5.1f%% %5.1f%%  %-17s %s\n", w, work_s[w],
		       work_exits[w, "total"], work_exits[w, "total"] / work_s[w],
		       100 * work_kernel[w, "total"] / cycles, 100 * work_user[w, "total"] / cycles,
		       100 * work_halted[w, "total"] / cycles, each_text, most(work_exits, w, 3)
	}
	print "\nThe same by exitstat -I 50: exits per second of the intervals within a work\n"
	printf "  %-12s %9s %9s %9s\n", "work", "intervals", "least", "most"
	for (i = 1; i <= marks; i++)
		if (inside[mark_name[i]])
			printf "  %-12s %9d %9.0f %9.0f\n", mark_name[i], inside[mark_name[i]],
			       low[mark_name[i]], high[mark_name[i]]
}
