#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The layouts of course work, leaves 0x4ffffffc to 0x4fffffff: a client of each one, written by
# the layout's registers, in a Linux guest, against exitstat's figures and debugfs.  With the patch
# on AMD, and in the long test on Intel and with the module on both; each VM's layout is changed while
# it runs.
. "$(dirname "$0")/../lib/tap.sh"
cpus=amd
[ -z "$long" ] || cpus="amd intel"
release=$(cat "$build/lab/release-$kernel")
sections=$work/guest

clients=
for client in layout1 layout2 layout3 no-ecx; do
	ok "$client compiles" gcc -std=gnu17 -O2 -Wall -Wextra -Werror -static \
		-o "$work/$client" "$top/tests/lab/layouts/$client.c"
	clients="$clients $work/$client"
done
# shellcheck disable=SC2086 # a list
"$top/lab/pack/guest" "$work/guest.cpio" "$top/tests/lab/layouts/guest" "$build/exitstat" $clients
ok "the module builds" "$top/host-patch/module/build" -k "$(headers_of "$kernel")" -o "$work/module"

# rows NAME: of exitstat's CSV in that section, a line REASON EXITS CYCLES for each reason.
rows() {
	section "$1" | awk -F, '$5 == "total" { print "total", $7, $8 } $6 ~ /^0x/ { print $6, $7, $8 }' |
		while read -r code exits cycles; do
			[ "$code" = total ] || code=$((code))
			echo "$code $exits $cycles"
		done
}

# judge NAME: the client's lines against exitstat's before and after it.  A value lies between
# these, and where they are the same it is that.  Reasons without exits are not in the CSV.  Prints
# what is wrong, and then how many values did not move.
judge() {
	rows "$1 before" >"$work/before"
	rows "$1 after" >"$work/after"
	section "$1 client" >"$work/client"
	awk '
		FILENAME ~ /before$/ { exits0[$1] = $2; cycles0[$1] = $3; next }
		FILENAME ~ /after$/ { exits1[$1] = $2; cycles1[$1] = $3; next }
		function check(what, value, low, high) {
			if (value !~ /^[0-9]+$/ || value + 0 < low + 0 || value + 0 > high + 0)
				print $1, what, value, "is not from", low + 0, "to", high + 0
			if (low == high && high > 0)
				exact++
			seen++
		}
		$2 == "undefined" { undefined = undefined " " $1; next }
		{
			for (i = 2; i <= NF; i++) {
				split($i, part, "=")
				if (part[1] == "exits")
					check("exits", part[2], exits0[$1], exits1[$1])
				if (part[1] == "cycles")
					check("cycles", part[2], cycles0[$1], cycles1[$1])
			}
		}
		END { print "seen", seen; print "exact", exact; print "undefined" undefined }
	' "$work/before" "$work/after" "$work/client" >"$work/judged"
}

# good NAME VALUES: the client of that section reads the truth.
good() {
	judge "$1"
	is "$name: layout $1: every value is the truth" "$(grep -vE '^(seen|exact|undefined) ' "$work/judged")" ""
	is "$name: layout $1: so many values" "$(sed -n 's/^seen //p' "$work/judged")" "$2"
	ok "$name: layout $1: some that did not move" \
		[ "$(sed -n 's/^exact //p' "$work/judged")" -ge 3 ]
	is "$name: layout $1: undefined, and no other" \
		"$(sed -n 's/^undefined //p' "$work/judged")" "$undefined"
}

