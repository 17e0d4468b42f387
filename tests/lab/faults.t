#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Operations for which exitprobe run does the host's part: it lets KVM log writes and takes
# memory back. Exits and reasons on both vendors, and what is missing without it.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"

ops='log-*,back-*,read-2m,read-write-2m,rom-read'
exitprobe=$build/exitprobe

for cpu in amd intel; do
	ran "$cpu: status" 0 timeout 1500 "$exitprobe" run --accel lab --cpu $cpu --ops "$ops" -q -o "$work/$cpu.json" ||
		continue
	jq -c '.boots[0].records[]' "$work/$cpu.json" >"$work/records"
	ok "$cpu: every record is as the schema says" valid_records "$work/records"
	grep -v '^#' "$top/tests/expected/hosted-$cpu" >"$work/expected"
	exits_of "$work/records" | in_bounds "$work/expected" >"$work/exits"
	is "$cpu: exits and reasons" "$(diff "$work/expected" "$work/exits")" ""
	is "$cpu: every operation as its row says" "$(jq -r 'select(.agrees == false) | .op' "$work/records")" ""
	is "$cpu: no other exit in the samples than the operation's" \
		"$(jq -r 'select(.record == "op" and .outcome == "measured" and .kept * 10 < .taken * 9) |
			"\(.op) \(.kept)/\(.taken)"' "$work/records")" ""
	is "$cpu: nobody returns to userspace, although the VMM acts before" \
		"$(jq -r 'select(.parts.user > 0) | .op' "$work/records")" ""
	# A page that was taken back is allocated and cleared; one that is logged is there.
	is "$cpu: a page taken back costs more than a page logged" "$(jq -s '
		[.[] | select(.record == "op" and .parts)] | map({ key: .op, value: .parts.kernel }) | from_entries |
		(.["log-write"] // 0) < .["back-write"]' "$work/records")" true
done

# Where KVM does not split mappings of 2 MiB when logging begins, the first write in each does.
cat >"$work/job" <<'END'
chmod +x /lab/exitprobe-static
/lab/exitprobe-static run --accel kvm --pin none --probe /lab/probe.elf --unit instructions \
	--settle 1200 --ops 'log-*' -q -o /tmp/results.json
status=$?
cat /tmp/results.json
exit $status
END
cpu=amd
# in_kernel FILE: in the kernel, of the first write in a region of 2 MiB.
in_kernel() {
	sed -n 's/^[^{]*{/{/p' "$1" | jq '.boots[0].records[] | select(.record == "op" and .op == "log-write-2m").parts.kernel'
}
if ran "split late: status" 0 lab -p "exit_stats=guest eager_page_split=N" "$work/job" "$build/exitprobe-static"; then
	late=$(in_kernel "$work/out") early=$(in_kernel "$work/amd.json")
	ok "split late: twice the time of a mapping that is split already ($late, $early)" \
		[ "${late:-0}" -gt $((2 * ${early:-0})) ]
fi

cat >"$work/job" <<END
. /lab/guest.sh
probe_records -append "unit=instructions settle_ms=1200 ops=$ops"
END
ran "plain QEMU: status" 33 lab "$work/job" || finish
has "plain QEMU: log-write is skipped, and why" "$work/out" \
	'^log-write +skipped: only exitprobe run on the host can make KVM log writes'
has "plain QEMU: back-read too" "$work/out" '^back-read +skipped: only exitprobe run on the host can take memory back'
has "plain QEMU: the write of a page that was read makes KVM begin twice" "$work/out" '^read-write-2m +2\.00 .* 2 NPF'
finish
