#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Operations for which exitprobe run does the host's part: a parameter of KVM that changes what they
# cost, and what is missing without exitprobe run. Their exits and reasons are in table.t.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
. "$top/tests/lib/hosted.sh"
cpu=amd

# Where KVM does not split mappings of 2 MiB when logging begins, the first write in each does.
{
	hosted_job early 'log-*'
	echo "echo N >/sys/module/kvm/parameters/eager_page_split"
	hosted_job late 'log-*'
	cat <<-END
	. /lab/guest.sh
	echo "== plain"
	probe_records -append "unit=instructions settle_ms=1200 ops=$hosted_ops"
	END
} >"$work/job"
ran "status" 33 lab "$work/job" "$build/exitprobe-static" || finish
# in_kernel HEADING: in the kernel, of the first write in a region of 2 MiB.
in_kernel() {
	hosted_records "$work/out" "$1" | jq 'select(.record == "op" and .op == "log-write-2m").parts.kernel'
}
for heading in early late; do
	is "split $heading: status" "$(hosted_status "$work/out" $heading)" "status 0"
done
early=$(in_kernel early) late=$(in_kernel late)
ok "split late: twice the time of a mapping that is split already ($late, $early)" \
	[ "${early:-0}" -gt 0 -a "${late:-0}" -gt $((2 * ${early:-0})) ]
section plain >"$work/plain"
has "plain QEMU: log-write is skipped, and why" "$work/plain" \
	'^log-write +skipped: only exitprobe run on the host can make KVM log writes'
has "plain QEMU: back-read too" "$work/plain" '^back-read +skipped: only exitprobe run on the host can take memory back'
has "plain QEMU: the write of a page that was read makes KVM begin twice" "$work/plain" '^read-write-2m +2\.00 .* 2 NPF'
finish