# checks: of one boot, in $work/out.
checks() {
	tr -d '\r' <"$work/out" | awk '/^=== guest/ { inside = 1; next } inside' >"$work/guest"
	is "$name: the file of the VM, for root; its values" \
		"$(sed -n 's/^=== was //p' "$work/out" | xargs)" \
		"merged, 600 1, 600 2, 600 3, 600 1, 600"
	is "$name: another value is refused" "$(grep -c 'is accepted' "$work/out")" 0
	is "$name: the guest came to every layout" "$(grep -c '^never' "$work/guest")" 0
	# Numbers that are asked for: 0 to 0xa8, 0x3ff to 0x404, 0xfffe.
	if [ "$cpu" = amd ]; then
		undefined="167 168 1023 1028 65534" values=171
	else
		undefined="35 38 42 71 82 83 $(seq -s ' ' 86 168) 1023 1024 1025 1026 1027 1028 65534" values=80
	fi
	good 1 $((values + 2))
	has "$name: layout 1: EDX of the totals is 0" "$work/client" '^total .* edx=0$'
	good 2 $((2 * values + 2))
	good 3 $((2 * values + 2))

	section line >"$work/section"
	has "$name: exitstat in layout 3 takes other leaves" "$work/section" \
		'^CPUID\(0x4FFFFF02\), exits=[0-9]+, cycles spent in exit=[0-9]+$'
	is "$name: and its reasons add up" "$(section verbose | grep '^{' |
		jq -r '[.layout, ([.reasons[].exits] | add) - .exits <= .foreign_exits] | @csv')" '"3",true'

	# A client that does not set ECX: an error first, then reason 0, whose exits do not move here.
	section "no ecx" >"$work/section"
	has "$name: without ECX: zeros and EDX" "$work/section" '^eax=0 ebx=0 ecx=0 edx=4294967295$'
	is "$name: without ECX: then reason 0" "$(sed -n '2s/ .*//p' "$work/section")" \
		"eax=$(($(section "reason 0" | sed -n 's/.*ECX=\(0x[0-9A-F]*\) .*/\1/p')))"

	# Merged serves the client of layout 1, but not that of layout 3.
	undefined=${undefined% 65534}
	judge "merged 1"
	is "$name: merged: exits of the client of layout 1" \
		"$(section "merged 1 client" | grep -c 'exits=wrong')" "$((values + 1))"
	judge "merged 3"
	ok "$name: merged: the client of layout 3 reads no cycles by reason" \
		grep -q 'cycles wrong:' "$work/judged"

	# The host's own file: a reason that has not moved since is the same there.
	rows last | grep -v '^total' | sort >"$work/last"
	awk '/^=== debugfs/ { inside = 1; next } /^=== / { inside = 0 }
		inside && $2 ~ /^0x/ { print $2, $3, $4 }' "$work/out" |
		while read -r code exits cycles; do echo "$((code)) $exits $cycles"; done | sort >"$work/debugfs"
	is "$name: exitstat has the reasons that debugfs has" "$(join -v 1 "$work/last" "$work/debugfs")" ""
	section last | awk -F, '$6 ~ /^0x/ { print $6, $5 }' >"$work/names"
	awk '/^=== debugfs/ { inside = 1; next } /^=== / { inside = 0 }
		inside && $2 ~ /^0x/ { print $2, $1 }' "$work/out" >"$work/debugfs-names"
	is "$name: by the same names" "$(grep -vxFf "$work/debugfs-names" "$work/names")" ""
	ok "$name: and the same figures where nothing came since" \
		[ "$(join "$work/last" "$work/debugfs" | awk '$2 == $4 && $3 == $5' | wc -l)" -ge 3 ]
	is "$name: and never more than debugfs" \
		"$(join "$work/last" "$work/debugfs" | awk '$2 > $4 || $3 > $5')" ""
}

for cpu in $cpus; do
	# Bochs needs about ten times as long as QEMU.
	limit=200
	[ "$cpu" = amd ] || limit=900
	name="$cpu, patch"
	[ "$long $cpu" = "1 amd" ] ||
		{ ran "$name: status" 0 lab -t "$limit" "$top/tests/lab/layouts/host" "$build/lab/$release/vmlinux" \
			"$work/guest.cpio" && checks; }
	[ -n "$long" ] || continue
	name="$cpu, module"
	ran "$name: status" 0 lab -t "$limit" -m "$build/lab/$release" -p "" "$top/tests/lab/layouts/host" \
		"$build/lab/$release/vmlinux" "$work/guest.cpio" "$work/module/kvm_exit_stats.ko" && checks
done
finish
