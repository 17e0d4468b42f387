# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the jobs of tests/lab/exitstat.t's guests.  What they print goes to a file first: a
# console costs exits as well.

# try NAME COMMAND...: what it writes, and its exit status, below a heading.
try() {
	name=$1
	shift
	status=0
	"$@" >/tmp/try.out 2>/tmp/try.err </dev/null || status=$?
	{
		echo "== $name"
		cat /tmp/try.out /tmp/try.err
		echo "status $status"
	} >>/tmp/results
}

# until_status STATUS COMMAND...: it ends so, within 20 s.
until_status() {
	wanted=$1
	shift
	for i in $(seq 200); do
		status=0
		"$@" >/dev/null 2>&1 || status=$?
		[ "$status" -ne "$wanted" ] || return 0
		sleep 0.1
	done
	echo "never $wanted: $*" >>/tmp/results
}

# steps FILE: by how much EAX, raw, grows from one reading to the next, and how often.
steps() {
	sed 's/.*EAX=\(0x[0-9A-F]*\) .*/\1/' "$1" | {
		read -r before
		while read -r eax; do
			echo $((eax - before))
			before=$eax
		done
	} | sort -n | uniq -c | sed 's/^ *//'
}

# blocks N: exits, by the total, from the first to the last of 101 readings, N times.
blocks() {
	for i in $(seq "$1"); do
		exitstat --raw 0x4fffffff 0 -n 101 >/tmp/raw
		sed -n '1p;$p' /tmp/raw >/tmp/ends
		steps /tmp/ends
	done | sed 's/^1 //' | sort -n | uniq -c | sed 's/^ *//'
}

# without_sys COMMAND...: it finds nothing there.
without_sys() {
	umount /sys
	status=0
	"$@" || status=$?
	mount -t sysfs sys /sys
	return "$status"
}
