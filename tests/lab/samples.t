#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every single sample: the stamps are in order, the parts are positive and add
# up, and two independent accounts of the kernel's time agree.
. "$(dirname "$0")/../lib/tap.sh"

cpus=amd
[ -z "$long" ] || cpus=intel

cat >"$work/job" <<'END'
. /lab/guest.sh
probe -append "format=samples samples=60 ops=nop,cpuid,inb-kernel,inl-user,hypercall,hlt-timer"
END

# Reads key=value; prints a line for each sample that breaks the rule.
broken() {
	awk "$1"' { for (i = 3; i < NF; i++) { split($i, pair, "="); v[pair[1]] = pair[2] } }
		$NF == "kept" '"$2" "$work/samples"
}

for cpu in $cpus; do
	ran "$cpu: status" 33 lab "$work/job" || continue
	cp "$work/out" "$work/samples"
	is "$cpu: 60 samples of each of 6 operations" "$(grep -cE ' (kept|discarded)$' "$work/samples")" 360

	is "$cpu: kept: the round trip is end less start" "$(broken '' '&& v["round"] != v["end"] - v["start"]')" ""
	is "$cpu: kept, one exit: out + resident + in is the round trip" "$(broken '' '&& v["exits"] == 1 &&
		(v["exit"] - v["start"]) + (v["entry"] - v["exit"]) + (v["end"] - v["entry"]) != v["round"]')" ""
	is "$cpu: kept, one exit: way out, resident, way in are all positive" "$(broken '' '&& v["exits"] == 1 &&
		!(v["exit"] > v["start"] && v["entry"] > v["exit"] && v["end"] > v["entry"])')" ""
	is "$cpu: kept, no exit: the last exit was before it" "$(broken '' '&& v["exits"] == 0 &&
		v["entry"] >= v["start"]')" ""

	# By the stamps: resident less userspace and halted.  By the counters: kernel
	# cycles less the bracket's.  The bracket's own queries may be interrupted, so a
	# few samples differ by a host interrupt; the rest to the instruction or so.
	is "$cpu: kept, one exit: both accounts of kernel time" "$(awk '
		{ for (i = 3; i < NF; i++) { split($i, pair, "="); v[pair[1]] = pair[2] } }
		$NF == "kept" && v["exits"] == 1 {
			n[$1]++
			d = v["entry"] - v["exit"] - v["user"] - v["halted"] - v["kernel"]
			if (d < -100 || d > 100) off[$1]++
		}
		END { for (op in n) if (off[op] > n[op] / 20) print op, off[op] " of " n[op] " differ" }
		' "$work/samples")" ""
	is "$cpu: at least 95 % of the samples of every operation are kept" "$(awk '
		{ n[$1] += $NF == "discarded" || $NF == "kept"; kept[$1] += $NF == "kept" }
		END { for (op in n) if (kept[op] < 0.95 * n[op]) print op, kept[op], n[op] }' \
		"$work/samples")" ""
	is "$cpu: discarded: each for its exits or because the vCPU was descheduled" "$(awk '
		{ for (i = 3; i < NF; i++) { split($i, pair, "="); v[pair[1]] = pair[2] } }
		$NF == "kept" { own[$1] = v["exits"] }
		$NF == "discarded" { line[++n] = $0; op[n] = $1; e[n] = v["exits"]; a[n] = v["descheduled"] }
		END { for (i = 1; i <= n; i++) if (e[i] == own[op[i]] && a[i] == 0) print line[i] }' \
		"$work/samples")" ""
done
finish
