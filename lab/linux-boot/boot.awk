# SPDX-License-Identifier: GPL-2.0-only
#
# Converts exitstat's JSON of all exits so far to the CSV that exitstat itself would
# write, and subtracts exitstat's own CPUIDs: uptime, then a row for the total and for
# each reason. Standard input has each reason on its own line.

function value(key,	text) {
	if (!match($0, "\"" key "\":\"?[^,\"}]*"))
		return ""
	text = substr($0, RSTART, RLENGTH)
	sub(/.*:"?/, "", text)
	return text
}
function row(reason, code, exits, kernel) {
	printf "0,%s,%s,all,%s,%s,%.0f,%.0f,%s,%s\n", uptime, uptime, reason, code, exits, kernel,
	       value("user_cycles"), value("halted_cycles")
}

NR == 1 {
	uptime = value("uptime_s")
	own = value("own_exits")
	head = $0
	next
}
{
	line[NR] = $0
	if (value("reason") == "CPUID")
		cost = own * value("kernel_cycles") / value("exits")
}
END {
	$0 = head
	row("total", "", value("exits") - own, value("kernel_cycles") - cost)
	for (i = 2; i <= NR; i++) {
		$0 = line[i]
		mine = value("reason") == "CPUID"
		row(value("reason"), sprintf("0x%x", value("code")), value("exits") - mine * own,
		    value("kernel_cycles") - mine * cost)
	}
}
