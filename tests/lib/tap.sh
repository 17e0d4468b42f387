# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # variables are the tests'
#
# For the tests: Test Anything Protocol in shell, and the lab.
#
# A test sources this file, calls ok and its kin, and ends with finish.

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
export BUILD="$build"
tap_count=0
tap_failed=0
# make test-long calls some files with the word long: then they do what make test leaves out.
long=
[ "${1:-}" != long ] || long=1
# By its folder too: two of them may have files of the same name.
work=$(cd "$(dirname "$0")" && pwd)
work=$build/tests/${work##*/}/${0##*/}${1:+-$1}
rm -rf "$work"
mkdir -p "$work"

# ok DESCRIPTION COMMAND [ARGUMENT...]: it succeeds; else its output is shown.
ok() {
	description=$1
	shift
	tap_count=$((tap_count + 1))
	if "$@" >"$work/ok.out" 2>&1; then
		echo "ok $tap_count - $description"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $description"
		echo "# $*"
		sed 's/^/#   /' "$work/ok.out" | tail -n 20
	fi
}

# is DESCRIPTION GOT WANTED
is() {
	tap_count=$((tap_count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tap_count - $1"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $1"
		printf '%s\n' "$2" | sed 's/^/#   got:    /' | tail -n 20
		printf '%s\n' "$3" | sed 's/^/#   wanted: /' | tail -n 20
	fi
}

# has DESCRIPTION FILE REGEX: a line of the file matches.
has() {
	tap_count=$((tap_count + 1))
	if grep -qE -e "$3" "$2"; then
		echo "ok $tap_count - $1"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $1"
		echo "#   no line matches $3 in"
		sed 's/^/#     /' "$2" | tail -n 25
	fi
}

# fails_with DESCRIPTION REGEX COMMAND...: exit status 1 to 123 and one line of
# standard error that matches.
fails_with() {
	description=$1 regex=$2
	shift 2
	status=0
	"$@" >"$work/out" 2>"$work/err" || status=$?
	if [ "$status" -eq 0 ] || [ "$status" -ge 124 ]; then
		is "$description: exit status" "$status" "1 to 123"
	else
		has "$description" "$work/err" "$regex"
	fi
}

# skip_all REASON: the whole test file.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

finish() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}

# --- the probe and its table ---------------------------------------------------

# probe_tcg [QEMU OPTION...]: the probe under plain emulation.
probe_tcg() {
	timeout 60 qemu-system-x86_64 -accel tcg -kernel "$build/probe.elf" -serial stdio \
		-display none -device isa-debug-exit,iobase=0xf4,iosize=4 -no-reboot "$@" </dev/null
}

# status_of COMMAND...: its exit status; output goes to $work/out.
status_of() {
	rc=0
	"$@" >"$work/out" 2>"$work/err" || rc=$?
	echo "$rc"
}

# soon COMMAND...: it succeeds within 30 s.
soon() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || return 1
		sleep 0.1
	done
}

# ran DESCRIPTION STATUS COMMAND...: it ends with that status, its output in $work/out.
# Else one line has its last words, and there is nothing to check further: the caller goes
# on by || continue or || finish.
ran() {
	description=$1 wanted=$2
	shift 2
	tap_count=$((tap_count + 1))
	status_of "$@" >/dev/null
	[ "$rc" -ne "$wanted" ] || {
		echo "ok $tap_count - $description"
		return 0
	}
	tap_failed=$((tap_failed + 1))
	said=$(cat "$work/out" "$work/err" | tr -d '\r' | grep -v '^ *$' | tail -n 1)
	echo "not ok $tap_count - $description: $rc, not $wanted: ${said:-it says nothing}; its checks are left out"
	return 1
}

# refused_by COMMAND DESCRIPTION REGEX ARGUMENT...: the test's function COMMAND,
# which calls exitprobe's, ends with status 2, prints nothing, and says why in one line.
refused_by() {
	command=$1 name=$2 regex=$3
	shift 3
	is "$name: status" "$(status_of "$command" "$@")" 2
	is "$name: no output, one line" "$(wc -c <"$work/out") $(wc -l <"$work/err")" "0 1"
	has "$name: said" "$work/err" "^exitprobe $command: error: $regex"
}

# section NAME: the lines of $sections below the heading "== NAME".
section() {
	awk -v name="== $1" '/^== / { inside = $0 == name; next } inside' "$sections"
}
sections=$work/out

# lab [OPTION...] JOB [FILE...]: as lab/boot, on $cpu under $kernel, the probe at hand.
lab() {
	LAB_CONSOLE=$work/console "$top/lab/boot" -c "$cpu" -k "$kernel" "$@" "$build/probe.elf" \
		"$top/lab/guest.sh"
}
# other_kernel: one more that is built for the tests, or nothing where it is the default itself.
cpu=amd kernel=$(sh -c 'top=$1 && . "$top/scripts/common.sh" && default_kernel' - "$top")
other_kernel=6.12
[ "$kernel" != "$other_kernel" ] || other_kernel=

# headers_of KERNEL, source_of KERNEL: what lab/build has found for it.
headers_of() {
	(cd "$build/lab/headers-$1/headers" && pwd -P)
}

source_of() {
	echo "$build/lab/headers-$1/source"
}

# column FILE OPERATION NAME: the figure in the named column of its row.  Columns
# are counted from the left; only the last, the reason, may be missing.
column() {
	awk -v op="$2" -v name="$3" '
		$1 == "operation" { for (i = 1; i <= NF; i++) if ($i == name) c = i }
		$1 == op && c { print $c }' "$1"
}
