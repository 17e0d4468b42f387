# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the tests, after tap.sh: a vCPU's file exit_stats, which a job has put below "== file" into
# $work/out, and the tracepoint's histogram of the same exits (hist:keys=exit_reason), which is there
# too.

# rows: the file's lines of reasons.
rows() {
	section file | awk '$1 != "reason" && $2 ~ /^0x/'
}

# total COLUMN: of the line that has the sums.
total() {
	section file | awk -v c="$1" '$1 == "total" { print $c }'
}

# adds_up DESCRIPTION LEAST: exits, and kernel, userspace and halted cycles, of all reasons are the
# total; there are more exits than LEAST, and some of each of the others.
adds_up() {
	for column in 3 4 5 6; do
		is "$1: reasons add up: column $column" \
			"$(rows | awk -v c=$column '{ s += $c } END { printf "%d\n", s }')" "$(total $column)"
	done
	ok "$1: many exits, and cycles of all three kinds" sh -c \
		"[ $(total 3) -gt $2 ] && [ $(total 4) -gt 0 ] && [ $(total 5) -gt 0 ] && [ $(total 6) -gt 0 ]"
}

# is_histogram DESCRIPTION: total and reasons are the tracepoint's own count.  The file has reasons in
# hexadecimal, the histogram in decimal.
is_histogram() {
	is "$1: total is the number of kvm_exit events" \
		"$(sed -n 's/^ *Hits: *\([0-9]*\)$/\1/p' "$work/out")" "$(total 3)"
	is "$1: and so is every reason" "$(rows | while read -r _ code exits _; do
		echo "$((code)) $exits"
	done | sort -n)" "$(sed -n 's/^{ exit_reason: *\([0-9]*\) } hitcount: *\([0-9]*\)$/\1 \2/p' \
		"$work/out" | sort -n)"
}
