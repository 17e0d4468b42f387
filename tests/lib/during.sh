# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the tests' jobs in the lab.

# during COMMAND...: wait as long as it succeeds, but not for ever.
during() {
	for _ in $(seq 100); do
		"$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	echo "after ten seconds still: $*"
}
