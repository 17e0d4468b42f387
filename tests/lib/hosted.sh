# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the tests, after records.sh: operations for which exitprobe run does the host's part. It
# lets KVM log writes and takes memory back.
hosted_ops='log-*,back-*,read-2m,read-write-2m,rom-read'

# hosted_job HEADING [GLOBS]: lines of a job, which needs exitprobe-static, for these operations.
hosted_job() {
	cat <<-END
	chmod +x /lab/exitprobe-static
	echo "== $1"
	/lab/exitprobe-static run --accel kvm --pin none --probe /lab/probe.elf --unit instructions \\
		--settle 1200 --ops '${2:-$hosted_ops}' -q -o /tmp/results.json
	echo "status \$?"
	cat /tmp/results.json
	echo
	END
}

# hosted_status FILE HEADING: the line with its exit status, below what it has said.
hosted_status() {
	sed -n "/^== $2\$/,/^{/p" "$1" | grep -m 1 '^status '
}

# hosted_records FILE HEADING: the records that the job has printed there.
hosted_records() {
	sed -n "/^== $2\$/,\$p" "$1" | grep -m 1 '^{' | jq -c '.boots[0].records[]'
}

# hosted_ok CPU FILE: what the job has printed below "== hosted".
hosted_ok() {
	is "$1, hosted: status" "$(hosted_status "$2" hosted)" "status 0"
	hosted_records "$2" hosted >"$work/hosted"
	ok "$1, hosted: every record is as the schema says" valid_records "$work/hosted"
	grep -v '^#' "$top/tests/expected/hosted-$1" >"$work/expected"
	exits_of "$work/hosted" | in_bounds "$work/expected" >"$work/exits"
	is "$1, hosted: exits and reasons" "$(diff "$work/expected" "$work/exits")" ""
	is "$1, hosted: every operation as its row says" "$(jq -r 'select(.agrees == false) | .op' "$work/hosted")" ""
	# A tick of the host's own may hit one sample of few.
	is "$1, hosted: no other exit in the samples than the operation's" \
		"$(jq -r 'select(.record == "op" and .outcome == "measured" and .taken - .kept > ([1, .taken / 10] | max)) |
			"\(.op) \(.kept)/\(.taken)"' "$work/hosted")" ""
	is "$1, hosted: nobody returns to userspace, although the VMM acts before" \
		"$(jq -r 'select(.parts.user > 0) | .op' "$work/hosted")" ""
	# A page that was taken back is allocated and cleared; one that is logged is there.
	is "$1, hosted: a page taken back costs more than a page logged" "$(jq -s '
		[.[] | select(.record == "op" and .parts)] | map({ key: .op, value: .parts.kernel }) | from_entries |
		(.["log-write"] // 0) < .["back-write"]' "$work/hosted")" true
}
