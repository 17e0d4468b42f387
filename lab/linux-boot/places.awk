# SPDX-License-Identifier: GPL-2.0-only
#
# Prints where in the guest a boot's exits happen: of quiet.boot the names of reasons, and of
# traced.places lines of reason,function,exits.

BEGIN {
	FS = ","
}
function value(hex,	i, n) {
	for (i = 3; i <= length(hex); i++)
		n = 16 * n + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return n
}
FILENAME ~ /boot$/ {
	if ($6 ~ /^0x/)
		name[value($6)] = $5
	next
}
{
	# A name may have a comma.
	place = $2
	for (i = 3; i < NF; i++)
		place = place "," $i
	exits[$1, place] += $NF
	total[$1] += $NF
	places[place] = 1
}

END {
	print "\nWhere in the guest the exits of a quiet boot happen, by reason\n"
	for (rows = 0; rows < 8; rows++) {
		most = ""
		for (r in total)
			if (!(r in taken) && (most == "" || total[r] > total[most]))
				most = r
		if (most == "")
			break
		taken[most] = 1
		printf "  %s, %d:", most in name ? name[most] : most, total[most]
		for (n = 0; n < 5; n++) {
			best = ""
			for (p in places)
				if (exits[most, p] > 0 && (best == "" || exits[most, p] > exits[most, best]))
					best = p
			if (best == "")
				break
			printf "%s %s %d", n ? "," : "", best, exits[most, best]
			delete exits[most, best]
		}
		print ""
	}
}
